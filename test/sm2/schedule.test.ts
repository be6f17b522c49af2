import fc from 'fast-check'
import {
  type Grade,
  initialState,
  preview,
  type Sm2Rules,
  type Sm2State,
  schedule,
  sourceRules,
  textRules,
  trajectory,
} from 'sm2kit/sm2'
import { supermemo } from 'supermemo'
import { describe, expect, it } from 'vitest'
import * as arbitrary from './support/arbitraries.js'
import { modelStart, modelStep } from './support/model.js'
import { refusal, strangers } from './support/refusal.js'
import { runs } from './support/scale.js'

const six: readonly Grade[] = [0, 1, 2, 3, 4, 5]
const learned: Sm2State = { easeFactor: 2.5, intervalDays: 6, repetitions: 2 }

describe('schedule', () => {
  it('gives 1 day, then 6, then the interval times the ease factor from before, rounded', () => {
    expect([...trajectory([5, 4, 3, 4])]).toEqual([
      { easeFactor: 2.6, intervalDays: 1, repetitions: 1 },
      { easeFactor: 2.6, intervalDays: 6, repetitions: 2 },
      { easeFactor: 2.46, intervalDays: 16, repetitions: 3 },
      { easeFactor: 2.46, intervalDays: 39, repetitions: 4 },
    ])
  })

  it('changes the ease factor by the published hundredths, never below 1.3', () => {
    expect(six.map((q) => schedule(learned, q).easeFactor)).toEqual([1.7, 1.96, 2.18, 2.36, 2.5, 2.6])
    expect(six.map((q) => schedule({ ...learned, easeFactor: 1.3 }, q).easeFactor)).toEqual([
      1.3, 1.3, 1.3, 1.3, 1.3, 1.4,
    ])
    expect(schedule({ ...learned, easeFactor: 1.44 }, 3).easeFactor).toBe(1.3)
    expect(schedule({ ...learned, easeFactor: 1.441 }, 3).easeFactor).toBe(1.301)
  })

  it('lets the ease factor grow to 1000 and no further', () => {
    expect(schedule({ ...learned, easeFactor: 999.9 }, 5).easeFactor).toBe(1000)
    expect(schedule({ ...learned, easeFactor: 999.95 }, 5).easeFactor).toBe(1000)
    expect(schedule({ ...learned, easeFactor: 1000 }, 5).easeFactor).toBe(1000)
    expect(schedule({ ...learned, easeFactor: 1000 }, 3).easeFactor).toBe(999.86)
  })

  it('starts the repetitions over at a lapse', () => {
    for (const q of [0, 1, 2] as const)
      expect(schedule(learned, q)).toMatchObject({ intervalDays: 1, repetitions: 0 })
    for (const q of [3, 4, 5] as const)
      expect(schedule(learned, q)).toMatchObject({ intervalDays: 15, repetitions: 3 })
  })

  it('takes a state without repetitions as new, whatever its interval', () => {
    expect(schedule({ easeFactor: 2.5, intervalDays: 40, repetitions: 0 }, 4).intervalDays).toBe(1)
    expect(schedule({ easeFactor: 2.5, intervalDays: 40, repetitions: 1 }, 4).intervalDays).toBe(6)
  })

  it.each<[Sm2Rules['rounding'], number[]]>([
    // 5 × 2.5, 7 × 2.5, 6 × 2.5, 6 × 2.501, 5 × 2.499
    ['nearest', [13, 18, 15, 15, 12]],
    ['nearest-even', [12, 18, 15, 15, 12]],
    ['up', [13, 18, 15, 16, 13]],
  ])('rounds %s', (rounding, wanted) => {
    const cases = [
      [5, 2.5],
      [7, 2.5],
      [6, 2.5],
      [6, 2.501],
      [5, 2.499],
    ] as const
    const got = cases.map(
      ([intervalDays, easeFactor]) =>
        schedule({ easeFactor, intervalDays, repetitions: 2 }, 4, { ...sourceRules, rounding }).intervalDays,
    )
    expect(got).toEqual(wanted)
  })

  it('is never a day off where float code is', () => {
    expect([...trajectory([5, 5, 5, 5, 5], { rules: textRules })].at(-1)?.intervalDays).toBe(150)
    expect([...trajectory([2, 1, 3, 4, 4, 3])].at(-1)?.intervalDays).toBe(14)
  })

  it('stops at the longest interval, also where the first intervals are longer', () => {
    for (const [maxIntervalDays, wanted] of [
      [1, [1, 1, 1]],
      [3, [1, 3, 3]],
      [14, [1, 6, 14]],
      [15, [1, 6, 15]],
      [16, [1, 6, 15]],
    ] as const) {
      const states = [...trajectory([4, 4, 4], { rules: { ...sourceRules, maxIntervalDays } })]
      expect(states.map((state) => state.intervalDays)).toEqual(wanted)
    }
    expect(schedule({ easeFactor: 2.5, intervalDays: 36500, repetitions: 9 }, 5).intervalDays).toBe(36500)
  })

  it('reads an ease factor that drifted by up to a millionth as its thousandth', () => {
    const healed = schedule({ ...learned, easeFactor: 2.8 }, 5)
    for (const easeFactor of [2.8000000000000003, 2.7999999999999994, 2.8000009, Math.fround(2.8)]) {
      expect(schedule({ ...learned, easeFactor }, 5)).toEqual(healed)
    }
    for (const easeFactor of [2.8000011, 2.7999989, 2.8005]) {
      expect(refusal(() => schedule({ ...learned, easeFactor }, 5))).toEqual([
        'INVALID_STATE',
        'state.easeFactor',
      ])
    }
  })

  it('agrees with big integers, from any state, by any rules', () => {
    const cases = arbitrary
      .rules()
      .chain((rules) =>
        fc.tuple(fc.constant(rules), arbitrary.state(rules.maxIntervalDays), arbitrary.grades()),
      )
    fc.assert(
      fc.property(cases, ([rules, from, grades]) => {
        let model = {
          ease: BigInt(Math.round(from.easeFactor * 1000)),
          interval: BigInt(from.intervalDays),
          repetitions: BigInt(from.repetitions),
        }
        let state = from
        for (const grade of grades) {
          model = modelStep(model, grade, rules)
          state = schedule(state, grade, rules)
          expect(state).toEqual({
            easeFactor: Number(`${model.ease}e-3`),
            intervalDays: Number(model.interval),
            repetitions: Number(model.repetitions),
          })
        }
      }),
      { numRuns: runs(1500, 20_000) },
    )
  })

  it('keeps its promises from the start state on', () => {
    fc.assert(
      fc.property(arbitrary.grades(), arbitrary.rules(), (grades, rules) => {
        for (const state of trajectory(grades, { rules })) {
          expect(state.intervalDays).toBeGreaterThanOrEqual(1)
          expect(state.intervalDays).toBeLessThanOrEqual(rules.maxIntervalDays)
          expect(Number.isInteger(state.intervalDays)).toBe(true)
          expect(state.easeFactor).toBeGreaterThanOrEqual(1.3)
          expect(JSON.parse(JSON.stringify(state))).toEqual(state)
          expect(Object.keys(state)).toEqual(['easeFactor', 'intervalDays', 'repetitions'])
        }
      }),
      { numRuns: runs(300, 5000) },
    )
  })

  it('leaves its inputs as they were', () => {
    const state = Object.freeze({ ...learned })
    const rules = Object.freeze({ ...textRules })
    for (const q of six) schedule(state, q, rules)
    expect([state, rules]).toEqual([learned, textRules])
    expect([initialState, sourceRules, textRules].every((shared) => Object.isFrozen(shared))).toBe(true)
  })

  it('differs from supermemo only where its floats drift', () => {
    // A peer with the same rules on floats. Each difference must be one of: an ease factor that drifted, or an interval
    // that is a day off because it was multiplied by one. The exact answer is the big integers'.
    const counts = { reviews: 0, driftedEase: 0, dayOff: 0 }
    fc.assert(
      fc.property(fc.array(arbitrary.grade(), { maxLength: 14 }), (grades) => {
        let model = modelStart
        let state = initialState
        let item = { interval: 0, repetition: 0, efactor: 2.5 }
        const rules = { ...sourceRules, maxIntervalDays: Number.MAX_SAFE_INTEGER }
        for (const grade of grades) {
          model = modelStep(model, grade, rules)
          state = schedule(state, grade, rules)
          item = supermemo(item, grade)
          counts.reviews++
          expect(state.intervalDays).toBe(Number(model.interval))
          expect(item.repetition).toBe(state.repetitions)
          expect(Math.abs(item.efactor - state.easeFactor)).toBeLessThan(1e-12)
          if (item.efactor !== state.easeFactor) counts.driftedEase++
          if (item.interval !== state.intervalDays) {
            counts.dayOff++
            expect(Math.abs(item.interval - state.intervalDays)).toBe(1)
            item = { ...item, interval: state.intervalDays } // so that one day off is counted once
          }
        }
      }),
      { numRuns: runs(3000, 20_000), seed: 20261122 },
    )
    console.log(
      `supermemo: ${counts.reviews} reviews, ${counts.driftedEase} drifted ease factors, ${counts.dayOff} a day off`,
    )
    expect(counts.driftedEase).toBeGreaterThan(0)
    expect(counts.dayOff).toBeLessThan(counts.driftedEase)
  })
})

