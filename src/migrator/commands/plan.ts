import type { Report } from '../report.js'
import type { RevisionGraph, Step, Target } from '../revisions/graph-types.js'
import { refuseIrreversible } from '../revisions/guards.js'
import { databaseError } from '../runtime/database-error.js'
import { recordStep } from '../runtime/recorder.js'
import type { CommandContext } from './context.js'
import { knownOf } from './select.js'
import { type MigrationState, readState, refuseEdited, refuseUnknown } from './state.js'
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
  const { direction, steps } = route(state, target, options.direction)
  refuseUnknown(context, state, steps.length > 0)
  const { sequelize, lockTimeoutMs } = context.config
  const { dialect } = context.table
  const revisions = knownOf(state.catalog, steps)
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

/** Up or down from what is applied to the target. */
const route = (
  state: MigrationState,
  target: Target,
  wanted: PlanOptions['direction'],
): { readonly direction: 'up' | 'down'; readonly steps: readonly Step[] } => {
  const { graph } = state.catalog
  const applied = state.appliedIds()
  const texts = targetsOf(state.catalog, target)
  const direction = wanted ?? (liesBelow(texts) ? 'down' : undefined)
  if (direction === 'down') return { direction, steps: graph.downgrade(applied, texts) }
  const up = graph.upgrade(applied, texts)
  if (direction === 'up' || up.length > 0) return { direction: 'up', steps: up }
  // Nothing is missing of the target: it is where the database is, or below, or what is applied only depends on it.
  const down = isBelow(graph, texts, applied) ? graph.downgrade(applied, texts) : []
  return { direction: down.length > 0 ? 'down' : 'up', steps: down }
}

/** Whether everything that is named is applied, and something of its line stands on it. */
export const isBelow = (
  graph: RevisionGraph,
  texts: readonly string[],
  applied: Iterable<string>,
): boolean => {
  const set = new Set(applied)
  const named = texts.flatMap((text) => graph.resolve(text, set))
  const hasChild = (id: string): boolean => graph.show(id).children.some((child) => set.has(child))
  return named.length > 0 && named.every((id) => set.has(id) && hasChild(id))
}

/** `base`, `label@base`, `-1`: by its words alone. */
export const liesBelow = (texts: readonly string[]): boolean =>
  texts.every((text) => /(?:^|@)(?:base|-\d+)$/u.test(text))
