import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RevisionError } from '../../../src/migrator/errors.js'
import { orderRevisions, requirementsOf } from '../../../src/migrator/revisions/order.js'
import { runs, thrown } from '../support.js'

interface Node {
  readonly revision: string
  readonly downRevision: readonly string[]
  readonly dependsOn: readonly string[]
  readonly branchLabels: readonly string[]
  readonly message: string
  readonly label: string
}

const node = (
  revision: string,
  downRevision: readonly string[] = [],
  dependsOn: readonly string[] = [],
): Node => ({ revision, downRevision, dependsOn, branchLabels: [], message: '', label: `${revision}.ts` })

const idsOf = (nodes: readonly Node[]): string[] => nodes.map(({ revision }) => revision)

describe('the order of revisions', () => {
  test('follows downRevision, whatever the order of the files', () => {
    expect(idsOf(orderRevisions([node('c', ['b']), node('a'), node('b', ['a'])]))).toEqual(['a', 'b', 'c'])
  })

  test('follows dependsOn beside the line', () => {
    expect(idsOf(orderRevisions([node('host', [], ['shipped']), node('shipped')]))).toEqual([
      'shipped',
      'host',
    ])
  })

  test('keeps revisions that do not stand on one another as they were given', () => {
    expect(idsOf(orderRevisions([node('b'), node('a'), node('d'), node('c')]))).toEqual(['b', 'a', 'd', 'c'])
  })

  test('puts a merge after everything that it joins', () => {
    const nodes = [node('m', ['l', 'r']), node('l', ['a']), node('r', ['a']), node('a')]
    expect(idsOf(orderRevisions(nodes))).toEqual(['a', 'l', 'r', 'm'])
  })

  test('takes a revision that is named both as parent and as dependency once', () => {
    expect(idsOf(orderRevisions([node('b', ['a', 'a'], ['a']), node('a')]))).toEqual(['a', 'b'])
  })

  test('of none is none', () => {
    expect(orderRevisions([])).toEqual([])
  })

  test('refuses two revisions with one id and names both files', () => {
    const error = thrown(() =>
      orderRevisions([
        { ...node('a'), label: 'one.ts' },
        { ...node('a'), label: 'two.ts' },
      ]),
    )
    expect(error).toBeInstanceOf(RevisionError)
    expect(error).toMatchObject({ code: 'DUPLICATE_REVISION', revisions: ['a'] })
    expect(error.message).toContain('one.ts and two.ts')
  })

  test.each([
    ['downRevision', node('b', ['gone'])],
    ['dependsOn', node('b', [], ['gone'])],
  ])('refuses a %s that no revision has, and names the file and the id', (_field, orphan) => {
    const error = thrown(() => orderRevisions([node('a'), orphan]))
    expect(error).toMatchObject({ code: 'MISSING_PARENT', revisions: ['b', 'gone'], subject: 'b.ts' })
    expect(error.message).toContain('b.ts (revision b) stands on gone')
  })

  test('refuses a circle and names those in it, not those before it', () => {
    const error = thrown(() =>
      orderRevisions([node('a'), node('b', ['a'], ['d']), node('c', ['b']), node('d', ['c'])]),
    )
    expect(error).toMatchObject({ code: 'CYCLE', revisions: ['b', 'c', 'd'] })
  })

  test('refuses a revision that stands on itself', () => {
    expect(thrown(() => orderRevisions([node('a', ['a'])]))).toMatchObject({
      code: 'CYCLE',
      revisions: ['a'],
    })
  })

  // A graph without a circle: node i stands on some of the nodes before it.
  const graphs = fc
    .array(fc.array(fc.nat(), { maxLength: 4 }), { maxLength: 30 })
    .map((wishes) =>
      wishes.map((wish, index) => {
        const below = index === 0 ? [] : wish.map((number) => `r${number % index}`)
        return node(`r${index}`, below.slice(0, 2), below.slice(2))
      }),
    )
    .chain((nodes) => fc.shuffledSubarray(nodes, { minLength: nodes.length }))

  test('is a permutation in which everything comes after what it stands on', () => {
    fc.assert(
      fc.property(graphs, (nodes) => {
        const ordered = orderRevisions(nodes)
        expect([...idsOf(ordered)].sort()).toEqual([...idsOf(nodes)].sort())
        const seen = new Set<string>()
        for (const revision of ordered) {
          for (const required of requirementsOf(revision)) expect(seen).toContain(required)
          seen.add(revision.revision)
        }
      }),
      runs(200, 3000),
    )
  })

  test('is the first in the given order of all that are possible', () => {
    fc.assert(
      fc.property(graphs, (nodes) => {
        const rest = [...nodes]
        const expected: string[] = []
        while (rest.length > 0) {
          const index = rest.findIndex((one) => requirementsOf(one).every((id) => expected.includes(id)))
          for (const { revision } of rest.splice(index, 1)) expected.push(revision)
        }
        expect(idsOf(orderRevisions(nodes))).toEqual(expected)
      }),
      runs(200, 3000),
    )
  })
})
