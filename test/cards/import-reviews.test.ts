import type { Transaction } from 'sequelize'
import { deriveReviewId, importReviews, type ReviewToImport, rebuildCards, recordReview } from 'sm2kit/cards'
import type { Grade } from 'sm2kit/sm2'
import { expect, test } from 'vitest'
import { describeEngines } from '../support/engines/index.js'
import { answersOf, logOf, review, storedCard, storedLog, withCards } from './support.js'

const imported = (day: number, grade: Grade, more: Partial<ReviewToImport> = {}): ReviewToImport => ({
  learnerId: 'ana',
  itemId: 'hund',
  grade,
  reviewedAt: Date.UTC(2026, 0, 1 + day, 12),
  ...more,
})
const timeZone = 'UTC'

describeEngines('importReviews', (engine) => {
  test('leaves the same as reviews recorded one by one, whatever the size of a batch', () =>
    withCards(engine, async (db) => {
      const days = [
        [0, 5],
        [1, 2],
        [2, 4],
        [8, 5],
        [20, 3],
      ] as const
      for (const [index, batchSize] of [1, 2, 3, 500].entries()) {
        const itemId = `item ${index}`
        const reviews = days.map(([day, grade]) => imported(day, grade, { itemId }))
        expect(await importReviews(db, reviews, { timeZone, batchSize })).toEqual({
          read: 5,
          stored: 5,
          alreadyStored: 0,
          cards: 1,
        })
        expect(await storedLog(db, itemId)).toEqual(logOf(answersOf(...days)))
        expect(await storedCard(db, itemId)).toEqual(answersOf(...days)[4]?.card)
      }
    }))

  test('puts reviews that come in no order at their places, also across batches', () =>
    withCards(engine, async (db) => {
      const days = [
        [20, 3],
        [1, 2],
        [8, 5],
        [0, 5],
        [2, 4],
      ] as const
      const expected = answersOf(...[...days].sort(([a], [b]) => a - b))
      await importReviews(
        db,
        days.map(([day, grade]) => imported(day, grade)),
        { timeZone, batchSize: 2 },
      )
      expect(await storedLog(db)).toEqual(logOf(expected))
      expect(await rebuildCards(db, { dryRun: true })).toEqual({ cards: 1, changed: 0 })
    }))

  test('stores nothing the second time, and says so', () =>
    withCards(engine, async (db) => {
      const reviews = [imported(0, 5), imported(1, 4), imported(0, 3, { itemId: 'katze' }), imported(1, 4)]
      expect(await importReviews(db, reviews, { timeZone })).toEqual({
        read: 4,
        stored: 3,
        alreadyStored: 1,
        cards: 2,
      })
      expect(await importReviews(db, reviews, { timeZone })).toEqual({
        read: 4,
        stored: 0,
        alreadyStored: 4,
        cards: 2,
      })
    }))

  test('recognises what was recorded before, by its id', () =>
    withCards(engine, async (db) => {
      const sent = review(0, 5)
      await recordReview(db, sent)
      const { id, learnerId, itemId, grade, reviewedAt } = sent
      const reviews = [{ id, learnerId, itemId, grade, reviewedAt }]
      expect(await importReviews(db, reviews, { timeZone })).toMatchObject({ stored: 0, alreadyStored: 1 })
    }))

  test('reads an async iterable and reports its progress after each batch', () =>
    withCards(engine, async (db) => {
      async function* stream() {
        for (let day = 0; day < 5; day++) yield imported(day, 4)
      }
      const progress: unknown[] = []
      const onProgress = (now: unknown) => progress.push(now)
      await importReviews(db, stream(), { timeZone, batchSize: 2, onProgress, total: 5 })
      expect(progress).toEqual([
        { read: 2, stored: 2, alreadyStored: 0, total: 5 },
        { read: 4, stored: 4, alreadyStored: 0, total: 5 },
        { read: 5, stored: 5, alreadyStored: 0, total: 5 },
      ])
    }))

  test('counts days in the zone of a review that has its own', () =>
    withCards(engine, async (db) => {
      const reviewedAt = Date.UTC(2026, 0, 1, 2)
      await importReviews(
        db,
        [
          imported(0, 5, { reviewedAt }),
          imported(0, 5, { reviewedAt, itemId: 'katze', timeZone: 'Asia/Tokyo' }),
        ],
        { timeZone: 'America/Lima' },
      )
      expect((await storedCard(db))?.lastReviewedOn).toBe('2025-12-31')
      expect((await storedCard(db, 'katze'))?.lastReviewedOn).toBe('2026-01-01')
    }))

  test('says which review is malformed, and keeps the batches before it', () =>
    withCards(engine, async (db) => {
      const reviews = [imported(0, 5), imported(1, 5), imported(2, 9 as Grade)]
      await expect(importReviews(db, reviews, { timeZone, batchSize: 1 })).rejects.toMatchObject({
        name: 'CardsError',
        code: 'INVALID_REVIEW',
        path: 'reviews[2].grade',
        cause: { name: 'Sm2Error', code: 'INVALID_GRADE' },
      })
      expect(await db.Review.count()).toBe(2)
    }))

  test('refuses one id with two contents', () =>
    withCards(engine, async (db) => {
      const id = review(0, 5).id
      const reviews = [imported(0, 5, { id }), imported(0, 4, { id })]
      const refused = { code: 'REVIEW_CONFLICT', path: 'grade' }
      await expect(importReviews(db, reviews, { timeZone })).rejects.toMatchObject(refused)
      await expect(importReviews(db, reviews, { timeZone, batchSize: 1 })).rejects.toMatchObject(refused)
      expect(await db.Review.count()).toBe(1)
    }))

  test('stores all or nothing in a transaction of the host', () =>
    withCards(engine, async (db) => {
      const reviews = [imported(0, 5), imported(5, 5), imported(2, 4), imported(1, 3, { kind: 'drill' })]
      const imports = (transaction: Transaction) =>
        importReviews(db, reviews, { timeZone, batchSize: 2, transaction })
      const undone = db.sequelize.transaction(async (transaction) => {
        await imports(transaction)
        throw new Error('changed my mind')
      })
      await expect(undone).rejects.toThrow('changed my mind')
      expect(await db.Review.count()).toBe(0)
      await db.sequelize.transaction(imports)
      expect(await storedCard(db)).toEqual(answersOf([0, 5], [2, 4], [5, 5])[2]?.card)
      expect(await rebuildCards(db, { dryRun: true })).toEqual({ cards: 1, changed: 0 })
    }))

  test('stores a batch of as many learners as reviews', () =>
    withCards(engine, async (db) => {
      const reviews = Array.from({ length: 1_000 }, (_, index) =>
        imported(0, 4, { learnerId: `learner ${index}` }),
      )
      const result = await importReviews(db, reviews, { timeZone, batchSize: 1_000 })
      expect(result).toMatchObject({ stored: 1_000, cards: 1_000 })
    }))

  test.each([
    ['INVALID_OPTION', { batchSize: 0 }],
    ['INVALID_OPTION', { batchSize: 1_001 }],
    ['INVALID_TIME_ZONE', { timeZone: 'Mars/Olympus' }],
    ['INVALID_DAY_START', { dayStartsAt: -1 }],
  ])('refuses with %s before anything is read (%o)', (code, change) =>
    withCards(engine, async (db) => {
      await expect(importReviews(db, [], { timeZone, ...change })).rejects.toMatchObject({ code })
    }),
  )
})

