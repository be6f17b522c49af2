import { RevisionError } from '../errors.js'
import type { GraphOptions, GraphRevision } from './graph-types.js'
import { type Replacements, readReplacements } from './replaced.js'
import { checkRevisionId, describeRevision, enumerate, listOf, RESERVED_NAMES } from './revision.js'

/** A revision in the graph, with its neighbours by reference. */
export interface GraphNode {
  readonly id: string
  readonly message: string
  readonly createdAt: string
  /** Where it is written; empty where nobody has said. */
  readonly label: string
  readonly ownLabels: readonly string[]
  /** Ids of what it is in the place of. */
  readonly replaces: readonly string[]
  /** Parents on the line. */
  readonly parents: readonly GraphNode[]
  readonly dependsOn: readonly GraphNode[]
  /** Parents and dependencies, each once: what must be applied before it. */
  readonly requires: readonly GraphNode[]
  readonly children: readonly GraphNode[]
  /** Children and those that depend on it, each once. */
  readonly requiredBy: readonly GraphNode[]
}

type Draft = {
  -readonly [Key in keyof GraphNode]: GraphNode[Key] extends readonly GraphNode[]
    ? readonly Draft[]
    : GraphNode[Key]
}

/** Of most revisions most lists: one object for all of them, as a start reads a thousand. */
const NONE: readonly never[] = []

interface Named {
  readonly nodes: readonly GraphNode[]
  readonly byId: ReadonlyMap<string, GraphNode>
  readonly byLabel: ReadonlyMap<string, GraphNode>
  readonly replaced: Replacements
  /** Ids of revisions that were given, and are replaced. */
  readonly beside: ReadonlySet<string>
}

/** The nodes, joined by reference; throws `INVALID_REVISION`, `DUPLICATE_REVISION` and `MISSING_PARENT`. */
export const readNodes = (given: readonly GraphRevision[], { names = 'id' }: GraphOptions): Named => {
  const replaced = readReplacements(given)
  const revisions = replaced.size === 0 ? given : given.filter(({ revision }) => !replaced.has(revision))
  const drafts: Draft[] = []
  const byId = new Map<string, Draft>()
  for (const [position, one] of revisions.entries()) {
    const { revision, message, createdAt, branchLabels, replaces, label = '' } = one
    const where = label === '' ? `Revision ${position + 1}` : label
    const id = names === 'id' ? checkRevisionId(revision, where) : revision
    refuseReserved(id, where)
    const other = byId.get(id)
    if (other !== undefined) throw sameId(other, label)
    const draft: Draft = {
      id,
      label,
      message: message ?? '',
      createdAt: createdAt ?? '',
      ownLabels: unique(listOf(branchLabels, 'branchLabels', label === '' ? `Revision ${id}` : label)),
      replaces: replaces === undefined ? NONE : unique(listOf(replaces, 'replaces', where)),
      parents: NONE,
      dependsOn: NONE,
      requires: NONE,
      children: NONE,
      requiredBy: NONE,
    }
    drafts.push(draft)
    byId.set(id, draft)
  }
  const byLabel = readLabels(drafts, byId)
  // What names a revision that was replaced means the one in its place.
  const byName = replaced.size === 0 ? byId : new Map(byId)
  for (const [id, { revision }] of replaced) {
    const draft = byId.get(revision)
    if (draft !== undefined) byName.set(id, draft)
  }
  for (const [position, { downRevision, dependsOn }] of revisions.entries()) {
    const draft = drafts[position]
    if (draft !== undefined) join(draft, downRevision, dependsOn, byName, byLabel)
  }
  const beside = new Set(
    replaced.size === 0 ? NONE : given.map(({ revision }) => revision).filter((id) => replaced.has(id)),
  )
  return { nodes: drafts, byId, byLabel, replaced, beside }
}

