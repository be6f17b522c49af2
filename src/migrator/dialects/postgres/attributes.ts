import type { CallContext } from '../../dialect-autogenerate.js'
import { type Attribute, said, tableArgument } from '../../operations/call-parts.js'
import { dataTypesOf } from '../../operations/sequelize.js'
import type { Column, EnumType, ForeignKeyConstraint, QualifiedName, Schema } from '../../schema/schema.js'
import { identityClause } from './ddl.js'
import { defaultValueOf } from './defaults.js'
import { dataTypeOf } from './types.js'

/** PostgreSQL cuts longer names, in bytes. */
const LONGEST_NAME = 63

/** Whether PostgreSQL keeps a name as it is. */
export const isShort = (name: string): boolean => Buffer.byteLength(name) <= LONGEST_NAME

/** Whether a name is kept as it is. */
export const isPlainName = (name: string): boolean => name !== '' && isShort(name)

/** Whether `op` takes the name of a table or type as it is: quotes are taken out of it, so that models find their tables. */
export const isPlainTableName = ({ schema, name }: QualifiedName): boolean =>
  [name, ...(schema === null ? [] : [schema])].every((one) => isPlainName(one) && !one.includes('"'))

/** Whether calls with these names do what they say: not where the host has Sequelize leave the quotes out. */
export const quotesNames = ({ sequelize }: CallContext): boolean =>
  (sequelize as unknown as { options: { quoteIdentifiers?: boolean } }).options.quoteIdentifiers !== false

/** The enum type that Sequelize makes for a column, by its name alone. */
export const impliedEnumName = (table: QualifiedName, column: string): QualifiedName => ({
  schema: table.schema,
  name: `enum_${table.name}_${column}`,
})

/** The enum type of a column, where it is the one that Sequelize makes for it and no other column has it. */
export const impliedEnum = (table: QualifiedName, column: Column, schema: Schema): EnumType | undefined => {
  const { enumType } = column
  const wanted = impliedEnumName(table, column.name)
  if (enumType === null || enumType.schema !== wanted.schema || enumType.name !== wanted.name)
    return undefined
  const users = schema.tables.flatMap((one) =>
    one.columns.filter(
      (other) => other.enumType?.schema === wanted.schema && other.enumType.name === wanted.name,
    ),
  )
  const found = schema.enums.find((one) => one.schema === wanted.schema && one.name === wanted.name)
  return users.length <= 1 ? found : undefined
}

/**
 * The attribute of a column for `createTable` and `addColumn`, without keys.
 *
 * @param made - The enum type that comes with the column: its values are then said.
 * @returns Undefined where the column needs a statement of its own.
 */
export const attributeOf = (
  column: Column,
  context: CallContext,
  made: EnumType | undefined,
): Attribute | undefined => {
  const { sequelize } = context
  const { name, nullable, autoIncrement, comment, collation, generated } = column
  const isSerial = autoIncrement?.kind === 'serial'
  // Sequelize makes serial columns of these three types, required and counting as usual.
  if (isSerial && (nullable || autoIncrement.sequence !== null || !isCountable(column.type))) return undefined
  if (!isPlainName(name)) return undefined
  const isCounted = isUsualIdentity(column)
  const identity = isCounted ? undefined : identityClause(column)
  const type = typeOf(column, sequelize, made)
  // SQL stands behind the type for what there is no word for.
  if (identity !== undefined && typeof type !== 'string')
    return attributeOf({ ...column, type: `${column.type} ${identity}`, autoIncrement: null }, context, made)
  return {
    type,
    ...said({ collation: collation === null ? undefined : plainCollation(collation) }),
    ...said({ generated: generated ?? undefined }),
    // Being serial says it.
    ...(nullable || isSerial ? {} : { allowNull: false }),
    ...(isSerial || isCounted ? { autoIncrement: true } : {}),
    ...(isCounted ? { autoIncrementIdentity: true } : {}),
    ...said({ defaultValue: defaultValueOf(column, sequelize) }),
    ...(comment === null ? {} : { comment }),
  }
}

const isUsualIdentity = ({ autoIncrement }: Column): boolean =>
  autoIncrement?.kind === 'identity by default' && autoIncrement.sequence === null

/** A collation without quotes, where it is one name. */
export const plainCollation = (sql: string): string => /^"([^".]+)"$/u.exec(sql)?.[1] ?? sql

const isCountable = (type: string): boolean => /^(?:smallint|integer|bigint)$/u.test(type)

const typeOf = (
  { type }: Column,
  sequelize: CallContext['sequelize'],
  made: EnumType | undefined,
): unknown => {
  if (made === undefined) return dataTypeOf(type, sequelize)
  const { ARRAY, ENUM } = dataTypesOf(sequelize)
  const values = ENUM(...made.values)
  return type.endsWith('[]') ? ARRAY(values) : values
}

/** The key as attributes of its column, where PostgreSQL gives it the name that it has. */
export const referenceOf = (table: QualifiedName, key: ForeignKeyConstraint): Attribute | undefined => {
  const [column, ...others] = key.columns
  const [target] = key.targetColumns
  if (column === undefined || target === undefined || others.length > 0) return undefined
  const isUsual =
    key.name === `${table.name}_${column}_fkey` &&
    isPlainKey(key) &&
    isPlainName(key.name) &&
    // Without a schema Sequelize takes that of the table.
    (key.target.schema !== null || table.schema === null)
  return isUsual
    ? { references: { model: tableArgument(key.target), key: target }, ...actionsOf(key) }
    : undefined
}

/** Whether Sequelize has words for all that a key says. */
export const isPlainKey = (key: ForeignKeyConstraint): boolean =>
  key.match === 'simple' &&
  key.deferrable === null &&
  key.validated &&
  key.onDeleteColumns.length === 0 &&
  [...key.columns, ...key.targetColumns].every(isPlainName) &&
  isPlainTableName(key.target)

/** What happens to a key's rows, where it is not the usual. */
export const actionsOf = ({ onDelete, onUpdate }: ForeignKeyConstraint): Attribute => ({
  ...(onDelete === 'NO ACTION' ? {} : { onDelete }),
  ...(onUpdate === 'NO ACTION' ? {} : { onUpdate }),
})
