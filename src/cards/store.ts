import type { Transaction } from 'sequelize'
import type { Sm2Rules } from '../sm2/rules.js'
import { append, inOrderOfTime, isSameCard, type Link, rewrite } from './chain.js'
import { CardsError, show } from './errors.js'
import { cardKey, entryOf, groupBy, reviewKey } from './keys.js'
import type { Sm2Models } from './model-types.js'
import type { NewReview } from './new-review.js'
import {
  type CardRef,
  readCards,
  readNewest,
  readReviews,
  type StoredCard,
  type StoredReview,
  whereAny,
} from './read-rows.js'
import { insertCards, insertReviews, updateCards, updateReviewStates } from './write-rows.js'

/** A review that is new in the log. */
export type StoredLink = CardRef & Link

/** What {@link storeReviews} did. */
export interface StoreResult {
  /** All cards of the reviews as they now are, by `cardKey`. */
  readonly cards: ReadonlyMap<string, StoredCard>
  /** The reviews that are new in the log, by `reviewKey`. */
  readonly added: ReadonlyMap<string, StoredLink>
  /** Those that were in the log before, by `reviewKey`. */
  readonly known: ReadonlyMap<string, StoredReview>
}

/**
 * Stores reviews inside a transaction, each at its place in time, and brings their cards up to date.
 *
 * The cards are locked first, in the order of their ids; all that follows is decided by what is read after that, so
 * two devices cannot overwrite each other. A review that is newer than all others of its card goes on from the card; for
 * an older one the card's log is read, and what comes after it is computed anew.
 *
 * @param isOwn - Whether the transaction is ours. A host's own may show the past (REPEATABLE READ), except to statements
 *   that lock: there the logs are always read, with locks.
 * @throws {@link CardsError} `REVIEW_CONFLICT`, `ID_COLLISION`.
 */
export async function storeReviews(
  models: Sm2Models,
  transaction: Transaction,
  given: readonly NewReview[],
  rules: Sm2Rules,
  isOwn: boolean,
): Promise<StoreResult> {
  const reviews = withoutRepeats(given)
  const cards = await lockCards(models, transaction, reviews)
  const known = await readKnown(models, transaction, reviews)
  for (const review of reviews) refuseOther(known.get(reviewKey(review)), review)

  const fresh = groupBy(
    reviews.filter((review) => !known.has(reviewKey(review))),
    cardKey,
  )
  const newest = isOwn ? await readNewestOf(models, transaction, fresh) : undefined
  const isLate = (key: string, review: NewReview) =>
    newest === undefined || review.reviewedAt <= (newest.get(key) ?? -Infinity)
  const late = [...fresh].filter(([key, ofCard]) => ofCard.some((review) => isLate(key, review)))
  const logs = await readLogs(
    models,
    late.flatMap(([, [review]]) => review ?? []),
    transaction,
  )

  const added: StoredLink[] = []
  const moved: StoredLink[] = []
  const changed: StoredCard[] = []
  for (const [key, ofCard] of fresh) {
    const stored = entryOf(cards, key)
    const { learnerId, itemId } = stored
    const log = logs.get(key)
    const change =
      log === undefined
        ? append(stored, ofCard, newest?.has(key) === false, rules)
        : rewrite(log, stored, { added: ofCard }, rules)
    for (const link of change.added) added.push({ learnerId, itemId, ...link })
    for (const link of change.moved) moved.push({ learnerId, itemId, ...link })
    if (isSameCard(stored, change.card)) continue
    const card = { learnerId, itemId, ...change.card }
    changed.push(card)
    cards.set(key, card)
  }
  await insertReviews(models, added, transaction)
  await updateReviewStates(models, moved, transaction)
  await updateCards(models, changed, transaction)
  return { cards, known, added: new Map(added.map((link) => [reviewKey(link), link])) }
}

/** One of each id; the same id with other content is refused. */
function withoutRepeats(reviews: readonly NewReview[]): NewReview[] {
  const byId = new Map<string, NewReview>()
  for (const review of reviews) {
    const key = reviewKey(review)
    refuseOther(byId.get(key), review)
    byId.set(key, review)
  }
  return [...byId.values()]
}

type Content = Pick<NewReview, 'itemId' | 'grade' | 'reviewedAt' | 'kind'>

