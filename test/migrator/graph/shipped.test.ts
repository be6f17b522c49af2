import { describe, expect, it } from 'vitest'
import { buildRevisionGraph } from '../../../src/migrator/revisions/graph.js'
import type { GraphRevision, Step } from '../../../src/migrator/revisions/graph-types.js'

const s1: GraphRevision = { revision: 'f3e3ac684f8e', branchLabels: 'sm2' }
const s2: GraphRevision = { revision: 's2', downRevision: 'f3e3ac684f8e' }
const h1: GraphRevision = { revision: 'h1', downRevision: null, dependsOn: ['f3e3ac684f8e'] }
const h2: GraphRevision = { revision: 'h2', downRevision: 'h1' }
const h3: GraphRevision = { revision: 'h3', downRevision: 'h2' }

const build = (...revisions: readonly GraphRevision[]) => buildRevisionGraph(revisions, { shipped: ['sm2'] })
const idsOf = (steps: readonly Step[]): string[] => steps.map(({ revision }) => revision)
const coded = (code: string) => expect.objectContaining({ code })

describe('a shipped branch beside the host', () => {
  const graph = build(s1, s2, h1, h2, h3)
  const all = graph.closure(['s2', 'h3'])

  it('would be a second head without the option', () => {
    const plain = buildRevisionGraph([s1, s2, h1, h2, h3])
    expect(() => plain.upgrade([], 'head')).toThrow(coded('MULTIPLE_HEADS'))
  })

  it('is part of head and of heads', () => {
    expect(graph.resolve('head')).toEqual(['h3', 's2'])
    expect(idsOf(graph.upgrade([], 'head'))).toEqual(['f3e3ac684f8e', 'h1', 'h2', 'h3', 's2'])
    expect(idsOf(graph.upgrade([], 'heads'))).toEqual(idsOf(graph.upgrade([], 'head')))
    expect(graph.upgrade([], 'head').at(-1)?.headsAfter).toEqual(['h3', 's2'])
  })

  it('is pulled in when the host has all of its own', () => {
    expect(idsOf(graph.upgrade(graph.closure(['h3']), 'head'))).toEqual(['s2'])
  })

  it('leaves the lower end of a range to the host', () => {
    const beside = build(s1, { ...h1, dependsOn: [] }, h2, h3)
    const applied = beside.closure(['f3e3ac684f8e', 'h3'])
    expect(beside.history('-1:current', applied)).toEqual(['h3', 'h2'])
    expect(beside.history('-1:head')).toEqual(['h3', 'h2'])
    expect(beside.history('sm2@-1:sm2@head')).toEqual(['f3e3ac684f8e'])
    expect(graph.history('-1:current', all)).toEqual(['h3', 'h2'])
  })

  it('leaves +n to the host, from nothing on', () => {
    expect(idsOf(graph.upgrade([], '+1'))).toEqual(['f3e3ac684f8e', 'h1'])
    expect(idsOf(graph.upgrade(['f3e3ac684f8e', 's2'], '+2'))).toEqual(['h1', 'h2'])
    expect(idsOf(graph.upgrade(graph.closure(['s2', 'h1']), '+1'))).toEqual(['h2'])
    expect(() => graph.upgrade(all, '+1')).toThrow(coded('TOO_FAR'))
    expect(() => graph.upgrade(graph.closure(['h3']), '+1')).toThrow(coded('TOO_FAR'))
  })

  it('leaves -n to the host while it has something applied', () => {
    expect(idsOf(graph.downgrade(all, '-1'))).toEqual(['h3'])
    expect(idsOf(graph.downgrade(all, '-3'))).toEqual(['h3', 'h2', 'h1'])
    expect(() => graph.downgrade(all, '-4')).toThrow(coded('TOO_FAR'))
    expect(idsOf(graph.downgrade(['f3e3ac684f8e', 's2'], '-1'))).toEqual(['s2'])
    expect(idsOf(graph.downgrade(graph.closure(['h3']), 'head-2'))).toEqual(['h3', 'h2'])
  })

  it('goes with base', () => {
    expect(graph.downgrade(all, 'base').at(-1)?.headsAfter).toEqual([])
    expect(graph.downgrade(all, 'base')).toHaveLength(5)
  })

  it('is named alone by its label', () => {
    expect(idsOf(graph.upgrade([], 'sm2@head'))).toEqual(['f3e3ac684f8e', 's2'])
    expect(idsOf(graph.upgrade([], 'sm2@+1'))).toEqual(['f3e3ac684f8e'])
    expect(idsOf(graph.upgrade(graph.closure(['h3']), 'sm2@+1'))).toEqual(['s2'])
    expect(idsOf(graph.downgrade(all, 'sm2@-1'))).toEqual(['s2'])
    // The host's revisions depend on it, so that they cannot stay.
    expect(new Set(idsOf(graph.downgrade(all, 'sm2@base')))).toEqual(all)
    expect(idsOf(graph.downgrade(['f3e3ac684f8e', 's2'], 'sm2@base'))).toEqual(['s2', 'f3e3ac684f8e'])
  })

  it('stays when the host goes down to one of its own', () => {
    const steps = graph.downgrade(all, 'h1')
    expect(idsOf(steps)).toEqual(['h3', 'h2'])
    expect(steps.at(-1)?.headsAfter).toEqual(['h1', 's2'])
  })

  it('is kept by a stamp of the host, and recorded by one of head', () => {
    expect(graph.stamp([], 'head').headsAfter).toEqual(['h3', 's2'])
    expect(graph.stamp(graph.closure(['h1', 's2']), 'heads').headsAfter).toEqual(['h3', 's2'])
    expect(graph.stamp(all, 'h1').headsAfter).toEqual(['h1', 's2'])
    expect(graph.stamp(['f3e3ac684f8e'], 'h1').headsAfter).toEqual(['h1'])
    expect(graph.stamp(all, 'base').headsAfter).toEqual([])
  })

  it('is no parent of a new revision unless it is named', () => {
    expect(graph.parentsFor()).toEqual(['h3'])
    expect(graph.parentsFor('heads')).toEqual(['h3'])
    expect(graph.parentsFor('sm2@head')).toEqual(['s2'])
    expect(build(s1).parentsFor()).toEqual([])
  })

  it('is marked', () => {
    expect(graph.order().filter((id) => graph.show(id).isShipped)).toEqual(['f3e3ac684f8e', 's2'])
  })
})

