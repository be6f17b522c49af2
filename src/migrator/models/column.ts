import type { Sequelize } from 'sequelize'
import type { QualifiedName } from '../schema/schema.js'
import { invalidModel } from './invalid-model.js'
import { qualifiedName, type SequelizeModel, type TableName } from './sequelize-model.js'

const IN_JAVASCRIPT: ReadonlySet<unknown> = new Set(['NOW', 'UUIDV1', 'UUIDV4'])

/** Whether a default is the database's: functions and Sequelize's own makers of values are called in JavaScript. */
const isOfDatabase = (value: unknown): boolean => {
  if (value === undefined || value === null || typeof value === 'function') return false
  if (typeof value !== 'object') return true
  const { key, toSql } = value as { readonly key?: unknown; readonly toSql?: unknown }
  return !(typeof toSql === 'function' && IN_JAVASCRIPT.has(key))
}

interface TypeLike {
  readonly key?: string
  readonly values?: readonly unknown[]
  readonly type?: unknown
  readonly toSql?: unknown
}

const checkType = (type: unknown, values: unknown, refuse: (fault: string) => Error): void => {
  if (typeof type === 'string') {
    if (type.trim() === '') throw refuse('has an empty text as its type')
    return
  }
  if (typeof type !== 'object' || type === null || typeof (type as TypeLike).toSql !== 'function')
    throw refuse('has a type that is neither a text nor one of Sequelize’s data types')
  const { key, type: inner } = type as TypeLike
  const enumType = key === 'ARRAY' ? (inner as TypeLike | undefined) : (type as TypeLike)
  if (key === 'ARRAY' && enumType === undefined) throw refuse('is an ARRAY of nothing')
  if (enumType?.key !== 'ENUM') return
  const given = Array.isArray(values) ? values : (enumType.values ?? [])
  if (given.length === 0) throw refuse('is an ENUM without values')
}

const isTableName = (value: unknown): value is TableName =>
  (typeof value === 'string' && value !== '') ||
  (typeof value === 'object' &&
    value !== null &&
    typeof (value as { tableName?: unknown }).tableName === 'string')

/** What `references` names, in whichever way it is written. */
const referencesOf = (
  model: SequelizeModel,
  own: QualifiedName,
  given: unknown,
  refuse: (fault: string) => Error,
): Readonly<Record<string, unknown>> => {
  const written = typeof given === 'string' || typeof given === 'function' ? { model: given } : given
  if (typeof written !== 'object' || written === null)
    throw refuse('has "references" that are no { model, key }')
  const { model: target, key, ...rest } = written as { readonly model?: unknown; readonly key?: unknown }
  const table =
    typeof (target as { getTableName?: unknown } | undefined)?.getTableName === 'function'
      ? (target as SequelizeModel).getTableName()
      : target
  if (!isTableName(table)) throw refuse('refers to nothing: "references.model" names no table')
  const named = qualifiedName(table, model.sequelize)
  // The generator takes a name without a schema for one in the schema of the table that refers to it.
  const schema = typeof table === 'string' ? own.schema : named.schema
  return {
    ...rest,
    model: schema === null ? named.name : { tableName: named.name, schema, delimiter: '.' },
    key: typeof key === 'string' && key !== '' ? key : 'id',
  }
}

/**
 * An attribute as `Model.sync` hands it to the query generator, without what is not for the database.
 *
 * @param own - The table of the model.
 * @throws MigratorError `INVALID_MODEL`.
 */
export const attributeOf = (
  model: SequelizeModel,
  own: QualifiedName,
  name: string,
  attribute: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> => {
  const refuse = (fault: string): Error => invalidModel([model.name], `its attribute "${name}" ${fault}`)
  const { type, values, allowNull, unique, primaryKey, autoIncrement, autoIncrementIdentity } = attribute
  const { comment, defaultValue, references } = attribute
  checkType(type, values, refuse)
  const field = fieldOf(name, attribute)
  if (field === '') throw refuse('has an empty text as its column')
  // What a query generator reads of an attribute, as it is; what is not said is not there.
  const said: Record<string, unknown> = { field, type }
  if (values !== undefined) said['values'] = values
  if (allowNull !== undefined) said['allowNull'] = allowNull
  if (unique !== undefined) said['unique'] = unique
  if (primaryKey !== undefined) said['primaryKey'] = primaryKey
  if (autoIncrement !== undefined) said['autoIncrement'] = autoIncrement
  if (autoIncrementIdentity !== undefined) said['autoIncrementIdentity'] = autoIncrementIdentity
  if (comment !== undefined) said['comment'] = comment
  if (isOfDatabase(defaultValue)) said['defaultValue'] = defaultValue
  if (references === undefined || references === null) return said
  said['references'] = referencesOf(model, own, references, refuse)
  const { onDelete, onUpdate } = attribute
  if (typeof onDelete === 'string') said['onDelete'] = onDelete
  if (typeof onUpdate === 'string') said['onUpdate'] = onUpdate
  return said
}

/** The column of an attribute. */
export const fieldOf = (name: string, { field }: Readonly<Record<string, unknown>>): string =>
  typeof field === 'string' ? field : name

/** The table that a column of a model table refers to. */
export const targetOf = (
  attribute: Readonly<Record<string, unknown>>,
  sequelize: Sequelize,
): (QualifiedName & { readonly key: string }) | undefined => {
  const references = attribute['references'] as
    | { readonly model: TableName; readonly key: string }
    | undefined
  if (references === undefined) return undefined
  return { ...qualifiedName(references.model, sequelize), key: references.key }
}
