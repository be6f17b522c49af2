import type { Transaction } from 'sequelize'
import { dayOf } from '../sm2/day-of.js'
import { type Sm2Rules, sourceRules } from '../sm2/rules.js'
import { Sm2Error } from '../sm2/sm2-error.js'
import { checkOptions, type NamesOf } from './check-options.js'
import { CardsError, invalidOption } from './errors.js'
import { cardKey } from './keys.js'
import type { Sm2Database } from './model-types.js'
import { idKindOf, modelsOf } from './models.js'
import { type NewReview, parseReview, type ReviewContext, type ReviewInput } from './new-review.js'
import { storeReviews } from './store.js'
import { inTransaction } from './transaction.js'

/**
 * A review to import.
 *
 * @example
 * ```ts
 * import type { ReviewToImport } from 'sm2kit/cards'
 *
 * const review: ReviewToImport = {
 *   learnerId: 'ana', itemId: 'hund', grade: 4, reviewedAt: Date.UTC(2026, 10, 20), timeZone: 'Asia/Tokyo',
 * }
 * review.id // => undefined
 * ```
 */
export interface ReviewToImport extends ReviewInput {
  /** The review's UUID; by default {@link deriveReviewId} makes it from learner, item, instant and kind. */
  readonly id?: string | undefined
  /** This learner's zone, where it is not the one given for all. */
  readonly timeZone?: string | undefined
}

/**
 * How far an import is.
 *
 * @example
 * ```ts
 * import type { ImportProgress } from 'sm2kit/cards'
 *
 * const percent = ({ read, total = read }: ImportProgress) => Math.round((read / total) * 100)
 * percent({ read: 500, stored: 500, alreadyStored: 0, total: 2000 }) // => 25
 * ```
 */
export interface ImportProgress {
  /** Reviews read so far. */
  readonly read: number
  /** Of these, new ones. */
  readonly stored: number
  /** Of these, those that were in the log before. */
  readonly alreadyStored: number
  /** How many there are in all, where that is known. */
  readonly total?: number
}

/**
 * What {@link importReviews} may be told.
 *
 * @example
 * ```ts
 * import type { ImportOptions } from 'sm2kit/cards'
 *
 * const options: ImportOptions = { timeZone: 'Europe/Berlin', batchSize: 1000 }
 * options.batchSize // => 1000
 * ```
 */
export interface ImportOptions {
  /** The learners' zone by its IANA name; a review may have its own. */
  readonly timeZone: string
  /** The hour on the wall clock at which a day begins, 0 to 23; 4 by default. */
  readonly dayStartsAt?: number | undefined
  /** Which reading of SM-2; `sourceRules` by default. */
  readonly rules?: Sm2Rules | undefined
  /** Reviews in one transaction, 1 to 1000; 500 by default. */
  readonly batchSize?: number | undefined
  /** Called after each batch. */
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined
  /** How many reviews there are, for `onProgress`; by default the length of the array. */
  readonly total?: number | undefined
  /** A transaction of the host's, for all batches: all or nothing. By default each batch has its own. */
  readonly transaction?: Transaction | null | undefined
}

const optionNames: NamesOf<ImportOptions> = {
  timeZone: true,
  dayStartsAt: true,
  rules: true,
  batchSize: true,
  onProgress: true,
  total: true,
  transaction: true,
}

/**
 * What {@link importReviews} did.
 *
 * @example
 * ```ts
 * import type { ImportResult } from 'sm2kit/cards'
 *
 * const result: ImportResult = { read: 3, stored: 2, alreadyStored: 1, cards: 1 }
 * result.read === result.stored + result.alreadyStored // => true
 * ```
 */
export interface ImportResult {
  /** Reviews read. */
  readonly read: number
  /** Reviews that are new in the log. */
  readonly stored: number
  /** Reviews that were in the log before, or came twice. */
  readonly alreadyStored: number
  /** Different cards among the reviews read. */
  readonly cards: number
}

