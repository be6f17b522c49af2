import { Sequelize } from 'sequelize'
import {
  CardsError,
  defineSm2Models,
  deriveReviewId,
  dueCards,
  importReviews,
  rebuildCards,
  recordReview,
  type Sm2Database,
  undoReview,
} from 'sm2kit/cards'
import { Sm2Error } from 'sm2kit/sm2'
import { describe, expect, test } from 'vitest'
import { describeEngines, engines } from '../support/engines/index.js'
import { review, withCards } from './support.js'

const timeZone = 'UTC'
const { learnerId, itemId, grade, reviewedAt } = review(0, 5)
const imported = { learnerId, itemId, grade, reviewedAt }

/** What a caller without types hands in. */
function untyped<Result>(
  callee: (...args: never[]) => Result,
  ...args: readonly unknown[]
): Result | Promise<never> {
  try {
    return (callee as unknown as (...given: readonly unknown[]) => Result)(...args)
  } catch (error) {
    return Promise.reject(error)
  }
}

async function refusal(result: unknown): Promise<CardsError | Sm2Error> {
  const error: unknown = await Promise.resolve(result).then(
    () => 'nothing was refused',
    (reason: unknown) => reason,
  )
  if (!(error instanceof CardsError || error instanceof Sm2Error)) throw error
  return error
}

const memory = engines.filter(({ name }) => name === 'sqlite-memory')

describe.each(memory)('what is not there', (engine) => {
  test.each<[code: string, path: string, call: (db: Sm2Database) => unknown]>([
    ['INVALID_OPTION', 'sequelize', () => untyped(defineSm2Models)],
    ['INVALID_OPTION', 'options', (db) => untyped(defineSm2Models, 'sequelize' in db && db.sequelize, null)],
    ['INVALID_OPTION', 'db', () => untyped(recordReview)],
    ['INVALID_REVIEW', 'review', (db) => untyped(recordReview, db)],
    ['INVALID_REVIEW', 'review', (db) => untyped(recordReview, db, null)],
    ['INVALID_REVIEW', 'review', (db) => untyped(undoReview, db)],
    ['INVALID_REVIEW', 'review', (db) => untyped(undoReview, db, 'id')],
    ['INVALID_OPTION', 'learnerId', (db) => untyped(dueCards, db)],
    ['INVALID_DAY', 'day', (db) => untyped(dueCards, db, 'ana')],
    ['INVALID_OPTION', 'options', (db) => untyped(dueCards, db, 'ana', '2026-01-01', null)],
    ['INVALID_OPTION', 'options', (db) => untyped(dueCards, db, 'ana', '2026-01-01', 20)],
    ['INVALID_OPTION', 'options', (db) => untyped(importReviews, db, [])],
    ['INVALID_OPTION', 'options', (db) => untyped(importReviews, db, [], null)],
    ['INVALID_TIME_ZONE', 'timeZone', (db) => untyped(importReviews, db, [], {})],
    ['INVALID_OPTION', 'reviews', (db) => untyped(importReviews, db, null, { timeZone })],
    ['INVALID_OPTION', 'reviews', (db) => untyped(importReviews, db, imported, { timeZone })],
    ['INVALID_REVIEW', 'reviews[0]', (db) => untyped(importReviews, db, [null], { timeZone })],
    ['INVALID_OPTION', 'options', (db) => untyped(rebuildCards, db, null)],
    ['INVALID_REVIEW', 'review', () => untyped(deriveReviewId)],
    ['INVALID_OPTION', 'options', () => untyped(deriveReviewId, imported, null)],
  ])('is refused with %s at %o', (code, path, call) =>
    withCards(engine, async (db) => {
      expect(await refusal(call(db))).toMatchObject({ code, path })
    }),
  )
})

