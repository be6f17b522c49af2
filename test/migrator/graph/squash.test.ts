import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RevisionError } from '../../../src/migrator/errors.js'
import { buildRevisionGraph } from '../../../src/migrator/revisions/graph.js'
import type { GraphRevision } from '../../../src/migrator/revisions/graph-types.js'
import { runs, thrown } from '../support.js'

const shipped: GraphRevision = { revision: 'f3e3', downRevision: null, branchLabels: ['sm2'] }
const line: readonly GraphRevision[] = [
  shipped,
  { revision: 'a1', downRevision: null, dependsOn: 'f3e3' },
  { revision: 'a2', downRevision: 'a1', branchLabels: 'words' },
  { revision: 'a3', downRevision: 'a2' },
  { revision: 'a4', downRevision: 'a3' },
]
const hosts = { shipped: ['sm2'] }
const graphOf = (...more: readonly GraphRevision[]) => buildRevisionGraph([...line, ...more], hosts)

test('a range of one line becomes what it stands on, what it depends on and what it is called', () => {
  expect(graphOf().squash('a2:a3')).toEqual({
    replaces: ['a2', 'a3'],
    downRevision: ['a1'],
    dependsOn: [],
    branchLabels: ['words'],
  })
  const all = {
    replaces: ['a1', 'a2', 'a3', 'a4'],
    downRevision: [],
    dependsOn: ['f3e3'],
    branchLabels: ['words'],
  }
  expect(graphOf().squash('a1:a4')).toEqual(all)
  expect(graphOf().squash(':head')).toEqual(all)
  expect(graphOf().squash('base:a4')).toEqual(all)
})

test('a branch that parts and joins again within the range is part of it', () => {
  const graph = graphOf(
    { revision: 'b1', downRevision: 'a4' },
    { revision: 'c1', downRevision: 'a4' },
    { revision: 'm1', downRevision: ['b1', 'c1'] },
  )
  expect(graph.squash('a4:m1').replaces).toEqual(['a4', 'b1', 'c1', 'm1'])
  expect(thrown(() => graph.squash('b1:m1'))).toMatchObject({ code: 'NOT_SQUASHABLE', revisions: ['m1'] })
  expect(thrown(() => graph.squash('a3:b1'))).toMatchObject({ code: 'NOT_SQUASHABLE', revisions: ['a4'] })
})

test.each<[name: string, range: string, more: readonly GraphRevision[], revisions: readonly string[]]>([
  ['a branch leaves the middle', 'a1:a3', [{ revision: 'b1', downRevision: 'a2' }], ['a2']],
  [
    'something outside depends on the middle',
    'a1:a3',
    [{ revision: 'b1', downRevision: 'f3e3', dependsOn: ['a2'] }],
    ['a2'],
  ],
  ['it is one revision', 'a2:a2', [], ['a2']],
  [
    'it has several ends',
    'a4:heads',
    [
      { revision: 'b1', downRevision: 'a4' },
      { revision: 'c1', downRevision: 'a4' },
    ],
    ['b1'],
  ],
  [
    'another line joins it',
    'a4:m1',
    [
      { revision: 'z1', downRevision: null },
      { revision: 'm1', downRevision: ['a4', 'z1'] },
    ],
    ['m1'],
  ],
  [
    'two lines begin in it',
    ':m1',
    [
      { revision: 'z1', downRevision: null },
      { revision: 'm1', downRevision: ['a4', 'z1'] },
    ],
    ['z1'],
  ],
  [
    'a shipped revision is in it',
    'f3e3:m1',
    [
      { revision: 'n1', downRevision: 'f3e3' },
      { revision: 'm1', downRevision: 'n1' },
    ],
    ['f3e3', 'n1', 'm1'],
  ],
  [
    'it replaces others in turn',
    'a4:b2',
    [
      { revision: 'x1', downRevision: 'a4' },
      { revision: 'b1', downRevision: 'a4', replaces: ['x1', 'x2'] },
      { revision: 'b2', downRevision: 'b1' },
    ],
    ['b1'],
  ],
  [
    'its end may be called by what it replaces',
    'a4:b1',
    [{ revision: 'b1', downRevision: 'a4', replaces: ['x1', 'x2'] }],
    ['b1'],
  ],
  [
    'what it depends on stands on it',
    'b1:b2',
    [
      { revision: 'b1', downRevision: 'a4' },
      { revision: 'b2', downRevision: 'b1', dependsOn: 'c1' },
      { revision: 'c1', downRevision: null, dependsOn: 'b1' },
    ],
    ['b1'],
  ],
])('is refused where %s', (_name, range, more, revisions) => {
  const error = thrown(() => graphOf(...more).squash(range))
  expect(error).toBeInstanceOf(RevisionError)
  expect(error).toMatchObject({ code: 'NOT_SQUASHABLE', revisions })
})

const squashed: GraphRevision = {
  revision: 's1',
  downRevision: 'a1',
  replaces: ['a2', 'a3'],
  branchLabels: 'words',
}
const without = line.filter(({ revision }) => revision !== 'a2' && revision !== 'a3')

