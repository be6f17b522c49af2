import { type Grade, isGrade, isPass, needsRepeat } from 'sm2kit/sm2'
import { describe, expect, it } from 'vitest'
import { caught, refusal, strangers } from './support/refusal.js'

const six: readonly Grade[] = [0, 1, 2, 3, 4, 5]

describe('a grade', () => {
  it('is an integer from 0 to 5 and nothing else', () => {
    expect(six.every(isGrade)).toBe(true)
    expect(strangers.some(isGrade)).toBe(false)
  })

  it('passes from 3 on', () => {
    expect(six.map((grade) => isPass(grade))).toEqual([false, false, false, true, true, true])
  })

  it('needs a repeat below 4', () => {
    expect(six.map((grade) => needsRepeat(grade))).toEqual([true, true, true, true, false, false])
  })

  it('is checked before it is judged', () => {
    for (const stranger of strangers) {
      expect(refusal(() => isPass(stranger as Grade))).toEqual(['INVALID_GRADE', 'grade'])
      expect(refusal(() => needsRepeat(stranger as Grade))).toEqual(['INVALID_GRADE', 'grade'])
    }
    expect(caught(() => isPass(7 as Grade)).message).toBe(
      'grade is 7 (number); allowed: an integer from 0 to 5',
    )
  })
})
