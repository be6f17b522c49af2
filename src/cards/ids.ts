import { createHash } from 'node:crypto'
import { checkOptions, checkReview, type NamesOf } from './check-options.js'
import { CardsError, invalidOption, show } from './errors.js'
import type { ReviewKind, Sm2IdKind, Sm2ModelOptions } from './model-types.js'

/**
 * An id of the host's: a text, or a number where the column is a `bigint`. What comes back is always a text.
 *
 * @example
 * ```ts
 * import { deriveReviewId, type Sm2Id } from 'sm2kit/cards'
 *
 * const learnerId: Sm2Id = 9_007_199_254_740_993n
 * const review = { learnerId, itemId: 'hund', reviewedAt: 0 }
 * deriveReviewId(review) === deriveReviewId({ ...review, learnerId: '9007199254740993' }) // => true
 * ```
 */
export type Sm2Id = string | number | bigint

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const bigintPattern = /^-?\d{1,19}$/

/**
 * An id as the text that every driver and every comparison agrees on.
 *
 * @throws {@link CardsError} with the given code when it is no id of that kind.
 */
export function parseId(
  value: unknown,
  kind: Sm2IdKind,
  path: string,
  code: 'INVALID_REVIEW' | 'INVALID_OPTION',
): string {
  const text = textOf(value)
  const id = text === undefined ? undefined : canonical(text, kind)
  if (id === undefined)
    throw new CardsError(code, path, `${path} is ${show(value)}; it must be ${allowedIds[kind]}.`)
  return id
}

const allowedIds = {
  string: 'a well-formed text of 1 to 255 characters without NUL',
  uuid: 'a UUID',
  bigint: 'an integer of 64 bits, as a number, a bigint or a text of digits',
} as const

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'bigint' || Number.isSafeInteger(value)) return String(value)
  return undefined
}

function canonical(text: string, kind: Sm2IdKind): string | undefined {
  switch (kind) {
    case 'uuid':
      return uuidPattern.test(text) ? text.toLowerCase() : undefined
    case 'bigint': {
      if (!bigintPattern.test(text)) return undefined
      const number = BigInt(text)
      return BigInt.asIntN(64, number) === number ? String(number) : undefined
    }
    case 'string':
      // PostgreSQL stores no NUL in a text, and no driver half of a pair of surrogates: it becomes U+FFFD.
      return text.length >= 1 && [...text].length <= 255 && !/[\0\p{Surrogate}]/u.test(text)
        ? text
        : undefined
  }
}

/** The names of {@link Sm2ModelOptions}. */
export const modelOptionNames: NamesOf<Sm2ModelOptions> = {
  prefix: true,
  schema: true,
  learnerId: true,
  itemId: true,
}

/** @throws {@link CardsError} `INVALID_OPTION`. */
export function checkIdKind(kind: unknown, option: string): void {
  if (typeof kind !== 'string' || !Object.hasOwn(allowedIds, kind))
    throw invalidOption(option, kind, "'string', 'uuid' or 'bigint'")
}

/**
 * The id that {@link importReviews} gives to a review that has none: always the same one for the same learner, item,
 * instant and kind.
 *
 * A UUID of version 5 in form: SHA-1 of the four values. For reviews of an app's own, make a random UUID
 * (`crypto.randomUUID()`, or better a UUIDv7) on the learner's device instead.
 *
 * @param review - Ids as texts or numbers; `reviewedAt` as a `Date` or in milliseconds; `kind` is `review` by default.
 *   Other fields are left alone.
 * @param options - The id types given to {@link defineSm2Models}, so that all forms of an id are the same one: `5` and `'005'`
 *   for a `bigint`, letters of either case for a `uuid`. By default both ids are texts, taken as they are.
 * @returns A UUID in lower case.
 * @throws {@link CardsError} `INVALID_REVIEW` when an id, the instant or the kind is none, `INVALID_OPTION`.
 * @example
 * ```ts
 * import { deriveReviewId } from 'sm2kit/cards'
 *
 * const review = { learnerId: 'ana', itemId: 'hund', reviewedAt: Date.UTC(2026, 10, 20, 8) }
 * deriveReviewId(review) === deriveReviewId({ ...review, reviewedAt: new Date(review.reviewedAt) }) // => true
 * deriveReviewId(review) === deriveReviewId({ ...review, kind: 'drill' }) // => false
 *
 * const itemId = 'bigint'
 * deriveReviewId({ ...review, itemId: 5 }, { itemId }) === deriveReviewId({ ...review, itemId: '005' }, { itemId }) // => true
 * ```
 */
export function deriveReviewId(
  review: {
    readonly learnerId: Sm2Id
    readonly itemId: Sm2Id
    readonly reviewedAt: Date | number
    readonly kind?: ReviewKind | undefined
  },
  options: Sm2ModelOptions = {},
): string {
  checkReview(review)
  checkOptions(options, modelOptionNames)
  const idOf = (name: 'learnerId' | 'itemId'): string => {
    const kind = options[name] ?? 'string'
    checkIdKind(kind, name)
    return parseId(review[name], kind, name, 'INVALID_REVIEW')
  }
  const instant = instantOf(review.reviewedAt, 'reviewedAt')
  return uuidOf(JSON.stringify([idOf('learnerId'), idOf('itemId'), instant, kindOf(review.kind)]))
}

/**
 * The kind of a review.
 *
 * @throws {@link CardsError} `INVALID_REVIEW`.
 */
export function kindOf(kind: unknown = 'review'): ReviewKind {
  if (kind === 'review' || kind === 'drill') return kind
  throw new CardsError('INVALID_REVIEW', 'kind', `kind is ${show(kind)}; it must be 'review' or 'drill'.`)
}

function uuidOf(name: string): string {
  const bytes = createHash('sha1').update(`sm2kit:review:${name}`).digest().subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

// What a DATETIME of MariaDB holds, with room for any time zone.
const firstMs = Date.UTC(1000, 0, 2)
// The last day is 9999-12-31: the longest interval (36500 days) of a review must end before it, or no other review could
// be stored in front of that one.
const lastMs = Date.UTC(9900, 0, 1) - 1

/**
 * Milliseconds since 1970 of an instant.
 *
 * @throws {@link CardsError} `INVALID_REVIEW`.
 */
export function instantOf(value: unknown, path: string): number {
  const ms =
    typeof value === 'number'
      ? value
      : Object.prototype.toString.call(value) === '[object Date]'
        ? Number(value)
        : Number.NaN
  if (!Number.isInteger(ms) || ms < firstMs || ms > lastMs) {
    throw new CardsError(
      'INVALID_REVIEW',
      path,
      `${path} is ${show(value)}; it must be a Date or whole milliseconds since 1970, in the years 1000 to 9899.`,
    )
  }
  return ms
}
