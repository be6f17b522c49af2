import type { Report } from '../report.js'
import { describeRevision, enumerate, type KnownRevision } from '../revisions/revision.js'
import { emptyReport, joinReports } from '../runtime/report.js'
import { type CommandContext, runWriting } from './context.js'
import { refusePartly, replaceRows } from './replaced-rows.js'
import { doneIn, finishInterrupted, type MigrationMeta, metaOf, runSteps } from './run-steps.js'
import { noteAfter, settledOf } from './settled.js'
import { type MigrationState, readSides, readState, refuseEdited, refuseUnknown, stateOf } from './state.js'

/** What a command did. */
export interface Outcome {
  readonly report: Report
  /** What of it this process did in the direction of the command, as Umzug's verbs return it. */
  readonly done: readonly MigrationMeta[]
}

/** How revisions are applied. */
export interface GoUpOptions {
  /** `select` chooses whatever is pending: where nothing is, the files need not be looked into. */
  readonly isEverything?: boolean
  /** Called before anything is run, where something is. */
  readonly first?: () => Promise<void>
}

/**
 * Applies what `select` chooses. One statement when that is nothing.
 *
 * @param select - Chooses from the state as it is when the command begins, in order.
 */
export const goUp = (
  context: CommandContext,
  select: (state: MigrationState) => readonly KnownRevision[],
  { isEverything = false, first }: GoUpOptions = {},
): Promise<Outcome> =>
  runWriting(context, async () => {
    const sides = await readSides(context)
    if (isEverything && settledOf(sides) !== undefined) return { report: emptyReport('up'), done: [] }
    const found = await stateOf(sides)
    refusePartly(found)
    refuseEdited(found)
    const meant = select(found)
    refuseUnknown(context, found, meant.length + found.interrupted.length > 0)
    const before = found.unknown.length === 0 ? await replaceRows(context, found) : found
    const wanted = before === found ? meant : select(before)
    sayBelowHead(context, before, wanted)
    if (wanted.length + before.interrupted.length > 0) await first?.()
    if (before.interrupted.length === 0)
      return outcomeOf(
        await runSteps(context, before, wanted, 'up', noteAfter(sides.sources, before, wanted)),
        before,
      )

    const resumed = await finishInterrupted(context, before)
    const state = await readState(context)
    const isWanted = new Set(wanted.map(({ revision }) => revision))
    const rest = state.pending.filter(({ revision }) => isWanted.has(revision))
    const report = await runSteps(context, state, rest, 'up')
    return outcomeOf(joinReports('up', [...resumed, report]), state)
  })

/**
 * Reverts what `select` chooses.
 *
 * @param select - Chooses, the last first, from the state once every interrupted step is ended; `gone` is what ending them has
 *   reverted, which counts as reverted by this command. `before` is the state when the command began.
 */
export const goDown = (
  context: CommandContext,
  select: (
    state: MigrationState,
    gone: readonly MigrationMeta[],
    before: MigrationState,
  ) => readonly KnownRevision[],
): Promise<Outcome> =>
  runWriting(context, async () => {
    const found = await readState(context)
    refusePartly(found)
    refuseEdited(found)
    refuseUnknown(context, found, found.applied.length + found.interrupted.length > 0)
    const before = await replaceRows(context, found)
    if (before.interrupted.length === 0) {
      const wanted = select(before, [], before)
      return outcomeOf(await runSteps(context, before, wanted, 'down'), before)
    }

    const resumed = await finishInterrupted(context, before)
    const state = await readState(context)
    // Whoever has ended it: what was going down when the command began is what the command was to revert.
    const gone = before.interrupted.filter(({ revision }) => !state.rows.has(revision)).map(metaOf)
    const report = await runSteps(context, state, select(state, gone, before), 'down')
    return outcomeOf(joinReports('down', [...resumed, report]), state)
  })

const outcomeOf = (report: Report, state: MigrationState): Outcome => ({
  report,
  done: doneIn(report, state, report.direction),
})

const sayBelowHead = (
  context: CommandContext,
  state: MigrationState,
  wanted: readonly KnownRevision[],
): void => {
  const below = wanted.filter(({ revision }) => state.belowHead().has(revision))
  if (below.length === 0) return
  const isOne = below.length === 1
  context.config.logger.warn({
    event: 'below-head',
    revisions: below.map(({ revision }) => revision),
    message:
      `${enumerate(below.map(describeRevision))} ${isOne ? 'is' : 'are'} pending below revisions that are applied already; ` +
      `${isOne ? 'it runs' : 'they run'} now.`,
  })
}