test('a derived id is a UUID that never changes', () => {
  const one = { learnerId: 'ana', itemId: 'hund', reviewedAt: Date.UTC(2026, 0, 1) }
  expect(deriveReviewId(one)).toBe(deriveReviewId({ ...one, reviewedAt: new Date(one.reviewedAt) }))
  expect(deriveReviewId(one)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(deriveReviewId({ ...one, learnerId: 'ana,hund', itemId: 'x' })).not.toBe(
    deriveReviewId({ ...one, learnerId: 'ana', itemId: 'hund,x' }),
  )
})

test('a derived id is the same one for all forms of the same ids, when told their types', () => {
  const types = { prefix: 'words_', learnerId: 'bigint', itemId: 'uuid' } as const
  const [id, reviewedAt] = ['abcdef01-0000-4000-8000-00000000000a', 0]
  const derived = deriveReviewId({ learnerId: '5', itemId: id, reviewedAt })
  for (const learnerId of [5, 5n, '005']) {
    const itemId = id.toUpperCase()
    expect(deriveReviewId({ learnerId, itemId, reviewedAt }, types)).toBe(derived)
    expect(deriveReviewId({ learnerId: '005', itemId, reviewedAt })).not.toBe(derived)
  }
  const refused = expect.objectContaining({ code: 'INVALID_REVIEW', path: 'learnerId' })
  expect(() => deriveReviewId({ learnerId: 'ana', itemId: id, reviewedAt }, types)).toThrow(refused)
})
