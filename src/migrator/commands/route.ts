import type { RevisionGraph, Step } from '../revisions/graph-types.js'

/** The way to a target. */
export interface Route {
  readonly direction: 'up' | 'down'
  readonly steps: readonly Step[]
}

/**
 * Up or down from what is applied to the target; up, without steps, where it lies in neither direction.
 *
 * @param wanted - The direction, where it is said.
 */
export const routeTo = (
  graph: RevisionGraph,
  applied: Iterable<string>,
  texts: readonly string[],
  wanted: Route['direction'] | undefined,
): Route => {
  const direction = wanted ?? (liesBelow(texts) ? 'down' : undefined)
  if (direction === 'down') return { direction, steps: graph.downgrade(applied, texts) }
  const up = graph.upgrade(applied, texts)
  if (direction === 'up' || up.length > 0) return { direction: 'up', steps: up }
  // Nothing is missing of the target: it is where the database is, or below, or what is applied only depends on it.
  const down = isBelow(graph, texts, applied) ? graph.downgrade(applied, texts) : []
  return { direction: down.length > 0 ? 'down' : 'up', steps: down }
}

/** `base`, `label@base`, `-1`: by its words alone. */
const liesBelow = (texts: readonly string[]): boolean =>
  texts.every((text) => /(?:^|@)(?:base|-\d+)$/u.test(text))

/** Whether everything that is named is applied, and something of its line stands on it. */
const isBelow = (graph: RevisionGraph, texts: readonly string[], applied: Iterable<string>): boolean => {
  const set = new Set(applied)
  const named = texts.flatMap((text) => graph.resolve(text, set))
  const hasChild = (id: string): boolean => graph.show(id).children.some((child) => set.has(child))
  return named.length > 0 && named.every((id) => set.has(id) && hasChild(id))
}
