import { MigratorError } from '../errors.js'
import type { Target } from '../revisions/graph-types.js'
import type { Catalog } from './catalog.js'

/** A reference as the graph takes it: Umzug's name of a revision is its id there. */
export const referenceOf = (catalog: Catalog, reference: unknown, subject = 'reference'): string => {
  const text = textOf(reference, subject)
  return catalog.find(text)?.revision ?? text
}

/** One or several targets as the graph takes them. */
export const targetsOf = (catalog: Catalog, target: Target): readonly string[] => {
  const list: readonly unknown[] = Array.isArray(target) ? target : [target]
  if (list.length === 0) throw invalid('target')
  return list.map((one) => referenceOf(catalog, one, 'target'))
}

/** A range of history, as a text. */
export const rangeOf = (range: unknown): string => textOf(range, 'range')

/** Longer than any name; what is longer would only fill the message that refuses it. */
const LONGEST_TARGET = 1_000

const textOf = (value: unknown, subject: string): string => {
  if (typeof value === 'string' && value.trim() !== '' && value.length <= LONGEST_TARGET) return value.trim()
  throw invalid(subject)
}

const invalid = (subject: string): MigratorError =>
  new MigratorError(
    'INVALID_OPTION',
    `The ${subject} must be a text that names a revision, such as an id, "head", "base", "+1" or "-1", or a list of such texts. ` +
      'Nothing was run.',
    { subject },
  )

/** Refuses a direction that is none. */
export const checkDirection = (verb: string, direction: unknown): void => {
  if (direction === undefined || direction === 'up' || direction === 'down') return
  throw new MigratorError(
    'INVALID_OPTION',
    `${verb}(): "direction" must be "up" or "down". Nothing was run.`,
    {
      subject: 'direction',
    },
  )
}

/** Refuses options that a verb does not know. */
export const refuseUnknownOptions = (verb: string, options: unknown, known: readonly string[]): void => {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new MigratorError('INVALID_OPTION', `${verb}() takes an object of options. Nothing was run.`, {
      subject: 'options',
    })
  const unknown = Object.keys(options).find((name) => !known.includes(name))
  if (unknown === undefined) return
  throw new MigratorError(
    'UNKNOWN_OPTION',
    `${verb}() has no option "${unknown}". Nothing was run. It takes ${known.map((name) => `"${name}"`).join(', ')}.`,
    { subject: unknown },
  )
}
