import { refuse, type Sm2ErrorCode } from './sm2-error.js'

/**
 * A calendar day as `YYYY-MM-DD`, from `0001-01-01` to `9999-12-31`. It is no instant: it has no time zone, no clock
 * change can move it, and text order is its order.
 *
 * @example
 * ```ts
 * import { addDays, type CalendarDay } from 'sm2kit/sm2'
 *
 * const day: CalendarDay = '2026-02-28'
 * addDays(day, 1) // => '2026-03-01'
 * ```
 */
export type CalendarDay = string

const msPerDay = 86_400_000

/** The day's number, counted from 1970-01-01; throws unless it is a day that exists. UTC only: the host's zone is never asked. */
export function dayNumber(day: unknown, path: string, code: Sm2ErrorCode = 'INVALID_DAY'): number {
  if (typeof day === 'string') {
    const number = Date.parse(`${day}T00:00:00Z`) / msPerDay
    // Engines roll 02-30 over to 03-02 and read other forms: only what comes back as it went in exists.
    if (dayFromNumber(number) === day) return number
  }
  return refuse(code, path, day, "a day that exists, as 'YYYY-MM-DD'")
}

/** The day of a number, or `undefined` outside of the years 1 to 9999. */
export function dayFromNumber(number: number): CalendarDay | undefined {
  if (!(number >= -719_162 && number <= 2_932_896)) return undefined
  return new Date(number * msPerDay).toISOString().slice(0, 10)
}

/**
 * The day that lies a number of days after another.
 *
 * @param day - Where to count from, `YYYY-MM-DD`.
 * @param n - Whole days; negative ones count back.
 * @returns The day, `YYYY-MM-DD`.
 * @throws {@link Sm2Error} `INVALID_DAY` when `day` does not exist, or the result lies outside of the years 1 to 9999.
 * @throws {@link Sm2Error} `INVALID_COUNT` when `n` is not an integer.
 * @example
 * ```ts
 * import { addDays } from 'sm2kit/sm2'
 *
 * addDays('2028-02-28', 1) // => '2028-02-29'
 * addDays('2026-03-01', -1) // => '2026-02-28'
 * addDays('2026-02-30', 1) // throws INVALID_DAY
 * ```
 */
export function addDays(day: CalendarDay, n: number): CalendarDay {
  const number = dayNumber(day, 'day')
  if (!Number.isSafeInteger(n)) refuse('INVALID_COUNT', 'n', n, 'an integer')
  const result = dayFromNumber(number + n)
  if (result === undefined) refuse('INVALID_DAY', 'day', `${day} + ${n} days`, '0001-01-01 to 9999-12-31')
  return result
}

/**
 * How many days the second day lies after the first.
 *
 * @param a - The day to count from, `YYYY-MM-DD`.
 * @param b - The day to count to, `YYYY-MM-DD`.
 * @returns Whole days, negative when `b` is the earlier: `addDays(a, daysBetween(a, b))` is `b`.
 * @throws {@link Sm2Error} `INVALID_DAY` when a day does not exist.
 * @example
 * ```ts
 * import { daysBetween } from 'sm2kit/sm2'
 *
 * daysBetween('2026-02-28', '2026-03-01') // => 1
 * daysBetween('2026-03-01', '2026-02-28') // => -1
 * ```
 */
export function daysBetween(a: CalendarDay, b: CalendarDay): number {
  return dayNumber(b, 'b') - dayNumber(a, 'a')
}
