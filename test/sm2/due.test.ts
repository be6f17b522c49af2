import fc from 'fast-check'
import { addDays, type Due, daysOverdue, dueForecast, isDue, newCard } from 'sm2kit/sm2'
import { describe, expect, it } from 'vitest'
import * as arbitrary from './support/arbitraries.js'
import { caught, refusal } from './support/refusal.js'
import { runs } from './support/scale.js'

const card: Due = { dueOn: '2026-11-20' }

describe('due', () => {
  it('is a card on its day and after, and a new card', () => {
    expect(['2026-11-19', '2026-11-20', '2026-11-21', '2027-11-20'].map((day) => isDue(card, day))).toEqual([
      false,
      true,
      true,
      true,
    ])
    expect(isDue(newCard(), '0001-01-01')).toBe(true)
  })

  it('is late by the days since', () => {
    expect(
      ['2026-11-19', '2026-11-20', '2026-11-21', '2027-11-20'].map((day) => daysOverdue(card, day)),
    ).toEqual([0, 0, 1, 365])
    expect(daysOverdue(newCard(), '2026-11-20')).toBe(0)
  })

  it('is forecast by day, with everything late and new on the first', () => {
    const cards = ['2026-01-01', '2026-11-20', '2026-11-21', '2026-11-23', '2026-11-23', '2026-11-24'].map(
      (dueOn) => ({ dueOn }),
    )
    expect(dueForecast([...cards, newCard()], '2026-11-20', 4)).toEqual([3, 1, 0, 2])
    expect(dueForecast(new Set(cards), '2026-11-20', 1)).toEqual([2])
    expect(dueForecast(cards, '2026-11-20', 0)).toEqual([])
    expect(dueForecast([], '2026-11-20', 2)).toEqual([0, 0])
    expect(dueForecast(cards, '9999-12-31', 3)).toEqual([6, 0, 0])
    expect(dueForecast([], '2026-11-20', 3_652_059)).toHaveLength(3_652_059)
  })

  it('is forecast as it then is', () => {
    const cards = fc.array(fc.oneof(fc.integer({ min: -20, max: 20 }), fc.constant(null)))
    fc.assert(
      fc.property(
        arbitrary.day().filter((day) => day > '0002'),
        cards,
        (from, dues) => {
          const deck = dues.map((n) => ({ dueOn: n === null ? null : addDays(from, n) }))
          const counts = dueForecast(deck, from, 15)
          let sum = 0
          counts.forEach((count, i) => {
            sum += count
            expect(deck.filter((card) => isDue(card, addDays(from, i)))).toHaveLength(sum)
          })
        },
      ),
      { numRuns: runs(100, 1000) },
    )
  })

  it('is asked of a card with a day, for a day', () => {
    for (const dueOn of ['2026-02-30', undefined, 5, '']) {
      const wrong = { dueOn } as Due
      expect(refusal(() => isDue(wrong, '2026-11-20'))).toEqual(['INVALID_CARD', 'card.dueOn'])
      expect(refusal(() => daysOverdue(wrong, '2026-11-20'))).toEqual(['INVALID_CARD', 'card.dueOn'])
      expect(refusal(() => dueForecast([card, card, wrong], '2026-11-20', 3))).toEqual([
        'INVALID_CARD',
        'cards[2].dueOn',
      ])
    }
    expect(refusal(() => isDue(null as unknown as Due, '2026-11-20'))).toEqual(['INVALID_CARD', 'card.dueOn'])
    for (const day of ['2026-02-30', undefined, 5, '']) {
      expect(refusal(() => isDue(newCard(), day as string))).toEqual(['INVALID_DAY', 'today'])
      expect(refusal(() => daysOverdue(newCard(), day as string))).toEqual(['INVALID_DAY', 'today'])
      expect(refusal(() => dueForecast([], day as string, 3))).toEqual(['INVALID_DAY', 'from'])
    }
    for (const days of [-1, 1.5, '3', Number.NaN, 3_652_060, null]) {
      expect(refusal(() => dueForecast([], '2026-11-20', days as number))).toEqual(['INVALID_COUNT', 'days'])
    }
    expect(caught(() => dueForecast([], '2026-11-20', -1)).message).toBe(
      'days is -1 (number); allowed: an integer from 0 to 3652059',
    )
  })
})
