import type { Transaction } from 'sequelize'
import type { Answered, Card } from '../sm2/card.js'
import { type Sm2Rules, sourceRules } from '../sm2/rules.js'
import { type Link, linkInLog } from './chain.js'
import { checkReview, type NamesOf } from './check-options.js'
import { cardKey, entryOf, reviewKey } from './keys.js'
import type { Sm2Database } from './model-types.js'
import { idKindOf, modelsOf } from './models.js'
import { parseReview, type ReviewInput } from './new-review.js'
import { readLogs, storeReviews } from './store.js'
import { inTransaction } from './transaction.js'

/**
 * A review to store, with what is needed to do so.
 *
 * @example
 * ```ts
 * import type { ReviewToRecord } from 'sm2kit/cards'
 *
 * const review: ReviewToRecord = {
 *   id: crypto.randomUUID(), learnerId: 'ana', itemId: 'hund', grade: 4,
 *   reviewedAt: new Date(), timeZone: 'Europe/Berlin', dayStartsAt: 3,
 * }
 * review.id.length // => 36
 * ```
 */
export interface ReviewToRecord extends ReviewInput {
  /** A UUID made on the learner's device: the same one sent again is the same review. */
  readonly id: string
  /** The learner's zone by its IANA name, as `Europe/Berlin`: it decides the day of the review. */
  readonly timeZone: string
  /** The hour on the wall clock at which the learner's day begins, 0 to 23; 4 by default. */
  readonly dayStartsAt?: number | undefined
  /** Which reading of SM-2; `sourceRules` by default. Give the same ones always. */
  readonly rules?: Sm2Rules | undefined
  /** A transaction of the host's; by default an own one, which is done again after a deadlock. */
  readonly transaction?: Transaction | null | undefined
}

/** What a review to record may have; also one to undo, which may be that same object. */
export const reviewNames: NamesOf<ReviewToRecord> = {
  id: true,
  learnerId: true,
  itemId: true,
  grade: true,
  reviewedAt: true,
  kind: true,
  timeZone: true,
  dayStartsAt: true,
  rules: true,
  transaction: true,
}

/**
 * Stores a review and its card's new state, in one transaction.
 *
 * - The first review of an item makes its card.
 * - The same `id` sent again (a device that heard no answer) is the same review: nothing is stored, the answer is the same.
 * - A review older than one that is stored (a device that was offline) takes its place in time: the states of all later
 *   reviews, and the card, are computed anew. At the same instant the smaller id comes first.
 * - A drill (`kind: 'drill'`, SM-2's repeat on the same day) goes into the log and changes no state.
 * - Two devices at once lose nothing: the card is locked meanwhile.
 *
 * @param db - What {@link defineSm2Models} returned, or the instance of Sequelize it was called with.
 * @param review - The review, the learner's time zone, and options.
 * @returns What `answer` of `sm2kit/sm2` returns, as plain JSON: `card` is the card as it is now; `review` has the
 *   grade, the day, and the cards before and after this review.
 * @throws {@link CardsError} `INVALID_REVIEW`; `INVALID_OPTION` when a name is neither field nor option; `REVIEW_CONFLICT` when the id belongs to a review with another item, grade,
 *   kind or instant; `BUSY` when other transactions were in the way for too long; `ID_COLLISION`, `TABLES_MISSING`,
 *   `MODELS_NOT_DEFINED`, `UNSUPPORTED_ENGINE`. Nothing is stored then.
 * @throws `Sm2Error` `INVALID_GRADE`, `INVALID_TIME_ZONE`, `INVALID_DAY_START`, `INVALID_RULES`; `INVALID_STATE` when the
 *   stored card is none that these rules can lead to.
 * @example
 * ```ts
 * import { Sequelize } from 'sequelize'
 * import { defineSm2Models, recordReview } from 'sm2kit/cards'
 * import { createMigrator } from 'sm2kit/migrator'
 *
 * const sequelize = new Sequelize('sqlite::memory:', { logging: false })
 * await createMigrator({ sequelize }).up()
 * const db = defineSm2Models(sequelize)
 *
 * const review = {
 *   id: '018f3c2e-7b1a-7c3d-9e4f-5a6b7c8d9e0f', learnerId: 'ana', itemId: 'hund', grade: 5,
 *   reviewedAt: new Date('2026-11-20T09:30:00Z'), timeZone: 'Europe/Berlin',
 * } as const
 * const answered = await recordReview(db, review)
 * answered.card // => { easeFactor: 2.6, intervalDays: 1, repetitions: 1, dueOn: '2026-11-21', lastReviewedOn: '2026-11-20' }
 * answered.review.day // => '2026-11-20'
 * await recordReview(db, review) // => answered
 * await sequelize.close()
 * ```
 */
export async function recordReview(db: Sm2Database, review: ReviewToRecord): Promise<Answered> {
  const models = modelsOf(db)
  checkReview(review, reviewNames)
  const { timeZone, dayStartsAt, rules = sourceRules, transaction } = review
  const parsed = parseReview(review, {
    learnerIdKind: idKindOf(models, 'learnerId'),
    itemIdKind: idKindOf(models, 'itemId'),
    day: { timeZone, dayStartsAt },
    derivesIds: false,
  })
  return inTransaction(models, transaction, async (current, isOwn) => {
    const result = await storeReviews(models, current, [parsed], rules, isOwn)
    const card = entryOf(result.cards, cardKey(parsed))
    const added = result.added.get(reviewKey(parsed))
    if (added !== undefined) return answered(card, added)
    const log = entryOf(await readLogs(models, [parsed], current), cardKey(parsed))
    return answered(card, linkInLog(log, card, entryOf(result.known, reviewKey(parsed))))
  })
}

function answered(card: Card, { grade, reviewedOn, before, after }: Link): Answered {
  return {
    card: plainCard(card),
    review: { grade, day: reviewedOn, before: plainCard(before), after: plainCard(after) },
  }
}

/** A new object with the fields of a card alone. */
export function plainCard(card: Card): Card {
  const { easeFactor, intervalDays, repetitions, dueOn, lastReviewedOn } = card
  return { easeFactor, intervalDays, repetitions, dueOn, lastReviewedOn }
}
