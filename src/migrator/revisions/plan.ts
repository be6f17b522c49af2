import { RevisionError } from '../errors.js'
import type { GraphNode } from './graph-nodes.js'
import { placeIn } from './graph-nodes.js'
import type { Step } from './graph-types.js'
import type { DowngradeTarget } from './target.js'
import {
  ancestorsOf,
  compareText,
  dependentsOfAll,
  describeAll,
  headsIn,
  idsOf,
  type Nodes,
  requirementsOfAll,
} from './traverse.js'

/** What is missing of the targets and all that they stand on, in order. */
export const missingFor = (
  applied: ReadonlySet<GraphNode>,
  targets: readonly GraphNode[],
  { ordered }: Nodes,
): readonly GraphNode[] => {
  const required = requirementsOfAll(targets)
  return ordered.filter((node) => required.has(node) && !applied.has(node))
}

/** What must go so that the target is the newest of its line: what is above it, and what stands on that. */
export const aboveTarget = (
  applied: ReadonlySet<GraphNode>,
  { node, branch }: DowngradeTarget,
  text: string,
  { bases }: Nodes,
): ReadonlySet<GraphNode> => {
  let roots = node === undefined ? bases : node.children
  if (branch !== undefined && roots.length > 1) {
    const line = ancestorsOf([branch])
    roots = roots.filter((root) => line.has(root))
    if (roots.length === 0) throw outOfRange(text, applied)
  }
  const dropped = new Set([...dependentsOfAll(roots)].filter((one) => applied.has(one)))
  if (node !== undefined && dropped.size === 0 && !isHead(node, applied)) throw outOfRange(text, applied)
  return dropped
}

const isHead = (node: GraphNode, applied: ReadonlySet<GraphNode>): boolean =>
  applied.has(node) && !node.requiredBy.some((other) => applied.has(other))

const outOfRange = (text: string, applied: ReadonlySet<GraphNode>): RevisionError => {
  const heads = headsIn(applied)
  return new RevisionError(
    'RANGE',
    `"${text}" is not below what is applied: ${heads.length === 0 ? 'nothing' : describeAll(heads)}. Nothing was run. ` +
      'Name a revision below it, or revert what depends on it by name.',
    { revisions: idsOf(heads), subject: text },
  )
}

/** The revisions as steps, with the heads around each; the heads are kept up to date rather than found anew. */
export const stepsOf = (
  applied: ReadonlySet<GraphNode>,
  list: readonly GraphNode[],
  direction: 'up' | 'down',
): Step[] => {
  const change = direction === 'up' ? 1 : -1
  const now = new Set(applied)
  /** How many applied revisions stand on each. */
  const standing = new Map<GraphNode, number>()
  const stand = (node: GraphNode, by: number): void => {
    for (const required of node.requires) standing.set(required, (standing.get(required) ?? 0) + by)
  }
  for (const node of applied) stand(node, 1)
  let heads = idsOf(headsIn(now))
  return list.map((node) => {
    const headsBefore = heads
    if (change === 1) now.add(node)
    else now.delete(node)
    stand(node, change)
    heads = heads.slice()
    for (const touched of [node, ...node.requires])
      setPresent(heads, touched.id, now.has(touched) && (standing.get(touched) ?? 0) === 0)
    return { revision: node.id, direction, headsBefore, headsAfter: heads }
  })
}

/** Puts the text into a sorted list, or takes it out. */
const setPresent = (list: string[], text: string, isPresent: boolean): void => {
  const at = placeIn(list, text, compareText)
  const isThere = list[at] === text
  if (isPresent && !isThere) list.splice(at, 0, text)
  if (!isPresent && isThere) list.splice(at, 1)
}