const readLabels = (drafts: readonly Draft[], byId: ReadonlyMap<string, Draft>): Map<string, Draft> => {
  const byLabel = new Map<string, Draft>()
  for (const draft of drafts)
    for (const label of draft.ownLabels) {
      refuseReserved(checkRevisionId(label, `${nameOf(draft)}, a branch label`), nameOf(draft))
      const other = byLabel.get(label)
      if (other !== undefined)
        throw duplicate(
          `The revisions ${nameOf(other)} and ${nameOf(draft)} both have the branch label ${label}.`,
          [other.id, draft.id],
        )
      if (byId.has(label))
        throw duplicate(`${nameOf(draft)} has the branch label ${label}, which is the id of a revision.`, [
          draft.id,
          label,
        ])
      byLabel.set(label, draft)
    }
  return byLabel
}

const join = (
  draft: Draft,
  downRevision: unknown,
  dependsOn: unknown,
  byId: ReadonlyMap<string, Draft>,
  byLabel: ReadonlyMap<string, Draft>,
): void => {
  const where = draft.label === '' ? `Revision ${draft.id}` : draft.label
  const find = (name: string, draftOf: Draft | undefined): Draft => {
    if (draftOf === undefined) throw missing(draft, name)
    return draftOf
  }
  draft.parents = unique(listOf(downRevision, 'downRevision', where).map((id) => find(id, byId.get(id))))
  draft.dependsOn = unique(
    listOf(dependsOn, 'dependsOn', where).map((name) => find(name, byId.get(name) ?? byLabel.get(name))),
  )
  draft.requires =
    draft.dependsOn.length === 0 ? draft.parents : unique([...draft.parents, ...draft.dependsOn])
  for (const parent of draft.parents) parent.children = withOne(parent.children, draft)
  for (const required of draft.requires) required.requiredBy = withOne(required.requiredBy, draft)
}

/** A list with one more. What is added to an empty list by `push` takes room for seventeen. */
const withOne = (list: readonly Draft[], draft: Draft): readonly Draft[] => {
  if (list.length === 0) return [draft]
  if (list.length === 1) return [...list, draft]
  ;(list as Draft[]).push(draft)
  return list
}

const unique = <T>(list: readonly T[]): readonly T[] =>
  list.length === 0 ? NONE : list.length === 1 ? [...list] : [...new Set(list)]

const refuseReserved = (name: string, where: string): void => {
  if (!RESERVED_NAMES.has(name)) return
  throw new RevisionError(
    'INVALID_REVISION',
    `${where}: "${name}" is a word of targets (head, heads, base) and cannot be a name. Nothing was run. Take another.`,
    { revisions: [name], subject: where },
  )
}

/** `8c1d0a5be2f7 (migrations/20260301_stars.ts)`: how messages about the graph itself name a revision. */
const nameOf = ({ id, label }: Draft | GraphNode): string => (label === '' ? id : `${id} (${label})`)

const sameId = (other: Draft, label: string): RevisionError =>
  new RevisionError(
    'DUPLICATE_REVISION',
    `Two revisions have the id ${other.id}${label === '' && other.label === '' ? '' : `: ${other.label} and ${label}`}. ` +
      'Nothing was run. Give one of them another id (and name that one in the "downRevision" of what stands on it).',
    { revisions: [other.id] },
  )

const duplicate = (what: string, revisions: readonly string[]): RevisionError =>
  new RevisionError('DUPLICATE_REVISION', `${what} Nothing was run. Give one of them another name.`, {
    revisions,
  })

const missing = ({ id, label }: Draft, name: string): RevisionError =>
  new RevisionError(
    'MISSING_PARENT',
    `${label === '' ? `Revision ${id}` : `${label} (revision ${id})`} stands on ${name}, and no revision has that name. ` +
      'Nothing was run. Bring the missing revision back, or correct "downRevision" or "dependsOn".',
    { revisions: [id, name], ...(label === '' ? {} : { subject: label }) },
  )