describe('a shipped branch alone', () => {
  const graph = build(s1, s2)

  it('is what every target means', () => {
    expect(idsOf(graph.upgrade([], 'head'))).toEqual(['f3e3ac684f8e', 's2'])
    expect(idsOf(graph.upgrade([], '+1'))).toEqual(['f3e3ac684f8e'])
    expect(idsOf(graph.upgrade(['f3e3ac684f8e'], '+1'))).toEqual(['s2'])
    expect(idsOf(graph.downgrade(['f3e3ac684f8e', 's2'], '-2'))).toEqual(['s2', 'f3e3ac684f8e'])
    expect(idsOf(graph.downgrade(['f3e3ac684f8e', 's2'], 'head'))).toEqual([])
  })
})

describe('a shipped label', () => {
  it('may be of no revision', () => {
    expect(idsOf(build({ revision: 'a1' }).upgrade([], 'head'))).toEqual(['a1'])
    expect(idsOf(build().upgrade([], 'head'))).toEqual([])
  })

  it('does not hide several heads of the host', () => {
    const graph = build(s1, h1, h2, { revision: 'x2', downRevision: 'h1' })
    expect(() => graph.upgrade([], 'head')).toThrow(/2 heads: h2, x2/u)
    expect(() => graph.upgrade(['f3e3ac684f8e', 'h1'], '+1')).toThrow(coded('AMBIGUOUS_REVISION'))
  })

  it('leaves a merge of the host with it to the host', () => {
    const graph = build(s1, s2, h1, { revision: 'm1', downRevision: ['h1', 's2'] })
    expect(graph.resolve('head')).toEqual(['m1'])
    expect(graph.parentsFor()).toEqual(['m1'])
    expect(graph.show('m1').isShipped).toBe(false)
  })
})
