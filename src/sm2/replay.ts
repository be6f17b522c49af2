import { checkGrade, type Grade, isGrade } from './grade.js'
import { checkRules, type Sm2Rules, sourceRules } from './rules.js'
import { schedule } from './schedule.js'
import { refuse } from './sm2-error.js'
import { checkState, initialState, type Sm2State } from './state.js'
import { biasOf, nextEase, nextInterval } from './step.js'

/**
 * Where {@link replay} and {@link trajectory} start, and by which rules.
 *
 * @example
 * ```ts
 * import { replay, type ReplayOptions, textRules } from 'sm2kit/sm2'
 *
 * const options: ReplayOptions = { from: { easeFactor: 2.5, intervalDays: 6, repetitions: 2 }, rules: textRules }
 * replay([4], options) // => { easeFactor: 2.5, intervalDays: 15, repetitions: 3 }
 * ```
 */
export interface ReplayOptions {
  /** The state before the first grade; {@link initialState} by default. */
  readonly from?: Sm2State | undefined
  /** Which reading of SM-2; {@link sourceRules} by default. */
  readonly rules?: Sm2Rules | undefined
}

function checkGrades(grades: Iterable<Grade>): void {
  if (typeof grades?.[Symbol.iterator] !== 'function')
    refuse('INVALID_GRADE', 'grades', grades, 'an iterable of grades')
}

/**
 * The state after a series of reviews: {@link schedule} folded over the grades, without a state object for each.
 *
 * @param grades - In the order of the reviews; any iterable, read once.
 * @param options - Where to start, and by which rules.
 * @returns A new state; for no grades that of `from`.
 * @throws {@link Sm2Error} `INVALID_GRADE` when a grade is not an integer from 0 to 5 (`path` is `grades[index]`), or
 * `grades` cannot be iterated.
 * @throws {@link Sm2Error} `INVALID_STATE` when `from` is not a valid state.
 * @throws {@link Sm2Error} `INVALID_RULES` when the rules are incomplete or unknown.
 * @example
 * ```ts
 * import { replay, textRules } from 'sm2kit/sm2'
 *
 * replay([5, 5, 5]) // => { easeFactor: 2.8, intervalDays: 16, repetitions: 3 }
 * replay([5, 5, 5, 5, 5], { rules: textRules }).intervalDays // => 150
 * replay([5, 6 as 5]) // throws INVALID_GRADE
 * ```
 */
export function replay(grades: Iterable<Grade>, options: ReplayOptions = {}): Sm2State {
  const { from = initialState, rules = sourceRules } = options
  if (rules !== sourceRules) checkRules(rules)
  checkGrades(grades)
  let ease = checkState(from, rules.maxIntervalDays)
  let { intervalDays, repetitions } = from
  // Looked at once, and an array read by index: half the time of a review that asks the rules and an iterator.
  const { maxIntervalDays } = rules
  const bias = biasOf(rules)
  const isKept = rules.lapseEase === 'keep'
  const isUpdated = rules.easeInInterval === 'updated'
  const list = Array.isArray(grades) ? grades : Array.from(grades)
  for (let index = 0; index < list.length; index++) {
    const grade = list[index]
    if (!isGrade(grade)) checkGrade(grade, `grades[${index}]`)
    if (grade > 2) {
      const updated = nextEase(ease, grade)
      intervalDays = nextInterval(
        intervalDays,
        repetitions,
        isUpdated ? updated : ease,
        bias,
        maxIntervalDays,
      )
      repetitions++
      ease = updated
    } else {
      intervalDays = 1
      repetitions = 0
      if (!isKept) ease = nextEase(ease, grade)
    }
  }
  return { easeFactor: ease / 1000, intervalDays, repetitions }
}

/**
 * The states on the way through a series of reviews, one after each grade, computed as they are asked for.
 *
 * `from` and the rules are checked at the call, each grade when its turn comes.
 *
 * @param grades - In the order of the reviews; any iterable, read as far as the result is.
 * @param options - Where to start, and by which rules.
 * @returns A generator of as many states as there are grades; the last is what {@link replay} returns.
 * @throws {@link Sm2Error} `INVALID_GRADE` when a grade is not an integer from 0 to 5 (`path` is `grades[index]`), or
 * `grades` cannot be iterated.
 * @throws {@link Sm2Error} `INVALID_STATE` when `from` is not a valid state.
 * @throws {@link Sm2Error} `INVALID_RULES` when the rules are incomplete or unknown.
 * @example
 * ```ts
 * import { trajectory } from 'sm2kit/sm2'
 *
 * Array.from(trajectory([5, 5, 5, 0, 5]), (state) => state.intervalDays) // => [1, 6, 16, 1, 1]
 * ```
 */
export function trajectory(grades: Iterable<Grade>, options: ReplayOptions = {}): Generator<Sm2State> {
  const { from = initialState, rules = sourceRules } = options
  if (rules !== sourceRules) checkRules(rules)
  checkGrades(grades)
  checkState(from, rules.maxIntervalDays)
  return states(grades, from, rules)
}

function* states(grades: Iterable<Grade>, from: Sm2State, rules: Sm2Rules): Generator<Sm2State> {
  let state = from
  let index = 0
  for (const grade of grades) {
    checkGrade(grade, `grades[${index}]`)
    state = schedule(state, grade, rules)
    index++
    yield state
  }
}
