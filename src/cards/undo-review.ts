import type { Transaction } from 'sequelize'
import type { Card } from '../sm2/card.js'
import { type Sm2Rules, sourceRules } from '../sm2/rules.js'
import { isSameCard, rewrite } from './chain.js'
import { checkReview } from './check-options.js'
import { CardsError, show } from './errors.js'
import { parseId, type Sm2Id } from './ids.js'
import { cardKey, entryOf } from './keys.js'
import type { Sm2Database } from './model-types.js'
import { idKindOf, modelsOf } from './models.js'
import { readCards, readReviews } from './read-rows.js'
import { plainCard, reviewNames } from './record-review.js'
import { readLogs } from './store.js'
import { inTransaction } from './transaction.js'
import { deleteReview, updateCards, updateReviewStates } from './write-rows.js'

/**
 * Which review to take back.
 *
 * @example
 * ```ts
 * import type { ReviewToUndo } from 'sm2kit/cards'
 *
 * const slip: ReviewToUndo = { learnerId: 'ana', id: '018f3c2e-7b1a-7c3d-9e4f-5a6b7c8d9e0f' }
 * slip.learnerId // => 'ana'
 * ```
 */
export interface ReviewToUndo {
  /** The host's id of the learner. */
  readonly learnerId: Sm2Id
  /** The review's UUID. */
  readonly id: string
  /** The rules by which later reviews are computed anew; `sourceRules` by default. */
  readonly rules?: Sm2Rules | undefined
  /** A transaction of the host's; by default an own one. */
  readonly transaction?: Transaction | null | undefined
}

/**
 * Takes a review back: it leaves the log, and the card is as if it had never been.
 *
 * The latest review of a card gives back the card from before it. An earlier one may go too: the later ones are
 * computed anew without it. A card without reviews stays, as a new one. A state that came from elsewhere (without a
 * log) comes back too, due on the day of the review that was taken back: its former days are not in the log.
 *
 * @param db - What {@link defineSm2Models} returned, or the instance of Sequelize it was called with.
 * @param review - Whose review, and its id; it may be the object that was given to {@link recordReview}.
 * @returns The card as it is now; plain JSON.
 * @throws {@link CardsError} `REVIEW_NOT_FOUND` when the learner has no review with this id (also when it was taken back
 *   before); `INVALID_REVIEW`, `INVALID_OPTION` (a name that is neither field nor
 *   option), `BUSY`, `TABLES_MISSING`, `MODELS_NOT_DEFINED`. Nothing is changed then.
 * @example
 * ```ts
 * import { Sequelize } from 'sequelize'
 * import { defineSm2Models, recordReview, undoReview } from 'sm2kit/cards'
 * import { createMigrator } from 'sm2kit/migrator'
 *
 * const sequelize = new Sequelize('sqlite::memory:', { logging: false })
 * await createMigrator({ sequelize }).up()
 * const db = defineSm2Models(sequelize)
 *
 * const id = crypto.randomUUID()
 * const reviewedAt = new Date('2026-11-20T09:30:00Z')
 * await recordReview(db, { id, learnerId: 'ana', itemId: 'hund', grade: 0, reviewedAt, timeZone: 'Europe/Berlin' })
 * await undoReview(db, { learnerId: 'ana', id }) // => { easeFactor: 2.5, intervalDays: 0, repetitions: 0, dueOn: null, lastReviewedOn: null }
 * await undoReview(db, { learnerId: 'ana', id }) // throws REVIEW_NOT_FOUND
 * await sequelize.close()
 * ```
 */
export async function undoReview(db: Sm2Database, review: ReviewToUndo): Promise<Card> {
  const models = modelsOf(db)
  checkReview(review, reviewNames)
  const learnerId = parseId(review.learnerId, idKindOf(models, 'learnerId'), 'learnerId', 'INVALID_REVIEW')
  const id = parseId(review.id, 'uuid', 'id', 'INVALID_REVIEW')
  const { rules = sourceRules } = review
  const notFound = () =>
    new CardsError('REVIEW_NOT_FOUND', 'id', `Learner ${show(learnerId)} has no review ${id}.`)

  return inTransaction(models, review.transaction, async (transaction) => {
    const [found] = await readReviews(models, { learnerId, id }, { transaction })
    if (found === undefined) throw notFound()
    const { itemId } = found
    const [stored] = await readCards(models, { learnerId, itemId }, { transaction, lock: true })
    const log = entryOf(await readLogs(models, [found], transaction), cardKey(found))
    // Looked for again under the card's lock: another device may have been faster.
    const removed = log.find((logged) => logged.id === id)
    if (stored === undefined || removed === undefined) throw notFound()

    const { card, moved } = rewrite(log, stored, { removed }, rules)
    await deleteReview(models, { learnerId, id }, transaction)
    await updateReviewStates(
      models,
      moved.map((link) => ({ learnerId, itemId, ...link })),
      transaction,
    )
    if (!isSameCard(card, stored)) await updateCards(models, [{ learnerId, itemId, ...card }], transaction)
    return plainCard(card)
  })
}
