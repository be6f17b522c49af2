import { isInteger } from './integer.js'
import { checkRules, type Sm2Rules, sourceRules } from './rules.js'
import { Sm2Error, type Sm2Fault } from './sm2-error.js'
import { checkState, inThousandths, type Sm2State } from './state.js'

/**
 * The state that a stored row holds, checked, with float drift healed.
 *
 * An ease factor up to a millionth beside a thousandth becomes that thousandth: `2.8000000000000003` from float code,
 * `2.3599998950958252` from a 32-bit column, `1.2999999999999998` from below the floor. Nothing else is changed, and
 * nothing is converted: a number kept as text is a fault. Fields beside the three are left out of the result.
 *
 * @param x - Anything: a row, a parsed JSON value, a model instance.
 * @param rules - Only their longest interval matters here; {@link sourceRules} by default.
 * @returns A new state that {@link schedule} takes under the same rules.
 * @throws {@link Sm2Error} `INVALID_STATE` with every fault at once in `faults`, and a line for each in the message.
 * @throws {@link Sm2Error} `INVALID_RULES` when the rules are incomplete or unknown.
 * @example
 * ```ts
 * import { parseState } from 'sm2kit/sm2'
 *
 * const row = { id: 7, easeFactor: 2.8000000000000003, intervalDays: 16, repetitions: 3 }
 * parseState(row) // => { easeFactor: 2.8, intervalDays: 16, repetitions: 3 }
 * parseState({ easeFactor: '2.5', intervalDays: -1, repetitions: 0 }) // throws INVALID_STATE
 * ```
 */
export function parseState(x: unknown, rules: Sm2Rules = sourceRules): Sm2State {
  if (rules !== sourceRules) checkRules(rules)
  const { easeFactor, intervalDays, repetitions } = (x ?? {}) as Sm2State
  const ease = inThousandths(easeFactor)
  const isCount = isInteger(repetitions, 0)
  const healed = ease < 1e9 ? ease / 1000 : easeFactor
  // Each field is tried in a state whose other fields are valid, so that the one check names every fault.
  const errors = [
    errorOf({ easeFactor: healed, intervalDays: 0, repetitions: 0 }, rules),
    errorOf({ easeFactor: 2.5, intervalDays, repetitions: isCount ? repetitions : 0 }, rules),
    errorOf({ easeFactor: 2.5, intervalDays: 1, repetitions }, rules),
  ].filter((error) => error !== undefined)
  if (errors.length > 0) {
    const faults = errors.flatMap((error) => error.faults) as [Sm2Fault]
    throw new Sm2Error('INVALID_STATE', errors.map((error) => error.message).join('\n'), faults)
  }
  // `+ 0` makes of −0, which a JSON text or a computation can hold, the plain 0 that equality expects.
  return { easeFactor: healed, intervalDays: intervalDays + 0, repetitions: repetitions + 0 }
}

function errorOf(state: Sm2State, rules: Sm2Rules): Sm2Error | undefined {
  try {
    checkState(state, rules.maxIntervalDays)
    return undefined
  } catch (error) {
    return error as Sm2Error
  }
}
