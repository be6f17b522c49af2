import { dayOf } from 'sm2kit/sm2'
import { describe, expect, it } from 'vitest'
import { isFull } from './support/scale.js'

// Every zone, on both sides of every change of its clocks from 2000 to 2037, at every hour a day can begin. The default
// run takes the zones with the odd changes and some others, another choice each day; a failure names its zone.

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const from = Date.UTC(2000, 0, 1)
const to = Date.UTC(2038, 0, 1)

const odd = [
  'Africa/Casablanca',
  'America/Havana',
  'America/New_York',
  'America/Sao_Paulo',
  'America/St_Johns',
  'Antarctica/Casey',
  'Antarctica/Troll',
  'Asia/Pyongyang',
  'Asia/Tehran',
  'Australia/Lord_Howe',
  'Europe/Berlin',
  'Pacific/Apia',
  'Pacific/Fakaofo',
]
const all = Intl.supportedValuesOf('timeZone')
const today = Math.floor(Date.now() / dayMs)
const others = Array.from({ length: 3 }, (_, i) => all[(today * 3 + i * 53) % all.length] ?? 'UTC')
const zones = isFull ? all : [...new Set([...odd, ...others])]

/** The zone's distance from UTC, read from the name that Intl gives to it: nothing of dayOf's way. */
function offsets(timeZone: string): (ms: number) => number {
  const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' })
  return (ms) => {
    const [, sign, hours, minutes] = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(format.format(ms)) ?? []
    const distance = Number(hours ?? 0) * hourMs + Number(minutes ?? 0) * 60_000
    return sign === '-' ? -distance : distance
  }
}

/** The first instants under a new offset, found by halving between the days that differ. */
function changesOf(offset: (ms: number) => number): number[] {
  const found: number[] = []
  const step = isFull ? dayMs : 7 * dayMs
  let before = offset(from)
  for (let ms = from + step; ms < to; ms += step) {
    const here = offset(ms)
    if (here === before) continue
    let [low, high] = [ms - step, ms]
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      if (offset(middle) === before) low = middle
      else high = middle
    }
    found.push(high)
    before = here
  }
  return found
}

const text = (dayNumber: number): string => new Date(dayNumber * dayMs).toISOString().slice(0, 10)

/** Whether the date was ever on the wall there. */
function existed(dayNumber: number, offset: (ms: number) => number): boolean {
  for (let hour = -15; hour < 39; hour++) {
    const ms = dayNumber * dayMs + hour * hourMs
    if (Math.floor((ms + offset(ms)) / dayMs) === dayNumber) return true
  }
  return false
}

function expectedDay(ms: number, dayStartsAt: number, offset: (ms: number) => number): string {
  const wall = ms + offset(ms)
  const date = Math.floor(wall / dayMs)
  if (Math.floor((wall - date * dayMs) / hourMs) >= dayStartsAt) return text(date)
  return text(existed(date - 1, offset) ? date - 1 : date - 2)
}

describe('the day in a zone', () => {
  it('is right on both sides of every change of its clocks', { timeout: 600_000 }, () => {
    let changes = 0
    const wrong: string[] = []
    for (const timeZone of zones) {
      const offset = offsets(timeZone)
      for (const change of changesOf(offset)) {
        changes++
        for (const ms of (isFull ? [-26, -3, -1, 0, 1, 3, 26] : [-26, 0, 3]).flatMap((h) => [
          change + h * hourMs - 1,
          change + h * hourMs,
        ])) {
          for (let dayStartsAt = 0; dayStartsAt < 24; dayStartsAt += isFull || ms === change ? 1 : 4) {
            const got = dayOf(ms, { timeZone, dayStartsAt })
            const wanted = expectedDay(ms, dayStartsAt, offset)
            if (got !== wanted)
              wrong.push(
                `${timeZone} ${new Date(ms).toISOString()} from ${dayStartsAt}: ${got}, not ${wanted}`,
              )
          }
        }
      }
    }
    console.log(
      `${zones.length} of ${all.length} zones, ${changes} changes of clocks: ${zones.join(' ').slice(0, 400)}`,
    )
    expect(wrong).toEqual([])
    expect(changes).toBeGreaterThan(200)
  })

  it('does not depend on the zone of the host', () => {
    const before = process.env['TZ']
    const seen = new Set<string>()
    const hosts = new Set<string>()
    try {
      for (const host of ['UTC', 'Pacific/Apia', 'America/Sao_Paulo', 'Asia/Kathmandu', 'America/New_York']) {
        process.env['TZ'] = host
        hosts.add(String(new Date(2011, 11, 31).getTime()))
        const days: string[] = []
        for (let ms = Date.UTC(2011, 11, 28); ms < Date.UTC(2012, 0, 3); ms += hourMs) {
          for (const timeZone of ['Pacific/Apia', 'Europe/Berlin', 'UTC']) days.push(dayOf(ms, { timeZone }))
        }
        seen.add(days.join())
      }
    } finally {
      if (before === undefined) delete process.env['TZ']
      else process.env['TZ'] = before
    }
    expect(hosts.size).toBe(5)
    expect(seen.size).toBe(1)
  })
})
