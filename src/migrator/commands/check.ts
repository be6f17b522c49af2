import { type AutogenerateOptions, autogenerateNames, parseAutogenerate } from '../config-autogenerate.js'
import { invalid } from '../config-checks.js'
import type { Operation } from '../operations/operation.js'
import { compareWithModels } from './compare-with-models.js'
import type { CommandContext } from './context.js'
import { plan } from './plan.js'
import { openFindings, type PendingFinding } from './review.js'
import { infoOf, type RevisionInfo, unknownInfo } from './revision-info.js'
import { editedOf, readState } from './state.js'
import { refuseUnknownOptions } from './target.js'

/** Whether files, record, models and database agree. */
export interface CheckReport {
  /**
   * Nothing is pending, edited or different, and no revision that the code does not know was recorded as breaking. With
   * others that the code does not know it may be older than the database, and goes on as `up()` does.
   */
  readonly upToDate: boolean
  /** Revisions that are not applied, in the order in which they would run; interrupted ones too. */
  readonly pending: readonly RevisionInfo[]
  /** Recorded revisions that the code does not have. */
  readonly unknown: readonly RevisionInfo[]
  /** Applied revisions whose file is not what it was. */
  readonly edited: readonly RevisionInfo[]
  /** What would make the database what the models say. */
  readonly differences: readonly Operation[]
  /** With `strict`: what may go wrong with the pending revisions, and none of them allows. Empty without it. */
  readonly findings: readonly PendingFinding[]
}

/** What `check` takes. */
export interface CheckOptions extends AutogenerateOptions {
  /** Reviews the statements of the pending revisions too. Default: false. */
  readonly strict?: boolean
}

/** `migrator.check()`. Nothing is changed. */
export const check = async (
  context: CommandContext,
  { strict = false, ...options }: CheckOptions = {},
): Promise<CheckReport> => {
  if (typeof strict !== 'boolean') throw invalid('check.strict', strict, 'true or false')
  refuseUnknownOptions('check', options, [...autogenerateNames, 'strict'])
  const settings = parseAutogenerate(options, context.config.autogenerate)
  const state = await readState(context)
  const { operations } = await compareWithModels(context, settings)
  const pending = state.pending.map(({ revision }) => infoOf(state, revision))
  const edited = editedOf(state).map(({ revision }) => infoOf(state, revision))
  const isBroken = state.unknown.some(({ breaking }) => breaking)
  return {
    upToDate: !isBroken && pending.length === 0 && edited.length === 0 && operations.length === 0,
    pending,
    unknown: state.unknown.map(unknownInfo),
    edited,
    differences: operations,
    // An upgrade is refused while a file is edited.
    findings: strict && edited.length === 0 ? await findingsOf(context) : [],
  }
}

/** Of what an upgrade to all heads would run now. */
const findingsOf = async (context: CommandContext): Promise<readonly PendingFinding[]> => {
  const { steps } = await plan(context, 'heads', { direction: 'up' })
  return steps.flatMap((step) => openFindings(step.revision, step))
}
