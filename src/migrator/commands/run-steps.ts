import { MigratorError } from '../errors.js'
import type { Report } from '../report.js'
import { refuseIrreversible } from '../revisions/guards.js'
import { describeRevision, type KnownRevision } from '../revisions/revision.js'
import { readBegun } from '../runtime/journal-table.js'
import { emptyReport } from '../runtime/report.js'
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
 * @param note - Written beside the row of the last one.
 * @returns Step by step, what this process did and what another one had done meanwhile.
 */
export const runSteps = async (
  context: CommandContext,
  { catalog }: MigrationState,
  revisions: readonly KnownRevision[],
  direction: Direction,
  note?: string,
): Promise<Report> => {
  if (revisions.length === 0) return emptyReport(direction)
  const oneTransaction =
    context.config.transaction === 'run' && context.table.dialect.stepTransaction !== undefined
  for (const revision of revisions) {
    const body = await revision.load()
    if (direction === 'down' && body.down === undefined) throw refuseIrreversible(revision)
    if (oneTransaction && !body.transaction) throw notTransactional(revision)
  }
  const last = revisions.at(-1)
  const options = {
    ...{ direction, oneTransaction, all: catalog.ordered },
    note: note === undefined || last === undefined ? undefined : { revision: last.revision, text: note },
  }
  return context.runner.inRun(options, async (run) => {
    const migrations = revisions.map((revision) => revision.name)
    // ALLOW: what another process has run meanwhile is found by the step, under the lock, and not refused here.
    await context.umzug()[direction]({ migrations, rerun: 'ALLOW' })
    return run.report.build()
  })
}

/** What of a report this process did in a direction, as Umzug's verbs return it. */
export const doneIn = (report: Report, { catalog }: MigrationState, direction: Direction): MigrationMeta[] =>
  report.steps
    .filter((step) => step.state === 'done' && step.direction === direction)
    .map(({ revision, name }) => {
      const known = catalog.byId.get(revision)
      return known === undefined ? { name } : metaOf(known)
    })

/**
 * Ends what a former run had begun without a transaction, each in the direction in which it was going.
 *
 * @returns A report for each; another process, which may only have seemed dead, can have been faster.
 */
export const finishInterrupted = async (
  context: CommandContext,
  state: MigrationState,
): Promise<readonly Report[]> => {
  const finished: Report[] = []
  for (const revision of state.interrupted) {
    const direction = await readBegun(context.table, revision.revision)
    // Mark and state are written together: without the mark, the step was ended since the state was read.
    if (direction === undefined) continue
    context.config.logger.warn({
      event: 'resuming',
      name: revision.name,
      message: `Revision ${describeRevision(revision)} was begun going ${direction} and is not ended; going on with it, unless another process still does.`,
    })
    const all = state.catalog.ordered
    await context.runner.inRun({ direction, oneTransaction: false, all }, async (run) => {
      await context.runner.run({ revision, direction, all })
      finished.push(run.report.build())
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
