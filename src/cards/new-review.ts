import type { CalendarDay } from '../sm2/calendar-day.js'
import { type DayOptions, dayOf } from '../sm2/day-of.js'
import { checkGrade, type Grade } from '../sm2/grade.js'
import { CardsError, show } from './errors.js'
import { deriveReviewId, instantOf, kindOf, parseId, type Sm2Id } from './ids.js'
import type { ReviewKind, Sm2IdKind } from './model-types.js'

/**
 * A review as it happened on the learner's device, before it is stored.
 *
 * @example
 * ```ts
 * import type { ReviewInput } from 'sm2kit/cards'
 *
 * const review: ReviewInput = { learnerId: 'ana', itemId: 'hund', grade: 4, reviewedAt: Date.UTC(2026, 10, 20) }
 * review.kind // => undefined
 * ```
 */
export interface ReviewInput {
  /** Whose card it is. */
  readonly learnerId: Sm2Id
  /** Which item was reviewed. */
  readonly itemId: Sm2Id
  /** Quality of recall, 0 to 5. */
  readonly grade: Grade
  /** When: a `Date`, or whole milliseconds since 1970; in the years 1000 to 9899. */
  readonly reviewedAt: Date | number
  /** `review` (default), or `drill`: a repeat on the same day, which is logged and changes no state. */
  readonly kind?: ReviewKind | undefined
}

/** A review that was checked: ids as texts, the day of the learner determined. */
export interface NewReview {
  readonly learnerId: string
  readonly itemId: string
  readonly id: string
  readonly grade: Grade
  readonly reviewedAt: number
  readonly reviewedOn: CalendarDay
  readonly kind: ReviewKind
}

/** What {@link parseReview} must know beside the review. */
export interface ReviewContext {
  readonly learnerIdKind: Sm2IdKind
  readonly itemIdKind: Sm2IdKind
  /** The learner's zone and the hour at which a day begins. */
  readonly day: DayOptions
  /** Whether a review without an id gets a derived one. */
  readonly derivesIds: boolean
}

/**
 * Checks a review and puts it in its canonical form.
 *
 * @throws {@link CardsError} `INVALID_REVIEW` for ids, instant and kind.
 * @throws `Sm2Error` `INVALID_GRADE`, `INVALID_TIME_ZONE`, `INVALID_DAY_START`.
 */
export function parseReview(
  input: ReviewInput & { readonly id?: unknown },
  context: ReviewContext,
): NewReview {
  if (typeof input !== 'object' || input === null)
    throw new CardsError('INVALID_REVIEW', '', `A review is ${show(input)}; it must be an object.`)
  const learnerId = parseId(input.learnerId, context.learnerIdKind, 'learnerId', 'INVALID_REVIEW')
  const itemId = parseId(input.itemId, context.itemIdKind, 'itemId', 'INVALID_REVIEW')
  checkGrade(input.grade, 'grade')
  const reviewedAt = instantOf(input.reviewedAt, 'reviewedAt')
  const kind = kindOf(input.kind ?? undefined)
  const id =
    input.id === undefined && context.derivesIds
      ? deriveReviewId({ learnerId, itemId, reviewedAt, kind })
      : parseId(input.id, 'uuid', 'id', 'INVALID_REVIEW')
  return {
    learnerId,
    itemId,
    id,
    grade: input.grade,
    reviewedAt,
    reviewedOn: dayOf(reviewedAt, context.day),
    kind,
  }
}
