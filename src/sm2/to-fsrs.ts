import { refuse } from './sm2-error.js'
import { checkState, type Sm2State } from './state.js'

/**
 * What FSRS remembers about one item.
 *
 * @example
 * ```ts
 * import type { FsrsMemory } from 'sm2kit/sm2'
 *
 * const memory: FsrsMemory = { stability: 10, difficulty: 6.9 }
 * memory.stability // => 10
 * ```
 */
export interface FsrsMemory {
  /** Days until the chance of recall has fallen to 90 %; above 0. */
  readonly stability: number
  /** How hard the item is, from 1 to 10. */
  readonly difficulty: number
}

/**
 * The FSRS memory of an item that SM-2 scheduled: the way out to a scheduler that predicts recall better.
 *
 * Give new cards (never reviewed) to FSRS as new instead: there is no memory to convert.
 *
 * @param state - After the last review; its interval is at most 36500 days.
 * @param weights - Of FSRS-6, 21 numbers; those of FSRS-5, 19 numbers, are taken with that version's decay of 0.5.
 * @param retention - The chance of recall that the SM-2 intervals led to, between 0 and 1; 0.9 by default.
 * @returns Stability in days, difficulty from 1 to 10; not rounded.
 * @throws {@link Sm2Error} `INVALID_STATE` when the state is not valid.
 * @throws {@link Sm2Error} `INVALID_FSRS` when the weights are not 21 or 19 finite numbers, when `retention` is not between
 * 0 and 1, or when they lead to no number.
 * @example
 * ```ts
 * import { toFsrs } from 'sm2kit/sm2'
 *
 * // The default weights of FSRS-6; take them from the FSRS library that goes on from here.
 * const weights = [
 *   0.212, 1.2931, 2.3065, 8.2956, 6.4133, 0.8334, 3.0194, 0.001, 1.8722, 0.1666, 0.796, 1.4835, 0.0614, 0.2629,
 *   1.6483, 0.6014, 1.8729, 0.5425, 0.0912, 0.0658, 0.1542,
 * ]
 * const memory = toFsrs({ easeFactor: 2.5, intervalDays: 10, repetitions: 3 }, weights)
 * memory.stability.toFixed(3) // => '10.000'
 * memory.difficulty.toFixed(3) // => '6.914'
 * ```
 * @see `memory_state_from_sm2` in https://github.com/open-spaced-repetition/fsrs-rs
 */
export function toFsrs(state: Sm2State, weights: readonly number[], retention = 0.9): FsrsMemory {
  const easeFactor = checkState(state, 36_500) / 1000
  if (
    !Array.isArray(weights) ||
    !(weights.length === 21 || weights.length === 19) ||
    !weights.every(Number.isFinite)
  ) {
    refuse('INVALID_FSRS', 'weights', weights, '21 (FSRS-6) or 19 (FSRS-5) finite numbers')
  }
  if (!(typeof retention === 'number' && retention > 0 && retention < 1)) {
    refuse('INVALID_FSRS', 'retention', retention, 'a number between 0 and 1')
  }
  const [, , , , , , , , w8 = 0, w9 = 0, w10 = 0, , , , , , , , , , w20 = 0.5] = weights as number[]
  const decay = -w20
  const factor = 0.9 ** (1 / decay) - 1
  const stability = (Math.max(state.intervalDays, 0.001) * factor) / (retention ** (1 / decay) - 1)
  const growth = Math.exp(w8) * stability ** -w9 * (Math.exp((1 - retention) * w10) - 1)
  const difficulty = Math.min(10, Math.max(1, 11 - (easeFactor - 1) / growth))
  if (!(Number.isFinite(stability) && stability > 0 && Number.isFinite(difficulty))) {
    refuse('INVALID_FSRS', 'weights', weights, 'weights that lead to a stability above 0 and a difficulty')
  }
  return { stability, difficulty }
}
