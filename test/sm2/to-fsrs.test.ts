import { type Sm2State, toFsrs } from 'sm2kit/sm2'
import { default_w, FSRS5_DEFAULT_DECAY } from 'ts-fsrs'
import { describe, expect, it } from 'vitest'
import { caught, refusal } from './support/refusal.js'

const state = (easeFactor: number, intervalDays: number): Sm2State => ({
  easeFactor,
  intervalDays,
  repetitions: 3,
})
const weights = [...default_w]

describe('toFsrs', () => {
  // Published with memory_state_from_sm2 of fsrs-rs, for the default weights of FSRS-6.
  it.each([
    [2.5, 10, 0.9, 10, 6.914],
    [2.5, 10, 0.8, 3.01572, 9.3934],
    [2.5, 10, 0.95, 24.841, 1.2974],
    [1.3, 20, 0.9, 20, 10],
  ])(
    'gives the published memory for ease %d, %d days, retention %d',
    (ease, days, retention, stability, difficulty) => {
      const memory = toFsrs(state(ease, days), weights, retention)
      expect(memory.stability).toBeCloseTo(stability, 3)
      expect(memory.difficulty).toBeCloseTo(difficulty, 3)
    },
  )

  it('takes a retention of 90 % unless told otherwise', () => {
    expect(toFsrs(state(2.5, 10), weights)).toEqual(toFsrs(state(2.5, 10), weights, 0.9))
  })

  it('keeps the difficulty between 1 and 10', () => {
    expect(toFsrs(state(1.3, 20), weights).difficulty).toBe(10)
    expect(toFsrs(state(9, 1), weights).difficulty).toBe(1)
  })

  it('counts no days as a thousandth of one', () => {
    expect(toFsrs({ easeFactor: 2.5, intervalDays: 0, repetitions: 0 }, weights).stability).toBeCloseTo(
      0.001,
      10,
    )
  })

  it('takes the 19 weights of FSRS-5 with its decay', () => {
    const five = weights.slice(0, 19)
    expect(toFsrs(state(2.5, 10), five, 0.8)).toEqual(
      toFsrs(state(2.5, 10), [...five, 0, FSRS5_DEFAULT_DECAY], 0.8),
    )
    expect(toFsrs(state(2.5, 10), five, 0.8)).not.toEqual(toFsrs(state(2.5, 10), weights, 0.8))
  })

  it('refuses a state, weights or a retention that are none', () => {
    expect(refusal(() => toFsrs(state(1.2, 10), weights))).toEqual(['INVALID_STATE', 'state.easeFactor'])
    expect(refusal(() => toFsrs(state(2.5, 36501), weights))).toEqual(['INVALID_STATE', 'state.intervalDays'])
    const none = [
      null,
      undefined,
      'weights',
      [],
      weights.slice(0, 20),
      [...weights, 1],
      [...weights.slice(1), Number.NaN],
      [...weights.slice(1), '1'],
      new Set(weights),
    ]
    for (const wrong of none) {
      expect(refusal(() => toFsrs(state(2.5, 10), wrong as number[]))).toEqual(['INVALID_FSRS', 'weights'])
    }
    for (const retention of [0, 1, -0.5, 1.5, Number.NaN, '0.9', null]) {
      expect(refusal(() => toFsrs(state(2.5, 10), weights, retention as number))).toEqual([
        'INVALID_FSRS',
        'retention',
      ])
    }
    expect(caught(() => toFsrs(state(2.5, 10), [])).message).toBe(
      'weights is an (object); allowed: 21 (FSRS-6) or 19 (FSRS-5) finite numbers',
    )
    expect(caught(() => toFsrs(state(2.5, 10), weights, 2)).message).toBe(
      'retention is 2 (number); allowed: a number between 0 and 1',
    )
  })

  it.each<[string, Record<number, number>, number]>([
    ['no stability, decay being 0', { 20: 0 }, 0.8],
    ['a stability of 0', { 20: 1e16 }, 1e-300],
    ['an infinite stability', { 20: 10 }, 1 - 2 ** -53],
    ['no difficulty', { 8: -1e4, 9: -1e4 }, 0.8],
  ])('refuses weights that lead to %s', (_, other, retention) => {
    const wrong = weights.map((weight, i) => other[i] ?? weight)
    const error = caught(() => toFsrs(state(2.5, 10), wrong, retention))
    expect([error.code, error.path]).toEqual(['INVALID_FSRS', 'weights'])
    expect(error.message).toBe(
      'weights is an (object); allowed: weights that lead to a stability above 0 and a difficulty',
    )
  })
})
