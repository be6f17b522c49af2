import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RevisionError } from '../../../src/migrator/errors.js'
import { buildRevisionGraph } from '../../../src/migrator/revisions/graph.js'
import type { GraphRevision, Step } from '../../../src/migrator/revisions/graph-types.js'

interface Given {
  readonly revisions: readonly GraphRevision[]
  /** What each stands on, by parent or dependency. */
  readonly requires: ReadonlyMap<string, readonly string[]>
}

/** Graphs of up to 12 revisions, given in any order; each stands on some that came before it. */
const graphs = (): fc.Arbitrary<Given> =>
  fc
    .array(
      fc.record({
        down: fc.array(fc.nat(11), { maxLength: 2 }),
        depends: fc.array(fc.nat(11), { maxLength: 1 }),
        isLabelled: fc.boolean(),
      }),
      { maxLength: 12 },
    )
    .chain((drafts) => {
      const below = (numbers: readonly number[], index: number): string[] => [
        ...new Set(numbers.filter((number) => number < index).map((number) => `rev${number}`)),
      ]
      const revisions = drafts.map(({ down, depends, isLabelled }, index) => ({
        revision: `rev${index}`,
        downRevision: below(down, index),
        dependsOn: below(depends, index),
        branchLabels: isLabelled ? [`label${index}`] : [],
      }))
      const requires = new Map(
        revisions.map(({ revision, downRevision, dependsOn }) => [revision, [...downRevision, ...dependsOn]]),
      )
      return fc
        .shuffledSubarray(revisions, { minLength: revisions.length })
        .map((shuffled) => ({ revisions: shuffled, requires }))
    })

const withApplied = fc.tuple(graphs(), fc.array(fc.nat(11), { maxLength: 3 })).map(([given, picks]) => {
  const graph = buildRevisionGraph(given.revisions)
  const ids = graph.order()
  const applied = graph.closure(picks.flatMap((pick) => ids[pick] ?? []))
  return { ...given, graph, applied }
})

const headsByRule = (applied: ReadonlySet<string>, requires: Given['requires']): string[] => {
  const below = new Set([...applied].flatMap((id) => requires.get(id) ?? []))
  return [...applied].filter((id) => !below.has(id)).sort()
}

/** Goes through the steps, sees that each may be taken and that the heads follow the rule. */
const take = (
  steps: readonly Step[],
  from: ReadonlySet<string>,
  requires: Given['requires'],
): Set<string> => {
  const now = new Set(from)
  for (const { revision, direction, headsBefore, headsAfter } of steps) {
    expect(headsBefore).toEqual(headsByRule(now, requires))
    if (direction === 'up') {
      expect(now.has(revision)).toBe(false)
      expect((requires.get(revision) ?? []).every((id) => now.has(id))).toBe(true)
      now.add(revision)
    } else {
      expect(now.has(revision)).toBe(true)
      now.delete(revision)
      expect([...now].some((id) => requires.get(id)?.includes(revision))).toBe(false)
    }
    expect(headsAfter).toEqual(headsByRule(now, requires))
  }
  return now
}

const targets = fc.oneof(
  fc.constantFrom(
    '',
    '__proto__',
    'constructor',
    '@',
    '@head',
    '+',
    '-1',
    '+0',
    '-0',
    ':',
    ',',
    'rev',
    'head@',
  ),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc
    .tuple(
      fc.constantFrom('', 'label0@', 'rev1@', 'rev@', 'no@'),
      fc.constantFrom('head', 'heads', 'base', 'rev0', 'rev1', 'label2', 'x', ''),
      fc.constantFrom('', '+1', '-1', '+99999999999999999999', '-2'),
    )
    .map((parts) => parts.join('')),
)

/** Whether the answer is one, or a RevisionError; anything else is thrown on. */
const isTotal = (ask: () => unknown): boolean => {
  try {
    ask()
  } catch (error) {
    if (!(error instanceof RevisionError)) throw error
  }
  return true
}

