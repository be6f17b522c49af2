import fc from 'fast-check'
import {
  addDays,
  answer,
  type Card,
  type Grade,
  newCard,
  type Review,
  type Sm2Rules,
  schedule,
  textRules,
  undo,
} from 'sm2kit/sm2'
import { describe, expect, it } from 'vitest'
import * as arbitrary from './support/arbitraries.js'
import { caught, refusal, strangers } from './support/refusal.js'
import { runs } from './support/scale.js'

const card: Card = {
  easeFactor: 2.6,
  intervalDays: 6,
  repetitions: 2,
  dueOn: '2026-11-20',
  lastReviewedOn: '2026-11-14',
}

describe('a card', () => {
  it('begins without days, each its own object', () => {
    expect(newCard()).toEqual({
      easeFactor: 2.5,
      intervalDays: 0,
      repetitions: 0,
      dueOn: null,
      lastReviewedOn: null,
    })
    expect(newCard()).not.toBe(newCard())
  })

  it('is due the interval after the day of the review, however late that was', () => {
    const late = answer(card, 4, '2026-12-24')
    expect(late.card).toEqual({
      easeFactor: 2.6,
      intervalDays: 16,
      repetitions: 3,
      dueOn: '2027-01-09',
      lastReviewedOn: '2026-12-24',
    })
    expect(late.review).toEqual({ grade: 4, day: '2026-12-24', before: card, after: late.card })
    expect(late.review.after).not.toBe(late.card)
    expect(late.review.before).not.toBe(card)
  })

  it('may be reviewed on a day before the last', () => {
    expect(answer(card, 1, '2026-11-13').card.dueOn).toBe('2026-11-14')
  })

  it('follows the rules it is given', () => {
    expect(answer(card, 1, '2026-11-20', textRules).card.easeFactor).toBe(2.6)
    expect(answer(card, 1, '2026-11-20').card.easeFactor).toBe(2.06)
  })

  it('sheds what else it carries', () => {
    const row = { ...card, id: 7 }
    expect(Object.keys(answer(row, 4, '2026-11-20').card)).toEqual(Object.keys(card))
    expect(answer(row, 4, '2026-11-20').review.before).toEqual(card)
  })

  it('comes back by undo exactly, also through JSON, after any series of reviews', () => {
    const reviews = fc.array(fc.tuple(arbitrary.grade(), fc.integer({ min: 0, max: 300 })), { maxLength: 12 })
    fc.assert(
      fc.property(arbitrary.day(), reviews, (day, answers) => {
        const cards: Card[] = [newCard()]
        const log: Review[] = []
        let today = day
        for (const [grade, days] of answers) {
          const before = Object.freeze(cards.at(-1) ?? newCard())
          const { card, review } = answer(before, grade, today)
          expect(card).toMatchObject(schedule(before, grade))
          expect(card.dueOn).toBe(addDays(today, card.intervalDays))
          cards.push(card)
          log.push(JSON.parse(JSON.stringify(review)))
          today = addDays(today, days)
        }
        for (const review of log.reverse()) {
          expect(review.after).toEqual(cards.pop())
          expect(undo(review)).toEqual(cards.at(-1))
          expect(undo(review)).not.toBe(review.before)
        }
      }),
      { numRuns: runs(200, 3000) },
    )
  })

  it('is refused with a wrong grade, state, rule or day', () => {
    for (const stranger of strangers) {
      expect(refusal(() => answer(card, stranger as Grade, '2026-11-20'))).toEqual(['INVALID_GRADE', 'grade'])
    }
    expect(refusal(() => answer({ ...card, intervalDays: 0 }, 4, '2026-11-20'))).toEqual([
      'INVALID_STATE',
      'state.intervalDays',
    ])
    expect(refusal(() => answer(card, 4, '2026-11-20', {} as Sm2Rules))).toEqual([
      'INVALID_RULES',
      'rules.lapseEase',
    ])
    expect(refusal(() => answer(card, 4, '2026-11-31'))).toEqual(['INVALID_DAY', 'today'])
    expect(refusal(() => answer(card, 4, '9999-12-31'))).toEqual(['INVALID_DAY', 'day'])
    expect(refusal(() => answer(null as unknown as Card, 4, '2026-11-20'))[0]).toBe('INVALID_STATE')
    for (const day of ['2026-02-30', undefined, 5]) {
      expect(refusal(() => answer({ ...card, dueOn: day as string }, 4, '2026-11-20'))).toEqual([
        'INVALID_CARD',
        'card.dueOn',
      ])
      expect(refusal(() => answer({ ...card, lastReviewedOn: day as string }, 4, '2026-11-20'))).toEqual([
        'INVALID_CARD',
        'card.lastReviewedOn',
      ])
    }
  })

  it('cannot be brought back by a review that does not hold it', () => {
    for (const review of [null, undefined, {}, { before: null }, { before: 4 }, 4]) {
      expect(refusal(() => undo(review as unknown as Review))).toEqual(['INVALID_REVIEW', 'review.before'])
    }
    expect(caught(() => undo({} as Review)).message).toBe(
      'review.before is undefined (undefined); allowed: a card',
    )
    const { review } = answer(card, 4, '2026-11-20')
    expect(refusal(() => undo({ ...review, before: { ...card, dueOn: 'soon' } }))).toEqual([
      'INVALID_CARD',
      'review.before.dueOn',
    ])
    expect(refusal(() => undo({ ...review, before: { ...card, lastReviewedOn: 'once' } }))).toEqual([
      'INVALID_CARD',
      'review.before.lastReviewedOn',
    ])
  })
})
