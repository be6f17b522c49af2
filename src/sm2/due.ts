import { type CalendarDay, dayNumber } from './calendar-day.js'
import type { Card } from './card.js'
import { refuse } from './sm2-error.js'

/**
 * What the due functions look at: a {@link Card}, or anything with its `dueOn`, such as a row.
 *
 * @example
 * ```ts
 * import { type Due, daysOverdue } from 'sm2kit/sm2'
 *
 * const row: Due & { word: string } = { word: 'lighthouse', dueOn: '2026-11-20' }
 * daysOverdue(row, '2026-11-22') // => 2
 * ```
 */
export type Due = Pick<Card, 'dueOn'>

/** How many days the card has been due: 0 on its day and for a new card, negative before. */
function dueFor(card: Due, today: number, path: string): number {
  const dueOn = card?.dueOn
  return dueOn === null ? 0 : today - dayNumber(dueOn, `${path}.dueOn`, 'INVALID_CARD')
}

/**
 * Whether a card can be reviewed on a day: its due day has come, or it is new.
 *
 * A card that was never reviewed (`dueOn` is `null`) is due at once; to offer new cards apart, ask for `dueOn` first.
 *
 * @param card - The card; only its `dueOn` matters.
 * @param today - The learner's day, as {@link dayOf} gives it.
 * @returns `true` on the due day and after, and for a new card.
 * @throws {@link Sm2Error} `INVALID_CARD` when `dueOn` is neither `null` nor a day that exists.
 * @throws {@link Sm2Error} `INVALID_DAY` when `today` does not exist.
 * @example
 * ```ts
 * import { answer, isDue, newCard } from 'sm2kit/sm2'
 *
 * const { card } = answer(newCard(), 5, '2026-11-20')
 * isDue(card, '2026-11-20') // => false
 * isDue(card, '2026-11-21') // => true
 * isDue(newCard(), '2026-11-20') // => true
 * ```
 */
export function isDue(card: Due, today: CalendarDay): boolean {
  return dueFor(card, dayNumber(today, 'today'), 'card') >= 0
}

/**
 * How many days a card is late.
 *
 * @param card - The card; only its `dueOn` matters.
 * @param today - The learner's day, as {@link dayOf} gives it.
 * @returns Whole days; 0 on the due day, before it, and for a new card.
 * @throws {@link Sm2Error} `INVALID_CARD` when `dueOn` is neither `null` nor a day that exists.
 * @throws {@link Sm2Error} `INVALID_DAY` when `today` does not exist.
 * @example
 * ```ts
 * import { daysOverdue } from 'sm2kit/sm2'
 *
 * daysOverdue({ dueOn: '2026-11-20' }, '2026-11-23') // => 3
 * daysOverdue({ dueOn: '2026-11-20' }, '2026-11-19') // => 0
 * ```
 */
export function daysOverdue(card: Due, today: CalendarDay): number {
  return Math.max(0, dueFor(card, dayNumber(today, 'today'), 'card'))
}

/**
 * How many cards fall due on each of the coming days, if nothing is reviewed meanwhile.
 *
 * The first count has everything that {@link isDue} on that day: what falls due then, what is overdue, and new cards.
 * Each card is counted once; cards due after the last day are in no count.
 *
 * @param cards - The cards; only their `dueOn` matters.
 * @param from - The first day.
 * @param days - How many days; an integer from 0 to 3652059 (every day there is).
 * @returns `days` counts; index `i` is the day `addDays(from, i)`.
 * @throws {@link Sm2Error} `INVALID_CARD` when a `dueOn` is neither `null` nor a day that exists (`path` has the index).
 * @throws {@link Sm2Error} `INVALID_DAY` when `from` does not exist.
 * @throws {@link Sm2Error} `INVALID_COUNT` when `days` is not such an integer.
 * @example
 * ```ts
 * import { dueForecast, newCard } from 'sm2kit/sm2'
 *
 * const cards = [{ dueOn: '2026-11-18' }, { dueOn: '2026-11-21' }, { dueOn: '2026-12-24' }, newCard()]
 * dueForecast(cards, '2026-11-20', 3) // => [2, 1, 0]
 * ```
 */
export function dueForecast(cards: Iterable<Due>, from: CalendarDay, days: number): number[] {
  const first = dayNumber(from, 'from')
  if (!Number.isInteger(days) || days < 0 || days > 3_652_059) {
    refuse('INVALID_COUNT', 'days', days, 'an integer from 0 to 3652059')
  }
  const counts: number[] = new Array(days).fill(0)
  let position = 0
  for (const card of cards) {
    const index = Math.max(0, -dueFor(card, first, `cards[${position}]`))
    const count = counts[index]
    if (count !== undefined) counts[index] = count + 1
    position++
  }
  return counts
}
