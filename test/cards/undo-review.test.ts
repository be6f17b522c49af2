import { recordReview, undoReview } from 'sm2kit/cards'
import { newCard } from 'sm2kit/sm2'
import { expect, test } from 'vitest'
import { describeEngines } from '../support/engines/index.js'
import { answersOf, logOf, review, storedCard, storedLog, withCards } from './support.js'

describeEngines('undoReview', (engine) => {
  test('gives back the card from before the latest review, with its days', () =>
    withCards(engine, async (db) => {
      const [first] = answersOf([0, 5])
      await recordReview(db, review(0, 5))
      const slip = review(1, 0)
      await recordReview(db, slip)
      expect(await undoReview(db, slip)).toEqual(first?.card)
      expect(await storedCard(db)).toEqual(first?.card)
      expect(await storedLog(db)).toEqual(logOf(answersOf([0, 5])))
    }))

  test('leaves a new card when the only review is taken back', () =>
    withCards(engine, async (db) => {
      const only = review(0, 5)
      await recordReview(db, only)
      expect(await undoReview(db, only)).toEqual(newCard())
      expect(await storedCard(db)).toEqual(newCard())
      expect(await storedLog(db)).toEqual([])
    }))

  test('computes the later reviews anew when an earlier one is taken back', () =>
    withCards(engine, async (db) => {
      const slip = review(1, 1)
      for (const one of [review(0, 5), slip, review(2, 4), review(8, 5)]) await recordReview(db, one)
      const expected = answersOf([0, 5], [2, 4], [8, 5])
      expect(await undoReview(db, slip)).toEqual(expected[2]?.card)
      expect(await storedCard(db)).toEqual(expected[2]?.card)
      expect(await storedLog(db)).toEqual(logOf(expected))
    }))

  test('takes a drill back without touching the card', () =>
    withCards(engine, async (db) => {
      const { card } = await recordReview(db, review(0, 2))
      const drill = review(1, 4, { kind: 'drill' })
      await recordReview(db, drill)
      expect(await undoReview(db, drill)).toEqual(card)
      expect(await storedLog(db)).toHaveLength(1)
    }))

  test('gives a state that came from elsewhere back, due on the day of the review taken back', () =>
    withCards(engine, async (db) => {
      const state = { easeFactor: 2.2, intervalDays: 30, repetitions: 5 }
      await db.Card.create({ learnerId: 'ana', itemId: 'hund', ...state, dueOn: '2026-01-04' })
      const only = review(5, 4)
      await recordReview(db, only)
      expect(await undoReview(db, only)).toEqual({ ...state, dueOn: '2026-01-06', lastReviewedOn: null })
    }))

  test('undoes what was undone once only', () =>
    withCards(engine, async (db) => {
      const slip = review(1, 0)
      await recordReview(db, review(0, 5))
      await recordReview(db, slip)
      const both = await Promise.allSettled([undoReview(db, slip), undoReview(db, slip)])
      expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
      await expect(undoReview(db, slip)).rejects.toMatchObject({ code: 'REVIEW_NOT_FOUND' })
      await expect(undoReview(db, { learnerId: 'ben', id: slip.id })).rejects.toMatchObject({
        code: 'REVIEW_NOT_FOUND',
      })
      expect(await storedLog(db)).toHaveLength(1)
    }))

  test('lets the same review be recorded again afterwards', () =>
    withCards(engine, async (db) => {
      const one = review(0, 5)
      const answered = await recordReview(db, one)
      await undoReview(db, one)
      expect(await recordReview(db, one)).toEqual(answered)
    }))
})
