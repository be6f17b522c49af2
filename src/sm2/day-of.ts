import type { CalendarDay } from './calendar-day.js'
import { refuse } from './sm2-error.js'

/**
 * Where a learner's day begins: in which zone, at which hour.
 *
 * @example
 * ```ts
 * import { dayOf, type DayOptions } from 'sm2kit/sm2'
 *
 * const berlin: DayOptions = { timeZone: 'Europe/Berlin', dayStartsAt: 0 }
 * dayOf(Date.UTC(2026, 0, 31, 23, 30), berlin) // => '2026-02-01'
 * ```
 */
export interface DayOptions {
  /** The learner's zone by its IANA name, as `Europe/Berlin`; whatever `Intl.DateTimeFormat` takes. */
  readonly timeZone: string
  /** The hour on the wall clock at which a new day begins, an integer from 0 to 23; 4 by default. */
  readonly dayStartsAt?: number | undefined
}

const msPerHour = 3_600_000
const firstMs = -62_135_424_000_000 // 0001-01-03, so that no zone's wall clock shows the year 0
const lastMs = 253_402_128_000_000 // 9999-12-30
const keptFormats = 64

// A format takes some 60 µs to make and 1 µs to use. Offsets are not remembered: zones change them at odd minutes.
const formats = /* @__PURE__ */ new Map<string, Intl.DateTimeFormat>()

function formatOf(timeZone: unknown): Intl.DateTimeFormat {
  const zone = String(timeZone)
  let format = formats.get(zone)
  if (format === undefined || typeof timeZone !== 'string') {
    try {
      // Without a zone Intl would take the host's, silently.
      format = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
        timeZone: typeof timeZone === 'string' ? timeZone : '',
        hourCycle: 'h23',
        year: 'numeric',
        month: '2-digit',
        day: '2-digit',
        hour: '2-digit',
      })
    } catch {
      refuse('INVALID_TIME_ZONE', 'timeZone', timeZone, "a zone's IANA name, as 'Europe/Berlin'")
    }
    if (formats.size >= keptFormats) formats.clear()
    formats.set(zone, format)
  }
  return format
}

/** What calendar and clock on the wall show: the day, and the hour from 0 to 23. */
function wallClock(ms: number, format: Intl.DateTimeFormat): { day: CalendarDay; hour: number } {
  const shown: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {}
  for (const part of format.formatToParts(ms)) shown[part.type] = part.value
  return { day: `${shown.year?.padStart(4, '0')}-${shown.month}-${shown.day}`, hour: Number(shown.hour) }
}

/**
 * The learner's day at an instant: the date on the wall, or the date before while the clock shows an hour below
 * `dayStartsAt`.
 *
 * Only the wall clock counts. Where the change of clocks leaves out the hour at which the day begins, it begins with
 * the first moment after the gap. The date before is the one that preceded *there*: Apia went from 29 to 31 December
 * 2011, so the small hours of the 31st belong to the 29th, like the evening that they follow.
 *
 * @param instant - A `Date`, or milliseconds since 1970 in UTC; in the years 1 to 9999.
 * @param options - The learner's zone, and the hour at which a day begins (4 by default).
 * @returns The day, `YYYY-MM-DD`. The host's own time zone has no part in it.
 * @throws {@link Sm2Error} `INVALID_INSTANT` when `instant` is neither, or an invalid `Date`, or outside of the years.
 * @throws {@link Sm2Error} `INVALID_TIME_ZONE` when the zone is unknown or missing.
 * @throws {@link Sm2Error} `INVALID_DAY_START` when `dayStartsAt` is not an integer from 0 to 23.
 * @example
 * ```ts
 * import { dayOf } from 'sm2kit/sm2'
 *
 * const halfPastTwo = new Date('2026-11-20T01:30:00Z') // 02:30 in Berlin
 * dayOf(halfPastTwo, { timeZone: 'Europe/Berlin' }) // => '2026-11-19'
 * dayOf(halfPastTwo, { timeZone: 'Europe/Berlin', dayStartsAt: 0 }) // => '2026-11-20'
 * dayOf(halfPastTwo, { timeZone: 'Mars/Olympus' }) // throws INVALID_TIME_ZONE
 * ```
 */
export function dayOf(instant: Date | number, options: DayOptions): CalendarDay {
  const ms = msOf(instant)
  if (!(ms >= firstMs && ms < lastMs))
    refuse('INVALID_INSTANT', 'instant', instant, 'a Date or milliseconds, years 1 to 9999')
  const { timeZone, dayStartsAt = 4 } = options ?? {}
  if (!Number.isInteger(dayStartsAt) || dayStartsAt < 0 || dayStartsAt > 23) {
    refuse('INVALID_DAY_START', 'dayStartsAt', dayStartsAt, 'an integer from 0 to 23')
  }
  const format = formatOf(timeZone)
  const { day, hour } = wallClock(ms, format)
  if (hour >= dayStartsAt) return day
  // Six hours before midnight, give or take the change of clocks: that is the date before, whichever it was.
  return wallClock(ms - (hour + 6) * msPerHour, format).day
}

function msOf(instant: unknown): number {
  if (typeof instant === 'number') return instant
  // Not instanceof: a Date of another realm (a test runner's sandbox, a frame) is a Date too.
  return Object.prototype.toString.call(instant) === '[object Date]' ? Number(instant) : Number.NaN
}
