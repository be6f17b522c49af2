import type { QueryInterface } from 'sequelize'
import type { Umzug } from 'umzug'
import { readCatalog } from './commands/catalog.js'
import type { CommandContext } from './commands/context.js'
import { down } from './commands/down.js'
import { current, executed, history, pending, type RevisionInfo } from './commands/list.js'
import { resolve } from './commands/resolve.js'
import type { MigrationMeta } from './commands/run-steps.js'
import type { DownOptions, UpOptions } from './commands/select.js'
import { type StampOptions, type StampReport, stamp } from './commands/stamp.js'
import { up } from './commands/up.js'
import { type MigratorOptions, parseOptions } from './config.js'
import { dialectOf } from './dialects/registry.js'
import { type MigratorEventMap, MigratorEvents, type MigratorListener } from './runtime/events.js'
import { StepRunner } from './runtime/step-runner.js'
import { createUmzug } from './runtime/umzug-adapter.js'
import { VersionTable } from './runtime/version-table.js'

/** The verbs, bound to one database. Nothing is read or connected before one of them is called. */
export interface Migrator {
  /**
   * Applies what is pending: all of it, or `{ to }`, `{ step }`, `{ migrations }` as in Umzug.
   *
   * Safe when many processes call it at once: each revision is applied exactly once, the others wait. With nothing
   * pending it is one statement.
   *
   * @returns What this process applied, in order.
   * @throws MigratorError; see `docs/errors.md`.
   */
  up(options?: UpOptions): Promise<MigrationMeta[]>
  /**
   * Reverts the last applied revision, or `{ to }` (that one included, as in Umzug), `{ step }`, `{ migrations }`;
   * `{ to: 0 }` reverts everything.
   *
   * @returns What this process reverted, in order.
   * @throws MigratorError; `IRREVERSIBLE` before anything runs when one of them has no `down`.
   */
  down(options?: DownOptions): Promise<MigrationMeta[]>
  /** What is not applied, in the order in which it would run. */
  pending(): Promise<MigrationMeta[]>
  /** What is applied, in order; revisions that the code no longer has come last. */
  executed(): Promise<MigrationMeta[]>
  /** The applied revisions on which no other applied one stands, newest first. */
  current(): Promise<RevisionInfo[]>
  /** Every revision of the code, newest first, with what the database records of it. */
  history(): Promise<RevisionInfo[]>
  /**
   * Records revisions as applied without running them: the target and everything below it; what stands on it is
   * recorded as not applied. Also accepts an edited file.
   *
   * @param target - An id, a name, several, `head` (everything) or `base` (nothing).
   */
  stamp(target: string | readonly string[], options?: StampOptions): Promise<StampReport>
  /**
   * Says what became of the statement that a run without a transaction was interrupted at, where an error
   * `INTERRUPTED` asked for it.
   *
   * @param revision - Its id or name.
   * @param outcome - `applied`: it, and whatever else is noted, has done its work, whatever the file says now.
   *   `not-applied`: it has not, and is to be run again.
   */
  resolve(revision: string, outcome: 'applied' | 'not-applied'): Promise<void>
  /** Calls a listener at one of Umzug's events, and waits for it. Returns the function that removes it. */
  on<Name extends keyof MigratorEventMap>(name: Name, listener: MigratorListener<Name>): () => void
  /** Removes a listener. */
  off<Name extends keyof MigratorEventMap>(name: Name, listener: MigratorListener<Name>): void
  /** The Umzug underneath, with the same revisions, steps, lock and record. Loaded when first read. */
  readonly umzug: Umzug<QueryInterface>
}

/**
 * A migrator for one database: the shipped SM-2 tables and the host's own revisions, applied and reverted safely.
 *
 * @param options - `sequelize` is required; see {@link MigratorOptions}.
 * @returns The verbs. Nothing is read or connected yet.
 * @throws {@link MigratorError} `UNKNOWN_OPTION`, `INVALID_OPTION`, `UNSUPPORTED_ENGINE`, `UNSUPPORTED_STORAGE`.
 * @see https://github.com/sequelize/umzug for the verbs `up`, `down`, `pending`, `executed`
 * @see https://alembic.sqlalchemy.org for `current`, `history`, `stamp`
 *
 * @example
 * ```ts
 * import { createMigrator } from 'sm2kit/migrator'
 * import { Sequelize } from 'sequelize'
 *
 * const sequelize = new Sequelize('sqlite::memory:', { logging: false })
 * const migrator = createMigrator({ sequelize })
 * await migrator.up() // => [{ name: 'f3e3ac684f8e' }]
 * await migrator.up() // => []
 * const [head] = await migrator.current()
 * head?.message // => 'baseline'
 * await migrator.down({ to: 0 }) // => [{ name: 'f3e3ac684f8e' }]
 * ```
 */
export const createMigrator = (options: MigratorOptions): Migrator => {
  const config = parseOptions(options)
  const { sequelize, logger, lockTimeoutMs } = config
  const table = new VersionTable(sequelize, dialectOf(sequelize), config.versionTable)
  const events = new MigratorEvents(sequelize.getQueryInterface(), logger)
  const runner = new StepRunner(table, events, lockTimeoutMs)
  let umzug: Umzug<QueryInterface> | undefined

  const context: CommandContext = {
    config,
    table,
    events,
    runner,
    catalog: () => readCatalog(config),
    umzug: () => {
      umzug ??= createUmzug(events.context, runner, {
        revisions: async () => runner.currentRun()?.all ?? (await readCatalog(config)).ordered,
        executed: async () => (await executed(context)).map(({ name }) => name),
      })
      return umzug
    },
  }
  const verb = async <T>(name: string, run: () => Promise<readonly T[]>): Promise<T[]> =>
    events.around(name, async () => [...(await run())])

  return {
    up: (given) => verb('up', () => up(context, given)),
    down: (given) => verb('down', () => down(context, given)),
    pending: () => verb('pending', () => pending(context)),
    executed: () => verb('executed', () => executed(context)),
    current: () => verb('current', () => current(context)),
    history: () => verb('history', () => history(context)),
    stamp: (target, given) => events.around('stamp', () => stamp(context, target, given)),
    resolve: (revision, outcome) => events.around('resolve', () => resolve(context, revision, outcome)),
    on: (name, listener) => events.on(name, listener),
    off: (name, listener) => events.off(name, listener),
    get umzug() {
      return context.umzug()
    },
  }
}
