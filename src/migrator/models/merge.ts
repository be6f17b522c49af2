import { isSame } from '../schema/equal.js'
import type { ModelColumn, ModelTable, ModelUnique } from '../schema/model-table.js'
import { invalidModel, tableText } from './invalid-model.js'

interface Printable {
  toString(options?: unknown): string
}

/** A type as text; what engines make of it is theirs. */
const typeText = ({ type, values }: Readonly<Record<string, unknown>>): string => {
  const { key, type: inner } = type as { readonly key?: string; readonly type?: Printable }
  const of = values ?? (type as { readonly values?: unknown }).values
  if (key === 'ENUM') return `ENUM(${JSON.stringify(of)})`
  if (key === 'ARRAY' && inner !== undefined) return `ARRAY(${typeText({ type: inner })})`
  return (type as Printable).toString({ escape: String })
}

/** Data of Sequelize's such as `literal('now()')` as plain values; functions and symbols by their names. */
const plain = (value: unknown): unknown => {
  if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint')
    return String(value)
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return value.map(plain)
  return Reflect.ownKeys(value).map((key) => [String(key), plain(Reflect.get(value, key))])
}

/** What two models may not say differently of one column, as values. */
const essence = ({ attribute, generated, collation }: ModelColumn): Readonly<Record<string, unknown>> => ({
  type: typeText(attribute),
  allowNull: attribute['allowNull'] !== false && attribute['primaryKey'] !== true,
  primaryKey: attribute['primaryKey'] === true,
  autoIncrement: attribute['autoIncrement'] === true,
  defaultValue: plain(attribute['defaultValue']),
  references: plain(attribute['references']),
  onDelete: attribute['onDelete'],
  onUpdate: attribute['onUpdate'],
  comment: attribute['comment'],
  generated,
  collation,
})

/** What one model says and the other does not is no contradiction. */
const MAY_BE_UNSAID: ReadonlySet<string> = new Set([
  ...['references', 'onDelete', 'onUpdate', 'comment', 'generated', 'collation'],
])

const shown = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value))

const mergeColumns = (
  table: ModelTable,
  models: readonly string[],
  a: ModelColumn,
  b: ModelColumn,
): ModelColumn => {
  const [one, other] = [essence(a), essence(b)]
  for (const key of Object.keys(one)) {
    if (isSame(one[key], other[key])) continue
    if (MAY_BE_UNSAID.has(key) && (one[key] === undefined || other[key] === undefined)) continue
    throw invalidModel(
      models,
      `both are on the table "${tableText(table)}" and do not agree on its column "${a.name}": ` +
        `${key} is ${shown(one[key])} to one and ${shown(other[key])} to the other`,
    )
  }
  // A key's actions are those of the model that says the key.
  const [first, second] = a.attribute['references'] === undefined ? [b, a] : [a, b]
  return {
    name: a.name,
    attribute: { ...second.attribute, ...first.attribute },
    generated: a.generated ?? b.generated,
    collation: a.collation ?? b.collation,
  }
}

const byName = <T extends { readonly name: string }>(values: readonly T[]): ReadonlyMap<string, T> =>
  new Map(values.map((value) => [value.name, value]))

const mergeNamed = <T extends { readonly name: string }>(
  one: readonly T[],
  other: readonly T[],
  merge: (a: T, b: T) => T,
): readonly T[] => {
  const [first, second] = [byName(one), byName(other)]
  return [
    ...one.map((value) => {
      const same = second.get(value.name)
      return same === undefined ? value : merge(value, same)
    }),
    ...other.filter(({ name }) => !first.has(name)),
  ]
}

/**
 * Two models on one table: what either of them says.
 *
 * @throws MigratorError `INVALID_MODEL` where they contradict each other.
 */
export const mergeTables = (a: ModelTable, b: ModelTable): ModelTable => {
  const models = [...a.models, ...b.models]
  const alike =
    <T extends { readonly name: string }>(what: string) =>
    (one: T, other: T): T => {
      if (isSame(plain(one), plain(other))) return one
      throw invalidModel(
        models,
        `both are on the table "${tableText(a)}" and do not agree on the ${what} "${one.name}"`,
      )
    }
  const options = { ...b.options, ...a.options }
  for (const [key, value] of Object.entries(b.options))
    if (options[key] !== value)
      throw invalidModel(models, `both are on the table "${tableText(a)}" and do not agree on its ${key}`)
  if (a.comment !== undefined && b.comment !== undefined && a.comment !== b.comment)
    throw invalidModel(models, `both are on the table "${tableText(a)}" and do not agree on its comment`)
  const uniques = mergeNamed(a.uniques, b.uniques, alike<ModelUnique>('unique constraint'))
  return {
    schema: a.schema,
    name: a.name,
    models,
    columns: mergeNamed(a.columns, b.columns, (one, other) => mergeColumns(a, models, one, other)),
    // The same columns under two names that Sequelize has made are one constraint.
    uniques: uniques.filter(
      (unique, place) =>
        unique.isNamed ||
        !uniques.slice(0, place).some((before) => !before.isNamed && isSame(before.columns, unique.columns)),
    ),
    indexes: mergeNamed(a.indexes, b.indexes, alike('index')),
    checks: a.checks === undefined ? b.checks : [...a.checks, ...additional(a.checks, b.checks)],
    comment: a.comment ?? b.comment,
    options,
  }
}

const additional = (
  known: NonNullable<ModelTable['checks']>,
  checks: NonNullable<ModelTable['checks']> = [],
): NonNullable<ModelTable['checks']> => checks.filter((check) => !known.some((one) => isSame(one, check)))
