import type { CommandContext } from './context.js'
import { infoOf, type RevisionInfo, unknownInfo } from './revision-info.js'
import { type MigrationMeta, metaOf } from './run-steps.js'
import { type MigrationState, readState } from './state.js'
import { rangeOf, referenceOf } from './target.js'

/** `migrator.pending()`: what is not applied, in the order in which it would run. */
export const pending = async (context: CommandContext): Promise<readonly MigrationMeta[]> =>
  (await readState(context)).pending.map(metaOf)

/** `migrator.executed()`: what is applied, in order; what the code does not know comes last, by the name it had. */
export const executed = async (context: CommandContext): Promise<readonly MigrationMeta[]> => {
  const state = await readState(context)
  return [...state.applied.map(metaOf), ...state.unknown.map(({ name }) => ({ name }))]
}

/** `migrator.current()`: the applied revisions on which no other applied one stands, newest first. */
export const current = async (context: CommandContext): Promise<readonly RevisionInfo[]> => {
  const state = await readState(context)
  const heads = state.catalog.graph.headsOf(state.appliedIds())
  return [...state.unknown.map(unknownInfo), ...newestFirst(state, heads)]
}

/** `migrator.heads()`: the revisions of the code on which no other one stands, newest first. */
export const heads = async (context: CommandContext): Promise<readonly RevisionInfo[]> => {
  const state = await readState(context)
  return newestFirst(state, state.catalog.graph.heads())
}

/** `migrator.branches()`: the revisions on which several others stand, newest first. */
export const branches = async (context: CommandContext): Promise<readonly RevisionInfo[]> => {
  const state = await readState(context)
  return newestFirst(state, state.catalog.graph.branchPoints())
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
  return infoOf(state, graph.show(referenceOf(state.catalog, reference)).revision)
}

const newestFirst = (state: MigrationState, ids: readonly string[]): readonly RevisionInfo[] => {
  const wanted = new Set(ids)
  const inOrder = state.catalog.ordered.filter(({ revision }) => wanted.has(revision))
  return inOrder.reverse().map(({ revision }) => infoOf(state, revision))
}
