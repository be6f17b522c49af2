import type { Report } from '../report.js'
import type { Finding } from '../review/finding.js'
import type { StatementReview } from '../review/review-run.js'
import type { Target } from '../revisions/graph-types.js'
import { refuseIrreversible } from '../revisions/guards.js'
import { databaseError } from '../runtime/database-error.js'
import { recordStatements } from '../runtime/recorder.js'
import type { CommandContext } from './context.js'
import { refusePartly } from './replaced-rows.js'
import { type RecordedStep, reviewSteps } from './review.js'
import { routeTo } from './route.js'
import { knownOf } from './select.js'
import { readState, refuseEdited, refuseUnknown } from './state.js'
import { checkDirection, refuseUnknownOptions, targetsOf } from './target.js'

/** One step of a {@link Plan}. */
export interface PlannedStep {
  /** Id of the revision. */
  readonly revision: string
  /** Umzug's name of it. */
  readonly name: string
  /** One line for people; may be empty. */
  readonly message: string
  /** Ids of what it stands on, on its own line. */
  readonly downRevision: readonly string[]
  /** The way it would go. */
  readonly direction: Report['direction']
  /** SQL, complete and without terminators, in order; the version row is not among them. */
  readonly statements: readonly string[]
  /** Pending, though something applied stands on it. */
  readonly isBelowHead: boolean
  /** Each of the statements: its lock, whether it rewrites or reads a table, and what may go wrong. */
  readonly review: readonly StatementReview[]
  /** What is wrong with the revision itself: waivers that are none. */
  readonly findings: readonly Finding[]
  /** It has no `down`: what it does is not taken back by a downgrade. */
  readonly irreversible: boolean
}

/** What an upgrade or a downgrade would do now. */
export interface Plan {
  /** The way it would go. */
  readonly direction: Report['direction']
  /** In the order in which they would run. */
  readonly steps: readonly PlannedStep[]
}

/** What `plan` takes beside its target. */
export interface PlanOptions {
  /** Default: the way in which the target lies; `up` where it lies in neither. */
  readonly direction?: 'up' | 'down'
}

/** `migrator.plan()`: the steps of an upgrade or a downgrade and their SQL. Their code runs; nothing is sent but what it reads. */
export const plan = async (
  context: CommandContext,
  target: Target,
  options: PlanOptions = {},
): Promise<Plan> => {
  refuseUnknownOptions('plan', options, ['direction'])
  checkDirection('plan', options.direction)
  const state = await readState(context)
  refusePartly(state)
  refuseEdited(state)
  const { catalog } = state
  const texts = targetsOf(catalog, target)
  const { direction, steps } = routeTo(catalog.graph, state.appliedIds(), texts, options.direction)
  refuseUnknown(context, state, steps.length > 0)
  const { sequelize, lockTimeoutMs } = context.config
  const { dialect } = context.table
  const revisions = knownOf(catalog, steps)
  for (const revision of revisions)
    if (direction === 'down' && (await revision.load()).down === undefined) throw refuseIrreversible(revision)
  const recorded: RecordedStep[] = []
  for (const known of revisions) {
    const recording = recordStatements(known, { sequelize, dialect, direction, reads: 'database' })
    const statements = await recording.catch((error: unknown) => {
      throw databaseError(error, sequelize, dialect, lockTimeoutMs)
    })
    recorded.push({ known, statements })
  }
  const reviews = await reviewSteps(context, recorded).catch((error: unknown) => {
    throw databaseError(error, sequelize, dialect, lockTimeoutMs)
  })
  const planned: PlannedStep[] = []
  for (const [at, { known, statements }] of recorded.entries()) {
    const { revision, name, message, downRevision } = known
    planned.push({
      ...{ revision, name, message, downRevision, direction },
      statements: statements.map(({ sql }) => sql),
      isBelowHead: state.belowHead().has(revision),
      ...(reviews[at] ?? { review: [], findings: [] }),
      irreversible: (await known.load()).down === undefined,
    })
  }
  return { direction, steps: planned }
}