/** Where each node stands in the one order of the graph: after what it requires; ties by date, then by id. Throws `CYCLE`. */
export const rankNodes = (nodes: readonly GraphNode[]): ReadonlyMap<GraphNode, number> => {
  // Of the nodes that wait for more than one.
  const waitingFor = new Map<GraphNode, number>()
  const ranks = new Map<GraphNode, number>()
  // Latest first, so that the earliest is popped from the end.
  const ready = nodes.filter((node) => node.requires.length === 0).sort(latestFirst)
  for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
    ranks.set(next, ranks.size)
    for (const node of next.requiredBy) {
      const left = (waitingFor.get(node) ?? node.requires.length) - 1
      if (left > 0) waitingFor.set(node, left)
      else if (ready.length === 0) ready.push(node)
      else ready.splice(placeIn(ready, node, latestFirst), 0, node)
    }
  }
  if (ranks.size < nodes.length) throw cycleIn(nodes.filter((node) => !ranks.has(node)))
  return ranks
}

const latestFirst = (a: GraphNode, b: GraphNode): number => {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? 1 : -1
  return a.id < b.id ? 1 : -1
}

/** The first place in a sorted list whose item does not come before this one. */
export const placeIn = <T>(list: readonly T[], item: T, order: (a: T, b: T) => number): number => {
  let from = 0
  let to = list.length
  while (from < to) {
    const middle = (from + to) >>> 1
    if (order(list[middle] as T, item) < 0) from = middle + 1
    else to = middle
  }
  return from
}

/** Names one circle, not everything above it. */
const cycleIn = (stuck: readonly GraphNode[]): RevisionError => {
  const isStuck = new Set(stuck)
  const path = new Set<GraphNode>()
  let node = stuck[0]
  while (node !== undefined && !path.has(node)) {
    path.add(node)
    node = node.requires.find((required) => isStuck.has(required))
  }
  const list = [...path]
  const circle = node === undefined ? list : list.slice(list.indexOf(node))
  const names = circle.map((one) =>
    one.label === '' ? describeRevision({ revision: one.id, message: one.message }) : nameOf(one),
  )
  return new RevisionError(
    'CYCLE',
    (circle.length === 1
      ? `Revision ${names[0]} stands on itself. `
      : `The revisions ${enumerate(names)} stand on one another in a circle. `) +
      'Nothing was run. Correct "downRevision" or "dependsOn" in one of them.',
    { revisions: circle.map((one) => one.id) },
  )
}

/**
 * The labels that reach each node, by Alembic's rule: all descendants of the revision that carries one; and its ancestors
 * down to a branch or merge point, where its line is one chain from there to its tip.
 */
export const spreadLabels = (nodes: readonly GraphNode[]): ReadonlyMap<GraphNode, ReadonlySet<string>> => {
  const labels = new Map<GraphNode, Set<string>>()
  const give = (node: GraphNode, names: readonly string[]): void => {
    const given = labels.get(node) ?? new Set()
    for (const name of names) given.add(name)
    labels.set(node, given)
  }
  for (const carrier of nodes) {
    if (carrier.ownLabels.length === 0) continue
    const seen = new Set([carrier])
    for (const node of seen) {
      give(node, carrier.ownLabels)
      for (const child of node.children) seen.add(child)
    }
    if (![...seen].every(isOnChain)) continue
    for (
      let node: GraphNode | undefined = carrier;
      node !== undefined && isOnChain(node);
      [node] = node.parents
    )
      give(node, carrier.ownLabels)
  }
  return labels
}

const isOnChain = (node: GraphNode): boolean => node.requiredBy.length <= 1 && node.parents.length <= 1

/**
 * The shipped branches: what carries or is reached by a shipped label. A revision with a parent of the host (a merge of
 * the two) is the host's.
 */
export const shippedNodes = (
  ordered: readonly GraphNode[],
  labels: ReadonlyMap<GraphNode, ReadonlySet<string>>,
  { shipped = [] }: GraphOptions,
): ReadonlySet<GraphNode> => {
  const found = new Set<GraphNode>()
  if (labels.size === 0) return found
  for (const node of ordered)
    if (
      shipped.some((label) => labels.get(node)?.has(label)) &&
      node.parents.every((parent) => found.has(parent))
    )
      found.add(node)
  return found
}
