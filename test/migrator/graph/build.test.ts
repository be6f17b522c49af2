import { describe, expect, it } from 'vitest'
import { RevisionError } from '../../../src/migrator/errors.js'
import { buildRevisionGraph } from '../../../src/migrator/revisions/graph.js'
import type { GraphRevision } from '../../../src/migrator/revisions/graph-types.js'

const refusal = (revisions: readonly GraphRevision[]): readonly [string, readonly string[]] | string => {
  try {
    buildRevisionGraph(revisions)
  } catch (error) {
    if (error instanceof RevisionError) return [error.code, error.revisions]
    throw error
  }
  return 'built'
}

const root: GraphRevision = { revision: 'a1', downRevision: null }

describe('buildRevisionGraph refuses', () => {
  it.each([
    ['two revisions of one id', [root, root], ['DUPLICATE_REVISION', ['a1']]],
    [
      'one label on two revisions',
      [
        { revision: 'a1', branchLabels: 'x' },
        { revision: 'b1', branchLabels: ['x'] },
      ],
      ['DUPLICATE_REVISION', ['a1', 'b1']],
    ],
    [
      'a label that is an id',
      [root, { revision: 'b1', branchLabels: 'a1' }],
      ['DUPLICATE_REVISION', ['b1', 'a1']],
    ],
    ['a missing parent', [{ revision: 'b1', downRevision: 'no' }], ['MISSING_PARENT', ['b1', 'no']]],
    ['a missing dependency', [{ revision: 'b1', dependsOn: ['no'] }], ['MISSING_PARENT', ['b1', 'no']]],
    [
      'a label as a parent',
      [
        { revision: 'a1', branchLabels: 'x' },
        { revision: 'b1', downRevision: 'x' },
      ],
      ['MISSING_PARENT', ['b1', 'x']],
    ],
    ['a revision on itself', [{ revision: 'a1', downRevision: 'a1' }], ['CYCLE', ['a1']]],
    ['a revision that depends on itself', [{ revision: 'a1', dependsOn: 'a1' }], ['CYCLE', ['a1']]],
    [
      'a circle, and names it alone',
      [
        root,
        { revision: 'b1', downRevision: ['a1', 'b2'] },
        { revision: 'b2', downRevision: 'b1' },
        { revision: 'b3', downRevision: 'b2' },
      ],
      ['CYCLE', ['b1', 'b2']],
    ],
    [
      'a circle through dependencies',
      [root, { revision: 'a2', downRevision: 'a1', dependsOn: 'b1' }, { revision: 'b1', dependsOn: 'a2' }],
      ['CYCLE', ['a2', 'b1']],
    ],
    ...['a@1', 'a-1', 'a+1', 'a:1', 'a 1', '', 'x'.repeat(65)].map(
      (revision) => [`the id "${revision}"`, [{ revision }], ['INVALID_REVISION', []]] as const,
    ),
    ...['head', 'heads', 'base'].map(
      (revision) => [`the id "${revision}"`, [{ revision }], ['INVALID_REVISION', [revision]]] as const,
    ),
    [
      'a label with an illegal character',
      [{ revision: 'a1', branchLabels: 'x@y' }],
      ['INVALID_REVISION', []],
    ],
  ] as const)('%s', (_, revisions, expected) => {
    expect(refusal(revisions)).toEqual(expected)
  })

  it('a parent that is no text', () => {
    expect(refusal([{ revision: 'a1', downRevision: 7 as unknown as string }])).toEqual([
      'INVALID_REVISION',
      [],
    ])
  })
})

