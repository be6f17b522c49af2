import { createHash } from 'node:crypto'
import { CardsError, show } from './errors.js'
import type { ReviewKind, Sm2IdKind } from './model-types.js'

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
  string: 'a text of 1 to 255 characters',
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
      // PostgreSQL stores no NUL in a text.
      return text.length >= 1 && [...text].length <= 255 && !text.includes('\0') ? text : undefined
  }
}

/**
 * The id that {@link importReviews} gives to a review that has none: always the same one for the same learner, item,
 * instant and kind.
 *
 * A UUID of version 5 in form: SHA-1 of the four values. For reviews of an app's own, make a random UUID
 * (`crypto.randomUUID()`, or better a UUIDv7) on the learner's device instead.
 *
 * @param review - Ids as texts or numbers; `reviewedAt` as a `Date` or in milliseconds; `kind` is `review` by default.
 * @returns A UUID in lower case.
 * @throws {@link CardsError} `INVALID_REVIEW` when `reviewedAt` is no instant.
 * @example
 * ```ts
 * import { deriveReviewId } from 'sm2kit/cards'
 *
 * const review = { learnerId: 'ana', itemId: 'hund', reviewedAt: Date.UTC(2026, 10, 20, 8) }
 * deriveReviewId(review) === deriveReviewId({ ...review, reviewedAt: new Date(review.reviewedAt) }) // => true
 * deriveReviewId(review) === deriveReviewId({ ...review, kind: 'drill' }) // => false
 * ```
 */
export function deriveReviewId(review: {
  readonly learnerId: Sm2Id
  readonly itemId: Sm2Id
  readonly reviewedAt: Date | number
  readonly kind?: ReviewKind | undefined
}): string {
  const { learnerId, itemId, reviewedAt, kind = 'review' } = review
  const name = JSON.stringify([String(learnerId), String(itemId), instantOf(reviewedAt, 'reviewedAt'), kind])
  const bytes = createHash('sha1').update(`sm2kit:review:${name}`).digest().subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

// What a DATETIME of MariaDB holds, with room for any time zone.
const firstMs = Date.UTC(1000, 0, 2)
const lastMs = Date.UTC(9999, 11, 30)

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
      `${path} is ${show(value)}; it must be a Date or whole milliseconds since 1970, in the years 1000 to 9999.`,
    )
  }
  return ms
}