test.each([
  ['beside them', [...line, squashed]],
  ['once they are gone', [...without, squashed]],
])('stands in the place of what it replaces, %s', (_name, revisions) => {
  const graph = buildRevisionGraph(revisions, hosts)
  expect(graph.order()).toEqual(['f3e3', 'a1', 's1', 'a4'])
  expect(graph.show('a4').downRevision).toEqual(['s1'])
  expect(graph.show('s1')).toMatchObject({ replaces: ['a2', 'a3'], branchLabels: ['words'] })
  expect(graph.heads()).toEqual(['a4', 'f3e3'])
  // A database that has the former ones: the range is applied as one, or not.
  expect(graph.headsOf(['f3e3', 'a1', 'a2', 'a3'])).toEqual(['s1'])
  expect(graph.upgrade(['f3e3', 'a1', 'a2', 'a3'], 'head').map((step) => step.revision)).toEqual(['a4'])
  expect(graph.upgrade(['f3e3', 'a1'], 'head').map((step) => step.revision)).toEqual(['s1', 'a4'])
  expect(graph.closure(['a3'])).toEqual(new Set(['f3e3', 'a1', 's1']))
  expect(thrown(() => graph.upgrade(['f3e3', 'a1', 'a2'], 'head'))).toMatchObject({
    code: 'PARTLY_APPLIED',
    revisions: ['s1', 'a2', 'a3'],
  })
  // Its end is called as before; within it there is nothing any more.
  expect(graph.downgrade(graph.closure(['a4']), 'a3').map((step) => step.revision)).toEqual(['a4'])
  expect(graph.resolve('words@head')).toEqual(['a4'])
  expect(thrown(() => graph.upgrade([], 'a2'))).toMatchObject({
    code: 'UNKNOWN_REVISION',
    revisions: ['a2', 's1'],
  })
})

test('contradictions are refused', () => {
  const twice = { ...squashed, revision: 's2', branchLabels: [] }
  expect(thrown(() => graphOf(squashed, twice))).toMatchObject({ code: 'DUPLICATE_REVISION' })
  expect(thrown(() => graphOf({ ...squashed, replaces: ['s1'] }))).toMatchObject({ code: 'INVALID_REVISION' })
  const nested: GraphRevision = { revision: 't1', downRevision: 'a1', replaces: ['s1', 'a4'] }
  expect(thrown(() => graphOf(squashed, nested))).toMatchObject({ code: 'INVALID_REVISION' })
  // Once what it replaces is gone, it is replaced like any other.
  const graph = buildRevisionGraph([...without, squashed, nested], hosts)
  expect(graph.order()).toEqual(['f3e3', 'a1', 't1'])
  expect(graph.headsOf(['f3e3', 'a1', 's1', 'a4'])).toEqual(['t1'])
})

interface Drafted {
  readonly revisions: readonly GraphRevision[]
  readonly picks: readonly number[]
}

/** Lines that part, join and depend on one another; mostly lines, so that many ranges are closed. */
const drafts: fc.Arbitrary<Drafted> = fc.record({
  revisions: fc
    .array(
      fc.record({
        from: fc.integer({ min: 1, max: 12 }).map((number) => (number > 3 ? 1 : number)),
        second: fc.option(fc.integer({ min: 1, max: 6 }), { freq: 6 }),
        depends: fc.option(fc.integer({ min: 1, max: 6 }), { freq: 6 }),
        isLabelled: fc.boolean(),
      }),
      { minLength: 2, maxLength: 12 },
    )
    .map((list) =>
      list.map(({ from, second, depends, isLabelled }, index) => {
        const at = (back: number | null): string[] =>
          back === null || back > index ? [] : [`rev${index - back}`]
        return {
          revision: `rev${index}`,
          downRevision: [...new Set([...at(from), ...at(second)])],
          dependsOn: at(depends),
          branchLabels: isLabelled ? [`label${index}`] : [],
        }
      }),
    ),
  picks: fc.array(fc.nat(11), { minLength: 5, maxLength: 5 }),
})

test('over random graphs: with the range replaced, everything else stays as it was', () => {
  let replaced = 0
  fc.assert(
    fc.property(drafts, ({ revisions, picks }) => {
      const before = buildRevisionGraph(revisions)
      const order = before.order()
      const idAt = (pick: number | undefined): string => order[(pick ?? 0) % order.length] ?? ''
      let range: ReturnType<typeof before.squash>
      try {
        range = before.squash(`${idAt(picks[0])}:${idAt(picks[1])}`)
      } catch (error) {
        if (error instanceof RevisionError && ['NOT_SQUASHABLE', 'RANGE'].includes(error.code)) return
        throw error
      }
      replaced += 1
      const gone = new Set(range.replaces)
      const one: GraphRevision = { revision: 'squashed', ...range }
      const beside = buildRevisionGraph([...revisions, one])
      const alone = buildRevisionGraph([...revisions.filter(({ revision }) => !gone.has(revision)), one])
      expect(new Set(beside.order())).toEqual(new Set([...order.filter((id) => !gone.has(id)), 'squashed']))
      expect(alone.order()).toEqual(beside.order())
      const named = (ids: Iterable<string>): Set<string> =>
        new Set(Array.from(ids, (id) => (gone.has(id) ? 'squashed' : id)))
      expect(new Set(alone.heads())).toEqual(named(before.heads()))
      for (const id of order) {
        // What a revision needs, it needs all the same, and nothing that it did not need is in front of it.
        if (gone.has(id) && id !== range.replaces.at(-1)) continue
        const [now] = named([id])
        expect(alone.closure([now ?? ''])).toEqual(named(before.closure([id])))
      }
      const applied = before.closure(picks.slice(2).map(idAt))
      const had = range.replaces.filter((id) => applied.has(id))
      if (had.length > 0 && had.length < range.replaces.length) {
        expect(thrown(() => beside.upgrade(applied, 'heads'))).toMatchObject({ code: 'PARTLY_APPLIED' })
        return
      }
      const missing = (graph: typeof before): Set<string> =>
        named(graph.upgrade(applied, 'heads').map(({ revision }) => revision))
      expect(missing(alone)).toEqual(missing(before))
      expect(missing(beside)).toEqual(missing(before))
      expect(new Set(beside.headsOf(applied))).toEqual(named(before.headsOf(applied)))
    }),
    runs(1_000, 20_000),
  )
  expect(replaced).toBeGreaterThan(50)
})
