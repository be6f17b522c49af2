import { RevisionError } from '../errors.js'
import type { GraphNode } from './graph-nodes.js'
import { findBranch, readRelative, splitBranch } from './reference.js'
import { resolveReference } from './stamp.js'
import { upgradeTargets, walkFrom } from './target.js'
import { descendantsOf, headsIn, hostsAmong, lineageOf, type Nodes, requirementsOfAll } from './traverse.js'

/** The revisions from the lower to the upper end of a range, newest first. */
export const revisionsBetween = (
  range: string,
  applied: ReadonlySet<GraphNode>,
  nodes: Nodes,
): readonly GraphNode[] => {
  const [lowerText = '', upperText = '', ...more] = range.split(':').map((end) => end.trim())
  if (more.length > 0 || !range.includes(':'))
    throw new RevisionError(
      'RANGE',
      `"${range}" is not a range. Write "<from>:<to>", "<from>:", ":<to>" or ":".`,
      { subject: range },
    )
  const isFromLower = /^\+\d+$|@\+\d+$/u.test(upperText) && !nodes.byId.has(upperText)
  const above = isFromLower ? [] : upperEnd(upperText || 'heads', applied, nodes)
  const lower = lowerEnd(lowerText || 'base', isFromLower ? nodes.ordered : above, applied, nodes)
  const upper = isFromLower ? upgradeTargets(requirementsOfAll(lower), upperText, nodes, 'stop') : above
  const targets = onBranchOf(lowerText, upper, nodes)
  const needed = requirementsOfAll(targets)
  if (lower.some((node) => !needed.has(node)))
    throw new RevisionError('RANGE', `"${range}": the lower end is not below the upper one.`, {
      revisions: lower.map(({ id }) => id),
      subject: range,
    })
  const line = lower.length === 0 ? needed : descendantsOf(lower)
  return nodes.ordered.filter((node) => needed.has(node) && line.has(node)).reverse()
}

const isCurrent = (text: string, { byId, byLabel }: Nodes): boolean =>
  text === 'current' && !byId.has(text) && !byLabel.has(text)

/** The lower end; `-2` counts down from each of the host's heads of the upper one, and stops where the line does. */
const lowerEnd = (
  text: string,
  upper: readonly GraphNode[],
  applied: ReadonlySet<GraphNode>,
  nodes: Nodes,
): readonly GraphNode[] => {
  if (isCurrent(text, nodes)) return headsIn(applied)
  const relative = readRelative(text, nodes)
  if (relative === undefined || relative.name !== '' || relative.steps > 0)
    return resolveReference(applied, text, nodes)
  const { branch, steps } = relative
  const on = branch === undefined ? undefined : lineageOf(findBranch(branch, nodes))
  const heads = headsIn(requirementsOfAll(upper)).filter((node) => on?.has(node) ?? true)
  const walk = { text, steps, overwalk: 'stop' as const, nodes, on: () => true }
  const ends = hostsAmong(heads, nodes).map((start) => walkFrom(start, walk))
  const known = ends.filter((node) => node !== undefined)
  // One that reaches the base has no lower end.
  return known.length < ends.length ? [] : known
}

/** The upper end. */
const upperEnd = (text: string, applied: ReadonlySet<GraphNode>, nodes: Nodes): readonly GraphNode[] => {
  if (isCurrent(text, nodes)) return headsIn(applied)
  const isDown = (readRelative(text, nodes)?.steps ?? 0) < 0
  return isDown ? resolveReference(applied, text, nodes) : upgradeTargets(applied, text, nodes, 'stop')
}

/** A lower end within a branch keeps the upper ends of that branch. */
const onBranchOf = (text: string, upper: readonly GraphNode[], nodes: Nodes): readonly GraphNode[] => {
  const [branch] = nodes.byId.has(text) ? [undefined] : splitBranch(text)
  if (branch === undefined) return upper
  const line = descendantsOf([findBranch(branch, nodes)])
  return upper.filter((node) => line.has(node))
}
