import fc from 'fast-check'
import { initialState, parseState, type Sm2Rules, schedule, sourceRules } from 'sm2kit/sm2'
import { describe, expect, it } from 'vitest'
import * as arbitrary from './support/arbitraries.js'
import { caught, refusal, strangers } from './support/refusal.js'
import { runs } from './support/scale.js'

const row = { easeFactor: 2.36, intervalDays: 16, repetitions: 3 }

describe('parseState', () => {
  it('returns the three fields of a row, and no others', () => {
    expect(parseState({ id: 1, ...row, dueOn: '2026-11-22' })).toEqual(row)
    expect(parseState(initialState)).toEqual(initialState)
    expect(parseState(row)).not.toBe(row)
  })

  it('reads fields that are getters of a class, as on a model instance', () => {
    class Row {
      get easeFactor(): number {
        return 2.36
      }
      get intervalDays(): number {
        return 16
      }
      get repetitions(): number {
        return 3
      }
    }
    expect(parseState(new Row())).toEqual(row)
  })

  it.each([
    [2.8000000000000003, 2.8],
    [Math.fround(2.36), 2.36],
    [2.3599995, 2.36],
    [2.3600005, 2.36],
    [1.2999999999999998, 1.3],
    [Math.fround(1.3), 1.3],
    [1000.0000000001, 1000],
  ])('heals %d to %d', (found, healed) => {
    expect(parseState({ ...row, easeFactor: found })).toEqual({ ...row, easeFactor: healed })
  })

  it('makes plain zeros of negative ones', () => {
    const parsed = parseState({ easeFactor: 2.5, intervalDays: -0, repetitions: -0 })
    expect(Object.is(parsed.intervalDays, 0) && Object.is(parsed.repetitions, 0)).toBe(true)
  })

  it('gives back what schedule made, also through JSON', () => {
    const cases = arbitrary
      .rules()
      .chain((rules) =>
        fc.tuple(fc.constant(rules), arbitrary.state(rules.maxIntervalDays), arbitrary.grade()),
      )
    fc.assert(
      fc.property(cases, ([rules, from, grade]) => {
        const state = schedule(from, grade, rules)
        expect(parseState(JSON.parse(JSON.stringify(state)), rules)).toEqual(state)
      }),
      { numRuns: runs(300, 5000) },
    )
  })

  it('reports every fault at once', () => {
    const error = caught(() => parseState({ easeFactor: '2.5', intervalDays: -1, repetitions: 0.5 }))
    expect([error.code, error.path]).toEqual(['INVALID_STATE', 'state.easeFactor'])
    expect(error.faults).toEqual([
      { path: 'state.easeFactor', found: '2.5', allowed: '1.3 to 1000 by 0.001' },
      { path: 'state.intervalDays', found: -1, allowed: 'an integer from 0 to 36500' },
      { path: 'state.repetitions', found: 0.5, allowed: 'an integer from 0' },
    ])
    expect(error.message).toBe(
      'state.easeFactor is 2.5 (string); allowed: 1.3 to 1000 by 0.001\n' +
        'state.intervalDays is -1 (number); allowed: an integer from 0 to 36500\n' +
        'state.repetitions is 0.5 (number); allowed: an integer from 0',
    )
  })

  it.each<[string, object, string[]]>([
    ['an ease factor too low', { easeFactor: 1.2 }, ['state.easeFactor']],
    ['an ease factor between thousandths', { easeFactor: 2.3605 }, ['state.easeFactor']],
    ['no days after a pass', { intervalDays: 0 }, ['state.intervalDays']],
    ['days over the longest interval', { intervalDays: 36501 }, ['state.intervalDays']],
    ['repetitions as text', { repetitions: '3' }, ['state.repetitions']],
    ['two faults', { easeFactor: null, repetitions: null }, ['state.easeFactor', 'state.repetitions']],
  ])('refuses %s', (_, fault, paths) => {
    expect(caught(() => parseState({ ...row, ...fault })).faults.map(({ path }) => path)).toEqual(paths)
  })

  it('refuses every value that is no number, in all fields at once', () => {
    for (const stranger of strangers.filter((one) => typeof one !== 'number')) {
      const wrong = { easeFactor: stranger, intervalDays: stranger, repetitions: stranger }
      expect(caught(() => parseState(wrong)).faults.map(({ found }) => found)).toEqual([
        stranger,
        stranger,
        stranger,
      ])
    }
  })

  it('refuses what is no row at all', () => {
    for (const none of [null, undefined, 4, 'row', true, [], {}]) {
      expect(caught(() => parseState(none)).faults).toHaveLength(3)
    }
  })

  it('allows the longest interval of the rules it is given, and checks them', () => {
    const long = { ...row, intervalDays: 40_000 }
    expect(parseState(long, { ...sourceRules, maxIntervalDays: 40_000 })).toEqual(long)
    expect(refusal(() => parseState(row, { ...sourceRules, maxIntervalDays: 15 }))).toEqual([
      'INVALID_STATE',
      'state.intervalDays',
    ])
    expect(refusal(() => parseState(row, {} as Sm2Rules))).toEqual(['INVALID_RULES', 'rules.lapseEase'])
  })
})
