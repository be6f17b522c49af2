import { runInNewContext } from 'node:vm'
import { type DayOptions, dayOf } from 'sm2kit/sm2'
import { describe, expect, it } from 'vitest'
import { caught, refusal } from './support/refusal.js'

const at = (text: string, timeZone: string, dayStartsAt?: number): string =>
  dayOf(new Date(text), { timeZone, dayStartsAt })

describe('dayOf', () => {
  it('begins the day at four on the wall clock, unless told otherwise', () => {
    expect(at('2026-11-20T02:59:59.999Z', 'Europe/Berlin')).toBe('2026-11-19')
    expect(at('2026-11-20T03:00:00Z', 'Europe/Berlin')).toBe('2026-11-20')
    expect(at('2026-11-20T22:59:59.999Z', 'Europe/Berlin', 0)).toBe('2026-11-20')
    expect(at('2026-11-20T23:00:00Z', 'Europe/Berlin', 0)).toBe('2026-11-21')
    expect(at('2026-11-20T21:59:59.999Z', 'Europe/Berlin', 23)).toBe('2026-11-19')
    expect(at('2026-11-20T22:00:00Z', 'Europe/Berlin', 23)).toBe('2026-11-20')
    expect(at('2026-11-20T23:30:00Z', 'Europe/Berlin', 23)).toBe('2026-11-20')
    expect(at('2026-11-20T00:30:00Z', 'UTC', 1)).toBe('2026-11-19')
  })

  it('takes a Date, also of another realm, or milliseconds', () => {
    const ms = Date.UTC(2026, 10, 20, 12)
    const foreign = runInNewContext(`new Date(${ms})`) as Date
    expect(foreign instanceof Date).toBe(false)
    for (const instant of [ms, new Date(ms), foreign, ms + 0.25]) {
      expect(dayOf(instant, { timeZone: 'UTC' })).toBe('2026-11-20')
    }
  })

  it('is the learner’s day, in every zone its own', () => {
    const instant = new Date('2026-06-15T11:00:00Z')
    expect(dayOf(instant, { timeZone: 'Pacific/Kiritimati', dayStartsAt: 0 })).toBe('2026-06-16')
    expect(dayOf(instant, { timeZone: 'Pacific/Pago_Pago', dayStartsAt: 1 })).toBe('2026-06-14')
    expect(dayOf(instant, { timeZone: 'Pacific/Pago_Pago', dayStartsAt: 0 })).toBe('2026-06-15')
    expect(dayOf(instant, { timeZone: 'Asia/Kathmandu' })).toBe('2026-06-15')
  })

  it('begins after the gap when the change of clocks leaves out the hour it begins at', () => {
    // New York, 8 March 2026: after 01:59:59 EST comes 03:00:00 EDT.
    expect(at('2026-03-08T06:59:59.999Z', 'America/New_York', 2)).toBe('2026-03-07')
    expect(at('2026-03-08T07:00:00Z', 'America/New_York', 2)).toBe('2026-03-08')
    // Havana leaves out the hour from midnight.
    expect(at('2026-03-08T04:59:59.999Z', 'America/Havana', 0)).toBe('2026-03-07')
    expect(at('2026-03-08T05:00:00Z', 'America/Havana', 0)).toBe('2026-03-08')
  })

  it('gives the date that preceded in Apia, which went from 29 to 31 December 2011', () => {
    expect(at('2011-12-30T09:59:59.999Z', 'Pacific/Apia', 0)).toBe('2011-12-29')
    expect(at('2011-12-30T10:00:00Z', 'Pacific/Apia', 0)).toBe('2011-12-31')
    expect(at('2011-12-30T10:00:00Z', 'Pacific/Apia')).toBe('2011-12-29')
    expect(at('2011-12-30T13:59:59.999Z', 'Pacific/Apia')).toBe('2011-12-29')
    expect(at('2011-12-30T14:00:00Z', 'Pacific/Apia')).toBe('2011-12-31')
    for (let hour = 0; hour < 24; hour++) {
      for (let h = 0; h < 72; h++) {
        const instant = Date.UTC(2011, 11, 29) + h * 3_600_000
        expect(dayOf(instant, { timeZone: 'Pacific/Apia', dayStartsAt: hour })).not.toBe('2011-12-30')
      }
    }
  })

  it('writes years with four digits, from 1 to 9999', () => {
    expect(at('0001-01-03T00:00:00Z', 'UTC', 0)).toBe('0001-01-03')
    expect(at('0099-06-01T12:00:00Z', 'UTC')).toBe('0099-06-01')
    expect(at('9999-12-29T23:59:59.999Z', 'UTC')).toBe('9999-12-29')
    expect(at('1582-10-10T12:00:00Z', 'UTC')).toBe('1582-10-10')
  })

  it('refuses what is no instant in those years', () => {
    const first = Date.parse('0001-01-03T00:00:00Z')
    const end = Date.parse('9999-12-30T00:00:00Z')
    for (const instant of [
      new Date(Number.NaN),
      Number.NaN,
      Infinity,
      -Infinity,
      first - 1,
      end,
      '2026-01-01',
      null,
      undefined,
      {},
      1n,
      [0],
    ]) {
      expect(refusal(() => dayOf(instant as Date, { timeZone: 'UTC' }))).toEqual([
        'INVALID_INSTANT',
        'instant',
      ])
    }
    expect(dayOf(first, { timeZone: 'UTC' })).toBe('0001-01-02')
    expect(caught(() => dayOf(end, { timeZone: 'UTC' })).message).toBe(
      'instant is 253402128000000 (number); allowed: a Date or milliseconds, years 1 to 9999',
    )
  })

  it('refuses a zone that is unknown or missing, and never takes the host’s', () => {
    for (const timeZone of ['Mars/Olympus', '', ' ', undefined, null, 1, {}, ['UTC'], Symbol('UTC')]) {
      for (let again = 0; again < 2; again++) {
        expect(refusal(() => dayOf(0, { timeZone } as DayOptions))).toEqual(['INVALID_TIME_ZONE', 'timeZone'])
      }
    }
    for (const options of [undefined, null, {}]) {
      expect(refusal(() => dayOf(0, options as unknown as DayOptions))).toEqual([
        'INVALID_TIME_ZONE',
        'timeZone',
      ])
    }
    dayOf(0, { timeZone: 'UTC' })
    expect(refusal(() => dayOf(0, { timeZone: new String('UTC') } as unknown as DayOptions))[0]).toBe(
      'INVALID_TIME_ZONE',
    )
    expect(caught(() => dayOf(0, { timeZone: 'x' })).message).toBe(
      "timeZone is x (string); allowed: a zone's IANA name, as 'Europe/Berlin'",
    )
  })

  it('refuses an hour that is none', () => {
    for (const dayStartsAt of [-1, 24, 4.5, '4', null, Number.NaN]) {
      expect(refusal(() => dayOf(0, { timeZone: 'UTC', dayStartsAt } as DayOptions))).toEqual([
        'INVALID_DAY_START',
        'dayStartsAt',
      ])
    }
    expect(caught(() => at('2026-01-01T00:00:00Z', 'UTC', 24)).message).toBe(
      'dayStartsAt is 24 (number); allowed: an integer from 0 to 23',
    )
  })

  it('keeps a format for each zone, and no more than 64 of them', () => {
    const { DateTimeFormat } = Intl
    let made = 0
    Intl.DateTimeFormat = new Proxy(DateTimeFormat, {
      construct(target, args) {
        made++
        return Reflect.construct(target, args)
      },
    })
    try {
      const zones = Intl.supportedValuesOf('timeZone').slice(0, 65)
      for (const timeZone of zones.slice(0, 64)) dayOf(0, { timeZone })
      // Whatever was kept before, the last zones are kept now.
      made = 0
      for (let again = 0; again < 9; again++) dayOf(0, { timeZone: zones[63] ?? '' })
      expect(made).toBe(0)
      for (const timeZone of zones) dayOf(0, { timeZone })
      made = 0
      for (const timeZone of zones) dayOf(0, { timeZone })
      expect(made).toBeGreaterThan(0)
      made = 0
      for (let again = 0; again < 3; again++)
        for (const timeZone of zones.slice(0, 60)) dayOf(0, { timeZone })
      expect(made).toBeLessThanOrEqual(60)
    } finally {
      Intl.DateTimeFormat = DateTimeFormat
    }
  })
})
