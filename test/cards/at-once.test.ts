import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { importReviews, rebuildCards, recordReview } from 'sm2kit/cards'
import { type Grade, replay } from 'sm2kit/sm2'
import { expect, test } from 'vitest'
import { childEnv, describeEngines, describeNewest } from '../support/engines/index.js'
import { answersOf, review, storedCard, storedLog, withCards } from './support.js'

describeEngines('reviews at once', (engine) => {
  test('of one new item lose nothing', () =>
    withCards(engine, async (db) => {
      const days = Array.from({ length: 12 }, (_, day) => [day, (day % 6) as Grade] as const)
      await Promise.all(days.map(([day, grade]) => recordReview(db, review(day, grade))))
      expect(await storedCard(db)).toEqual(answersOf(...days).at(-1)?.card)
      expect(await rebuildCards(db, { dryRun: true })).toEqual({ cards: 1, changed: 0 })
    }))

  test('with one id are one review with one answer', () =>
    withCards(engine, async (db) => {
      const sent = review(0, 5)
      const answers = await Promise.all(Array.from({ length: 8 }, () => recordReview(db, sent)))
      expect(new Set(answers.map((answered) => JSON.stringify(answered))).size).toBe(1)
      expect(await storedLog(db)).toHaveLength(1)
    }))

  test('with one id and two items are one review and one refusal', () =>
    withCards(engine, async (db) => {
      const sent = review(0, 5)
      const both = await Promise.allSettled([
        recordReview(db, sent),
        recordReview(db, { ...sent, itemId: 'katze' }),
      ])
      expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      expect(both.find(({ status }) => status === 'rejected')).toMatchObject({
        reason: { code: 'REVIEW_CONFLICT' },
      })
      expect(await db.Review.count()).toBe(1)
    }))

  test('and an import of the same ones lose nothing', () =>
    withCards(engine, async (db) => {
      const all = Array.from({ length: 60 }, (_, index) =>
        review(index, (index % 6) as Grade, { itemId: `item ${index % 3}` }),
      )
      await Promise.all([
        importReviews(db, all, { timeZone: 'UTC', batchSize: 7 }),
        importReviews(db, [...all].reverse(), { timeZone: 'UTC', batchSize: 5 }),
        ...all.filter((_, index) => index % 5 === 0).map((one) => recordReview(db, one)),
      ])
      expect(await db.Review.count()).toBe(60)
      expect(await rebuildCards(db, { dryRun: true })).toEqual({ cards: 3, changed: 0 })
    }))
})

describeNewest(
  'two processes',
  (engine) => {
    test('that review the same cards lose nothing', () =>
      withCards(engine, async (db, database) => {
        const run = promisify(execFile)
        const device = fileURLToPath(new URL('device.ts', import.meta.url))
        const start = (parity: number) =>
          run(process.execPath, ['--import', 'tsx', device, String(parity)], {
            env: { ...process.env, ...childEnv(database) },
          })
        await Promise.all([start(0), start(1)])
        expect(await db.Review.count()).toBe(80)
        const indexes = Array.from({ length: 80 }, (_, index) => index)
        for (let item = 0; item < 5; item++) {
          const grades = indexes.filter((index) => (index % 10) >> 1 === item).map((index) => index % 6)
          expect(await storedCard(db, `item ${item}`)).toMatchObject(replay(grades as Grade[]))
        }
        expect(await rebuildCards(db, { dryRun: true })).toEqual({ cards: 5, changed: 0 })
      }))
  },
  ({ isShared }) => isShared,
)

describeEngines(
  "a review in a host's transaction",
  (engine) => {
    test('takes its place among reviews that were stored after the transaction began', () =>
      withCards(engine, async (db) => {
        await recordReview(db, review(0, 5))
        await db.sequelize.transaction(async (transaction) => {
          // The host reads first: from here on REPEATABLE READ would show it the past.
          expect(await db.Review.count({ transaction })).toBe(1)
          await recordReview(db, review(9, 3))
          await recordReview(db, review(1, 2, { transaction }))
        })
        expect(await storedCard(db)).toEqual(answersOf([0, 5], [1, 2], [9, 3])[2]?.card)
        expect(await rebuildCards(db, { dryRun: true })).toEqual({ cards: 1, changed: 0 })
      }))

    test('waits for another one of the same card', () =>
      withCards(engine, async (db) => {
        await recordReview(db, review(0, 5))
        const days = [1, 2, 3, 4]
        await Promise.all(
          days.map((day) =>
            db.sequelize.transaction((transaction) => recordReview(db, review(day, 4, { transaction }))),
          ),
        )
        const expected = answersOf([0, 5], [1, 4], [2, 4], [3, 4], [4, 4])
        expect(await storedCard(db)).toEqual(expected[4]?.card)
      }))
  },
  (engine) => engine.dialect !== 'sqlite',
)
