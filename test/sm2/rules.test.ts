import { initialState, replay, type Sm2Rules, schedule, sourceRules, textRules } from 'sm2kit/sm2'
import { describe, expect, it } from 'vitest'
import { caught, refusal } from './support/refusal.js'

describe('rules', () => {
  it('are shipped in two sets that differ in three points', () => {
    expect(sourceRules).toEqual({
      lapseEase: 'update',
      easeInInterval: 'previous',
      rounding: 'nearest',
      maxIntervalDays: 36500,
    })
    expect(textRules).toEqual({
      lapseEase: 'keep',
      easeInInterval: 'updated',
      rounding: 'up',
      maxIntervalDays: 36500,
    })
  })

  it('of the source are the default', () => {
    const grades = [5, 3, 1, 4, 4, 4, 2] as const
    expect(replay(grades)).toEqual(replay(grades, { rules: { ...sourceRules } }))
    expect(replay(grades)).not.toEqual(replay(grades, { rules: textRules }))
  })

  it('may be any combination of what is known', () => {
    for (const lapseEase of ['update', 'keep'] as const) {
      for (const easeInInterval of ['previous', 'updated'] as const) {
        for (const rounding of ['nearest', 'nearest-even', 'up'] as const) {
          for (const maxIntervalDays of [1, 36500, Number.MAX_SAFE_INTEGER]) {
            const rules = { lapseEase, easeInInterval, rounding, maxIntervalDays }
            expect(schedule(initialState, 4, rules).intervalDays).toBe(1)
          }
        }
      }
    }
  })

  it.each<[keyof Sm2Rules, readonly unknown[], string]>([
    ['lapseEase', ['Update', '', undefined, null, 1, 'previous', ['update']], 'update,keep'],
    ['easeInInterval', ['next', '', undefined, null, true, 'keep', ['previous']], 'previous,updated'],
    ['rounding', ['down', '', undefined, null, 0, 'nearest,up', ['up']], 'nearest,nearest-even,up'],
    [
      'maxIntervalDays',
      [0, -1, 1.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, '36500', undefined, null, 5n],
      'an integer from 1',
    ],
  ])('with another %s are refused', (name, values, allowed) => {
    for (const value of values) {
      const rules = { ...sourceRules, [name]: value } as Sm2Rules
      const error = caught(() => schedule(initialState, 4, rules))
      expect([error.code, error.path]).toEqual(['INVALID_RULES', `rules.${name}`])
      expect(error.faults).toEqual([{ path: `rules.${name}`, found: value, allowed }])
    }
  })

  it('are refused when they are no object', () => {
    for (const rules of [null, 4, 'text', true]) {
      expect(refusal(() => schedule(initialState, 4, rules as unknown as Sm2Rules))).toEqual([
        'INVALID_RULES',
        'rules.lapseEase',
      ])
    }
  })
})
