import fc from 'fast-check'
import {
  type Grade,
  initialState,
  replay,
  type Sm2Rules,
  type Sm2State,
  schedule,
  textRules,
  trajectory,
} from 'sm2kit/sm2'
import { describe, expect, it } from 'vitest'
import * as arbitrary from './support/arbitraries.js'
import { caught, refusal, strangers } from './support/refusal.js'
import { runs } from './support/scale.js'

const from: Sm2State = { easeFactor: 2.2, intervalDays: 10, repetitions: 4 }

describe('replay', () => {
  it('is schedule folded over the grades, and trajectory its way', () => {
    const cases = arbitrary
      .rules()
      .chain((rules) =>
        fc.tuple(fc.constant(rules), arbitrary.state(rules.maxIntervalDays), arbitrary.grades()),
      )
    fc.assert(
      fc.property(cases, ([rules, from, grades]) => {
        const states: Sm2State[] = []
        let state = from
        for (const grade of grades) {
          state = schedule(state, grade, rules)
          states.push(state)
        }
        expect(replay(grades, { from, rules })).toEqual(state)
        expect([...trajectory(grades, { from, rules })]).toEqual(states)
      }),
      { numRuns: runs(500, 10_000) },
    )
  })

  it('starts new, by the rules of the source, unless told otherwise', () => {
    expect(replay([])).toEqual(initialState)
    expect(replay([4, 4, 1])).toEqual({ easeFactor: 1.96, intervalDays: 1, repetitions: 0 })
    expect(replay([4, 4, 1], { rules: textRules })).toEqual({
      easeFactor: 2.5,
      intervalDays: 1,
      repetitions: 0,
    })
    expect(replay([4], { from })).toEqual({ easeFactor: 2.2, intervalDays: 22, repetitions: 5 })
    expect(replay([], { from: undefined, rules: undefined })).toEqual(initialState)
  })

  it('returns a new state, healed of drift, for no grades', () => {
    expect(replay([], { from })).toEqual(from)
    expect(replay([], { from })).not.toBe(from)
    expect(replay([], { from: { ...from, easeFactor: 2.2000000000000002 } })).toEqual(from)
  })

  it('reads any iterable once', () => {
    function* grades(): Generator<Grade> {
      yield* [5, 5, 5] as const
    }
    expect(replay(grades())).toEqual(replay([5, 5, 5]))
    expect(replay(new Set<Grade>([5, 4]))).toEqual(replay([5, 4]))
  })

  it('leaves the state it starts from as it was', () => {
    const frozen = Object.freeze({ ...from })
    replay([1, 2, 3], { from: frozen })
    expect([...trajectory([1, 2, 3], { from: frozen })]).toHaveLength(3)
    expect(frozen).toEqual(from)
  })

  it.each([
    ['replay', (grades: Iterable<Grade>, options?: object) => replay(grades, options)],
    ['trajectory', (grades: Iterable<Grade>, options?: object) => [...trajectory(grades, options)]],
  ])('refuses by its place what is no grade (%s)', (_, run) => {
    for (const stranger of strangers) {
      expect(refusal(() => run([5, 4, stranger as Grade]))).toEqual(['INVALID_GRADE', 'grades[2]'])
    }
    expect(refusal(() => run('543' as unknown as Grade[]))).toEqual(['INVALID_GRADE', 'grades[0]'])
    for (const none of [null, undefined, 5, {}]) {
      expect(refusal(() => run(none as unknown as Grade[]))).toEqual(['INVALID_GRADE', 'grades'])
    }
    expect(caught(() => run(5 as unknown as Grade[])).message).toBe(
      'grades is 5 (number); allowed: an iterable of grades',
    )
    expect(refusal(() => run([], { from: { ...from, intervalDays: 0 } }))).toEqual([
      'INVALID_STATE',
      'state.intervalDays',
    ])
    expect(refusal(() => run([], { rules: {} as Sm2Rules }))).toEqual(['INVALID_RULES', 'rules.lapseEase'])
  })
})

describe('trajectory', () => {
  it('checks where it starts at the call, and each grade in its turn', () => {
    expect(refusal(() => trajectory([], { from: { ...from, repetitions: -1 } }))).toEqual([
      'INVALID_STATE',
      'state.repetitions',
    ])
    expect(refusal(() => trajectory([], { rules: {} as Sm2Rules }))).toEqual([
      'INVALID_RULES',
      'rules.lapseEase',
    ])
    expect(refusal(() => trajectory(7 as unknown as Grade[]))).toEqual(['INVALID_GRADE', 'grades'])
    const states = trajectory([5, 9 as Grade])
    expect(states.next().value).toEqual(schedule(initialState, 5))
    expect(refusal(() => states.next())).toEqual(['INVALID_GRADE', 'grades[1]'])
  })

  it('reads no further than it is read', () => {
    let read = 0
    function* endless(): Generator<Grade> {
      for (;;) {
        read++
        yield 4
      }
    }
    const [first, second] = trajectory(endless())
    expect([first?.intervalDays, second?.intervalDays, read]).toEqual([1, 6, 2])
  })
})
