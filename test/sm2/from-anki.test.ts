import { type AnkiRow, fromAnki, schedule } from 'sm2kit/sm2'
import { describe, expect, it } from 'vitest'
import { caught } from './support/refusal.js'

const row: AnkiRow = { factor: 2350, ivl: 21, reps: 14, type: 2 }

describe('fromAnki', () => {
  it.each<[string, AnkiRow, [number, number, number]]>([
    ['a review card', row, [2.35, 21, 2]],
    ['a review card shown once', { ...row, reps: 1 }, [2.35, 21, 2]],
    ['a review card set due by hand', { ...row, reps: 0 }, [2.35, 21, 2]],
    ['a card of unknown type with days', { factor: 1300, ivl: 1, reps: 3 }, [1.3, 1, 2]],
    ['a card in relearning', { ...row, type: 3 }, [2.35, 21, 0]],
    ['a card in relearning by the second', { ...row, ivl: -600, type: 3 }, [2.35, 0, 0]],
    ['a new card', { factor: 0, ivl: 0, reps: 0, type: 0 }, [2.5, 0, 0]],
    ['a new card of unknown type', { factor: 0, ivl: 0, reps: 0 }, [2.5, 0, 0]],
    ['a new card that keeps an ease', { factor: 2100, ivl: 0, reps: 0, type: 0 }, [2.1, 0, 0]],
    ['a learning card', { factor: 0, ivl: -60, reps: 2, type: 1 }, [2.5, 0, 0]],
    ['a learning card with leftover days', { factor: 0, ivl: 3, reps: 2, type: 1 }, [2.5, 0, 0]],
    ['a new card with leftover days', { factor: 2500, ivl: 3, reps: 2, type: 0 }, [2.5, 0, 0]],
    ['the longest interval', { ...row, ivl: 36500 }, [2.35, 36500, 2]],
    ['the largest ease', { ...row, factor: 1_000_000 }, [1000, 21, 2]],
  ])('converts %s', (_, given, [easeFactor, intervalDays, repetitions]) => {
    const state = fromAnki(given)
    expect(state).toEqual({ easeFactor, intervalDays, repetitions })
    expect(schedule(state, 4).intervalDays).toBeGreaterThanOrEqual(1)
  })

  it('goes on from the interval', () => {
    expect(schedule(fromAnki(row), 4)).toEqual({ easeFactor: 2.35, intervalDays: 49, repetitions: 3 })
  })

  it.each<[string, unknown, string]>([
    ['a difficulty of FSRS', { ...row, factor: 520 }, 'row.factor'],
    ['the highest difficulty of FSRS', { ...row, factor: 1100 }, 'row.factor'],
    ['an ease below the floor', { ...row, factor: 1299 }, 'row.factor'],
    ['an ease below the floor on a new card', { ...row, factor: 1299, type: 0 }, 'row.factor'],
    ['a negative ease', { ...row, factor: -1, type: 0 }, 'row.factor'],
    ['no ease on a review card', { ...row, factor: 0 }, 'row.factor'],
    ['a fraction', { ...row, factor: 2350.5 }, 'row.factor'],
    ['an ease as text', { ...row, factor: '2350' }, 'row.factor'],
    ['an ease past 1000', { ...row, factor: 1_000_001 }, 'row.factor'],
    ['seconds on a review card', { ...row, ivl: -60 }, 'row.ivl'],
    ['no interval on a review card', { ...row, ivl: 0 }, 'row.ivl'],
    ['an interval past the longest', { ...row, ivl: 36501 }, 'row.ivl'],
    ['a fraction of a day', { ...row, ivl: 1.5 }, 'row.ivl'],
    ['negative reps', { ...row, reps: -1 }, 'row.reps'],
    ['missing reps', { factor: 2500, ivl: 3 }, 'row.reps'],
    ['an unknown type', { ...row, type: 4 }, 'row.type'],
    ['a type as text', { ...row, type: '2' }, 'row.type'],
    ['nothing', null, 'row'],
    ['no object', 5, 'row'],
  ])('refuses %s', (_, given, path) => {
    const error = caught(() => fromAnki(given as AnkiRow))
    expect([error.code, error.path]).toEqual(['INVALID_ANKI_ROW', path])
    expect(error.message).not.toMatch(/allowed: $/)
  })
})
