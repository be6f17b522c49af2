/**
 * What a refusal is about; the list is closed and its members never change their meaning.
 *
 * `INVALID_GRADE`, `INVALID_STATE`, `INVALID_RULES`: the three inputs of {@link schedule}. `INVALID_DAY`: not a
 * calendar day. `INVALID_COUNT`: not a whole number of days. `INVALID_INSTANT`, `INVALID_TIME_ZONE`,
 * `INVALID_DAY_START`: the inputs of {@link dayOf}. `INVALID_CARD`, `INVALID_REVIEW`: the days of a card, or a review
 * that cannot be undone. `INVALID_ANKI_ROW`, `INVALID_FSRS`, `INVALID_BUTTON`: what comes from or goes to elsewhere.
 *
 * @example
 * ```ts
 * import { isDue, newCard, type Sm2ErrorCode } from 'sm2kit/sm2'
 *
 * const expected: Sm2ErrorCode = 'INVALID_DAY'
 * isDue(newCard(), '2026-02-30') // throws INVALID_DAY
 * expected // => 'INVALID_DAY'
 * ```
 */
export type Sm2ErrorCode =
  | 'INVALID_GRADE'
  | 'INVALID_STATE'
  | 'INVALID_RULES'
  | 'INVALID_DAY'
  | 'INVALID_COUNT'
  | 'INVALID_INSTANT'
  | 'INVALID_TIME_ZONE'
  | 'INVALID_DAY_START'
  | 'INVALID_CARD'
  | 'INVALID_REVIEW'
  | 'INVALID_ANKI_ROW'
  | 'INVALID_FSRS'
  | 'INVALID_BUTTON'

/**
 * One value that was refused: where it stood, what it was, what may stand there.
 *
 * @example
 * ```ts
 * import { parseState, Sm2Error, type Sm2Fault } from 'sm2kit/sm2'
 *
 * let faults: readonly Sm2Fault[] = []
 * try {
 *   parseState({ easeFactor: 1.2, intervalDays: -1, repetitions: 0 })
 * } catch (error) {
 *   if (error instanceof Sm2Error) faults = error.faults
 * }
 * faults.map((fault) => [fault.path, fault.found]) // => [['state.easeFactor', 1.2], ['state.intervalDays', -1]]
 * ```
 */
export interface Sm2Fault {
  /** Where the value stood, from the name of the parameter on: `grade`, `state.easeFactor`, `grades[3]`. */
  readonly path: string
  /** The value as it was found, whatever its type. */
  readonly found: unknown
  /** What is allowed there, in words. */
  readonly allowed: string
}

/**
 * The error of the scheduler: an input was refused, and nothing was changed.
 *
 * @example
 * ```ts
 * import { initialState, isGrade, schedule, Sm2Error } from 'sm2kit/sm2'
 *
 * const answer: unknown = JSON.parse('"4"')
 * isGrade(answer) // => false
 * let refused: unknown
 * try {
 *   schedule(initialState, answer as 4)
 * } catch (error) {
 *   refused = error
 * }
 * refused instanceof Sm2Error && [refused.code, refused.path] // => ['INVALID_GRADE', 'grade']
 * refused instanceof Sm2Error && refused.message // => 'grade is 4 (string); allowed: an integer from 0 to 5'
 * ```
 */
export class Sm2Error extends RangeError {
  /** Always `'Sm2Error'`. */
  declare readonly name: 'Sm2Error'
  /** What the refusal is about; stable, to be compared with in code. */
  declare readonly code: Sm2ErrorCode
  /** Where the first refused value stood, as `state.easeFactor`. */
  declare readonly path: string
  /** The first refused value as it was found, whatever its type. */
  declare readonly found: unknown
  /** What is allowed there, in words. */
  declare readonly allowed: string
  /** Every refused value; one, except where several were looked at together (a state, a stored row). */
  declare readonly faults: readonly Sm2Fault[]

  /**
   * Makes the error from what was refused.
   *
   * @param code - What the refusal is about.
   * @param message - A line for each fault: where, what was found, what is allowed.
   * @param faults - What was refused, at least one.
   */
  constructor(code: Sm2ErrorCode, message: string, faults: readonly [Sm2Fault, ...Sm2Fault[]]) {
    super(message)
    Object.assign(this, faults[0], { name: 'Sm2Error', code, faults })
  }
}

/** Throws the error for one refused value. */
export function refuse(code: Sm2ErrorCode, path: string, found: unknown, allowed: string): never {
  // With its type, for "4" and 4 differ; of an object nothing else, for it may hold anything.
  throw new Sm2Error(
    code,
    `${path} is ${Object(found) === found ? 'an' : String(found)} (${typeof found}); allowed: ${allowed}`,
    [{ path, found, allowed }],
  )
}
