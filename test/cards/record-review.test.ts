import { randomUUID } from 'node:crypto'
import { Sequelize } from 'sequelize'
import { defineSm2Models, recordReview } from 'sm2kit/cards'
import type { Grade } from 'sm2kit/sm2'
import { expect, test } from 'vitest'
import { describeNewest } from '../support/engines/index.js'
import { answersOf, logOf, review, storedCard, storedLog, withCards } from './support.js'

describeNewest('recordReview', (engine) => {
  test('returns what the scheduler answers, and stores it', () =>
    withCards(engine, async (db) => {
      const [first, second] = answersOf([0, 5], [1, 3])
      expect(await recordReview(db, review(0, 5))).toEqual(first)
      expect(await recordReview(db, review(1, 3))).toEqual(second)
      expect(await storedCard(db)).toEqual(second?.card)
      expect(await storedLog(db)).toEqual(logOf(answersOf([0, 5], [1, 3])))
    }))

  test('takes the instance of Sequelize for the models defined on it', () =>
    withCards(engine, async (db) => {
      expect(await recordReview(db.sequelize, review(0, 4))).toEqual(answersOf([0, 4])[0])
    }))

  test('answers the same when the same id is sent again, and stores it once', () =>
    withCards(engine, async (db) => {
      const sent = review(0, 5)
      const answered = await recordReview(db, sent)
      expect(await recordReview(db, sent)).toEqual(answered)
      expect(await recordReview(db, { ...sent, id: sent.id.toUpperCase() })).toEqual(answered)
      expect(await recordReview(db, { ...sent, timeZone: 'Asia/Tokyo' })).toEqual(answered)
      expect(await storedLog(db)).toHaveLength(1)
    }))

  test('tells of the card as it is now when an older review is sent again', () =>
    withCards(engine, async (db) => {
      const sent = review(0, 5)
      const { review: first } = await recordReview(db, sent)
      const { card } = await recordReview(db, review(1, 4))
      expect(await recordReview(db, sent)).toEqual({ card, review: first })
    }))

  test.each([
    ['another grade', 'grade', { grade: 4 as Grade }],
    ['another item', 'itemId', { itemId: 'katze' }],
    ['another instant', 'reviewedAt', { reviewedAt: Date.UTC(2026, 0, 1, 13) }],
    ['another kind', 'kind', { kind: 'drill' as const }],
  ])('refuses an id that comes again with %s, and leaves no trace', (_, path, change) =>
    withCards(engine, async (db) => {
      const sent = review(0, 5)
      await recordReview(db, sent)
      const again = recordReview(db, { ...sent, ...change })
      await expect(again).rejects.toMatchObject({ name: 'CardsError', code: 'REVIEW_CONFLICT', path })
      expect(await storedLog(db)).toHaveLength(1)
      expect(await db.Card.count()).toBe(1)
    }),
  )

  test('takes the same id of another learner for another review', () =>
    withCards(engine, async (db) => {
      const sent = review(0, 5)
      await recordReview(db, sent)
      await recordReview(db, { ...sent, learnerId: 'ben', grade: 2 })
      expect(await db.Review.count()).toBe(2)
    }))

  test('gives a late review its place in time', () =>
    withCards(engine, async (db) => {
      const expected = answersOf([0, 5], [1, 2], [7, 4], [13, 5])
      await recordReview(db, review(0, 5))
      await recordReview(db, review(7, 4))
      await recordReview(db, review(13, 5))
      const answered = await recordReview(db, review(1, 2))
      expect(answered).toEqual({ card: expected[3]?.card, review: expected[1]?.review })
      expect(await storedCard(db)).toEqual(expected[3]?.card)
      expect(await storedLog(db)).toEqual(logOf(expected))
    }))

  test('puts the smaller id first when two reviews have the same instant', () =>
    withCards(engine, async (db) => {
      const at = (id: string, grade: Grade) => review(0, grade, { id })
      const small = at('00000000-0000-4000-8000-00000000000a', 5)
      const large = at('f0000000-0000-4000-8000-000000000000', 1)
      await recordReview(db, large)
      await recordReview(db, small)
      expect(await storedLog(db)).toEqual(logOf(answersOf([0, 5], [0, 1])))
    }))

  test('keeps instants to the millisecond', () =>
    withCards(engine, async (db) => {
      const reviewedAt = Date.UTC(2026, 0, 1, 12, 0, 0, 789)
      const sent = review(0, 5, { reviewedAt: new Date(reviewedAt) })
      await recordReview(db, sent)
      await recordReview(db, { ...sent, reviewedAt })
      await recordReview(db, review(0, 2, { reviewedAt: reviewedAt - 1 }))
      expect((await storedLog(db)).map(({ grade }) => grade)).toEqual([2, 5])
    }))

  test('logs a drill without changing the card', () =>
    withCards(engine, async (db) => {
      const { card } = await recordReview(db, review(0, 2))
      const drill = await recordReview(
        db,
        review(0, 4, { kind: 'drill', reviewedAt: Date.UTC(2026, 0, 1, 13) }),
      )
      expect(drill).toEqual({ card, review: { grade: 4, day: '2026-01-01', before: card, after: card } })
      expect(await recordReview(db, review(1, 4))).toEqual(answersOf([0, 2], [1, 4])[1])
    }))

  test('gives a late review the drills behind it, and a late drill the state of its moment', () =>
    withCards(engine, async (db) => {
      await recordReview(db, review(5, 4, { kind: 'drill' }))
      await recordReview(db, review(2, 5))
      await recordReview(db, review(9, 5))
      await recordReview(db, review(3, 0, { kind: 'drill' }))
      const [first, second] = logOf(answersOf([2, 5], [9, 5]))
      const drill = (grade: Grade, day: string) => ({
        grade,
        day,
        kind: 'drill',
        before: first?.after,
        after: first?.after,
      })
      expect(await storedLog(db)).toEqual([first, drill(0, '2026-01-04'), drill(4, '2026-01-06'), second])
    }))

  test('leaves a due day that the host has moved alone when only a drill comes', () =>
    withCards(engine, async (db) => {
      await recordReview(db, review(0, 5))
      await db.Card.update({ dueOn: '2026-03-01' }, { where: { itemId: 'hund' } })
      await recordReview(db, review(3, 1, { kind: 'drill' }))
      const { card } = await recordReview(db, review(2, 1, { kind: 'drill' }))
      expect(card.dueOn).toBe('2026-03-01')
      expect((await storedCard(db))?.dueOn).toBe('2026-03-01')
    }))

  test('goes on from a state that came from elsewhere, also when a review comes late', () =>
    withCards(engine, async (db) => {
      const state = { easeFactor: 2.2, intervalDays: 30, repetitions: 5 }
      const days = { dueOn: '2026-01-04', lastReviewedOn: '2025-12-05' }
      await db.Card.create({ learnerId: 'ana', itemId: 'hund', ...state, ...days })
      const sent = review(9, 4)
      const answered = await recordReview(db, sent)
      expect(answered.review.before).toMatchObject(state)
      expect(answered.card).toMatchObject({ easeFactor: 2.2, intervalDays: 66, repetitions: 6 })
      expect(await recordReview(db, sent)).toEqual(answered)
      await recordReview(db, review(3, 4))
      expect((await storedLog(db)).map(({ before }) => before.intervalDays)).toEqual([30, 66])
    }))

  test('counts the day in the zone of the learner', () =>
    withCards(engine, async (db) => {
      const reviewedAt = new Date('2026-01-01T02:00:00Z')
      const inTokyo = await recordReview(db, review(0, 5, { reviewedAt, timeZone: 'Asia/Tokyo' }))
      expect(inTokyo.review.day).toBe('2026-01-01')
      const inLima = await recordReview(
        db,
        review(0, 5, { reviewedAt, timeZone: 'America/Lima', itemId: 'katze' }),
      )
      expect(inLima.review.day).toBe('2025-12-31')
      const late = { reviewedAt, timeZone: 'UTC', itemId: 'maus' }
      expect((await recordReview(db, review(0, 5, { ...late, dayStartsAt: 0 }))).review.day).toBe(
        '2026-01-01',
      )
    }))

  test('stores nothing when the host takes its own transaction back', () =>
    withCards(engine, async (db) => {
      const undone = db.sequelize.transaction(async (transaction) => {
        await recordReview(db, review(0, 5, { transaction }))
        await recordReview(db, review(1, 5, { transaction }))
        throw new Error('changed my mind')
      })
      await expect(undone).rejects.toThrow('changed my mind')
      expect(await db.Card.count()).toBe(0)
      expect(await db.Review.count()).toBe(0)
      await db.sequelize.transaction((transaction) => recordReview(db, review(0, 5, { transaction })))
      expect(await db.Review.count()).toBe(1)
    }))

  test('works with UUIDs and 64-bit integers as ids, in any form that a host has them', () =>
    withCards(
      engine,
      async (db) => {
        const learner = randomUUID()
        const big = 9_007_199_254_740_993n
        const ids = { learnerId: learner.toUpperCase(), itemId: big }
        const answered = await recordReview(db, review(0, 5, ids))
        await recordReview(db, review(1, 5, { learnerId: learner, itemId: String(big) }))
        await recordReview(db, review(1, 5, { learnerId: learner, itemId: big - 1n }))
        await recordReview(db, review(-9, 5, { learnerId: learner, itemId: 7 }))
        expect(answered).toEqual(answersOf([0, 5])[0])
        expect(await db.Card.count()).toBe(3)
        await expect(recordReview(db, review(0, 5, { ...ids, itemId: 'hund' }))).rejects.toMatchObject({
          path: 'itemId',
        })
        await expect(recordReview(db, review(0, 5, { ...ids, learnerId: 'ana' }))).rejects.toMatchObject({
          path: 'learnerId',
        })
      },
      { learnerId: 'uuid', itemId: 'bigint' },
    ))

  test.each(["o'hara", 'back\\slash', '%_"`', '日本語 🐕', '$1 :x ?', ' '])('takes %o as an id', (itemId) =>
    withCards(engine, async (db) => {
      const sent = review(0, 5, { itemId })
      const answered = await recordReview(db, sent)
      expect(await recordReview(db, sent)).toEqual(answered)
      expect(await storedCard(db, itemId)).toEqual(answered.card)
    }),
  )

  test.each(['a', 'Á', 'Α'])('takes %o for another item than "A"', (other) =>
    withCards(engine, async (db) => {
      await recordReview(db, review(0, 5, { itemId: 'A' }))
      expect(await recordReview(db, review(1, 1, { itemId: other }))).toEqual(answersOf([1, 1])[0])
      expect(await storedCard(db, 'A')).toEqual(answersOf([0, 5])[0]?.card)
    }),
  )

  test('takes an id with a space at the end for another item, or refuses it', () =>
    withCards(engine, async (db) => {
      await recordReview(db, review(0, 5, { itemId: 'A' }))
      const second = await recordReview(db, review(1, 1, { itemId: 'A ' })).catch((error) => error.code)
      if (engine.dialect === 'mysql') expect(second).toBe('ID_COLLISION')
      else expect(second).toEqual(answersOf([1, 1])[0])
      expect(await storedCard(db, 'A')).toEqual(answersOf([0, 5])[0]?.card)
    }))

  test('says what to do when the tables are missing', () =>
    withCards(engine, async (db) => {
      await db.sequelize.getQueryInterface().dropTable('sm2_reviews')
      await db.sequelize.getQueryInterface().dropTable('sm2_cards')
      const recorded = recordReview(db, review(0, 5))
      await expect(recorded).rejects.toMatchObject({ code: 'TABLES_MISSING' })
      await expect(recorded).rejects.toThrow('sm2_cards and sm2_reviews')
    }))

  test('is not changed by what the host has set for all its models', () =>
    withCards(
      engine,
      async (db) => {
        db.sequelize.addHook('beforeFind', (options) => {
          options.where = { learnerId: 'nobody' }
        })
        const sent = review(0, 5)
        const answered = await recordReview(db, sent)
        expect(answered).toEqual(answersOf([0, 5])[0])
        expect(await recordReview(db, sent)).toEqual(answered)
      },
      { connection: { define: { paranoid: true, underscored: true, timestamps: false, version: true } } },
    ))
})

