// Makes reviews.csv: a log of 20,000 reviews of 1,000 cards by 3 learners. Always the same file for the same seed.
//
//   npx tsx examples/data/generate-reviews.ts [seed]
//
// No log of real learners may be published here, so this one is simulated with published figures (first ratings
// 24 / 9.4 / 49.5 / 17.1 %, retention 90 %, passes 22.4 / 63.1 / 14.5 %). Its columns are those of the field's
// benchmarks, and the learner. Times are milliseconds since 1970; ratings 1 again, 2 hard, 3 good, 4 easy; states,
// before the review: 0 new, 1 learning, 2 review, 3 relearning. Learning and relearning are repeats on the same day.

import { writeFileSync } from 'node:fs'
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'
import { addDays, answer, type Card, daysBetween, gradeFromButtons, newCard } from 'sm2kit'

const reviewCount = 20_000
const cardCount = 1_000
const firstDay = '2022-01-03'
const introductionDays = 330
/** Where the learners live; hours east of Greenwich, without summer time. */
const offsetHours = [1, -5, 9]

type Rating = 1 | 2 | 3 | 4
const buttons = { 1: 'again', 2: 'hard', 3: 'good', 4: 'easy' } as const
const firstRatings = { 1: 0.24, 2: 0.094, 3: 0.495, 4: 0.171 }
const retention = 0.9
const passRatings = { 2: 0.224, 3: 0.631, 4: 0.145 }
const repeatRatings = { 1: 0.12, 2: 0.08, 3: 0.7, 4: 0.1 }

/** A review that is yet to come. */
interface Upcoming {
  readonly cardId: number
  readonly userId: number
  readonly card: Card
  readonly day: string
  readonly time: number
}

/** The whole file as text. */
export function generateReviews(seed = 20_261_122): string {
  const random = mulberry32(seed)
  const minutes = (from: number, to: number) => Math.floor((from + random() * (to - from)) * 60_000)
  const pick = (weights: Partial<Record<Rating, number>>): Rating => {
    let rest = random()
    for (const [rating, weight] of Object.entries(weights)) {
      rest -= weight
      if (rest < 0) return Number(rating) as Rating
    }
    return 3
  }
  /** Between seven in the morning and nine in the evening, where the learner lives. */
  const timeOn = (day: string, userId: number) =>
    daysBetween('1970-01-01', day) * 86_400_000 +
    minutes(7 * 60, 21 * 60) -
    (offsetHours[userId - 1] ?? 0) * 3_600_000
  /** Two of three reviews are on the day, few are early, the others late: by a share of the interval at most. */
  const lateness = (intervalDays: number) => {
    const chance = random()
    if (chance < 0.66) return 0
    if (chance < 0.72) return intervalDays > 3 ? -1 : 0
    return 1 + Math.floor(random() ** 2 * (2 + intervalDays / 4))
  }

  const upcoming: Upcoming[] = Array.from({ length: cardCount }, (_, index) => {
    const userId = (index % offsetHours.length) + 1
    const day = addDays(firstDay, Math.floor((index / cardCount) * introductionDays))
    return { cardId: index + 1, userId, card: newCard(), day, time: timeOn(day, userId) }
  })

  // Time goes by in order: what comes next is always the earliest of what is to come. A tenth more than is kept, since
  // repeats run ahead of it.
  const rows: { readonly time: number; readonly text: string }[] = []
  while (rows.length < reviewCount * 1.1) {
    const next = upcoming.reduce((earliest, one) => (one.time < earliest.time ? one : earliest))
    const { cardId, userId, card, day } = next
    const isNew = card.lastReviewedOn === null
    let rating = isNew ? pick(firstRatings) : random() < retention ? pick(passRatings) : 1
    let time = next.time
    const write = (state: number) =>
      rows.push({ time, text: `${cardId},${time},${rating},${state},${minutes(0.03, 0.35)},${userId}` })
    write(isNew ? 0 : 2)
    const after = answer(card, gradeFromButtons(buttons[rating]), day).card
    // SM-2's step 7: again on the same day, until it is good.
    while (rating < 3) {
      time += minutes(1, 10)
      rating = pick(repeatRatings)
      write(isNew ? 1 : 3)
    }
    const due = addDays(day, Math.max(1, after.intervalDays + lateness(after.intervalDays)))
    upcoming[cardId - 1] = { cardId, userId, card: after, day: due, time: timeOn(due, userId) }
  }
  const sorted = rows.sort((a, b) => a.time - b.time).slice(0, reviewCount)
  const header = 'card_id,review_time,review_rating,review_state,review_duration,user_id'
  return `${[header, ...sorted.map(({ text }) => text)].join('\n')}\n`
}

/** Random numbers from 0 to 1 that depend on the seed alone (Tommy Ettinger's Mulberry32, public domain). */
function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(
    new URL('reviews.csv', import.meta.url),
    argv[2] === undefined ? generateReviews() : generateReviews(Number(argv[2])),
  )
}
