import { type Button, gradeFromButtons, isPass } from 'sm2kit/sm2'
import { describe, expect, it } from 'vitest'
import { caught, refusal } from './support/refusal.js'

describe('gradeFromButtons', () => {
  it('fails at again alone, and leaves the ease factor at good', () => {
    const buttons = ['again', 'hard', 'good', 'easy'] as const
    expect(buttons.map(gradeFromButtons)).toEqual([1, 3, 4, 5])
    expect(buttons.map((button) => isPass(gradeFromButtons(button)))).toEqual([false, true, true, true])
  })

  it('refuses any other value', () => {
    for (const button of ['Again', '', 'toString', 3, null, undefined]) {
      expect(refusal(() => gradeFromButtons(button as Button))).toEqual(['INVALID_BUTTON', 'button'])
    }
    expect(caught(() => gradeFromButtons('so-so' as Button)).message).toBe(
      "button is so-so (string); allowed: 'again', 'hard', 'good', 'easy'",
    )
  })
})