describeNewest(
  'recordReview refuses',
  (engine) => {
    test.each([
      ['learnerId', { learnerId: '' }],
      ['itemId', { itemId: 'long'.repeat(64) }],
      ['itemId', { itemId: null as unknown as string }],
      ['id', { id: 'no-uuid' }],
      ['id', { id: undefined as unknown as string }],
      ['reviewedAt', { reviewedAt: new Date(Number.NaN) }],
      ['reviewedAt', { reviewedAt: '2026-01-01T12:00:00Z' as unknown as Date }],
      ['reviewedAt', { reviewedAt: 1.5 }],
      ['kind', { kind: 'exam' as 'drill' }],
    ])('a review with a bad %s', (path, change) =>
      withCards(engine, async (db) => {
        await expect(recordReview(db, review(0, 5, change))).rejects.toMatchObject({
          name: 'CardsError',
          code: 'INVALID_REVIEW',
          path,
        })
      }),
    )

    test.each([
      ['INVALID_GRADE', { grade: 6 as Grade }],
      ['INVALID_GRADE', { grade: '4' as unknown as Grade }],
      ['INVALID_GRADE', { grade: 9 as Grade, kind: 'drill' as const }],
      ['INVALID_TIME_ZONE', { timeZone: 'Mars/Olympus' }],
      ['INVALID_DAY_START', { dayStartsAt: 24 }],
    ])('what the scheduler refuses: %s', (code, change) =>
      withCards(engine, async (db) => {
        await expect(recordReview(db, review(0, 5, change))).rejects.toMatchObject({ name: 'Sm2Error', code })
        expect(await db.Card.count()).toBe(0)
      }),
    )
  },
  (engine) => engine.name === 'sqlite-memory',
)

test('says that the models are not defined', async () => {
  const sequelize = new Sequelize('sqlite::memory:', { logging: false })
  await expect(recordReview(sequelize, review(0, 5))).rejects.toMatchObject({ code: 'MODELS_NOT_DEFINED' })
  defineSm2Models(sequelize)
  await expect(recordReview(sequelize, review(0, 5))).rejects.toMatchObject({ code: 'TABLES_MISSING' })
  await sequelize.close()
})