describe.each(memory)('a name that no option has', (engine) => {
  test.each<[name: string, known: string, call: (db: Sm2Database) => unknown]>([
    [
      'prefx',
      'prefix, schema, learnerId, itemId',
      () => untyped(defineSm2Models, new Sequelize('sqlite::memory:'), { prefx: 'a_' }),
    ],
    ['dayStartAt', 'dayStartsAt', (db) => untyped(recordReview, db, { ...review(0, 5), dayStartAt: 3 })],
    ['rule', 'rules', (db) => untyped(undoReview, db, { learnerId, id: review(0, 5).id, rule: 1 })],
    [
      'Limit',
      'limit, includeNew, transaction',
      (db) => untyped(dueCards, db, learnerId, '2026-01-01', { Limit: 1 }),
    ],
    [
      'timezone',
      'timeZone, dayStartsAt',
      (db) => untyped(importReviews, db, [], { timeZone, timezone: 'UTC' }),
    ],
    ['learnerID', 'learnerId, dryRun, rules', (db) => untyped(rebuildCards, db, { learnerID: 'x' })],
    ['toString', 'learnerId, dryRun, rules', (db) => untyped(rebuildCards, db, { toString: undefined })],
    ['learnerid', 'learnerId', () => untyped(deriveReviewId, imported, { learnerid: 'uuid' })],
  ])('is refused: %s', (name, known, call) =>
    withCards(engine, async (db) => {
      const error = await refusal(call(db))
      expect(error).toMatchObject({ code: 'INVALID_OPTION', path: name })
      expect(error.message).toContain(name)
      expect(error.message).toContain(known)
    }),
  )

  test('may stand in a row to import, which can have more columns', () =>
    withCards(engine, async (db) => {
      const rows = [{ ...imported, deck: 'animals', createdAt: new Date(), limit: 3 }]
      expect(await importReviews(db, rows, { timeZone })).toMatchObject({ stored: 1 })
    }))
})

describe.each(memory)('an option', (engine) => {
  test.each<[path: string, call: (db: Sm2Database) => unknown]>([
    ['dryRun', (db) => untyped(rebuildCards, db, { dryRun: 'false' })],
    ['includeNew', (db) => untyped(dueCards, db, 'ana', '2026-01-01', { includeNew: 1 })],
    ['onProgress', (db) => untyped(importReviews, db, [imported], { timeZone, onProgress: true })],
    ['learnerId', () => untyped(deriveReviewId, imported, { learnerId: 'number' })],
  ])('%s of another type is refused', (path, call) =>
    withCards(engine, async (db) => {
      expect(await refusal(call(db))).toMatchObject({ code: 'INVALID_OPTION', path })
      expect(await db.Review.count()).toBe(0)
    }),
  )
})

describeEngines('a review that could not be kept', (engine) => {
  test.each(['\ud800', 'hund\udfff', '\udc00\ud800'])('is refused: the id %j is no text', (bad) =>
    withCards(engine, async (db) => {
      for (const path of ['learnerId', 'itemId'] as const) {
        const refused = { code: 'INVALID_REVIEW', path }
        expect(await refusal(recordReview(db, review(0, 5, { [path]: bad })))).toMatchObject(refused)
      }
      expect(await refusal(dueCards(db, bad, '2026-01-01'))).toMatchObject({ code: 'INVALID_OPTION' })
    }),
  )

  test('is refused: so late that the longest interval would end after the last day', () =>
    withCards(engine, async (db) => {
      const at = (instant: string, grade: 1 | 5 = 5) =>
        recordReview(db, review(0, grade, { reviewedAt: new Date(instant), timeZone: 'Pacific/Kiritimati' }))
      for (const late of ['9900-01-01T00:00:00.000Z', '9999-12-28T12:00:00Z']) {
        expect(await refusal(at(late))).toMatchObject({ code: 'INVALID_REVIEW', path: 'reviewedAt' })
      }
      // The state with the longest interval; then reviews before and after the last instant that there is.
      await db.Card.create({
        learnerId: 'ana',
        itemId: 'hund',
        easeFactor: 2.5,
        intervalDays: 36_500,
        repetitions: 30,
      })
      expect((await at('9899-12-31T23:59:59.999Z')).card).toMatchObject({
        intervalDays: 36_500,
        dueOn: '9999-12-08',
      })
      await at('2026-01-01T12:00:00Z')
      await at('1026-01-01T12:00:00Z')
      expect(await rebuildCards(db, { dryRun: true })).toEqual({ cards: 1, changed: 0 })
    }))
})
