import { MigratorError } from './errors.js'
import { nearName } from './near-name.js'

/** Refuses a name that no option has, with the one that may be meant. */
export const refuseUnknown = (given: object, known: readonly string[], prefix: string): void => {
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue
    const near = nearName(name, known)
    throw new MigratorError(
      'UNKNOWN_OPTION',
      `There is no option "${prefix}${name}".${near === undefined ? '' : ` Did you mean "${prefix}${near}"?`} ` +
        `The options are ${known.map((other) => prefix + other).join(', ')}. Nothing was run.`,
      { subject: prefix + name },
    )
  }
}

/** One of some texts. */
export const oneOf = <T extends string>(name: string, value: unknown, allowed: readonly T[]): T => {
  const found = allowed.find((item) => item === value)
  if (found !== undefined) return found
  throw invalid(name, value, allowed.map((item) => `"${item}"`).join(' or '))
}

/** The error about a value that an option cannot have. */
export const invalid = (name: string, value: unknown, wanted: string): MigratorError =>
  new MigratorError(
    'INVALID_OPTION',
    `The option "${name}" is ${show(value)}; it must be ${wanted}. Nothing was run.`,
    {
      subject: name,
    },
  )

/** Short, and never the inside of an object: a Sequelize instance holds the password. */
const show = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object'
  return typeof value === 'function' ? 'a function' : String(value)
}

/** Whether it is an object, and no list. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Whether it is a text, and not an empty one. */
export const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