describe('over random graphs', () => {
  it('an upgrade runs exactly what is missing, in an order that can be run', () => {
    fc.assert(
      fc.property(withApplied, fc.nat(11), ({ graph, applied, requires }, pick) => {
        const target = graph.order()[pick]
        if (target === undefined) return
        const end = take(graph.upgrade(applied, target), applied, requires)
        expect(end).toEqual(new Set([...applied, ...graph.closure([target])]))
      }),
    )
  })

  it('from anywhere heads leads to everything, and base to nothing', () => {
    fc.assert(
      fc.property(withApplied, ({ graph, applied, requires }) => {
        const all = take(graph.upgrade(applied, 'heads'), applied, requires)
        expect(all).toEqual(new Set(graph.order()))
        expect(take(graph.downgrade(all, 'base'), all, requires)).toEqual(new Set())
      }),
    )
  })

  it('going down is going up backwards', () => {
    fc.assert(
      fc.property(withApplied, ({ graph, applied, requires }) => {
        const up = graph.upgrade([], graph.headsOf(applied))
        const down = graph.downgrade(applied, 'base')
        expect(down.map(({ revision }) => revision).reverse()).toEqual(up.map(({ revision }) => revision))
        expect(take(down, applied, requires)).toEqual(new Set())
      }),
    )
  })

  it('a downgrade to a revision reverts what stands on its children and nothing else', () => {
    fc.assert(
      fc.property(graphs(), fc.nat(11), ({ revisions, requires }, pick) => {
        const graph = buildRevisionGraph(revisions)
        const all = new Set(graph.order())
        const target = graph.order()[pick]
        if (target === undefined || graph.show(target).children.length === 0) return
        const steps = graph.downgrade(all, target)
        const dropped = new Set(steps.map(({ revision }) => revision))
        const roots = graph.show(target).children
        const want = [...all].filter((id) => roots.some((root) => graph.closure([id]).has(root)))
        expect(dropped).toEqual(new Set(want))
        take(steps, all, requires)
      }),
    )
  })

  it('the heads of a closure close to the same set', () => {
    fc.assert(
      fc.property(withApplied, ({ graph, applied, requires }) => {
        expect(graph.headsOf(applied)).toEqual(headsByRule(applied, requires))
        expect(graph.closure(graph.headsOf(applied))).toEqual(applied)
      }),
    )
  })

  it('any text is answered or refused', () => {
    fc.assert(
      fc.property(withApplied, targets, targets, ({ graph, applied, revisions }, text, other) => {
        const shipped = buildRevisionGraph(revisions, { shipped: ['label0'] })
        for (const one of [graph, shipped]) {
          isTotal(() => one.resolve(text, applied))
          isTotal(() => one.resolve(text))
          isTotal(() => one.upgrade(applied, [text, other]))
          isTotal(() => one.downgrade(applied, text))
          isTotal(() => one.stamp(applied, text))
          isTotal(() => one.history(`${text}:${other}`, applied))
          isTotal(() => one.parentsFor(text))
        }
      }),
      { numRuns: 500 },
    )
  })

  it('with a shipped branch, head never is several unless the host has several', () => {
    fc.assert(
      fc.property(graphs(), ({ revisions }) => {
        const graph = buildRevisionGraph(revisions, { shipped: ['label0', 'label1'] })
        const hosts = graph.heads().filter((id) => !graph.show(id).isShipped)
        if (hosts.length < 2) expect(graph.upgrade([], 'head').length).toBe(graph.order().length)
        else expect(() => graph.upgrade([], 'head')).toThrow(/heads/u)
      }),
    )
  })
})

describe('10,000 revisions', () => {
  const chain = Array.from({ length: 10_000 }, (_, index) => ({
    revision: `r${index}`,
    downRevision: index === 0 ? null : `r${index - 1}`,
    branchLabels: index === 0 ? 'line' : null,
  })).reverse()

  /** Time of the processor, which does not grow when the machine is busy. */
  const elapsedMs = (work: () => void): number => {
    const begin = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(begin)
    return (user + system) / 1000
  }

  it('in one chain are planned up and down in less than a second', () => {
    const ms = elapsedMs(() => {
      const graph = buildRevisionGraph(chain)
      const up = graph.upgrade([], 'line@head')
      const down = graph.downgrade(graph.closure(['r9999']), 'head-9999')
      expect([up.length, down.length, up.at(-1)?.headsAfter]).toEqual([10_000, 9999, ['r9999']])
    })
    expect(ms).toBeLessThan(1000)
  })

  it('from one root and into one merge are planned in less than a second', () => {
    const arms = Array.from({ length: 3000 }, (_, index) => ({ revision: `w${index}`, downRevision: 'root' }))
    const end = { revision: 'end1', downRevision: arms.map(({ revision }) => revision) }
    const ms = elapsedMs(() => {
      const graph = buildRevisionGraph([{ revision: 'root' }, ...arms, end])
      expect(graph.upgrade([], 'head')).toHaveLength(3002)
    })
    expect(ms).toBeLessThan(1000)
  })
})
