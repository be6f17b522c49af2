import { addDays, type CalendarDay } from '../sm2/calendar-day.js'
import { answer, type Card, newCard } from '../sm2/card.js'
import type { Grade } from '../sm2/grade.js'
import type { Sm2Rules } from '../sm2/rules.js'
import { initialState, type Sm2State } from '../sm2/state.js'
import type { ReviewKind } from './model-types.js'

/** What the replay of a card must know of a review. */
export interface ChainReview {
  readonly id: string
  readonly grade: Grade
  readonly kind: ReviewKind
  /** Milliseconds since 1970. */
  readonly reviewedAt: number
  readonly reviewedOn: CalendarDay
}

/** A review in the log: with the states before and after it. */
export interface LoggedReview extends ChainReview {
  readonly before: Sm2State
  readonly after: Sm2State
}

/** A review with the cards before and after it. */
export interface Link extends ChainReview {
  readonly before: Card
  readonly after: Card
}

/** The order of a card's log: by instant, and at the same instant by id. */
export function inOrderOfTime(a: ChainReview, b: ChainReview): number {
  return a.reviewedAt - b.reviewedAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}

/**
 * A card's reviews one after the other. A drill changes nothing.
 *
 * @param seed - The card before the first of them.
 * @param reviews - In order of time.
 * @throws `Sm2Error` as `answer` does.
 */
export function chain(
  seed: Card,
  reviews: readonly ChainReview[],
  rules: Sm2Rules,
): { readonly card: Card; readonly links: readonly Link[] } {
  let card = seed
  const links = reviews.map((review) => {
    const before = card
    if (review.kind === 'review') card = answer(before, review.grade, review.reviewedOn, rules).card
    return { ...review, before, after: card }
  })
  return { card, links }
}

/**
 * The card before the first review of its log.
 *
 * It need not be new: a host may have stored a state from elsewhere (Anki, say) before the first review, and the log
 * holds that state as the first *before*. Its days are not in the log: a card that was not new counts as due on the
 * day of its first review.
 *
 * @param log - All of the card's reviews, in order of time.
 * @param stored - The card as it is stored, which is the seed as long as no review has changed it.
 * @param added - Reviews that are about to join the log.
 */
export function seedOf(log: readonly LoggedReview[], stored: Card, added: readonly ChainReview[] = []): Card {
  const first = log.find(isCounted)
  if (first !== undefined) return seedBefore(first.before, first.reviewedOn)
  const firstAdded = added.toSorted(inOrderOfTime).find(isCounted)
  return firstAdded === undefined ? stored : seedBefore(stored, firstAdded.reviewedOn)
}

const isCounted = ({ kind }: ChainReview): boolean => kind === 'review'

function seedBefore(state: Sm2State, firstReviewedOn: CalendarDay): Card {
  if (isSameState(state, initialState)) return newCard()
  const { easeFactor, intervalDays, repetitions } = state
  return { easeFactor, intervalDays, repetitions, dueOn: firstReviewedOn, lastReviewedOn: null }
}

/** What changes in a card's log, and in the card. */
export interface LogChange {
  /** The card as it is to be stored. */
  readonly card: Card
  /** Reviews to insert. */
  readonly added: readonly Link[]
  /** Reviews in the log whose states before and after become others. */
  readonly moved: readonly Link[]
}

/**
 * Puts reviews that are newer than the card's whole log behind it; the log itself is not needed.
 *
 * @param stored - The card as it is stored.
 * @param isFirst - Whether the log is empty.
 */
export function append(
  stored: Card,
  added: readonly ChainReview[],
  isFirst: boolean,
  rules: Sm2Rules,
): LogChange {
  const seed = isFirst ? seedOf([], stored, added) : stored
  const { card, links } = chain(seed, added.toSorted(inOrderOfTime), rules)
  return { card, added: links, moved: [] }
}

/**
 * Puts reviews at their places among those of a card's log, and takes one away; what comes after is computed anew.
 *
 * @param log - All of the card's reviews, in order of time.
 * @param stored - The card as it is stored.
 * @param removed - The review of the log that goes.
 */
export function rewrite(
  log: readonly LoggedReview[],
  stored: Card,
  change: { readonly added?: readonly ChainReview[]; readonly removed?: LoggedReview },
  rules: Sm2Rules,
): LogChange {
  const { added = [], removed } = change
  const touched = [...added, ...(removed === undefined ? [] : [removed])].toSorted(inOrderOfTime)
  const from = touched[0]
  if (from === undefined) return { card: stored, added: [], moved: [] }

  const isBefore = (review: ChainReview) => inOrderOfTime(review, from) < 0
  const head = log.filter(isBefore)
  const tail = log.filter((review) => !isBefore(review) && review !== removed)
  const { card, links } = chain(
    cardAfter(head, seedOf(log, stored, added)),
    [...tail, ...added].toSorted(inOrderOfTime),
    rules,
  )
  const former = new Map(tail.map((review) => [review.id, review]))
  const isMoved = (link: Link): boolean => {
    const review = former.get(link.id)
    return review !== undefined && !hasSameStates(review, link)
  }
  return {
    // Drills alone leave the card as it is, also where the host has moved its due day.
    card: touched.some(isCounted) ? card : stored,
    added: links.filter((link) => !former.has(link.id)),
    moved: links.filter(isMoved),
  }
}

/** The cards before and after a review of the log. */
export function linkInLog(log: readonly LoggedReview[], stored: Card, review: LoggedReview): Link {
  const seed = seedOf(log, stored)
  const head = log.filter((other) => inOrderOfTime(other, review) < 0)
  return { ...review, before: cardAfter(head, seed), after: cardAfter([...head, review], seed) }
}

/** Whether two reviews have the same states before and after. */
export function hasSameStates(a: LoggedReview, b: LoggedReview): boolean {
  return isSameState(a.before, b.before) && isSameState(a.after, b.after)
}

/** The card after a part of its log that begins with the first review. */
export function cardAfter(log: readonly LoggedReview[], seed: Card): Card {
  const last = log.findLast(isCounted)
  if (last === undefined) return seed
  const { easeFactor, intervalDays, repetitions } = last.after
  const dueOn = addDays(last.reviewedOn, intervalDays)
  return { easeFactor, intervalDays, repetitions, dueOn, lastReviewedOn: last.reviewedOn }
}

/** Whether two states are the same in all three numbers. */
export function isSameState(a: Sm2State, b: Sm2State): boolean {
  return a.easeFactor === b.easeFactor && a.intervalDays === b.intervalDays && a.repetitions === b.repetitions
}

/** Whether two cards are the same in state and days. */
export function isSameCard(a: Card, b: Card): boolean {
  return isSameState(a, b) && a.dueOn === b.dueOn && a.lastReviewedOn === b.lastReviewedOn
}