describe('what schedule refuses', () => {
  it('every value that is no grade', () => {
    for (const grade of strangers) {
      expect(refusal(() => schedule(learned, grade as Grade))).toEqual(['INVALID_GRADE', 'grade'])
    }
  })

  it.each<[string, Partial<Record<keyof Sm2State, unknown>>, string]>([
    ['an ease factor below 1.3', { easeFactor: 1.299 }, 'state.easeFactor'],
    ['an ease factor just below 1.3', { easeFactor: 1.2999999999999998 }, 'state.easeFactor'],
    ['an ease factor of 0', { easeFactor: 0 }, 'state.easeFactor'],
    ['a negative ease factor', { easeFactor: -2.5 }, 'state.easeFactor'],
    ['an ease factor above 1000', { easeFactor: 1000.001 }, 'state.easeFactor'],
    ['an ease factor past 2^31 thousandths', { easeFactor: 4294969.796 }, 'state.easeFactor'],
    ['an ease factor between thousandths', { easeFactor: 2.5004 }, 'state.easeFactor'],
    ['an ease factor of NaN', { easeFactor: Number.NaN }, 'state.easeFactor'],
    ['an infinite ease factor', { easeFactor: Number.POSITIVE_INFINITY }, 'state.easeFactor'],
    ['an ease factor as text', { easeFactor: '2.5' }, 'state.easeFactor'],
    ['an ease factor as a big integer', { easeFactor: 2n }, 'state.easeFactor'],
    ['no ease factor', { easeFactor: undefined }, 'state.easeFactor'],
    ['a negative interval', { intervalDays: -1 }, 'state.intervalDays'],
    ['a fraction of a day', { intervalDays: 6.5 }, 'state.intervalDays'],
    ['no days after a pass', { intervalDays: 0 }, 'state.intervalDays'],
    ['no days after one pass', { intervalDays: 0, repetitions: 1 }, 'state.intervalDays'],
    ['more days than the longest interval', { intervalDays: 36501 }, 'state.intervalDays'],
    ['an interval of NaN', { intervalDays: Number.NaN }, 'state.intervalDays'],
    ['an interval as text', { intervalDays: '6' }, 'state.intervalDays'],
    ['no interval', { intervalDays: null }, 'state.intervalDays'],
    ['negative repetitions', { repetitions: -1 }, 'state.repetitions'],
    ['a fraction of a repetition', { repetitions: 1.5 }, 'state.repetitions'],
    ['repetitions past 2^53 - 1', { repetitions: 2 ** 53 }, 'state.repetitions'],
    ['repetitions as text', { repetitions: '2' }, 'state.repetitions'],
    ['repetitions as a big integer', { repetitions: 2n }, 'state.repetitions'],
    ['no repetitions', { repetitions: undefined }, 'state.repetitions'],
  ])('%s', (_, fault, path) => {
    const state = { ...learned, ...fault } as Sm2State
    expect(refusal(() => schedule(state, 4))).toEqual(['INVALID_STATE', path])
    expect(refusal(() => preview(state))).toEqual(['INVALID_STATE', path])
  })

  it('a state that is none', () => {
    for (const state of [null, undefined, 4, 'state', true, {}, []]) {
      expect(refusal(() => schedule(state as Sm2State, 4))[0]).toBe('INVALID_STATE')
    }
  })

  it('nothing at the edges of what is allowed', () => {
    for (const state of [
      { easeFactor: 1.3, intervalDays: 0, repetitions: 0 },
      { easeFactor: 1000, intervalDays: 36500, repetitions: Number.MAX_SAFE_INTEGER },
      { easeFactor: 2.5, intervalDays: 1, repetitions: 1 },
      { easeFactor: 2.5, intervalDays: 36500, repetitions: 0 },
    ]) {
      expect(schedule(state, 0)).toMatchObject({ intervalDays: 1, repetitions: 0 })
    }
  })

  it('every value that is no number, in each field', () => {
    for (const name of ['easeFactor', 'intervalDays', 'repetitions'] as const) {
      for (const stranger of strangers.filter((one) => typeof one !== 'number')) {
        const state = { ...learned, [name]: stranger } as Sm2State
        expect(refusal(() => schedule(state, 4))).toEqual(['INVALID_STATE', `state.${name}`])
      }
    }
  })

  it('the field that is wrong, beside an ease factor at the edge', () => {
    for (const easeFactor of [1.3, 1000]) {
      expect(refusal(() => schedule({ ...learned, easeFactor, intervalDays: -1 }, 4))[1]).toBe(
        'state.intervalDays',
      )
      expect(refusal(() => schedule({ ...learned, easeFactor, repetitions: -1 }, 4))[1]).toBe(
        'state.repetitions',
      )
    }
  })

  it('says what was found and what is allowed', () => {
    expect(() => schedule({ ...learned, easeFactor: 1.2 }, 4)).toThrow(
      'state.easeFactor is 1.2 (number); allowed: 1.3 to 1000 by 0.001',
    )
    expect(() => schedule({ ...learned, intervalDays: 0 }, 4)).toThrow(
      'state.intervalDays is 0 (number); allowed: an integer from 1 to 36500',
    )
    expect(() => schedule({ ...learned, repetitions: -1 }, 4)).toThrow(
      'state.repetitions is -1 (number); allowed: an integer from 0',
    )
  })
})

describe('preview', () => {
  it('has at each grade what schedule gives for it', () => {
    const cases = arbitrary
      .rules()
      .chain((rules) => fc.tuple(fc.constant(rules), arbitrary.state(rules.maxIntervalDays)))
    fc.assert(
      fc.property(cases, ([rules, state]) => {
        expect(preview(state, rules)).toEqual(six.map((grade) => schedule(state, grade, rules)))
      }),
      { numRuns: runs(300, 5000) },
    )
    expect(preview(learned)).toEqual(six.map((grade) => schedule(learned, grade)))
  })

  it('refuses rules that are not complete', () => {
    expect(refusal(() => preview(learned, {} as Sm2Rules))).toEqual(['INVALID_RULES', 'rules.lapseEase'])
  })
})
