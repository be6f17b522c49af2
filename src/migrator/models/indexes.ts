import type { ModelIndex, ModelUnique } from '../schema/model-table.js'
import { invalidModel } from './invalid-model.js'
import type { SequelizeModel } from './sequelize-model.js'

/** Gives the column of an attribute, or of a column. */
export type ColumnFinder = (name: string) => string | undefined

/** Sequelize's own way from a table and columns to the name of an index. */
const derivedName = (model: SequelizeModel, fields: readonly unknown[]): string => {
  const { Utils } = model.sequelize.constructor as unknown as {
    readonly Utils: { underscore(text: string): string }
  }
  return Utils.underscore(`${model.tableName}_${fields.map(partText).join('_')}`)
}

const isPlain = (value: unknown): value is Record<string | symbol, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype

/** Whether a part of an index is `fn()`, `literal()` or their like. */
const isExpression = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !isPlain(value)

const mappedWhere = (where: unknown, columnOf: ColumnFinder): unknown => {
  if (Array.isArray(where)) return where.map((one) => mappedWhere(one, columnOf))
  if (!isPlain(where)) return where
  const mapped: Record<string | symbol, unknown> = {}
  for (const key of Reflect.ownKeys(where)) {
    // Beside symbols, `Op.and` and its like, the keys are columns; what they are compared with is left as it is.
    if (typeof key === 'symbol') mapped[key] = mappedWhere(where[key], columnOf)
    else mapped[columnOf(key) ?? key] = where[key]
  }
  return mapped
}

/**
 * The indexes of a model, with columns for attributes.
 *
 * @throws MigratorError `INVALID_MODEL`.
 */
export const indexesOf = (model: SequelizeModel, columnOf: ColumnFinder): readonly ModelIndex[] =>
  model._indexes.map((index) => {
    const { fields: given, where, name: written, ...rest } = index
    const refuse = (fault: string): Error =>
      invalidModel([model.name], `an index of it (${String(written ?? 'without a name')}) ${fault}`)
    if (!Array.isArray(given) || given.length === 0) throw refuse('has no fields')
    const names: string[] = []
    const fields = given.map((field: unknown): unknown => {
      if (typeof field === 'string') {
        names.push(field)
        return columnOf(field) ?? field
      }
      if (isExpression(field)) return field
      const part = isPlain(field) ? field : {}
      const name = part['attribute'] ?? part['name']
      if (typeof name !== 'string' || name === '') throw refuse('has a field without a name')
      names.push(name)
      const { attribute: _, ...order } = part
      return { ...order, name: columnOf(name) ?? name }
    })
    const derived = derivedName(model, given)
    const name = typeof written === 'string' && written !== '' ? written : derived
    if (names.length < given.length && /undefined|\[object/u.test(name))
      throw refuse('has an expression, and needs a name')
    const options: Record<string, unknown> = { ...rest, fields, name }
    if (where !== undefined && where !== null) options['where'] = mappedWhere(where, columnOf)
    return { name, isNamed: name !== derived, options }
  })

const partText = (field: unknown): string => {
  if (typeof field === 'string') return field
  const { name, attribute } = (field ?? {}) as { readonly name?: unknown; readonly attribute?: unknown }
  return String(name || attribute)
}

/** Names of the columns in an index, without its expressions. */
export const indexedColumns = ({ options }: ModelIndex): readonly string[] =>
  (options['fields'] as readonly unknown[]).flatMap((field) => {
    if (typeof field === 'string') return [field]
    return isExpression(field) ? [] : [String((field as { readonly name: unknown }).name)]
  })

/**
 * The unique constraints of a model, in the order in which Sequelize writes them.
 *
 * @throws MigratorError `INVALID_MODEL`.
 */
export const uniquesOf = (model: SequelizeModel, columnOf: ColumnFinder): readonly ModelUnique[] => {
  const said = model.options['uniqueKeys'] as SequelizeModel['uniqueKeys'] | undefined
  const keys = { ...(said ?? model.uniqueKeys) }
  // With `uniqueKeys` in the options Sequelize writes these, and what stands in the columns' own definitions.
  if (said !== undefined && said !== null)
    for (const [name, key] of Object.entries(model.uniqueKeys))
      if (key.customIndex === false) keys[name] = key
  return Object.entries(keys).map(([name, { fields }]) => {
    if (!Array.isArray(fields) || fields.length === 0)
      throw invalidModel([model.name], `its unique constraint "${name}" has no fields`)
    // Two attributes on one column make one column of the constraint.
    const columns = [...new Set(fields.map((field) => columnOf(field) ?? field))]
    return { name, isNamed: !isDerived(model, name, columns), columns }
  })
}

/** Whether Sequelize has made the name: of one attribute, or of the two keys of a table between two. */
const isDerived = (model: SequelizeModel, name: string, columns: readonly string[]): boolean => {
  const attributes = Object.entries(model.tableAttributes)
    .filter(([attribute, { field }]) => columns.includes(typeof field === 'string' ? field : attribute))
    .map(([attribute]) => attribute)
  const derived = attributes.flatMap((one) => [
    `${model.tableName}_${one}_unique`,
    ...attributes.map((other) => `${model.tableName}_${one}_${other}_unique`),
  ])
  return derived.includes(name)
}