function refuseOther(stored: Content | undefined, review: NewReview): void {
  if (stored === undefined) return
  // Not the day: a device that sends again may have another time zone by then.
  const field = (['itemId', 'grade', 'kind', 'reviewedAt'] as const).find(
    (name) => stored[name] !== review[name],
  )
  if (field === undefined) return
  const text = (content: Content) =>
    field === 'reviewedAt' ? new Date(content.reviewedAt).toISOString() : show(content[field])
  throw new CardsError(
    'REVIEW_CONFLICT',
    field,
    `Review ${review.id} of learner ${show(review.learnerId)} is stored with ${field} ${text(stored)}; it came again with ${text(review)}. The stored one stays. Another review needs an id of its own.`,
  )
}

/**
 * Locks the cards of some reviews until the transaction ends; makes those that are missing.
 *
 * Locked before made: two transactions that both insert what is already there would each hold a shared lock on it, and
 * deadlock (MariaDB).
 */
async function lockCards(
  models: Sm2Models,
  transaction: Transaction,
  reviews: readonly NewReview[],
): Promise<Map<string, StoredCard>> {
  const wanted = new Map(reviews.map((review) => [cardKey(review), review]))
  const cards = new Map<string, StoredCard>()
  const lock = async (some: Iterable<CardRef>) => {
    const others: StoredCard[] = []
    for (const where of whereAny(some, 'itemId')) {
      for (const card of await readCards(models, where, { transaction, lock: true })) {
        cards.set(cardKey(card), card)
        if (!wanted.has(cardKey(card))) others.push(card)
      }
    }
    return others
  }
  const missing = () => [...wanted].filter(([key]) => !cards.has(key)).map(([, review]) => review)
  await lock(wanted.values())
  const toMake = missing()
  if (toMake.length > 0) {
    await insertCards(models, toMake, transaction)
    const others = await lock(toMake)
    const [lost] = missing()
    if (lost !== undefined) throw notThere(lost, others[0])
  }
  return cards
}

function notThere(wanted: CardRef, other: StoredCard | undefined): CardsError {
  const named = ({ learnerId, itemId }: CardRef) => `item ${show(itemId)} of learner ${show(learnerId)}`
  return other === undefined
    ? new CardsError(
        'BUSY',
        '',
        `The card of ${named(wanted)} was made, and could not be read after that: another transaction has deleted it, or a policy of the database hides it. Nothing was stored; try again.`,
      )
    : new CardsError(
        'ID_COLLISION',
        'itemId',
        `The database takes ${named(wanted)} for ${named(other)}: its collation ignores case, accents or spaces at the end. Give both id columns a binary collation.`,
      )
}

async function readKnown(
  models: Sm2Models,
  transaction: Transaction,
  reviews: readonly NewReview[],
): Promise<Map<string, StoredReview>> {
  const known = new Map<string, StoredReview>()
  for (const where of whereAny(reviews, 'id')) {
    for (const review of await readReviews(models, where, { transaction }))
      known.set(reviewKey(review), review)
  }
  return known
}

/** When the newest review of each card was, drills included; in milliseconds since 1970. */
async function readNewestOf(
  models: Sm2Models,
  transaction: Transaction,
  fresh: ReadonlyMap<string, readonly NewReview[]>,
): Promise<Map<string, number>> {
  const cards = [...fresh.values()].flatMap(([review]) => review ?? [])
  const newest = new Map<string, number>()
  for (const where of whereAny(cards, 'itemId')) {
    for (const row of await readNewest(models, where, transaction)) newest.set(cardKey(row), row.reviewedAt)
  }
  return newest
}

/** The logs of some cards in order of time, by `cardKey`; every card has one, if an empty one. */
export async function readLogs(
  models: Sm2Models,
  cards: readonly CardRef[],
  transaction: Transaction,
  lock = true,
): Promise<Map<string, StoredReview[]>> {
  const logs = new Map<string, StoredReview[]>(cards.map((card) => [cardKey(card), []]))
  for (const where of whereAny(cards, 'itemId')) {
    for (const review of await readReviews(models, where, { transaction, lock }))
      logs.get(cardKey(review))?.push(review)
  }
  for (const log of logs.values()) log.sort(inOrderOfTime)
  return logs
}
