import type { Generated } from '../schema/schema.js'
import { invalidModel } from './invalid-model.js'

/**
 * What a model may say beyond Sequelize's own options: `options.sm2kit` of `define` and `init`. What is not said there is
 * left alone in the database.
 *
 * @example
 * ```ts
 * import type { Sm2kitModelOptions } from 'sm2kit/migrator'
 *
 * const sm2kit: Sm2kitModelOptions = {
 *   checks: [{ name: 'price_is_positive', expression: 'price > 0' }],
 *   generated: { total: { expression: 'price * amount', stored: true } },
 *   collations: { email: 'NOCASE' },
 * }
 * sm2kit.checks?.length // => 1
 * ```
 */
export interface Sm2kitModelOptions {
  /** The table's checks, all of them; SQL. An empty list: it has none. Absent: nothing is said of them. */
  readonly checks?: readonly {
    /** Of the constraint. Default: the engine's own. */
    readonly name?: string
    /** SQL. */
    readonly expression: string
  }[]
  /** Columns that are computed from others, by attribute or column; SQL. */
  readonly generated?: Readonly<Record<string, Generated>>
  /** Collations of columns, by attribute or column, as SQL names them, without quotes. */
  readonly collations?: Readonly<Record<string, string>>
  /** The model is on a view, or its table is somebody else's: it is left out. */
  readonly ignore?: boolean
}

const KNOWN: ReadonlySet<string> = new Set(['checks', 'generated', 'collations', 'ignore'])

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== ''

/**
 * The options of a model, checked.
 *
 * @param given - `model.options.sm2kit`.
 * @throws MigratorError `INVALID_MODEL`.
 */
export const readSm2kitOptions = (model: string, given: unknown): Sm2kitModelOptions => {
  if (given === undefined || given === null) return {}
  const refuse = (fault: string): never => {
    throw invalidModel([model], `its option "sm2kit" ${fault}`)
  }
  if (!isRecord(given)) return refuse('must be an object')
  for (const key of Object.keys(given))
    if (!KNOWN.has(key)) refuse(`has "${key}", which is none of ${[...KNOWN].join(', ')}`)
  const { checks, generated, collations, ignore } = given
  if (ignore !== undefined && typeof ignore !== 'boolean') refuse('has an "ignore" that is not true or false')
  if (checks !== undefined) {
    const isCheck = (check: unknown): boolean =>
      isRecord(check) && isText(check['expression']) && (check['name'] === undefined || isText(check['name']))
    if (!Array.isArray(checks) || !checks.every(isCheck))
      refuse('has "checks" that are not a list of { name?, expression }, both texts')
  }
  if (generated !== undefined) {
    const isGenerated = (one: unknown): boolean =>
      isRecord(one) && isText(one['expression']) && typeof one['stored'] === 'boolean'
    if (!isRecord(generated) || !Object.values(generated).every(isGenerated))
      refuse('has "generated" whose values are not { expression, stored }, a text and true or false')
  }
  if (collations !== undefined && !(isRecord(collations) && Object.values(collations).every(isText)))
    refuse('has "collations" whose values are not names of collations')
  return given
}
