import { addDays, type CalendarDay, dayNumber } from './calendar-day.js'
import type { Grade } from './grade.js'
import type { Sm2Rules } from './rules.js'
import { schedule } from './schedule.js'
import { refuse } from './sm2-error.js'
import { initialState, type Sm2State } from './state.js'

/**
 * An item's state with its days: what a host stores per learner and item. Plain JSON.
 *
 * @example
 * ```ts
 * import { type Card, isDue } from 'sm2kit/sm2'
 *
 * const card: Card = {
 *   easeFactor: 2.6, intervalDays: 6, repetitions: 2, dueOn: '2026-11-26', lastReviewedOn: '2026-11-20',
 * }
 * isDue(card, '2026-11-25') // => false
 * ```
 */
export interface Card extends Sm2State {
  /** The day of the next review; `null` before the first. */
  readonly dueOn: CalendarDay | null
  /** The day of the last review; `null` before the first. */
  readonly lastReviewedOn: CalendarDay | null
}

/**
 * One review of a card as a value, for a log: enough to take it back, or to compute everything anew by other rules.
 * Plain JSON.
 *
 * @example
 * ```ts
 * import { answer, newCard, replay, type Review } from 'sm2kit/sm2'
 *
 * const first = answer(newCard(), 5, '2026-11-20')
 * const second = answer(first.card, 4, '2026-11-21')
 * const log: Review[] = [first.review, second.review]
 * replay(log.map((review) => review.grade)) // => { easeFactor: 2.6, intervalDays: 6, repetitions: 2 }
 * ```
 */
export interface Review {
  /** The quality of recall, 0 to 5. */
  readonly grade: Grade
  /** The learner's day of the review. */
  readonly day: CalendarDay
  /** The card before the review: its state and its days. */
  readonly before: Card
  /** The card after the review: its state and its days. */
  readonly after: Card
}

/**
 * What {@link answer} returns: the card to store, and the review to log.
 *
 * @example
 * ```ts
 * import { type Answered, answer, newCard } from 'sm2kit/sm2'
 *
 * const answered: Answered = answer(newCard(), 4, '2026-11-20')
 * answered.card.dueOn // => '2026-11-21'
 * answered.review.day // => '2026-11-20'
 * ```
 */
export interface Answered {
  /** The card after the review. */
  readonly card: Card
  /** The review, from which {@link undo} makes the card before it. */
  readonly review: Review
}

/**
 * A card that was never reviewed.
 *
 * @returns A new object at each call.
 * @example
 * ```ts
 * import { newCard } from 'sm2kit/sm2'
 *
 * newCard() // => { easeFactor: 2.5, intervalDays: 0, repetitions: 0, dueOn: null, lastReviewedOn: null }
 * ```
 */
export function newCard(): Card {
  return { ...initialState, dueOn: null, lastReviewedOn: null }
}

/**
 * A card's review: the card after it, due `intervalDays` days after *the day of the review* (not after the day that it
 * was due), and the review itself.
 *
 * Days may go back (a learner who flies west reviews on an earlier day); the review counts all the same. Repeats on
 * the same day after a grade below 4 ({@link needsRepeat}) are drills and not to be given here.
 *
 * @param card - Before the review; {@link newCard} for a new item. Never changed.
 * @param grade - Quality of recall, 0 (blackout) to 5 (perfect).
 * @param today - The learner's day of the review, as {@link dayOf} gives it.
 * @param rules - Which reading of SM-2; {@link sourceRules} by default.
 * @returns New objects with the fields of {@link Card} alone, whatever else the card carried.
 * @throws {@link Sm2Error} `INVALID_GRADE`, `INVALID_STATE` or `INVALID_RULES` as {@link schedule} does.
 * @throws {@link Sm2Error} `INVALID_CARD` when a day of the card is neither `null` nor a day that exists.
 * @throws {@link Sm2Error} `INVALID_DAY` when `today` does not exist, or the due day lies after the year 9999.
 * @example
 * ```ts
 * import { answer, newCard } from 'sm2kit/sm2'
 *
 * const first = answer(newCard(), 5, '2026-11-20')
 * first.card // => { easeFactor: 2.6, intervalDays: 1, repetitions: 1, dueOn: '2026-11-21', lastReviewedOn: '2026-11-20' }
 * answer(first.card, 4, '2026-11-25').card.dueOn // => '2026-12-01'
 * answer(first.card, 4, 'tomorrow') // throws INVALID_DAY
 * ```
 */
export function answer(card: Card, grade: Grade, today: CalendarDay, rules?: Sm2Rules): Answered {
  const { easeFactor, intervalDays, repetitions } = schedule(card, grade, rules)
  const before = copyOf(card, 'card')
  dayNumber(today, 'today')
  const dueOn = addDays(today, intervalDays)
  const after = { easeFactor, intervalDays, repetitions, dueOn, lastReviewedOn: today }
  return { card: after, review: { grade, day: today, before, after: { ...after } } }
}

/**
 * The card as it was before a review: takes back a slip of the finger.
 *
 * Reviews are taken back in reverse order; the card that it returns replaces the present one.
 *
 * @param review - As {@link answer} returned it, or as it came back from storage.
 * @returns A new object, equal to the card that was given to `answer`.
 * @throws {@link Sm2Error} `INVALID_REVIEW` when the review has no card from before.
 * @throws {@link Sm2Error} `INVALID_CARD` when a day of that card is neither `null` nor a day that exists.
 * @example
 * ```ts
 * import { answer, newCard, undo } from 'sm2kit/sm2'
 *
 * const { review } = answer(newCard(), 0, '2026-11-20')
 * undo(review) // => { easeFactor: 2.5, intervalDays: 0, repetitions: 0, dueOn: null, lastReviewedOn: null }
 * ```
 */
export function undo(review: Review): Card {
  const before = review?.before
  if (typeof before !== 'object' || before === null)
    refuse('INVALID_REVIEW', 'review.before', before, 'a card')
  return copyOf(before, 'review.before')
}

function copyOf(card: Card, path: string): Card {
  const { easeFactor, intervalDays, repetitions, dueOn, lastReviewedOn } = card
  checkCardDay(dueOn, `${path}.dueOn`)
  checkCardDay(lastReviewedOn, `${path}.lastReviewedOn`)
  return { easeFactor, intervalDays, repetitions, dueOn, lastReviewedOn }
}

/** Throws unless a card's day is `null` or a day that exists. */
export function checkCardDay(day: CalendarDay | null, path: string): void {
  if (day !== null) dayNumber(day, path, 'INVALID_CARD')
}
