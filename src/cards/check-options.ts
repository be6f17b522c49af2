import { CardsError, invalidOption, show } from './errors.js'

/** The names that an object of options may have; complete by its type. */
export type NamesOf<Options> = { readonly [Name in keyof Required<Options>]: true }

/**
 * Refuses what is no object of options, and names that it may not have: a misspelt option would silently do nothing, or
 * with everybody's cards what was meant for one learner's.
 *
 * @throws {@link CardsError} `INVALID_OPTION`.
 */
export function checkOptions(given: unknown, names: Readonly<Record<string, true>>): void {
  if (!isObject(given)) throw invalidOption('options', given, 'an object')
  refuseOthers(given, names, 'option')
}

/**
 * The same for a review, which for `recordReview` and `undoReview` carries the options too.
 *
 * @param names - Without them other fields are left alone.
 * @throws {@link CardsError} `INVALID_REVIEW` when it is no object, `INVALID_OPTION`.
 */
export function checkReview(given: unknown, names?: Readonly<Record<string, true>>): void {
  if (!isObject(given))
    throw new CardsError('INVALID_REVIEW', 'review', `review is ${show(given)}; it must be an object.`)
  if (names !== undefined) refuseOthers(given, names, 'field or option')
}

/** @throws {@link CardsError} `INVALID_OPTION`. */
export function checkSwitch(name: string, value: unknown): void {
  if (typeof value !== 'boolean') throw invalidOption(name, value, 'true or false')
}

function refuseOthers(given: object, names: Readonly<Record<string, true>>, what: string): void {
  const other = Object.keys(given).find((name) => !Object.hasOwn(names, name))
  if (other === undefined) return
  throw new CardsError(
    'INVALID_OPTION',
    other,
    `There is no ${what} ${show(other)}; known are ${Object.keys(names).join(', ')}.`,
  )
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
