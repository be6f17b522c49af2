import type { Grade } from './grade.js'
import type { Sm2Rules } from './rules.js'

/**
 * The ease factor after a review, in thousandths.
 *
 * The published change, 0.1 − (5 − q)(0.08 + (5 − q)0.02), is −0.80 −0.54 −0.32 −0.14 0 +0.10 for q = 0…5: whole
 * thousandths, so integers hold it exactly. The floor of 1.3 is published; the ceiling of 1000 is ours (ten thousand
 * perfect answers away) and keeps every product below exact.
 */
export function nextEase(ease: number, grade: Grade, rules: Sm2Rules): number {
  if (grade < 3 && rules.lapseEase === 'keep') return ease
  const missed = 5 - grade
  const next = ease + 100 - 20 * missed * (4 + missed)
  // biome-ignore lint/complexity/useMathMinMax: comparing keeps machine integers; Math.min costs a fifth of a review
  return next < 1300 ? 1300 : next > 1e6 ? 1e6 : next
}

/**
 * The interval after a review that was passed, in days; `ease` is the factor that multiplies it, in thousandths. Exact
 * for every interval up to 2^53 − 1.
 *
 * A product past 2^31 is computed in two parts. Without its rest the interval is a multiple of 2000: its product with
 * the ease is whole and even, so the rest is rounded as the sum would be; and should even that part pass 2^53, it is
 * past the longest interval too. The ease's ceiling of 1000 keeps the product of the rest below 2 × 10^9, where `| 0`
 * is the floor, and everything that nearly every review needs is done in machine integers.
 */
export function nextInterval(
  intervalDays: number,
  repetitions: number,
  ease: number,
  rules: Sm2Rules,
): number {
  if (repetitions === 0) return 1
  const isLarge = intervalDays * ease > 2e9
  const rest = isLarge ? intervalDays % 2000 : intervalDays
  const scaled = rest * ease
  const bias =
    rules.rounding === 'nearest' ? 500 : rules.rounding === 'up' ? 999 : 499 + ((scaled / 1000) & 1)
  const rounded = ((scaled + bias) / 1000) | 0
  const days = repetitions === 1 ? 6 : isLarge ? ((intervalDays - rest) / 1000) * ease + rounded : rounded
  // biome-ignore lint/complexity/useMathMinMax: as above
  return days < rules.maxIntervalDays ? days : rules.maxIntervalDays
}
