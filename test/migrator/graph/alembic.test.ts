import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { RevisionError } from '../../../src/migrator/errors.js'
import { buildRevisionGraph } from '../../../src/migrator/revisions/graph.js'
import type { RevisionGraph, Step } from '../../../src/migrator/revisions/graph-types.js'

interface Given {
  readonly id: string
  readonly down: readonly string[]
  readonly depends_on: readonly string[]
  readonly labels: readonly string[]
}

interface Failure {
  readonly kind: string
  readonly reason?: string
  readonly internal?: boolean
}

interface Answer {
  readonly error?: Failure
  readonly steps?: readonly {
    readonly rev?: string
    readonly minus?: readonly string[]
    readonly plus?: readonly string[]
  }[]
  readonly table_after?: readonly string[]
  readonly revs?: readonly string[]
  readonly down?: readonly string[]
  readonly heads_after?: readonly string[]
  readonly heads?: readonly string[]
  readonly effective_heads?: readonly string[]
  readonly bases?: readonly string[]
  readonly effective_bases?: readonly string[]
  readonly branch_points?: readonly string[]
  readonly merge_points?: readonly string[]
  readonly labels?: Readonly<Record<string, readonly string[]>>
}

interface Case {
  readonly id: string
  readonly graph: string
  readonly op: 'upgrade' | 'downgrade' | 'stamp' | 'walk' | 'resolve' | 'parent' | 'heads'
  readonly request: string
  readonly current: readonly string[]
  readonly expect?: Answer
  readonly later_version?: Answer
  readonly want_table?: readonly (readonly string[])[]
  readonly stable?: boolean
}

const data = JSON.parse(readFileSync(new URL('alembic-traversal.json', import.meta.url), 'utf8')) as {
  readonly graphs: Readonly<Record<string, { readonly revisions: readonly Given[] }>>
  readonly cases: readonly Case[]
}

const build = (name: string): RevisionGraph =>
  buildRevisionGraph(
    (data.graphs[name]?.revisions ?? []).map(({ id, down, depends_on, labels }) => ({
      revision: id,
      downRevision: down,
      dependsOn: depends_on,
      branchLabels: labels,
    })),
  )

/** Alembic's kinds of error, and its reasons where one kind is several of ours, as our codes. */
const CODES: Readonly<Record<string, string>> = {
  multiple_heads: 'MULTIPLE_HEADS',
  too_far: 'TOO_FAR',
  not_reachable: 'RANGE',
  ambiguous_step: 'AMBIGUOUS_REVISION',
  ambiguous_current: 'AMBIGUOUS_REVISION',
  ambiguous_prefix: 'AMBIGUOUS_REVISION',
  no_such_revision: 'UNKNOWN_REVISION',
  not_in_branch: 'UNKNOWN_REVISION',
  not_a_head: 'NOT_A_HEAD',
  self_loop: 'CYCLE',
  cycle: 'CYCLE',
  illegal_character: 'INVALID_REVISION',
}

const set = (ids: Iterable<string>): string[] => [...new Set(ids)].sort()

const requirementsOf = (name: string): Map<string, string[]> => {
  const revisions = data.graphs[name]?.revisions ?? []
  const carriers = new Map(revisions.flatMap(({ id, labels }) => labels.map((label) => [label, id])))
  return new Map(
    revisions.map(({ id, down, depends_on }) => [
      id,
      [...down, ...depends_on].map((one) => carriers.get(one) ?? one),
    ]),
  )
}

/** The rows after every step, by what leaves and enters, or by the rule where Alembic breaks it. */
const tablesOf = (one: Case, answer: Answer): Map<string, string[]> => {
  const table = new Set(one.current)
  const tables = new Map<string, string[]>()
  for (const [index, { rev = '', minus = [], plus = [] }] of (answer.steps ?? []).entries()) {
    for (const id of minus) table.delete(id)
    for (const id of plus) table.add(id)
    tables.set(rev, set(answer === one.later_version ? table : (one.want_table?.[index] ?? table)))
  }
  return tables
}

