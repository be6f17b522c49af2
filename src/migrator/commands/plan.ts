import type { Report } from '../report.js'
import type { Target } from '../revisions/graph-types.js'
import { refuseIrreversible } from '../revisions/guards.js'
import { databaseError } from '../runtime/database-error.js'
import { recordStep } from '../runtime/recorder.js'
import type { CommandContext } from './context.js'
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
  const planned: PlannedStep[] = []
  for (const known of revisions) {
    const { revision, name, message, downRevision } = known
    const recorded = recordStep(known, { sequelize, dialect, direction, reads: 'database' })
    const statements = await recorded.catch((error: unknown) => {
      throw databaseError(error, sequelize, dialect, lockTimeoutMs)
    })
    const isBelowHead = state.belowHead().has(revision)
    planned.push({ revision, name, message, downRevision, direction, statements, isBelowHead })
  }
  return { direction, steps: planned }
}