/**
 * Stores many reviews: an app's former log, or what a device has gathered offline.
 *
 * Works in batches, each a transaction, so that memory stays flat and a log of any length can come from a stream. The
 * order is free: every review takes its place in time, as with {@link recordReview}; sorted by time is fastest. It can be
 * repeated: what is stored already is recognised by its id and left alone.
 *
 * @param db - What {@link defineSm2Models} returned, or the instance of Sequelize it was called with.
 * @param reviews - Any iterable or async iterable of objects; fields that a review does not have are left alone, so that rows
 *   of another table can be given as they are.
 * @param options - The time zone, and more; see {@link ImportOptions}.
 * @returns Counts.
 * @throws {@link CardsError} `INVALID_REVIEW` at the first malformed review, with its position in `path`
 *   (`reviews[17].grade`) and, for a grade, the `Sm2Error` as `cause`; `REVIEW_CONFLICT` when an id belongs to a review with
 *   other content; `INVALID_OPTION`, `BUSY`, `TABLES_MISSING`. Batches before that one stay stored; the import can be repeated.
 * @throws `Sm2Error` `INVALID_TIME_ZONE`, `INVALID_DAY_START`.
 * @example
 * ```ts
 * import { Sequelize } from 'sequelize'
 * import { defineSm2Models, importReviews } from 'sm2kit/cards'
 * import { createMigrator } from 'sm2kit/migrator'
 *
 * const sequelize = new Sequelize('sqlite::memory:', { logging: false })
 * await createMigrator({ sequelize }).up()
 * const db = defineSm2Models(sequelize)
 *
 * const reviews = [
 *   { learnerId: 'ana', itemId: 'hund', grade: 4, reviewedAt: Date.UTC(2026, 10, 20, 9) },
 *   { learnerId: 'ana', itemId: 'hund', grade: 5, reviewedAt: Date.UTC(2026, 10, 21, 9) },
 * ] as const
 * await importReviews(db, reviews, { timeZone: 'UTC' }) // => { read: 2, stored: 2, alreadyStored: 0, cards: 1 }
 * await importReviews(db, reviews, { timeZone: 'UTC' }) // => { read: 2, stored: 0, alreadyStored: 2, cards: 1 }
 * await sequelize.close()
 * ```
 */
export async function importReviews(
  db: Sm2Database,
  reviews: Iterable<ReviewToImport> | AsyncIterable<ReviewToImport>,
  options: ImportOptions,
): Promise<ImportResult> {
  const models = modelsOf(db)
  checkOptions(options, optionNames)
  if (!isIterable(reviews)) throw invalidOption('reviews', reviews, 'an iterable, or an async one')
  const { timeZone, dayStartsAt, rules = sourceRules, batchSize = 500, onProgress } = options
  if (!Number.isInteger(batchSize) || batchSize < 1 || batchSize > 1000)
    throw invalidOption('batchSize', batchSize, 'an integer from 1 to 1000')
  if (onProgress !== undefined && typeof onProgress !== 'function')
    throw invalidOption('onProgress', onProgress, 'a function')
  dayOf(0, { timeZone, dayStartsAt })
  const context: ReviewContext = {
    learnerIdKind: idKindOf(models, 'learnerId'),
    itemIdKind: idKindOf(models, 'itemId'),
    day: { timeZone, dayStartsAt },
    derivesIds: true,
  }
  const total = options.total ?? (Array.isArray(reviews) ? reviews.length : undefined)
  const cards = new Set<string>()
  let read = 0
  let stored = 0
  let batch: NewReview[] = []

  const storeBatch = async (): Promise<void> => {
    const reviewsOfBatch = batch
    batch = []
    const { added } = await inTransaction(models, options.transaction, (transaction, isOwn) =>
      storeReviews(models, transaction, reviewsOfBatch, rules, isOwn),
    )
    stored += added.size
    onProgress?.({ read, stored, alreadyStored: read - stored, ...(total === undefined ? {} : { total }) })
  }
  for await (const review of reviews) {
    const parsed = parseAt(read, review, context)
    read++
    batch.push(parsed)
    cards.add(cardKey(parsed))
    if (batch.length >= batchSize) await storeBatch()
  }
  if (batch.length > 0) await storeBatch()
  return { read, stored, alreadyStored: read - stored, cards: cards.size }
}

function isIterable(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Symbol.iterator in value || Symbol.asyncIterator in value
}

/** A review at a position; its errors say which one it was. */
function parseAt(position: number, review: ReviewToImport, context: ReviewContext): NewReview {
  try {
    const timeZone = review?.timeZone
    return parseReview(
      review,
      timeZone === undefined ? context : { ...context, day: { ...context.day, timeZone } },
    )
  } catch (error) {
    if (!(error instanceof CardsError || error instanceof Sm2Error)) throw error
    const path = `reviews[${position}]${error.path === '' ? '' : `.${error.path}`}`
    throw new CardsError('INVALID_REVIEW', path, `Review ${position} (counted from 0): ${error.message}`, {
      cause: error,
    })
  }
}
