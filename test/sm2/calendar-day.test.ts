import fc from 'fast-check'
import { addDays, daysBetween } from 'sm2kit/sm2'
import { describe, expect, it } from 'vitest'
import * as arbitrary from './support/arbitraries.js'
import { caught, refusal } from './support/refusal.js'
import { runs } from './support/scale.js'

/** The day after, by the rules of the calendar alone. */
function dayAfter(day: string): string {
  const [y = 0, m = 0, d = 0] = day.split('-').map(Number)
  const isLeap = (y % 4 === 0 && y % 100 !== 0) || y % 400 === 0
  const last = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][m - 1]
  const [ny, nm, nd] = d !== last ? [y, m, d + 1] : m !== 12 ? [y, m + 1, 1] : [y + 1, 1, 1]
  return `${String(ny).padStart(4, '0')}-${String(nm).padStart(2, '0')}-${String(nd).padStart(2, '0')}`
}

const none = [
  '2026-02-29',
  '2100-02-29',
  '2026-04-31',
  '2026-13-01',
  '2026-00-10',
  '2026-01-00',
  '2026-01-32',
  '0000-12-31',
  '2026-1-1',
  '26-01-01',
  '12026-01-01',
  '+002026-01-01',
  '-000001-01-01',
  '2026/01/01',
  '2026-01-01T00:00:00Z',
  ' 2026-01-01',
  '2026-01-01 ',
  '2026-01-01\n',
  '',
  'today',
  null,
  undefined,
  20260101,
  Symbol('2026-01-01'),
  Object.create(null),
  new Date(0),
  ['2026-01-01'],
  {},
]

describe('calendar days', () => {
  it('follow one another as the calendar says, all of 400 years and at both ends', () => {
    let day = '1999-12-31'
    for (let n = 0; n < 146_097; n++) {
      const next = dayAfter(day)
      if (addDays(day, 1) !== next) expect(addDays(day, 1)).toBe(next)
      day = next
    }
    expect(daysBetween('1999-12-31', day)).toBe(146_097)
    expect(addDays('0001-01-01', 1)).toBe('0001-01-02')
    expect(addDays('0001-01-02', -1)).toBe('0001-01-01')
    expect(addDays('0099-12-31', 1)).toBe('0100-01-01')
    expect(addDays('9999-12-30', 1)).toBe('9999-12-31')
    expect(daysBetween('0001-01-01', '9999-12-31')).toBe(3_652_058)
    expect(addDays('2024-02-28', 1)).toBe('2024-02-29')
  })

  it('are added and counted inversely', () => {
    fc.assert(
      fc.property(arbitrary.day(), fc.integer({ min: 0, max: 40_000 }), (day, n) => {
        const later = addDays(day, n)
        expect(daysBetween(day, later)).toBe(n)
        expect(daysBetween(later, day)).toBe(0 - n)
        expect(addDays(later, -n)).toBe(day)
        expect(later >= day).toBe(true)
      }),
      { numRuns: runs(500, 20_000) },
    )
  })

  it('are refused when they do not exist', () => {
    for (const day of none) {
      expect(refusal(() => addDays(day as string, 1))).toEqual(['INVALID_DAY', 'day'])
      expect(refusal(() => daysBetween('2026-01-01', day as string))).toEqual(['INVALID_DAY', 'b'])
      expect(refusal(() => daysBetween(day as string, '2026-01-01'))).toEqual(['INVALID_DAY', 'a'])
    }
    expect(caught(() => addDays('2026-02-30', 1)).message).toBe(
      "day is 2026-02-30 (string); allowed: a day that exists, as 'YYYY-MM-DD'",
    )
  })

  it('are not added by anything but an integer', () => {
    for (const n of [0.5, '1', Number.NaN, Number.POSITIVE_INFINITY, null, undefined, 2 ** 53, 1n]) {
      expect(refusal(() => addDays('2026-01-01', n as number))).toEqual(['INVALID_COUNT', 'n'])
    }
    expect(caught(() => addDays('2026-01-01', 0.5)).message).toBe('n is 0.5 (number); allowed: an integer')
  })

  it('end with the years 1 and 9999', () => {
    expect(refusal(() => addDays('9999-12-31', 1))).toEqual(['INVALID_DAY', 'day'])
    expect(refusal(() => addDays('0001-01-01', -1))).toEqual(['INVALID_DAY', 'day'])
    expect(refusal(() => addDays('2026-01-01', Number.MAX_SAFE_INTEGER))).toEqual(['INVALID_DAY', 'day'])
    expect(caught(() => addDays('9999-12-31', 1)).message).toBe(
      'day is 9999-12-31 + 1 days (string); allowed: 0001-01-01 to 9999-12-31',
    )
  })
})
