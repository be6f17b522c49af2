import { isInteger } from './integer.js'
import { refuse } from './sm2-error.js'

/**
 * What SM-2 remembers about one item: three numbers, plain JSON.
 *
 * @example
 * ```ts
 * import { schedule, type Sm2State } from 'sm2kit/sm2'
 *
 * const state: Sm2State = { easeFactor: 2.5, intervalDays: 6, repetitions: 2 }
 * schedule(state, 4) // => { easeFactor: 2.5, intervalDays: 15, repetitions: 3 }
 * ```
 */
export interface Sm2State {
  /**
   * How fast the intervals grow; no unit, from 1.3 to 1000, a whole number of thousandths. New items have 2.5.
   * Float drift of up to a millionth above is read as the nearest thousandth, so rows that float code wrote can be used.
   */
  readonly easeFactor: number
  /** Days from the last review to the next; an integer, 0 before the first review, at most the rules' longest. */
  readonly intervalDays: number
  /** Reviews passed in a row since the last lapse; an integer from 0. */
  readonly repetitions: number
}

/**
 * The state of an item that was never reviewed.
 *
 * @example
 * ```ts
 * import { initialState } from 'sm2kit/sm2'
 *
 * initialState // => { easeFactor: 2.5, intervalDays: 0, repetitions: 0 }
 * ```
 * @see P. A. Wozniak, "Optimization of Learning" (1990), 3.2, step 2
 */
export const initialState: Sm2State = /* @__PURE__ */ Object.freeze({
  easeFactor: 2.5,
  intervalDays: 0,
  repetitions: 0,
})

/**
 * The ease factor in thousandths, the unit in which everything is computed: exact, where 2.7 + 0.1 is not 2.8.
 *
 * 10^9, which is past every limit, unless it lies on a thousandth or at most a millionth beside it, as the drift of
 * doubles and 32-bit floats does.
 */
export function inThousandths(easeFactor: unknown): number {
  const scaled = typeof easeFactor === 'number' ? easeFactor * 1000 : 1e9
  const nearest = (scaled + 0.5) | 0
  return Math.abs(scaled - nearest) <= 0.001 ? nearest : 1e9
}

/** Throws unless the state can be scheduled; returns its ease factor in thousandths. */
export function checkState(state: Sm2State, maxIntervalDays: number): number {
  const { easeFactor, intervalDays, repetitions } = state ?? {}
  const ease = inThousandths(easeFactor)
  return ease <= 1e6 &&
    easeFactor >= 1.3 &&
    isInteger(repetitions, 0) &&
    isInteger(intervalDays, repetitions > 0 ? 1 : 0) &&
    intervalDays <= maxIntervalDays
    ? ease
    : refuseState(easeFactor, intervalDays, repetitions, maxIntervalDays)
}

/** Throws at the fault of a state. Apart from the check, which stays short enough to be inlined: twice as fast. */
function refuseState(
  easeFactor: number,
  intervalDays: number,
  repetitions: number,
  maxIntervalDays: number,
): never {
  if (!(inThousandths(easeFactor) <= 1e6 && easeFactor >= 1.3)) {
    refuse('INVALID_STATE', 'state.easeFactor', easeFactor, '1.3 to 1000 by 0.001')
  }
  if (!isInteger(repetitions, 0))
    refuse('INVALID_STATE', 'state.repetitions', repetitions, 'an integer from 0')
  return refuse(
    'INVALID_STATE',
    'state.intervalDays',
    intervalDays,
    `an integer from ${repetitions > 0 ? 1 : 0} to ${maxIntervalDays}`,
  )
}