describe('the order of the graph', () => {
  const fork: readonly GraphRevision[] = [
    { revision: 'late', downRevision: 'root', createdAt: '20260303' },
    { revision: 'early', downRevision: 'root', createdAt: '20260202' },
    { revision: 'root', createdAt: '20260101' },
  ]

  it('is by date where the graph leaves it open', () => {
    expect(buildRevisionGraph(fork).order()).toEqual(['root', 'early', 'late'])
  })

  it('is by id where there are no dates, however the revisions are given', () => {
    const undated = fork.map(({ revision, downRevision }) => ({ revision, downRevision }))
    expect(buildRevisionGraph(undated).order()).toEqual(['root', 'early', 'late'])
    expect(buildRevisionGraph([...undated].reverse()).order()).toEqual(['root', 'early', 'late'])
  })

  it('never puts a revision before what it stands on, whatever the dates say', () => {
    const graph = buildRevisionGraph([
      { revision: 'a1', createdAt: '2026-05-01' },
      { revision: 'a2', downRevision: 'a1', createdAt: '2026-01-01' },
    ])
    expect(graph.order()).toEqual(['a1', 'a2'])
  })
})

describe('one graph of each kind', () => {
  const graph = buildRevisionGraph([
    { revision: 'a1', message: 'start', branchLabels: 'main' },
    { revision: 'a2', downRevision: 'a1' },
    { revision: 'b2', downRevision: 'a1' },
    { revision: 'm3', downRevision: ['a2', 'b2'] },
    { revision: 'n1', dependsOn: 'main' },
  ])

  it('tells everything about a revision', () => {
    expect(graph.show('a1')).toEqual({
      revision: 'a1',
      downRevision: [],
      dependsOn: [],
      children: ['a2', 'b2'],
      dependents: ['n1'],
      branchLabels: ['main'],
      message: 'start',
      isHead: false,
      isBranchPoint: true,
      isMergePoint: false,
      isShipped: false,
    })
    expect(() => graph.show('base')).toThrow(expect.objectContaining({ code: 'UNKNOWN_REVISION' }))
  })

  it('says what is applied that the code does not know', () => {
    expect(() => graph.upgrade(['gone'], 'm3')).toThrow(/"gone" is recorded as applied/u)
    expect(() => graph.headsOf(['__proto__'])).toThrow(RevisionError)
  })

  it('takes several targets, as a list or with commas', () => {
    const revisions = (target: string | readonly string[]): string[] =>
      graph.upgrade([], target).map((step) => step.revision)
    expect(revisions(['a2', 'b2'])).toEqual(['a1', 'a2', 'b2'])
    expect(revisions('a2, b2')).toEqual(['a1', 'a2', 'b2'])
    const all = graph.closure(['m3', 'n1'])
    expect(graph.downgrade(all, 'a2,b2').map((step) => step.revision)).toEqual(['m3'])
  })

  it('runs what is missing below an applied revision', () => {
    expect(graph.upgrade(['a2'], 'a2').map((step) => step.revision)).toEqual(['a1'])
    expect(graph.upgrade(['a2'], 'm3').map((step) => step.revision)).toEqual(['a1', 'b2', 'm3'])
  })

  it('shows history between ends, counted ends and what is applied', () => {
    const applied = graph.closure(['a2'])
    expect(graph.history()).toEqual(['n1', 'm3', 'b2', 'a2', 'a1'])
    expect(graph.history(':current', applied)).toEqual(['a2', 'a1'])
    expect(graph.history('current:m3', applied)).toEqual(['m3', 'a2'])
    expect(graph.history('-1:current', applied)).toEqual(['a2', 'a1'])
    expect(graph.history('a2:+9')).toEqual(['m3', 'a2'])
    expect(() => graph.history('b2:a2')).toThrow(expect.objectContaining({ code: 'RANGE' }))
    expect(() => graph.history('a2')).toThrow(expect.objectContaining({ code: 'RANGE' }))
  })

  it('chooses parents for a new revision', () => {
    expect(graph.parentsFor('m3')).toEqual(['m3'])
    expect(graph.parentsFor('base')).toEqual([])
    expect(graph.parentsFor(['m3', 'n1'])).toEqual(['m3', 'n1'])
    expect(() => graph.parentsFor('a2')).toThrow(expect.objectContaining({ code: 'NOT_A_HEAD' }))
    expect(graph.parentsFor('a2', { splice: true })).toEqual(['a2'])
  })
})
