import { type Grade, isPass, Sm2Error } from 'sm2kit/sm2'
import { describe, expect, it } from 'vitest'
import { caught } from './support/refusal.js'

describe('Sm2Error', () => {
  it('is a RangeError with a name, a code, a path and its faults', () => {
    const error = caught(() => isPass(9 as Grade))
    expect(error).toBeInstanceOf(RangeError)
    expect(error).toBeInstanceOf(Sm2Error)
    expect(error).toMatchObject({
      name: 'Sm2Error',
      code: 'INVALID_GRADE',
      path: 'grade',
      found: 9,
      allowed: 'an integer from 0 to 5',
    })
    expect(error.faults).toEqual([{ path: 'grade', found: 9, allowed: 'an integer from 0 to 5' }])
    expect(String(error)).toBe('Sm2Error: grade is 9 (number); allowed: an integer from 0 to 5')
  })

  it.each<[unknown, string]>([
    ['4', '4 (string)'],
    [4.5, '4.5 (number)'],
    [Number.NaN, 'NaN (number)'],
    [null, 'null (object)'],
    [undefined, 'undefined (undefined)'],
    [7n, '7 (bigint)'],
    [Symbol('q'), 'Symbol(q) (symbol)'],
    [Object.create(null), 'an (object)'],
    [[4], 'an (object)'],
    [() => 4, 'an (function)'],
  ])('shows %o as %s', (found, shown) => {
    expect(caught(() => isPass(found as Grade)).message).toBe(
      `grade is ${shown}; allowed: an integer from 0 to 5`,
    )
  })
})
