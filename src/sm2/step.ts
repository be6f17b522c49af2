import type { Grade } from './grade.js'
import type { Sm2Rules } from './rules.js'

/**
 * The ease factor after a review, in thousandths.
 *
 * The published change, 0.1 − (5 − q)(0.08 + (5 − q)0.02), is −0.80 −0.54 −0.32 −0.14 0 +0.10 for q = 0…5: whole
 * thousandths, so integers hold it exactly. The floor of 1.3 is published; the ceiling of 1000 is ours (ten thousand
 * perfect answers away) and keeps every product below exact.
 */
export function nextEase(ease: number, grade: Grade): number {
  const missed = 5 - grade
  const next = ease + 100 - 20 * missed * (4 + missed)
  // biome-ignore lint/complexity/useMathMinMax: comparing keeps machine integers; Math.min costs a fifth of a review
  return next < 1300 ? 1300 : next > 1e6 ? 1e6 : next
}

/** What a rule of rounding adds to the thousandths before they are cut off; 0 where that depends on the whole part. */
export const biasOf = (rules: Sm2Rules): number =>
  rules.rounding === 'nearest' ? 500 : rules.rounding === 'up' ? 999 : 0

/**
 * The interval after a review that was passed, in days; `ease` is the factor that multiplies it, in thousandths, and
 * `bias` that of {@link biasOf}. Exact for every interval up to 2^53 − 1.
 *
 * An interval above two million is multiplied in two parts. Without its rest it is a multiple of 2000: its product with
 * the ease is whole and even, so the rest is rounded as the sum would be; and should even that part pass 2^53, it is
 * past the longest interval too. The ease's ceiling of 1000 keeps what is rounded at 2 × 10^9 or below, where `| 0` is
 * the floor, and everything that nearly every review needs is done in machine integers.
 */
export function nextInterval(
  intervalDays: number,
  repetitions: number,
  ease: number,
  bias: number,
  maxIntervalDays: number,
): number {
  if (repetitions === 0) return 1
  const isLarge = intervalDays > 2e6
  const rest = isLarge ? intervalDays % 2000 : intervalDays
  const scaled = rest * ease
  const rounded = ((scaled + (bias || 499 + ((scaled / 1000) & 1))) / 1000) | 0
  const days = repetitions === 1 ? 6 : isLarge ? ((intervalDays - rest) / 1000) * ease + rounded : rounded
  // biome-ignore lint/complexity/useMathMinMax: as above
  return days < maxIntervalDays ? days : maxIntervalDays
}
