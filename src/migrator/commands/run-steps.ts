import { MigratorError } from '../errors.js'
import { refuseIrreversible } from '../revisions/guards.js'
import { describeRevision, type KnownRevision } from '../revisions/revision.js'
import { readBegun } from '../runtime/journal-table.js'
import type { CommandContext } from './context.js'
import type { MigrationState } from './state.js'

type Direction = 'up' | 'down'

/** A revision as Umzug lists it. */
export interface MigrationMeta {
  /** The file name without extension, or the id of a revision in memory. */
  readonly name: string
  /** Absolute path of the file; absent in memory. */
  readonly path?: string
}

/** A revision as Umzug's verbs return it. */
export const metaOf = ({ name, path }: KnownRevision): MigrationMeta =>
  path === undefined ? { name } : { name, path }

/**
 * Has Umzug run the revisions, in this order.
 *
 * Before anything runs, every one is loaded, so that a file that cannot be is no half-done run.
 *
 * @returns Those that this process ran; what another one ran meanwhile is not among them.
 */
export const runSteps = async (
  context: CommandContext,
  { catalog }: MigrationState,
  revisions: readonly KnownRevision[],
  direction: Direction,
): Promise<readonly MigrationMeta[]> => {
  const oneTransaction =
    context.config.transaction === 'run' && context.table.dialect.stepTransaction !== undefined
  for (const revision of revisions) {
    const body = await revision.load()
    if (direction === 'down' && body.down === undefined) throw refuseIrreversible(revision)
    if (oneTransaction && !body.transaction) throw notTransactional(revision)
  }
  return context.runner.inRun({ direction, oneTransaction, all: catalog.ordered }, async (run) => {
    const migrations = revisions.map((revision) => revision.name)
    // ALLOW: what another process has run meanwhile is found by the step, under the lock, and not refused here.
    await context.umzug()[direction]({ migrations, rerun: 'ALLOW' })
    const done = new Set(run.report.done())
    return revisions.filter((revision) => done.has(revision.name)).map(metaOf)
  })
}

/** The interrupted steps that this process has ended, by the direction in which they were going. */
export interface Finished {
  readonly up: readonly MigrationMeta[]
  readonly down: readonly MigrationMeta[]
}

/**
 * Ends what a former run had begun without a transaction, each in the direction in which it was going.
 *
 * @returns Those that this process ended; another one, which may only have seemed dead, can have been faster.
 */
export const finishInterrupted = async (
  context: CommandContext,
  state: MigrationState,
): Promise<Finished> => {
  const finished = { up: [] as MigrationMeta[], down: [] as MigrationMeta[] }
  for (const revision of state.interrupted) {
    const direction = await readBegun(context.table, revision.revision)
    // Mark and state are written together: without the mark, the step was ended since the state was read.
    if (direction === undefined) continue
    context.config.logger.warn({
      event: 'resuming',
      name: revision.name,
      message: `Revision ${describeRevision(revision)} was interrupted going ${direction}; going on with it.`,
    })
    const all = state.catalog.ordered
    await context.runner.inRun({ direction, oneTransaction: false, all }, async (run) => {
      await context.runner.run({ revision, direction, all })
      if (run.report.done().includes(revision.name)) finished[direction].push(metaOf(revision))
    })
  }
  return finished
}

const notTransactional = (revision: KnownRevision): MigratorError =>
  new MigratorError(
    'NOT_TRANSACTIONAL',
    `Revision ${describeRevision(revision)} (${revision.label}) says \`transaction = false\`, so it cannot be part of one transaction ` +
      "for the whole run. Nothing was run. Create the migrator with `transaction: 'step'`.",
    { revisions: [revision.revision], subject: revision.label },
  )
