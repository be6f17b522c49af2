import type { Grade } from './grade.js'
import { refuse } from './sm2-error.js'

/**
 * The four buttons that many apps offer instead of six grades.
 *
 * @example
 * ```ts
 * import { type Button, gradeFromButtons } from 'sm2kit/sm2'
 *
 * const buttons: Button[] = ['again', 'hard', 'good', 'easy']
 * buttons.map((button) => gradeFromButtons(button)) // => [1, 3, 4, 5]
 * ```
 */
export type Button = 'again' | 'hard' | 'good' | 'easy'

/**
 * The grade that a button stands for: `again` 1, `hard` 3, `good` 4, `easy` 5.
 *
 * `hard`, `good` and `easy` are Wozniak's three passing grades in his own words (correct with serious difficulty, after
 * a hesitation, perfect); `good` leaves the ease factor as it is. Of the three failing ones `again` takes the middle
 * one, "wrong; the correct one remembered": the button says neither that the answer seemed easy (2) nor that nothing came back (0).
 *
 * @param button - One of the four names.
 * @returns The grade to give to {@link schedule}.
 * @throws {@link Sm2Error} `INVALID_BUTTON` when `button` is another value.
 * @example
 * ```ts
 * import { gradeFromButtons } from 'sm2kit/sm2'
 *
 * gradeFromButtons('good') // => 4
 * gradeFromButtons('again') // => 1
 * gradeFromButtons('so-so' as 'good') // throws INVALID_BUTTON
 * ```
 * @see P. A. Wozniak, "Optimization of Learning" (1990), 3.2, step 4
 */
export function gradeFromButtons(button: Button): Grade {
  switch (button) {
    case 'again':
      return 1
    case 'hard':
      return 3
    case 'good':
      return 4
    case 'easy':
      return 5
    default:
      return refuse('INVALID_BUTTON', 'button', button, "'again', 'hard', 'good', 'easy'")
  }
}
