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
  const next = ease + 100 - missed * (80 + missed * 20)
  // biome-ignore lint/complexity/useMathMinMax: comparing keeps machine integers; Math.min costs a fifth of a review
  return next < 1300 ? 1300 : next > 1e6 ? 1e6 : next
}

/** Interval times ease factor (in thousandths), rounded by the rules. */
function multiply(intervalDays: number, ease: number, rounding: Sm2Rules['rounding']): number {
  const scaled = intervalDays * ease
  if (scaled < 2e9) {
    // What nearly every review comes to: below 2^31 `| 0` is the floor, and the division one of machine integers.
    const bias = rounding === 'nearest' ? 500 : rounding === 'up' ? 999 : 499 + ((scaled / 1000) & 1)
    return ((scaled + bias) / 1000) | 0
  }
  // The product may be past 2^53. Without the rest the interval is a multiple of 2000: its product with the ease is
  // whole and even, so the rest is rounded as the sum would be; and where even that part passes 2^53, it is past the
  // longest interval too. The ease's ceiling of 1000 keeps the product of the rest below 2 x 10^9.
  const rest = intervalDays % 2000
  return ((intervalDays - rest) / 1000) * ease + multiply(rest, ease, rounding)
}

/**
 * The interval after a review, in days; `ease` is the factor that multiplies it, in thousandths. Exact for every
 * interval up to 2^53 − 1.
 */
export function nextInterval(
  intervalDays: number,
  repetitions: number,
  grade: Grade,
  ease: number,
  rules: Sm2Rules,
): number {
  if (grade < 3 || repetitions === 0) return 1
  const days = repetitions === 1 ? 6 : multiply(intervalDays, ease, rules.rounding)
  // biome-ignore lint/complexity/useMathMinMax: as above
  return days < rules.maxIntervalDays ? days : rules.maxIntervalDays
}
