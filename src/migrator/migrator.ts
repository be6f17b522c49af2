import type { QueryInterface } from 'sequelize'
import type { Umzug } from 'umzug'
import type { AdoptOptions, AdoptReport } from './commands/adopt.js'
import type { BackupOptions, BackupReport, RestoreReport } from './commands/backup.js'
import type { CheckOptions, CheckReport } from './commands/check.js'
import { down, downgrade } from './commands/down.js'
import type { GeneratedRevision } from './commands/generate.js'
import { branches, current, executed, heads, history, pending, show } from './commands/list.js'
import { makeContext } from './commands/make-context.js'
import type { MergeOptions } from './commands/merge.js'
import type { Plan, PlanOptions } from './commands/plan.js'
import type { Rehearsal, RehearseOptions } from './commands/rehearsal.js'
import type { NewRevisionOptions } from './commands/revision.js'
import type { RevisionInfo } from './commands/revision-info.js'
import type { MigrationMeta } from './commands/run-steps.js'
import type { DownOptions, UpOptions } from './commands/select.js'
import type { SqlOptions } from './commands/sql.js'
import type { SquashedRevision, SquashOptions } from './commands/squash.js'
import type { StampOptions, StampReport } from './commands/stamp.js'
import { type UpgradeOptions, type UpgradeReport, up, upgrade } from './commands/up.js'
import type { WrittenRevision } from './commands/write-revision.js'
import { type MigratorOptions, parseOptions } from './config.js'
import type { AutogenerateOptions } from './config-autogenerate.js'
import type { Operation } from './operations/operation.js'
import type { Report } from './report.js'
import type { Target } from './revisions/graph-types.js'
import type { MigratorEventMap, MigratorListener } from './runtime/events.js'

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
  /**
   * Applies what the target needs and the database lacks, as `alembic upgrade` does. As safe as {@link Migrator.up}.
   *
   * @param target - `head` (default), `heads`, an id or the start of one, a name, `+2`, `<id>+2`, `<label>@head`, or several.
   * @param options - `{ backup: true }` makes a {@link Migrator.backup} first, where there is something to do.
   * @returns Step by step, what was done.
   * @throws MigratorError; RevisionError `UNKNOWN_REVISION`, `AMBIGUOUS_REVISION`, `MULTIPLE_HEADS`, `TOO_FAR`.
   */
  upgrade(target?: Target, options?: UpgradeOptions): Promise<UpgradeReport>
  /**
   * Reverts what stands on the target, so that it *ends at* the target, as `alembic downgrade` does.
   *
   * @param target - `-1`, an id or the start of one, a name, `base` (everything goes), `<label>@base`, or several.
   * @returns Step by step, what was done.
   * @throws MigratorError; `IRREVERSIBLE` before anything runs when one of them has no `down`; RevisionError as
   *   {@link Migrator.upgrade}, and `RANGE` when the target is not below what is applied.
   */
  downgrade(target: Target): Promise<Report>
  /**
   * Tries an upgrade on a copy of the database: up, checks, down again, up again, with the time and the rows of each step.
   * The database itself is only read; the copy is removed afterwards, and what a killed process has left of one as well.
   *
   * @param target - As of {@link Migrator.upgrade}. Default `head`.
   * @returns What happened; `ok` is false where production would have met a problem.
   * @throws MigratorError `COPY_NOT_POSSIBLE`; as {@link Migrator.upgrade} before a step is run. The reason of `signal`, once aborted.
   */
  rehearse(target?: Target, options?: RehearseOptions): Promise<Rehearsal>
  /** The applied revisions on which no other applied one stands, newest first. */
  current(): Promise<RevisionInfo[]>
  /** The revisions of the code on which no other one stands along its line, newest first. */
  heads(): Promise<RevisionInfo[]>
  /** The revisions of the code on which several others stand, newest first. */
  branches(): Promise<RevisionInfo[]>
  /**
   * Every revision of the code, newest first, with what the database records of it.
   *
   * @param range - Some of them: `<from>:<to>`, `<from>:`, `:<to>`, `-3:current`; both ends are included.
   * @throws RevisionError `RANGE`, `UNKNOWN_REVISION`
   */
  history(range?: string): Promise<RevisionInfo[]>
  /**
   * One revision.
   *
   * @param reference - An id or the start of one, a name, a label, `head`.
   * @throws RevisionError `UNKNOWN_REVISION`, `AMBIGUOUS_REVISION`, `MULTIPLE_HEADS`
   */
  show(reference: string): Promise<RevisionInfo>
  /**
   * What an upgrade or a downgrade to the target would do now: the steps and their SQL. Each step's code runs, with what it
   * writes noted and not sent; what it reads is read from the live database, which later steps find as it is now. Nothing is changed.
   * Each statement is reviewed: its lock, whether it rewrites the table, what may go wrong (`docs/review.md`).
   *
   * @param target - As of {@link Migrator.upgrade} or {@link Migrator.downgrade}. Default `head`.
   * @throws As these two do; StepError when the code of a step fails.
   */
  plan(target?: Target, options?: PlanOptions): Promise<Plan>
  /**
   * The statements of an upgrade or a downgrade as a script for the engine's own command-line client, version rows included.
   * Asks no database.
   *
   * @throws StepError `OFFLINE_READ` when a step reads; RevisionError as {@link Migrator.upgrade}.
   */
  sql(options?: SqlOptions): Promise<string>
  /**
   * What would make the database what the models say, as values, in order. Nothing is changed. A constant number of statements,
   * and no DDL where nothing differs; what seems to differ is made in a shadow and read back, so that nothing is reported that is not so.
   *
   * @param options - On top of those of the migrator.
   * @throws MigratorError `NO_MODELS`, `INVALID_MODEL` and its kin, `MODEL_NOT_CREATABLE`, `SHADOW_NOT_ALLOWED`; see `docs/errors.md`.
   */
  differences(options?: AutogenerateOptions): Promise<Operation[]>
  /**
   * Whether files, record, models and database agree: what is pending, unknown, edited, different. Nothing is changed.
   *
   * @param options - On top of those of the migrator. With `strict`, what may go wrong with the pending revisions is in `findings`.
   * @throws As {@link Migrator.differences}; without any model nothing is compared, and nothing differs.
   */
  check(options?: CheckOptions): Promise<CheckReport>
  /**
   * Writes a revision file into the host's folder whose `up` makes the database what the models say, and whose `down` takes it
   * back. Where nothing differs the two do nothing.
   *
   * @returns As below, and what it does, what may go wrong with that, and which names may be renames.
   * @throws MigratorError `PENDING_REVISIONS` where the database lacks revisions of the files; and as {@link Migrator.differences}.
   */
  revision(options: NewRevisionOptions & { readonly autogenerate: true }): Promise<GeneratedRevision>
  /**
   * Writes a revision file into the host's folder, with `up` and `down` to be filled in. Asks no database.
   *
   * Its name is the time in UTC and the message. A file that is there is never overwritten, and when the new one does not
   * fit in with the others it is taken away again. In a folder of plain Umzug or sequelize-cli files it stands on the newest
   * of them; a plain file that is added later goes on with the plain ones, and is a second head, to be joined by {@link Migrator.merge}.
   *
   * @returns Its id, its path, and what it stands on.
   * @throws MigratorError `INVALID_OPTION`, `FILE_EXISTS`, `FOLDER_NOT_WRITABLE`; RevisionError `MULTIPLE_HEADS`,
   *   `NOT_A_HEAD`, `UNKNOWN_REVISION`, `AMBIGUOUS_REVISION`, `DUPLICATE_REVISION`, `INVALID_REVISION`.
   */
  revision(options: NewRevisionOptions): Promise<WrittenRevision>
  /**
   * Writes a revision that joins several heads and does nothing itself. Asks no database.
   *
   * @param revisions - Ids, starts of ids, names; or `heads`: all of the host's.
   * @throws RevisionError `NOTHING_TO_MERGE`, and as {@link Migrator.revision}.
   */
  merge(revisions: Target, options?: MergeOptions): Promise<WrittenRevision>
  /**
   * Writes one revision file in the place of a range: with the text of the replaced files, and only where a new database comes to
   * the same by it, there and back, which is tried on two databases of its own. Where all of the range is applied it counts as
   * applied; where a part is, nothing runs. The replaced files stay, until every database has the new one (`docs/squash.md`).
   *
   * @param range - `<from>:<to>`, both included; `:<to>` from the base of the line.
   * @throws RevisionError `NOT_SQUASHABLE`, `SQUASH_DIFFERS`, `RANGE`, and as {@link Migrator.revision}; MigratorError
   *   `COPY_NOT_POSSIBLE` where no other database can be made.
   */
  squash(range: string, options: SquashOptions): Promise<SquashedRevision>
  /**
   * Writes the shipped revisions as files into a folder, for hosts that want one history in one place. From then on
   * the options say `baseline: false`; databases that have the shipped tables keep them, and new ones get the same.
   *
   * @param folder - A relative path counts from the working folder. One of `migrations`, or one that is added to it.
   * @returns The files, in order.
   * @throws MigratorError `INVALID_OPTION`, `FILE_EXISTS`, `FOLDER_NOT_WRITABLE`
   */
  eject(folder: string): Promise<WrittenRevision[]>
  /**
   * Takes over a database that Umzug or sequelize-cli has migrated: what its table names is recorded as applied, in one
   * transaction. Nothing runs, and the old table stays.
   *
   * @throws MigratorError `NOTHING_TO_ADOPT`; RevisionError `UNKNOWN_REVISION` when a name is that of no file.
   */
  adopt(options?: AdoptOptions): Promise<AdoptReport>
  /**
   * Records revisions as applied without running them: the target and everything below it; what stands on it is
   * recorded as not applied. Also accepts an edited file.
   *
   * @param target - As of {@link Migrator.upgrade}; `head` is everything, `base` nothing.
   */
  stamp(target: Target, options?: StampOptions): Promise<StampReport>
  /**
   * Says what became of the statement that a run without a transaction was interrupted at, where an error
   * `INTERRUPTED` asked for it.
   *
   * @param revision - Its id or name.
   * @param outcome - `applied`: it, and whatever else is noted, has done its work, whatever the file says now.
   *   `not-applied`: it has not, and is to be run again.
   */
  resolve(revision: string, outcome: 'applied' | 'not-applied'): Promise<void>
  /**
   * Saves the whole database, as it is at one moment, in a file that its owner alone may read, and reads it again. Others may go
   * on working. See `docs/backup.md` for what each engine needs for it.
   *
   * @throws MigratorError `BACKUP_FAILED`, `NO_BACKUP_TOOL`, `UNSUPPORTED_STORAGE`, `FILE_EXISTS`, `FOLDER_NOT_WRITABLE`
   */
  backup(options?: BackupOptions): Promise<BackupReport>
  /**
   * Makes the database what a backup holds, after it has proved to be whole. What was written since is lost.
   *
   * @param path - Of the file; a relative one counts from the working folder.
   * @throws MigratorError `RESTORE_FAILED`, `NOT_A_BACKUP`, `NO_BACKUP_TOOL`, `UNSUPPORTED_STORAGE`, `LOCK_TIMEOUT`
   */
  restore(path: string): Promise<RestoreReport>
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
  const context = makeContext(parseOptions(options))
  const { events } = context
  const rarely = async () => (await import('./commands/rarely.js')).rareVerbs
  const verb = async <T>(name: string, run: () => Promise<readonly T[]>): Promise<T[]> =>
    events.around(name, async () => [...(await run())])

  return {
    up: (given) => verb('up', () => up(context, given)),
    down: (given) => verb('down', () => down(context, given)),
    pending: () => verb('pending', () => pending(context)),
    executed: () => verb('executed', () => executed(context)),
    upgrade: (target = 'head', given) => events.around('upgrade', () => upgrade(context, target, given)),
    downgrade: (target) => events.around('downgrade', () => downgrade(context, target)),
    rehearse: (target = 'head', given) =>
      events.around('rehearse', async () => (await rarely()).rehearse(context, target, given)),
    current: () => verb('current', () => current(context)),
    heads: () => verb('heads', () => heads(context)),
    branches: () => verb('branches', () => branches(context)),
    history: (range) => verb('history', () => history(context, range)),
    show: (reference) => events.around('show', () => show(context, reference)),
    plan: (target = 'head', given) =>
      events.around('plan', async () => (await rarely()).plan(context, target, given)),
    sql: (given) => events.around('sql', async () => (await rarely()).sql(context, given)),
    differences: (given) => verb('differences', async () => (await rarely()).differences(context, given)),
    check: (given) => events.around('check', async () => (await rarely()).check(context, given)),
    revision: ((given) =>
      events.around('revision', async () =>
        (await rarely()).revision(context, given),
      )) as Migrator['revision'],
    merge: (revisions, given) =>
      events.around('merge', async () => (await rarely()).merge(context, revisions, given)),
    squash: (range, given) =>
      events.around('squash', async () => (await rarely()).squash(context, range, given)),
    eject: (folder) => verb('eject', async () => (await rarely()).eject(context, folder)),
    adopt: (given) => events.around('adopt', async () => (await rarely()).adopt(context, given)),
    stamp: (target, given) =>
      events.around('stamp', async () => (await rarely()).stamp(context, target, given)),
    resolve: (revision, outcome) =>
      events.around('resolve', async () => (await rarely()).resolve(context, revision, outcome)),
    backup: (given) => events.around('backup', async () => (await rarely()).backup(context, given)),
    restore: (path) => events.around('restore', async () => (await rarely()).restore(context, path)),
    on: (name, listener) => events.on(name, listener),
    off: (name, listener) => events.off(name, listener),
    get umzug() {
      return context.umzug()
    },
  }
}
