import { checkGrade, type Grade } from './grade.js'
import { checkRules, type Sm2Rules, sourceRules } from './rules.js'
import { checkState, type Sm2State } from './state.js'
import { biasOf, nextEase, nextInterval } from './step.js'

/**
 * The state of an item after one review.
 *
 * Exact: the result is that of decimal arithmetic, and the ease factor is the double nearest to it. The first pass
 * gives 1 day, the second 6, each further one the interval times the ease factor, rounded, never above the rules'
 * longest; a lapse (grade below 3) gives 1 day and starts the repetitions over.
 *
 * @param state - Before the review; {@link initialState} for a new item. Never changed.
 * @param grade - Quality of recall, 0 (blackout) to 5 (perfect).
 * @param rules - Which reading of SM-2; {@link sourceRules} by default.
 * @returns A new state, the next review being `intervalDays` days after this one.
 * @throws {@link Sm2Error} `INVALID_GRADE` when `grade` is not an integer from 0 to 5.
 * @throws {@link Sm2Error} `INVALID_STATE` when a number of the state is none, out of range, or does not fit the others.
 * @throws {@link Sm2Error} `INVALID_RULES` when the rules are incomplete or unknown.
 * @example
 * ```ts
 * import { initialState, schedule } from 'sm2kit/sm2'
 *
 * schedule(initialState, 5) // => { easeFactor: 2.6, intervalDays: 1, repetitions: 1 }
 * schedule({ easeFactor: 2.6, intervalDays: 6, repetitions: 2 }, 3) // => { easeFactor: 2.46, intervalDays: 16, repetitions: 3 }
 * schedule({ easeFactor: 2.6, intervalDays: 6, repetitions: 2 }, 1) // => { easeFactor: 2.06, intervalDays: 1, repetitions: 0 }
 * schedule({ easeFactor: 1.2, intervalDays: 6, repetitions: 2 }, 4) // throws INVALID_STATE
 * ```
 * @see https://super-memory.com/english/ol/sm2source.htm and https://super-memory.com/english/ol/sm2.htm
 */
export function schedule(state: Sm2State, grade: Grade, rules: Sm2Rules = sourceRules): Sm2State {
  if (rules !== sourceRules) checkRules(rules)
  checkGrade(grade, 'grade')
  const ease = checkState(state, rules.maxIntervalDays)
  const { intervalDays, repetitions } = state
  if (grade < 3) {
    const kept = rules.lapseEase === 'keep' ? ease : nextEase(ease, grade)
    return { easeFactor: kept / 1000, intervalDays: 1, repetitions: 0 }
  }
  const updated = nextEase(ease, grade)
  const factor = rules.easeInInterval === 'updated' ? updated : ease
  // A plain literal: freezing it would cost 2.5 times the whole computation, spreading 3 times.
  return {
    easeFactor: updated / 1000,
    intervalDays: nextInterval(intervalDays, repetitions, factor, biasOf(rules), rules.maxIntervalDays),
    repetitions: repetitions + 1,
  }
}

/**
 * The six states that the six grades would lead to, for buttons that say when the item comes back.
 *
 * @param state - Before the review. Never changed.
 * @param rules - Which reading of SM-2; {@link sourceRules} by default.
 * @returns Six states: `preview(s)[q]` equals `schedule(s, q)`.
 * @throws {@link Sm2Error} `INVALID_STATE` when a number of the state is none, out of range, or does not fit the others.
 * @throws {@link Sm2Error} `INVALID_RULES` when the rules are incomplete or unknown.
 * @example
 * ```ts
 * import { preview } from 'sm2kit/sm2'
 *
 * const choices = preview({ easeFactor: 2.5, intervalDays: 6, repetitions: 2 })
 * choices.map((state) => state.intervalDays) // => [1, 1, 1, 15, 15, 15]
 * choices[5] // => { easeFactor: 2.6, intervalDays: 15, repetitions: 3 }
 * ```
 */
export function preview(
  state: Sm2State,
  rules: Sm2Rules = sourceRules,
): readonly [Sm2State, Sm2State, Sm2State, Sm2State, Sm2State, Sm2State] {
  return [
    schedule(state, 0, rules),
    schedule(state, 1, rules),
    schedule(state, 2, rules),
    schedule(state, 3, rules),
    schedule(state, 4, rules),
    schedule(state, 5, rules),
  ]
}
