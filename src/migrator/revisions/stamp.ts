import type { GraphNode } from './graph-nodes.js'
import { findBranch, readRelative, splitBranch } from './reference.js'
import { downgradeTarget, upgradeTargets } from './target.js'
import { dependentsOfAll, headsIn, type Nodes, requirementsOfAll, sorted } from './traverse.js'

/** What a reference stands for, seen from what is applied: counted up or down, or named. */
export const resolveReference = (
  applied: ReadonlySet<GraphNode>,
  text: string,
  nodes: Nodes,
): readonly GraphNode[] => {
  const relative = readRelative(text, nodes)
  if (relative === undefined || relative.steps >= 0 || relative.name !== '')
    return upgradeTargets(applied, text, nodes)
  const { node } = downgradeTarget(applied, text, nodes)
  return node === undefined ? [] : [node]
}

/** The heads once the references are declared applied; see {@link Stamped}. */
export const stampedHeads = (
  applied: ReadonlySet<GraphNode>,
  references: readonly string[],
  nodes: Nodes,
): readonly GraphNode[] => {
  const rows = headsIn(applied)
  const near = new Set<GraphNode>()
  const targets = new Set<GraphNode>()
  for (const text of references) {
    // What one word stands for follows the rule of heads; what was named beside it stays.
    const meant = withoutImplied(resolveReference(applied, text, nodes))
    for (const target of meant) targets.add(target)
    const isNear = sharesLineWith(text, meant, nodes)
    for (const row of rows) if (isNear(row)) near.add(row)
  }
  const moves =
    targets.size === 0 || [...targets].some((target) => !near.has(target) && touches(target, near))
  const gone = moves ? near : new Set<GraphNode>()
  const implied = requirementsOfAll(targets)
  const kept = rows.filter((row) => !gone.has(row) && (!implied.has(row) || targets.has(row)))
  // Alembic forgets a head that was named and is applied already, when another one moves (docs/decisions/0030).
  const entering = [...targets].filter((target) => !nodes.isPlain || !near.has(target))
  return sorted(new Set([...kept, ...entering]))
}

const touches = (target: GraphNode, rows: ReadonlySet<GraphNode>): boolean =>
  [...requirementsOfAll([target]), ...dependentsOfAll([target])].some((node) => rows.has(node))

/** Those that no other one of them stands on. */
const withoutImplied = (targets: readonly GraphNode[]): readonly GraphNode[] => {
  const implied = requirementsOfAll(targets.flatMap((target) => target.requires))
  return targets.filter((target) => !implied.has(target))
}

/** Whether a row stands above or below what was named, by parent or dependency; a bare `base` names all. */
const sharesLineWith = (
  text: string,
  targets: readonly GraphNode[],
  nodes: Nodes,
): ((row: GraphNode) => boolean) => {
  const [branch] = nodes.byId.has(text) ? [undefined] : splitBranch(text)
  const meant = branch === undefined ? targets : [...targets, findBranch(branch, nodes)]
  if (meant.length === 0) return () => true
  const line = new Set([...requirementsOfAll(meant), ...dependentsOfAll(meant)])
  return (row) => line.has(row)
}
