import type { Grade, Sm2Rules } from 'sm2kit/sm2'

/** SM-2 in fractions of big integers, written from the publications alone: what the scheduler is compared with. */
export interface ModelState {
  /** Ease factor in thousandths. */
  readonly ease: bigint
  readonly interval: bigint
  readonly repetitions: bigint
}

export const modelStart: ModelState = { ease: 2500n, interval: 0n, repetitions: 0n }

/** EF' = EF + (0.1 − (5 − q)(0.08 + (5 − q)0.02)), at least 1.3, in hundred-thousandths and back. */
function easeAfter(ease: bigint, grade: Grade, rules: Sm2Rules): bigint {
  const q = BigInt(5 - grade)
  const change = 10_000n - q * (8_000n + q * 2_000n)
  if (grade < 3 && rules.lapseEase === 'keep') return ease
  const sum = (ease * 100n + change) / 100n
  return sum < 1300n ? 1300n : sum > 1_000_000n ? 1_000_000n : sum
}

/** Numerator / 1000, rounded, by comparing twice the rest with the whole. */
function rounded(numerator: bigint, rounding: Sm2Rules['rounding']): bigint {
  const down = numerator / 1000n
  const twice = (numerator - down * 1000n) * 2n
  if (rounding === 'up') return twice === 0n ? down : down + 1n
  if (twice !== 1000n) return twice > 1000n ? down + 1n : down
  return rounding === 'nearest' || down % 2n === 1n ? down + 1n : down
}

export function modelStep(state: ModelState, grade: Grade, rules: Sm2Rules): ModelState {
  const ease = easeAfter(state.ease, grade, rules)
  if (grade < 3) return { ease, interval: 1n, repetitions: 0n }
  const repetitions = state.repetitions + 1n
  const factor = rules.easeInInterval === 'previous' ? state.ease : ease
  const interval =
    repetitions === 1n ? 1n : repetitions === 2n ? 6n : rounded(state.interval * factor, rules.rounding)
  const longest = BigInt(rules.maxIntervalDays)
  return { ease, interval: interval > longest ? longest : interval, repetitions }
}
