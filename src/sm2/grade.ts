import { isInteger } from './integer.js'
import { refuse } from './sm2-error.js'

/**
 * How well an item was recalled, 0 to 5.
 *
 * 5 perfect · 4 correct after a hesitation · 3 correct with serious difficulty · 2 wrong, and the answer seemed easy
 * once seen · 1 wrong, and the answer was remembered once seen · 0 complete blackout.
 *
 * @example
 * ```ts
 * import { type Grade, isPass } from 'sm2kit/sm2'
 *
 * const grade: Grade = 3
 * isPass(grade) // => true
 * ```
 * @see P. A. Wozniak, "Optimization of Learning" (1990), 3.2, step 4
 */
export type Grade = 0 | 1 | 2 | 3 | 4 | 5

/**
 * Whether a value is a grade: a number, whole, from 0 to 5. The text `"4"` is none.
 *
 * @param x - Anything, such as a field of a request.
 * @returns `true` when `x` can be given to {@link schedule}.
 * @example
 * ```ts
 * import { isGrade } from 'sm2kit/sm2'
 *
 * isGrade(4) // => true
 * isGrade('4') // => false
 * isGrade(4.5) // => false
 * ```
 */
export function isGrade(x: unknown): x is Grade {
  // `>>> 0` tells that it is whole and not below 0, and the engine that it is a machine integer: half the time of a call.
  return typeof x === 'number' && x >>> 0 === x && x <= 5
}

/** Throws unless the value is a grade. */
export function checkGrade(grade: unknown, path: string): asserts grade is Grade {
  if (!isInteger(grade, 0) || grade > 5) refuse('INVALID_GRADE', path, grade, 'an integer from 0 to 5')
}

/**
 * Whether a grade counts as recalled (3 and better). A grade below is a lapse: the repetitions start over.
 *
 * @param grade - Quality of recall, 0 to 5.
 * @returns `true` for 3, 4 and 5.
 * @throws {@link Sm2Error} `INVALID_GRADE` when `grade` is not an integer from 0 to 5.
 * @example
 * ```ts
 * import { isPass } from 'sm2kit/sm2'
 *
 * isPass(3) // => true
 * isPass(2) // => false
 * ```
 * @see P. A. Wozniak, "Optimization of Learning" (1990), 3.2, step 6
 */
export function isPass(grade: Grade): boolean {
  checkGrade(grade, 'grade')
  return grade >= 3
}

/**
 * Whether the item should be shown again on the same day (below 4), until it is graded 4 or better.
 *
 * Such a repeat is a drill: it does not change the state, so do not give its grade to {@link schedule}.
 *
 * @param grade - Quality of recall, 0 to 5.
 * @returns `true` for 0, 1, 2 and 3. A 3 passes *and* is repeated.
 * @throws {@link Sm2Error} `INVALID_GRADE` when `grade` is not an integer from 0 to 5.
 * @example
 * ```ts
 * import { needsRepeat } from 'sm2kit/sm2'
 *
 * needsRepeat(3) // => true
 * needsRepeat(4) // => false
 * ```
 * @see P. A. Wozniak, "Optimization of Learning" (1990), 3.2, step 7
 */
export function needsRepeat(grade: Grade): boolean {
  checkGrade(grade, 'grade')
  return grade < 4
}
