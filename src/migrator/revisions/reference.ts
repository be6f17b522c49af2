import { RevisionError } from '../errors.js'
import type { GraphNode } from './graph-nodes.js'
import type { Target } from './graph-types.js'
import { isEnd, withinReplaced } from './replaced.js'
import { compareText, describeAll, hostsAmong, idsOf, lineageOf, type Nodes } from './traverse.js'

/** `<branch>@<name>`, counted `steps` up or down; `name` is empty where it counts from what is applied. */
export interface RelativeReference {
  readonly branch: string | undefined
  readonly name: string
  readonly steps: number
}

const RELATIVE = /^(?:([^@]*)@)?([^@+\-:\s]*)([+-]\d+)$/u

/** The parts of `+1`, `label@-1`, `id+2`, `head-3`; undefined for what is not counted. */
export const readRelative = (text: string, { byId }: Nodes): RelativeReference | undefined => {
  if (byId.has(text)) return undefined
  // A plain file's name may hold what no id of ours does.
  const [, fileName, count] = /^(.+)([+-]\d+)$/u.exec(text) ?? []
  if (fileName !== undefined && byId.has(fileName))
    return { branch: undefined, name: fileName, steps: Number(count) }
  const match = RELATIVE.exec(text)
  if (match === null) return undefined
  const [, branch, name = '', steps] = match
  return { branch, name, steps: Number(steps) }
}

/** The references that a target is made of: `a,b` is two, unless something has that name. */
export const splitTarget = (target: Target, { byId }: Nodes): readonly string[] =>
  (typeof target === 'string' ? [target] : [...target])
    .map(String)
    .flatMap((text) => (byId.has(text) ? [text] : text.split(',').map((part) => part.trim())))

/** `label@id` in two; the label is undefined where there is none. */
export const splitBranch = (text: string): readonly [branch: string | undefined, name: string] => {
  const at = text.indexOf('@')
  return at === -1 ? [undefined, text] : [text.slice(0, at), text.slice(at + 1)]
}

/**
 * What a reference that is not counted stands for: an id, the start of one, a label, `head`, `heads`, `base` (nothing), each also
 * within a branch.
 */
export const findAll = (text: string, nodes: Nodes): readonly GraphNode[] => {
  const [branch, name] = splitBranch(text)
  if (nodes.byId.has(text)) return [findOne(text, undefined, nodes)]
  const branchNode = branch === undefined ? undefined : findBranch(branch, nodes)
  if (name === 'base') return []
  if (name !== 'head' && name !== 'heads') return [findOne(name, branchNode, nodes)]
  if (branchNode !== undefined) {
    const lineage = lineageOf(branchNode)
    const heads = nodes.heads.filter((node) => lineage.has(node))
    return name === 'heads' ? heads : single(heads, text)
  }
  if (name === 'heads') return nodes.heads.filter((node) => node.requiredBy.length === 0)
  const host = nodes.heads.filter((node) => !nodes.shipped.has(node))
  return [...single(host, text), ...nodes.heads.filter((node) => nodes.shipped.has(node))]
}

/** As {@link findAll}, where only one revision will do; undefined is the base. `head` is the host's, where the host has one. */
export const findSingle = (text: string, nodes: Nodes): GraphNode | undefined => {
  const found = findAll(text, nodes)
  return single(text === 'head' ? hostsAmong(found, nodes) : found, text)[0]
}

const single = (heads: readonly GraphNode[], text: string): readonly GraphNode[] => {
  if (heads.length < 2) return heads
  throw new RevisionError(
    'MULTIPLE_HEADS',
    `"${text}" is ${heads.length} heads: ${describeAll(heads)}. Nothing was run. ` +
      'Join them with a merge revision, name one of them, or say "heads".',
    { revisions: idsOf(heads), subject: text },
  )
}

/** The revision that carries the label, or that the text names. */
export const findBranch = (text: string, nodes: Nodes): GraphNode =>
  nodes.byLabel.get(text) ?? findOne(text, undefined, nodes)

/** The one revision with this id, label or start of one; it must be above or below `branch` on its line. */
const findOne = (name: string, branch: GraphNode | undefined, nodes: Nodes): GraphNode => {
  const lineage = branch === undefined ? undefined : lineageOf(branch)
  const exact = nodes.byId.get(name) ?? nodes.byLabel.get(name) ?? inPlaceOf(name, nodes)
  const found = exact ?? findByStart(name, lineage, nodes)
  if (lineage !== undefined && branch !== undefined && !lineage.has(found))
    throw new RevisionError(
      'UNKNOWN_REVISION',
      `Revision ${describeAll([found])} is not on the branch of ${describeAll([branch])}. Nothing was run. ` +
        `Name it without the branch: "${found.id}".`,
      { revisions: [found.id, branch.id], subject: name },
    )
  return found
}

/** The revision in the place of one that was replaced; throws `UNKNOWN_REVISION` for one within a range. */
const inPlaceOf = (name: string, { replaced, byId }: Nodes): GraphNode | undefined => {
  const replacement = replaced.get(name)
  if (replacement === undefined) return undefined
  if (!isEnd(name, replacement)) throw withinReplaced(name, replacement)
  return byId.get(replacement.revision)
}

/** Only names of more than three characters can be shortened, as in Alembic. */
const findByStart = (start: string, lineage: ReadonlySet<GraphNode> | undefined, nodes: Nodes): GraphNode => {
  const names: [string, GraphNode][] = []
  if (start !== '')
    for (const map of [nodes.byId, nodes.byLabel])
      for (const [name, node] of map)
        if (name.length > 3 && name.startsWith(start) && (lineage === undefined || lineage.has(node)))
          names.push([name, node])
  const [first] = names
  if (first === undefined) {
    const replaced = [...nodes.replaced.keys()].filter((id) => id.length > 3 && id.startsWith(start))
    const node = start !== '' && replaced.length === 1 ? inPlaceOf(replaced[0] ?? '', nodes) : undefined
    if (node !== undefined) return node
    throw unknown(start, nodes)
  }
  if (names.length === 1) return first[1]
  const list = names.map(([name]) => name).sort(compareText)
  throw new RevisionError(
    'AMBIGUOUS_REVISION',
    `${list.length} names start with "${start}": ${list.slice(0, 10).join(', ')}${list.length > 10 ? ', …' : ''}. ` +
      'Nothing was run. Write more of the one that is meant.',
    { revisions: list, subject: start },
  )
}

const unknown = (name: string, { heads }: Nodes): RevisionError =>
  new RevisionError(
    'UNKNOWN_REVISION',
    `No revision and no branch is called ${JSON.stringify(name)}. Nothing was run. ` +
      (heads.length === 0
        ? 'There are no revisions.'
        : `The newest ${heads.length === 1 ? 'is' : 'are'} ${describeAll(heads.slice(0, 10))}.`),
    { subject: name },
  )
