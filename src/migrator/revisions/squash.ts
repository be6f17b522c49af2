import { RevisionError } from '../errors.js'
import type { GraphNode } from './graph-nodes.js'
import type { SquashedRange } from './graph-types.js'
import { revisionsBetween } from './history.js'
import {
  ancestorsOf,
  compareText,
  describeAll,
  hostsAmong,
  idsOf,
  type Nodes,
  requirementsOfAll,
} from './traverse.js'

/**
 * What one revision in the place of a range would be.
 *
 * @param range - `a:b`, both included; what the range depends on beside its line is not in it.
 * @throws RevisionError `NOT_SQUASHABLE` where the range is not closed, or has what cannot be replaced; `RANGE` and those of targets.
 */
export const squashedRange = (range: string, nodes: Nodes): SquashedRange => {
  const between = revisionsBetween(range, new Set(), nodes)
  const members = membersOf(between, nodes)
  const last = members.at(-1)
  if (last === undefined || members.length < 2)
    throw refused(
      range,
      `it is ${last === undefined ? 'no revision' : `one revision, ${describeAll([last])}`}`,
      'Name two revisions or more, from the lower to the upper.',
      between,
    )
  refuseUnclosed(range, members, nodes)
  const inside = new Set(members)
  const outside = members.flatMap((node) => node.requires).filter((node) => !inside.has(node))
  const through = [...requirementsOfAll(outside)].filter((node) => inside.has(node))
  if (through.length > 0)
    throw refused(
      range,
      `what it depends on beside its line stands on ${describeAll(through)}, which would stand on itself`,
      'End the range below that, or begin it above.',
      through,
    )
  const downRevision = unique(members.flatMap((node) => node.parents)).filter((node) => !inside.has(node))
  const below = requirementsOfAll(downRevision)
  return {
    replaces: idsOf(members),
    downRevision: idsOf(downRevision),
    dependsOn: idsOf(
      unique(members.flatMap((node) => node.dependsOn)).filter(
        (node) => !inside.has(node) && !below.has(node),
      ),
    ),
    branchLabels: unique(members.flatMap((node) => node.ownLabels)).sort(compareText),
  }
}

/** Along the line of the upper end: what is only depended on is another line. In the order in which they run. */
const membersOf = (between: readonly GraphNode[], nodes: Nodes): readonly GraphNode[] => {
  const given = new Set(between)
  const tops = between.filter((node) => !node.requiredBy.some((other) => given.has(other)))
  // `head` is the host's head together with the shipped ones.
  const line = ancestorsOf(hostsAmong(tops, nodes))
  return nodes.ordered.filter((node) => given.has(node) && line.has(node))
}

const refuseUnclosed = (range: string, members: readonly GraphNode[], { shipped, beside }: Nodes): void => {
  const inside = new Set(members)
  const [first] = members
  const last = members.at(-1)
  const refuseAny = (found: readonly GraphNode[], why: (names: string) => string, what: string): void => {
    if (found.length > 0) throw refused(range, why(describeAll(found)), what, found)
  }
  refuseAny(
    members.filter((node) => shipped.has(node)),
    (names) => `${names}, which sm2kit ships, is in it`,
    'Name revisions of your own alone.',
  )
  refuseAny(
    members.filter((node) => node.replaces.some((id) => beside.has(id))),
    (names) => `${names} replaces others, which are there still`,
    'Once every database has it, remove the files that it replaces; then it can be squashed.',
  )
  refuseAny(
    members.filter((node) => node === last && node.replaces.length > 0),
    (names) => `${names}, at its end, replaces others, by whose names it may be called`,
    'End the range above it, or below.',
  )
  const isLeft = (node: GraphNode): boolean => node.requiredBy.some((other) => !inside.has(other))
  refuseAny(
    members.filter((node) => node !== last && isLeft(node)),
    (names) => `something outside stands on ${names}, in the middle of it`,
    'End the range there, or squash what stands there first.',
  )
  const isTop = (node: GraphNode): boolean => !node.requiredBy.some((other) => inside.has(other))
  refuseAny(
    members.filter((node) => node !== last && isTop(node)),
    (names) => `it has several ends, one of them ${names}`,
    'Name one end.',
  )
  const isEntered = (node: GraphNode): boolean => node.parents.some((parent) => !inside.has(parent))
  refuseAny(
    members.filter((node) => node !== first && isEntered(node)),
    (names) => `another line joins it at ${names}`,
    'Begin the range there, or below where the two lines part.',
  )
  refuseAny(
    members.filter((node) => node !== first && node.parents.length === 0),
    (names) => `it has several beginnings, one of them ${names}`,
    'Name one line.',
  )
}

const unique = <T>(list: readonly T[]): T[] => [...new Set(list)]

const refused = (range: string, why: string, what: string, nodes: readonly GraphNode[]): RevisionError =>
  new RevisionError(
    'NOT_SQUASHABLE',
    `"${range}" cannot be one revision: ${why}. Nothing was written. ${what}`,
    { revisions: idsOf(nodes), subject: range },
  )
