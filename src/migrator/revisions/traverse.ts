import { RevisionError } from '../errors.js'
import { type GraphNode, rankNodes, readNodes, shippedNodes, spreadLabels } from './graph-nodes.js'
import type { GraphOptions, GraphRevision } from './graph-types.js'
import { foldApplied, isEnd, partlyApplied, type Replacements } from './replaced.js'
import { describeRevision, enumerate } from './revision.js'

/** The graph as the planning functions take it. */
export interface Nodes {
  /** In the order in which an empty database would run them. */
  readonly ordered: readonly GraphNode[]
  readonly byId: ReadonlyMap<string, GraphNode>
  readonly byLabel: ReadonlyMap<string, GraphNode>
  readonly labels: ReadonlyMap<GraphNode, ReadonlySet<string>>
  readonly replaced: Replacements
  /** Ids of replaced revisions that are there still. */
  readonly beside: ReadonlySet<string>
  readonly shipped: ReadonlySet<GraphNode>
  /** No branch is declared as shipped: Alembic's answers to the letter. */
  readonly isPlain: boolean
  /** Without children, in order of id. */
  readonly heads: readonly GraphNode[]
  /** Without parents, in order of id. */
  readonly bases: readonly GraphNode[]
}

/** Reads and checks everything that does not depend on what is applied. */
export const indexGraph = (revisions: readonly GraphRevision[], options: GraphOptions): Nodes => {
  const { nodes, byId, byLabel, replaced, beside } = readNodes(revisions, options)
  const ranks = rankNodes(nodes)
  const ordered = [...ranks.keys()]
  const labels = spreadLabels(nodes)
  return {
    ...{ ordered, byId, byLabel, labels, replaced, beside },
    shipped: shippedNodes(ordered, labels, options),
    isPlain: (options.shipped ?? []).length === 0,
    heads: sorted(nodes.filter((node) => node.children.length === 0)),
    bases: sorted(nodes.filter((node) => node.parents.length === 0)),
  }
}

/** Texts in order of their code units: the same everywhere, whatever the locale. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Nodes in order of id. */
export const sorted = (nodes: Iterable<GraphNode>): GraphNode[] =>
  [...nodes].sort((a, b) => compareText(a.id, b.id))

/** Their ids, in the order given. */
export const idsOf = (nodes: Iterable<GraphNode>): string[] => Array.from(nodes, (node) => node.id)

/** `a (add a), b (add b)` */
export const describeAll = (nodes: Iterable<GraphNode>): string =>
  enumerate(Array.from(nodes, ({ id, message }) => describeRevision({ revision: id, message })))

/** The nodes themselves and all that is reached from them by `next`; a set that grows while it is gone through. */
const reach = (
  from: Iterable<GraphNode>,
  next: (node: GraphNode) => readonly GraphNode[],
): Set<GraphNode> => {
  const seen = new Set(from)
  for (const node of seen) for (const one of next(node)) seen.add(one)
  return seen
}

/** They and what they stand on, by parent or dependency. */
export const requirementsOfAll = (from: Iterable<GraphNode>): Set<GraphNode> =>
  reach(from, (node) => node.requires)

/** They and what stands on them, by parent or dependency. */
export const dependentsOfAll = (from: Iterable<GraphNode>): Set<GraphNode> =>
  reach(from, (node) => node.requiredBy)

/** They and their ancestors on the line. */
export const ancestorsOf = (from: Iterable<GraphNode>): Set<GraphNode> => reach(from, (node) => node.parents)

/** They and their descendants on the line. */
export const descendantsOf = (from: Iterable<GraphNode>): Set<GraphNode> =>
  reach(from, (node) => node.children)

/** Everything above and below a node on its line, and the node. */
export const lineageOf = (node: GraphNode): Set<GraphNode> =>
  new Set([...ancestorsOf([node]), ...descendantsOf([node])])

/** Those of the host's line; where none is, all: a shipped branch is meant only by who has nothing else. */
export const hostsAmong = (nodes: readonly GraphNode[], { shipped }: Nodes): readonly GraphNode[] => {
  const hosts = nodes.filter((node) => !shipped.has(node))
  return hosts.length > 0 ? hosts : nodes
}

/** Heads by the revisions that are there: the end of a range that was replaced is the one in its place. */
export const headsByName = (ids: Iterable<string>, { replaced }: Nodes): Iterable<string> =>
  replaced.size === 0
    ? ids
    : Array.from(ids, (id) => {
        const replacement = replaced.get(id)
        return replacement !== undefined && isEnd(id, replacement) ? replacement.revision : id
      })

/**
 * The nodes with these ids, and in the place of a range that is among them the one that replaces it; throws `PARTLY_APPLIED` for
 * a part of such a range, and `UNKNOWN_REVISION`, with the names of those that are missing.
 */
export const nodesOf = (given: Iterable<string>, { byId, replaced }: Nodes): Set<GraphNode> => {
  const found = new Set<GraphNode>()
  const unknown: string[] = []
  let ids = given
  if (replaced.size > 0) {
    const { applied, partly } = foldApplied(given, replaced)
    const [part] = partly
    if (part !== undefined) throw partlyApplied(part)
    ids = applied
  }
  for (const id of ids) {
    const node = byId.get(id)
    if (node === undefined) unknown.push(String(id))
    else found.add(node)
  }
  if (unknown.length === 0) return found
  throw new RevisionError(
    'UNKNOWN_REVISION',
    `${enumerate(unknown.map((id) => JSON.stringify(id)))} ${unknown.length === 1 ? 'is' : 'are'} recorded as applied, and no ` +
      'revision has that id. Nothing was run. Deploy the code that has it.',
    { revisions: unknown },
  )
}

/**
 * The rule: those on which no other of the set stands, by parent or dependency, also across one that is missing (a file that
 * was put below the applied ones later); in order of id.
 */
export const headsIn = (applied: ReadonlySet<GraphNode>): GraphNode[] => {
  const below = requirementsOfAll([...applied].flatMap((node) => node.requires))
  return sorted([...applied].filter((node) => !below.has(node)))
}

/** Those on which no other of the set stands by parent alone. */
export const tipsIn = (nodes: ReadonlySet<GraphNode>): GraphNode[] => {
  const below = ancestorsOf([...nodes].flatMap((node) => node.parents))
  return sorted([...nodes].filter((node) => !below.has(node)))
}
