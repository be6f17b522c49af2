import { RevisionError } from '../errors.js'
import type { GraphNode } from './graph-nodes.js'
import type {
  GraphOptions,
  GraphRevision,
  ParentOptions,
  RevisionGraph,
  RevisionPlace,
  Target,
} from './graph-types.js'
import { revisionsBetween } from './history.js'
import { aboveTarget, missingFor, stepsOf } from './plan.js'
import { findAll, findSingle, splitTarget } from './reference.js'
import { squashedRange } from './squash.js'
import { resolveReference, stampedHeads } from './stamp.js'
import { downgradeTarget, upgradeTargets } from './target.js'
import {
  compareText,
  describeAll,
  headsByName,
  headsIn,
  idsOf,
  indexGraph,
  type Nodes,
  nodesOf,
  requirementsOfAll,
  sorted,
} from './traverse.js'

/**
 * The graph of the revisions: which to run for a target, in which order, and what the heads are then. Same graph, same
 * applied revisions and same request give what Alembic gives; where its versions differ or break its own rule of heads,
 * {@link https://github.com/sqlalchemy/alembic | Alembic}'s newer answer or the rule.
 *
 * @param revisions - In any order; it makes no difference.
 * @param options - Which branches are shipped; none by default.
 * @returns The graph; it never changes.
 * @throws {@link RevisionError} `INVALID_REVISION`, `DUPLICATE_REVISION` (ids and labels), `MISSING_PARENT`, `CYCLE`.
 * @example
 * ```ts
 * import { buildRevisionGraph } from 'sm2kit/migrator'
 *
 * const graph = buildRevisionGraph([
 *   { revision: 'a1', downRevision: null },
 *   { revision: 'b1', downRevision: 'a1', branchLabels: 'billing' },
 *   { revision: 'c1', downRevision: 'a1' },
 * ])
 * graph.heads() // => ['b1', 'c1']
 * graph.upgrade([], 'billing@head').map((step) => step.revision) // => ['a1', 'b1']
 * graph.upgrade(['a1'], 'c1') // => [{ revision: 'c1', direction: 'up', headsBefore: ['a1'], headsAfter: ['c1'] }]
 * graph.downgrade(graph.closure(['b1', 'c1']), 'base').at(-1)?.headsAfter // => []
 * graph.upgrade([], 'head') // throws MULTIPLE_HEADS
 * ```
 */
export const buildRevisionGraph = (
  revisions: readonly GraphRevision[],
  options: GraphOptions = {},
): RevisionGraph => {
  const nodes = indexGraph(revisions, options)
  const appliedOf = (ids: Iterable<string>): Set<GraphNode> => nodesOf(ids, nodes)
  const none: ReadonlySet<GraphNode> = new Set()
  const idsWhere = (isMeant: (node: GraphNode) => boolean): string[] =>
    idsOf(sorted(nodes.ordered.filter(isMeant)))

  return {
    closure: (heads) => new Set(idsOf(requirementsOfAll(appliedOf(headsByName(heads, nodes))))),
    headsOf: (applied) => idsOf(headsIn(appliedOf(applied))),
    upgrade: (applied, target) => {
      const from = appliedOf(applied)
      const targets = splitTarget(target, nodes).flatMap((text) => upgradeTargets(from, text, nodes))
      return stepsOf(from, missingFor(from, targets, nodes), 'up')
    },
    downgrade: (applied, target) => {
      const from = appliedOf(applied)
      const dropped = new Set<GraphNode>()
      for (const text of splitTarget(target, nodes))
        for (const node of aboveTarget(from, downgradeTarget(from, text, nodes), text, nodes))
          dropped.add(node)
      return stepsOf(from, nodes.ordered.filter((node) => dropped.has(node)).reverse(), 'down')
    },
    stamp: (applied, targets) => ({
      headsAfter: idsOf(stampedHeads(appliedOf(applied), splitTarget(targets, nodes), nodes)),
    }),
    history: (range = ':', applied = []) => idsOf(revisionsBetween(String(range), appliedOf(applied), nodes)),
    heads: () => idsOf(nodes.heads),
    bases: () => idsOf(nodes.bases),
    effectiveHeads: () => idsWhere((node) => node.requiredBy.length === 0),
    effectiveBases: () => idsWhere((node) => node.requires.length === 0),
    branchPoints: () => idsWhere((node) => node.children.length > 1),
    mergePoints: () => idsWhere((node) => node.parents.length > 1),
    labelsOf: (reference) => labelsOf(oneOf(reference, nodes), nodes),
    show: (reference) => placeOf(oneOf(reference, nodes), nodes),
    squash: (range) => squashedRange(String(range), nodes),
    order: () => idsOf(nodes.ordered),
    resolve: (reference, applied) => {
      const isDown = /(?:^|@)-\d+$/u.test(reference)
      const from = applied === undefined ? (isDown ? new Set(nodes.ordered) : none) : appliedOf(applied)
      return idsOf(resolveReference(from, String(reference), nodes))
    },
    parentsFor: (head = 'head', { splice = false }: ParentOptions = {}) =>
      idsOf(parentsOf(head, splice, nodes)),
  }
}

const oneOf = (reference: string, nodes: Nodes): GraphNode => {
  const node = findSingle(String(reference), nodes)
  if (node !== undefined) return node
  throw new RevisionError('UNKNOWN_REVISION', `"${reference}" is no revision. Name one.`, {
    subject: reference,
  })
}

const labelsOf = (node: GraphNode, { labels }: Nodes): string[] =>
  [...(labels.get(node) ?? [])].sort(compareText)

const placeOf = (node: GraphNode, nodes: Nodes): RevisionPlace => ({
  revision: node.id,
  downRevision: idsOf(node.parents),
  dependsOn: idsOf(node.dependsOn),
  children: idsOf(sorted(node.children)),
  dependents: idsOf(sorted(node.requiredBy.filter((other) => other.dependsOn.includes(node)))),
  branchLabels: labelsOf(node, nodes),
  ...(node.replaces.length === 0 ? {} : { replaces: node.replaces }),
  message: node.message,
  isHead: node.children.length === 0,
  isBranchPoint: node.children.length > 1,
  isMergePoint: node.parents.length > 1,
  isShipped: nodes.shipped.has(node),
})

/** Names that reach beyond the host's line are narrowed to it: a new revision of the host never joins a shipped branch by itself. */
const parentsOf = (head: Target, splice: boolean, nodes: Nodes): readonly GraphNode[] => {
  const parents = splitTarget(head, nodes).flatMap((text) => {
    const isWord = text === 'head' || text === 'heads'
    const found = text === 'heads' ? nodes.heads : findAll(text, nodes)
    return found.filter((node) => !isWord || !nodes.shipped.has(node))
  })
  const taken = parents.filter((node) => node.children.length > 0)
  if (splice || taken.length === 0) return [...new Set(parents)]
  throw new RevisionError(
    'NOT_A_HEAD',
    `${describeAll(taken)} ${taken.length === 1 ? 'has' : 'have'} a child already. Nothing was written. ` +
      'Say "splice" to begin a branch there, or name a head.',
    { revisions: idsOf(taken) },
  )
}
