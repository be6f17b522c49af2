import type { Options } from 'sequelize'
import { dueCards, importReviews, rebuildCards, recordReview, undoReview } from 'sm2kit/cards'
import { expect, test } from 'vitest'
import { describeEngines } from '../support/engines/index.js'
import { answersOf, review, withCards } from './support.js'

// What a host may have set for all its models and all its statements.
describeEngines('a host that has set', (engine) => {
  const scope = { where: { x: 1 }, limit: 0, attributes: ['x'], order: ['x'] }
  const settings: readonly Partial<Options>[] = [
    { minifyAliases: true },
    { define: { defaultScope: scope } },
    { define: { schema: 'foo', schemaDelimiter: '_' } },
    { schema: 'foo' },
    { define: { rejectOnEmpty: true } as object },
    // Elsewhere quotes are not what keeps a name's letters.
    ...(engine.dialect === 'postgres'
      ? [{ quoteIdentifiers: false }, { quoteIdentifiers: false, minifyAliases: true }]
      : []),
  ]
  test.each(settings)('%o gets the same answers', (connection) =>
    withCards(
      engine,
      async (db) => {
        const expected = answersOf([0, 5], [1, 2], [7, 4])
        const sent = review(0, 5)
        expect(await recordReview(db, sent)).toEqual(expected[0])
        expect(await recordReview(db, sent)).toEqual(expected[0])
        await recordReview(db, review(7, 4))
        expect(await recordReview(db, review(1, 2))).toEqual({
          card: expected[2]?.card,
          review: expected[1]?.review,
        })
        const due = await dueCards(db, 'ana', '2026-03-01', { includeNew: true, limit: 9 })
        expect(due).toEqual([{ learnerId: 'ana', itemId: 'hund', ...expected[2]?.card }])
        expect(await rebuildCards(db, { dryRun: true })).toEqual({ cards: 1, changed: 0 })
        const { id, learnerId, itemId, grade, reviewedAt } = sent
        const again = [{ id, learnerId, itemId, grade, reviewedAt }]
        expect(await importReviews(db, again, { timeZone: 'UTC' })).toMatchObject({ alreadyStored: 1 })
        const left = answersOf([1, 2], [7, 4])[1]?.card
        expect(await undoReview(db, { learnerId, id })).toEqual(left)
        expect(await dueCards(db, 'ana', '2026-03-01')).toEqual([
          { learnerId: 'ana', itemId: 'hund', ...left },
        ])
        await db.Card.update({ dueOn: '2026-03-02' }, { where: { learnerId: 'ana' } })
        expect(await dueCards(db, 'ana', '2026-03-01')).toEqual([])
      },
      { connection },
    ),
  )

  test('minifyAliases gets 64-bit ids without loss', () =>
    withCards(
      engine,
      async (db) => {
        const itemId = 9_007_199_254_740_993n
        await recordReview(db, review(0, 5, { learnerId: itemId, itemId }))
        const late = review(-1, 5, { learnerId: itemId, itemId })
        await recordReview(db, late)
        expect(await dueCards(db, itemId, '2026-03-01')).toMatchObject([
          { learnerId: String(itemId), itemId: String(itemId) },
        ])
      },
      { learnerId: 'bigint', itemId: 'bigint', connection: { minifyAliases: true } },
    ))
})

describeEngines('integers as ids', (engine) => {
  test('are in the order of numbers, not of texts', () =>
    withCards(
      engine,
      async (db) => {
        // More than one step of a rebuild.
        const reviews = Array.from({ length: 450 }, (_, index) => ({
          learnerId: 1 + (index % 11),
          itemId: 90 + index,
          grade: 4 as const,
          reviewedAt: Date.UTC(2026, 0, 1, 12),
        }))
        await importReviews(db, reviews, { timeZone: 'UTC' })
        await db.Card.update({ repetitions: 7 }, { where: {} })
        expect(await rebuildCards(db)).toEqual({ cards: 450, changed: 450 })
        const due = await dueCards(db, 1, '2026-02-01', { limit: 3 })
        expect(due.map(({ itemId }) => itemId)).toEqual(['90', '101', '112'])
      },
      { learnerId: 'bigint', itemId: 'bigint' },
    ))
})

describeEngines(
  'a database that hides a new card',
  (engine) => {
    test('is not blamed for taking two ids for the same', () =>
      withCards(engine, async (db) => {
        await db.sequelize.query(
          'CREATE TRIGGER hide AFTER INSERT ON sm2_cards BEGIN DELETE FROM sm2_cards; END',
        )
        await expect(recordReview(db, review(0, 5))).rejects.toMatchObject({ code: 'BUSY', path: '' })
        expect(await db.Review.count()).toBe(0)
      }))
  },
  ({ dialect }) => dialect === 'sqlite',
)
