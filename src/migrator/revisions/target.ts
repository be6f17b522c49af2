import { RevisionError } from '../errors.js'
import type { GraphNode } from './graph-nodes.js'
import {
  findAll,
  findBranch,
  findSingle,
  type RelativeReference,
  readRelative,
  splitBranch,
} from './reference.js'
import { describeAll, headsIn, idsOf, lineageOf, type Nodes, tipsIn } from './traverse.js'

/** What happens at the end of the line: an error, or staying there. */
export type Overwalk = 'refuse' | 'stop'

/** What an upgrade to the text must have applied; none for `base`. */
export const upgradeTargets = (
  applied: ReadonlySet<GraphNode>,
  text: string,
  nodes: Nodes,
  overwalk: Overwalk = 'refuse',
): readonly GraphNode[] => {
  const relative = readRelative(text, nodes)
  if (relative === undefined) return findAll(text, nodes)
  const { branch, name, steps } = relative
  const branchNode = branch === undefined ? undefined : findBranch(branch, nodes)
  const on = branchNode === undefined ? undefined : lineageOf(branchNode)
  const walk = { text, steps, overwalk, nodes }
  if (name !== '') {
    const start = findSingle(branch === undefined ? name : `${branch}@${name}`, nodes)
    const end = walkFrom(start, { ...walk, on: (node) => on?.has(node) ?? true })
    if (end === undefined) throw tooFar(text, 'it is the base, and an upgrade goes up')
    return [end]
  }
  if (steps <= 0) throw tooFar(text, `an upgrade goes up, by "+${Math.abs(steps) || 1}" for example`)
  const isHosts = hasHost(nodes)
  const isOn = (node: GraphNode): boolean => on?.has(node) ?? nodes.shipped.has(node) !== isHosts
  const starts = startsOf(applied, isOn, branchNode !== undefined)
  if (starts.length > 1) throw ambiguous(text, 'several applied heads to count from', starts)
  return listOf(walkFrom(starts[0], { ...walk, on: isOn }))
}

const hasHost = ({ ordered, shipped }: Nodes): boolean => shipped.size < ordered.length || shipped.size === 0

/** Where counting up begins; nothing is the base. */
const startsOf = (
  applied: ReadonlySet<GraphNode>,
  isOn: (node: GraphNode) => boolean,
  looksBelow: boolean,
): readonly GraphNode[] => {
  const direct = headsIn(applied).filter(isOn)
  if (direct.length > 0 || !looksBelow) return direct
  // The branch is no head, because others stand on it: its newest applied revision counts.
  return tipsIn(new Set([...applied].filter(isOn)))
}

/** Where a downgrade ends: at `node`, or at the base; on the line of `branch`, where there are several. */
export interface DowngradeTarget {
  readonly node: GraphNode | undefined
  readonly branch: GraphNode | undefined
}

/** What a downgrade to the text ends at. */
export const downgradeTarget = (
  applied: ReadonlySet<GraphNode>,
  text: string,
  nodes: Nodes,
): DowngradeTarget => {
  const relative = readRelative(text, nodes)
  if (relative === undefined) {
    const [branch, name] = nodes.byId.has(text) ? [undefined, text] : splitBranch(text)
    const branchNode = branch === undefined ? undefined : findBranch(branch, nodes)
    const isWord = name === 'head' || name === 'heads'
    return { node: findSingle(isWord ? text : name, nodes), branch: branchNode }
  }
  const { branch, name, steps } = relative
  const branchNode = branch === undefined ? undefined : findBranch(branch, nodes)
  const on = branchNode === undefined ? undefined : lineageOf(branchNode)
  const walk = {
    text,
    steps,
    overwalk: 'refuse' as const,
    nodes,
    on: (node: GraphNode) => on?.has(node) ?? true,
  }
  if (name !== '') {
    const start = findSingle(branch === undefined ? name : `${branch}@${name}`, nodes)
    return { node: walkFrom(start, walk), branch: branchNode }
  }
  if (steps >= 0) throw tooFar(text, `a downgrade goes down, by "-${steps || 1}" for example`)
  const start = startOfDowngrade(applied, text, relative, on, nodes)
  return { node: walkFrom(start, walk), branch: branchNode ?? start }
}

const startOfDowngrade = (
  applied: ReadonlySet<GraphNode>,
  text: string,
  { branch }: RelativeReference,
  on: ReadonlySet<GraphNode> | undefined,
  { shipped }: Nodes,
): GraphNode => {
  const rows = headsIn(applied)
  if (on === undefined) {
    // With several heads Alembic goes down from the first and warns; the order of ids makes it always the same one.
    const start = rows.find((node) => !shipped.has(node)) ?? rows[0]
    if (start === undefined) throw tooFar(text, 'nothing is applied')
    return start
  }
  const direct = rows.filter((node) => on.has(node))
  const starts = direct.length > 0 ? direct : tipsIn(applied).filter((node) => on.has(node))
  const [start] = starts
  if (start === undefined) throw tooFar(text, `nothing of the branch "${branch ?? ''}" is applied`)
  if (starts.length > 1) throw ambiguous(text, 'several applied heads to count from', starts)
  return start
}

interface Walk {
  readonly text: string
  readonly steps: number
  readonly overwalk: Overwalk
  readonly nodes: Nodes
  readonly on: (node: GraphNode) => boolean
}

/** Counts along the line; undefined is the base, at either end. */
export const walkFrom = (
  start: GraphNode | undefined,
  { text, steps, overwalk, nodes, on }: Walk,
): GraphNode | undefined => {
  let at = start
  for (let left = Math.abs(steps); left > 0; left -= 1) {
    if (steps < 0 && at === undefined) {
      if (overwalk === 'stop') return at
      throw tooFar(text, 'the line begins before that')
    }
    const next: readonly GraphNode[] =
      steps < 0 ? (at?.parents ?? []) : (at?.children ?? nodes.bases).filter(on)
    if (next.length > 1) throw ambiguous(text, `several ways ${steps < 0 ? 'down' : 'up'}`, next)
    if (steps > 0 && next.length === 0) {
      if (overwalk === 'stop') return at
      throw tooFar(text, 'the line ends before that')
    }
    at = next[0]
  }
  return at
}

const listOf = (node: GraphNode | undefined): readonly GraphNode[] => (node === undefined ? [] : [node])

const tooFar = (text: string, why: string): RevisionError =>
  new RevisionError(
    'TOO_FAR',
    `"${text}" leads nowhere: ${why}. Nothing was run. Name the revision instead.`,
    {
      subject: text,
    },
  )

const ambiguous = (text: string, why: string, choices: readonly GraphNode[]): RevisionError =>
  new RevisionError(
    'AMBIGUOUS_REVISION',
    `"${text}" is ambiguous: ${why}, ${describeAll(choices)}. Nothing was run. ` +
      'Name the revision, or the branch: "<id or label>@+1".',
    { revisions: idsOf(choices), subject: text },
  )
