import { rebuildCards, recordReview } from 'sm2kit/cards'
import { newCard, replay, textRules } from 'sm2kit/sm2'
import { expect, test } from 'vitest'
import { describeEngines } from '../support/engines/index.js'
import { answersOf, logOf, review, storedCard, storedLog, withCards } from './support.js'

describeEngines('rebuildCards', (engine) => {
  test('finds nothing to change in what was recorded', () =>
    withCards(engine, async (db) => {
      for (const day of [0, 1, 7, 3]) await recordReview(db, review(day, 4))
      await recordReview(db, review(8, 4, { kind: 'drill' }))
      await db.Card.create({ learnerId: 'ana', itemId: 'never reviewed', easeFactor: 1.9 })
      expect(await rebuildCards(db, { dryRun: true })).toEqual({ cards: 2, changed: 0 })
      expect(await rebuildCards(db)).toEqual({ cards: 2, changed: 0 })
    }))

  test('repairs a card and a log that were tampered with, and only counts in a dry run', () =>
    withCards(engine, async (db) => {
      const expected = answersOf([0, 5], [1, 4], [7, 5])
      for (const itemId of ['hund', 'katze', 'maus']) {
        for (const one of [review(0, 5), review(1, 4), review(7, 5)])
          await recordReview(db, { ...one, itemId })
      }
      await db.Card.update({ easeFactor: 1.3, dueOn: '2027-01-01' }, { where: { itemId: 'hund' } })
      await db.Review.update({ intervalDaysAfter: 77 }, { where: { itemId: 'katze', intervalDaysAfter: 6 } })
      expect(await rebuildCards(db, { dryRun: true })).toEqual({ cards: 3, changed: 2 })
      expect((await storedCard(db))?.easeFactor).toBe(1.3)
      expect(await rebuildCards(db)).toEqual({ cards: 3, changed: 2 })
      expect(await storedCard(db)).toEqual(expected[2]?.card)
      expect(await storedLog(db, 'katze')).toEqual(logOf(expected))
      expect(await rebuildCards(db)).toEqual({ cards: 3, changed: 0 })
    }))

  test('looks at one learner only when asked', () =>
    withCards(engine, async (db) => {
      await recordReview(db, review(0, 5))
      await recordReview(db, review(0, 5, { learnerId: 'ben' }))
      await db.Card.update({ repetitions: 9, intervalDays: 9 }, { where: {} })
      expect(await rebuildCards(db, { learnerId: 'ben' })).toEqual({ cards: 1, changed: 1 })
      expect(await rebuildCards(db, { dryRun: true })).toEqual({ cards: 2, changed: 1 })
    }))

  test('computes the whole history anew by other rules', () =>
    withCards(engine, async (db) => {
      for (const [day, grade] of [
        [0, 5],
        [1, 5],
        [7, 1],
        [8, 4],
      ] as const)
        await recordReview(db, review(day, grade))
      expect(await rebuildCards(db, { rules: textRules })).toEqual({ cards: 1, changed: 1 })
      expect(await storedCard(db)).toMatchObject(replay([5, 5, 1, 4], { rules: textRules }))
      expect(await rebuildCards(db, { rules: textRules })).toEqual({ cards: 1, changed: 0 })
    }))

  test('goes through more cards than one step holds, each once', () =>
    withCards(engine, async (db) => {
      const cards = Array.from({ length: 450 }, (_, index) => ({
        learnerId: `learner ${index % 3}`,
        itemId: `item ${Math.floor(index / 3)}`,
      }))
      await db.Card.bulkCreate(cards)
      expect(await rebuildCards(db)).toEqual({ cards: 450, changed: 0 })
      expect(await rebuildCards(db, { learnerId: 'learner 1', dryRun: true })).toEqual({
        cards: 150,
        changed: 0,
      })
      expect(await storedCard(db, 'item 7', 'learner 2')).toEqual(newCard())
    }))
})
