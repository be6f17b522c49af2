import type { CommandContext } from './context.js'
import { infoOf, newestFirst, type RevisionInfo, unknownInfo } from './revision-info.js'
import { type MigrationMeta, metaOf } from './run-steps.js'
import { settledOf } from './settled.js'
import { type MigrationState, readSides, readState, stateOf } from './state.js'
import { rangeOf, referenceOf } from './target.js'

/** `migrator.pending()`: what is not applied, in the order in which it would run. */
export const pending = async (context: CommandContext): Promise<readonly MigrationMeta[]> => {
  const sides = await readSides(context)
  return settledOf(sides) === undefined ? (await stateOf(sides)).pending.map(metaOf) : []
}

/** `migrator.executed()`: what is applied, in order; what the code does not know comes last, by the name it had. */
export const executed = async (context: CommandContext): Promise<readonly MigrationMeta[]> => {
  const state = await readState(context)
  return [...state.applied.map(metaOf), ...state.unknown.map(({ name }) => ({ name }))]
}

/** `migrator.current()`: the applied revisions on which no other applied one stands, newest first. */
export const current = async (context: CommandContext): Promise<readonly RevisionInfo[]> => {
  const sides = await readSides(context)
  const settled = settledOf(sides)
  if (settled !== undefined) return settled.current()
  const state = await stateOf(sides)
  const heads = state.catalog.graph.headsOf(state.appliedIds())
  return [...state.unknown.map(unknownInfo), ...infosOf(state, heads)]
}

/** `migrator.heads()`: the revisions of the code on which no other one stands, newest first. */
export const heads = async (context: CommandContext): Promise<readonly RevisionInfo[]> => {
  const state = await readState(context)
  return infosOf(state, state.catalog.graph.heads())
}

/** `migrator.branches()`: the revisions on which several others stand, newest first. */
export const branches = async (context: CommandContext): Promise<readonly RevisionInfo[]> => {
  const state = await readState(context)
  return infosOf(state, state.catalog.graph.branchPoints())
}

/** `migrator.history()`: every revision of the code, or those of a range, newest first. */
export const history = async (
  context: CommandContext,
  range: string | undefined,
): Promise<readonly RevisionInfo[]> => {
  const checked = range === undefined ? ':' : rangeOf(range)
  const state = await readState(context)
  return state.catalog.graph.history(checked, state.appliedIds()).map((id) => infoOf(state, id))
}

/** `migrator.show()`. */
export const show = async (context: CommandContext, reference: string): Promise<RevisionInfo> => {
  const state = await readState(context)
  const { graph } = state.catalog
  const text = referenceOf(state.catalog, reference)
  const [found, ...others] = seenFromApplied(state, text)
  // Where that is several, or none, the graph says so as of any name.
  return infoOf(state, found !== undefined && others.length === 0 ? found : graph.show(text).revision)
}

/** What depends on what is applied: `current`, and targets that count (no id has such a sign, and a file's name is an id by then). */
const seenFromApplied = (state: MigrationState, text: string): readonly string[] => {
  const { graph, ordered } = state.catalog
  if (/[+-]\d+$/u.test(text)) return graph.resolve(text, state.appliedIds())
  // It may also be what somebody has called a revision or a branch.
  const isName = ordered.some(({ revision, branchLabels }) => [revision, ...branchLabels].includes(text))
  if (text !== 'current' || isName) return []
  const heads = graph.headsOf(state.appliedIds())
  const hosts = heads.filter((id) => !graph.show(id).isShipped)
  return hosts.length > 0 ? hosts : heads
}

const infosOf = (state: MigrationState, ids: readonly string[]): readonly RevisionInfo[] =>
  newestFirst(state.catalog, new Set(ids)).map((id) => infoOf(state, id))
