import type { Grade } from './grade.js'
import type { Sm2Rules } from './rules.js'

/**
 * The ease factor after a review, in thousandths.
 *
 * The published change, 0.1 − (5 − q)(0.08 + (5 − q)0.02), is −0.80 −0.54 −0.32 −0.14 0 +0.10 for q = 0…5: whole
 * thousandths, so integers hold it exactly. The floor of 1.3 is published; the ceiling of 1,000,000 is ours (ten
 * million perfect answers away) and keeps every product below exact.
 */
export function nextEase(ease: number, grade: Grade, rules: Sm2Rules): number {
  if (grade < 3 && rules.lapseEase === 'keep') return ease
  const missed = 5 - grade
  return Math.min(1e9, Math.max(1300, ease + 100 - missed * (80 + missed * 20)))
}

/**
 * The interval after a review, in days; `ease` is the factor that multiplies it, in thousandths.
 *
 * Exact for every interval up to 2^53 − 1: the interval is taken apart at its thousands, so that the part that has a
 * fraction stays below 1000 × 10^9, and the whole part, when it passes 2^53, is past the longest interval anyway.
 */
export function nextInterval(
  intervalDays: number,
  repetitions: number,
  grade: Grade,
  ease: number,
  rules: Sm2Rules,
): number {
  if (grade < 3 || repetitions === 0) return 1
  const thousands = Math.floor(intervalDays / 1000)
  const scaled = (intervalDays - thousands * 1000) * ease
  const floor = Math.floor(scaled / 1000)
  const whole = thousands * ease + floor
  const roundedDown = rules.rounding === 'up' ? 0 : rules.rounding === 'nearest' || whole % 2 ? 499 : 500
  const days = scaled - floor * 1000 > roundedDown ? whole + 1 : whole
  return Math.min(repetitions === 1 ? 6 : days, rules.maxIntervalDays)
}