const expectSteps = (one: Case, steps: readonly Step[], answer: Answer): void => {
  const ids = steps.map((step) => step.revision)
  expect(set(ids)).toEqual(set((answer.steps ?? []).map(({ rev = '' }) => rev)))
  expect(new Set(ids).size).toBe(ids.length)

  const requirements = requirementsOf(one.graph)
  const applied = build(one.graph).closure(one.current)
  for (const step of steps) {
    expect(step.direction).toBe(one.op === 'upgrade' ? 'up' : 'down')
    expect(step.headsBefore).toEqual(headsByRule(applied, requirements))
    if (one.op === 'upgrade') {
      expect((requirements.get(step.revision) ?? []).filter((id) => !applied.has(id))).toEqual([])
      applied.add(step.revision)
    } else {
      applied.delete(step.revision)
      expect([...applied].filter((id) => requirements.get(id)?.includes(step.revision))).toEqual([])
    }
    expect(step.headsAfter).toEqual(headsByRule(applied, requirements))
  }

  const last = steps.at(-1)?.headsAfter ?? set(one.current)
  const tables = tablesOf(one, answer)
  expect(last).toEqual([...tables.values()].at(-1) ?? set(one.current))
  // The same order may be taken in another way; where it is the same, so is the table after each step.
  if (ids.join() === [...tables.keys()].join())
    expect(steps.map(({ headsAfter }) => headsAfter)).toEqual([...tables.values()])
}

const headsByRule = (
  applied: ReadonlySet<string>,
  requirements: ReadonlyMap<string, readonly string[]>,
): string[] => {
  const below = new Set([...applied].flatMap((id) => requirements.get(id) ?? []))
  return set([...applied].filter((id) => !below.has(id)))
}

const check = (one: Case, answer: Answer): unknown => {
  const graph = build(one.graph)
  const applied = graph.closure(one.current)
  const request = one.request.includes(',') ? one.request.split(',') : one.request
  switch (one.op) {
    case 'upgrade':
      return expectSteps(one, graph.upgrade(applied, request), answer)
    case 'downgrade':
      return expectSteps(one, graph.downgrade(applied, request), answer)
    case 'stamp':
      return expect(graph.stamp(applied, request).headsAfter).toEqual(set(answer.table_after ?? []))
    case 'walk': {
      const walked = graph.history(one.request, applied)
      expect(set(walked)).toEqual(set(answer.revs ?? []))
      const seen = new Set<string>()
      for (const id of walked) {
        expect(
          requirementsOf(one.graph)
            .get(id)
            ?.filter((below) => seen.has(below)),
        ).toEqual([])
        seen.add(id)
      }
      return seen
    }
    case 'resolve':
      return expect(set(graph.resolve(one.request, applied))).toEqual(set(answer.revs ?? []))
    case 'parent': {
      const splice = one.request.endsWith(' --splice')
      const down = graph.parentsFor(one.request.replace(' --splice', ''), { splice })
      expect(set(down)).toEqual(set(answer.down ?? []))
      const left = graph.heads().filter((id) => !down.includes(id))
      return expect(set([...left, 'newrev'])).toEqual(set(answer.heads_after ?? []))
    }
    case 'heads': {
      const ids = graph.order()
      return expect({
        heads: graph.heads(),
        effective_heads: graph.effectiveHeads(),
        bases: graph.bases(),
        effective_bases: graph.effectiveBases(),
        branch_points: graph.branchPoints(),
        merge_points: graph.mergePoints(),
        labels: Object.fromEntries(
          ids.map((id) => [id, graph.labelsOf(id)]).filter(([, labels]) => labels?.length !== 0),
        ),
      }).toEqual(answer)
    }
  }
}

const run = (one: Case): void => {
  const answer = one.later_version ?? one.expect ?? {}
  if (answer.error === undefined) {
    check(one, answer)
    return
  }
  let thrown: unknown
  try {
    check(one, {})
  } catch (error) {
    thrown = error
  }
  expect(thrown).toBeInstanceOf(RevisionError)
  if (answer.error.internal !== true && thrown instanceof RevisionError)
    expect(thrown.code).toBe(CODES[answer.error.reason ?? ''])
}

describe.each(['upgrade', 'downgrade', 'stamp', 'walk', 'resolve', 'parent', 'heads'] as const)(
  'Alembic on %s',
  (op) => {
    const cases = data.cases.filter((one) => one.op === op && one.stable !== false)
    it.each(cases)('$id: $request of $graph at $current', run)
  },
)
