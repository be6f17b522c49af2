import type { CallContext } from '../../dialect-autogenerate.js'
import { type Attribute, said, tableArgument } from '../../operations/call-parts.js'
import { dataTypesOf } from '../../operations/sequelize.js'
import { words } from '../../operations/sql-words.js'
import type { Column, EnumType, ForeignKeyConstraint, QualifiedName, Schema } from '../../schema/schema.js'
import { generatedClause, identityClause } from './ddl.js'
import { defaultValueOf } from './defaults.js'
import { dataTypeOf } from './types.js'

/** PostgreSQL cuts longer names, in bytes. */
const LONGEST_NAME = 63

/** Whether PostgreSQL keeps a name as it is. */
export const isShort = (name: string): boolean => Buffer.byteLength(name) <= LONGEST_NAME

/** Whether Sequelize quotes a name and changes nothing about it. */
export const isPlainName = (name: string): boolean =>
  name !== '*' && !/["'`.$]|->/u.test(name) && isShort(name)

/** Words in the definition of a column at which Sequelize takes it apart. */
const READ_WORDS = /PRIMARY KEY|SERIAL|REFERENCES|COMMENT |UNIQUE|NOT NULL|^ENUM\(/u

/** Whether Sequelize writes a text into a definition and takes it for nothing else. */
export const isPlainText = (text: string): boolean => !READ_WORDS.test(text)

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

/** What Sequelize would spoil in an ENUM: it looks for the last bracket, up to the end of the line. */
const isPlainEnum = ({ name, values }: EnumType, column: Column): boolean =>
  isPlainName(name) &&
  values.length > 0 &&
  values.every((value) => isPlainText(value) && !/[\n\r\u2028\u2029]/u.test(value)) &&
  !(column.default ?? '').includes(')')

/**
 * The attribute of a column for `createTable` and `addColumn`, without keys.
 *
 * @param made - The enum type that comes with the column: its values are then said.
 * @returns Undefined where the column needs a statement of its own.
 */
export const attributeOf = (
  column: Column,
  { sequelize }: CallContext,
  made: EnumType | undefined,
): Attribute | undefined => {
  const { name, nullable, autoIncrement, comment } = column
  const isSerial = autoIncrement?.kind === 'serial'
  // Sequelize makes serial columns of these three types, required and counting as usual.
  if (isSerial && (nullable || autoIncrement.sequence !== null || !isCountable(column.type))) return undefined
  if (made !== undefined && !isPlainEnum(made, column)) return undefined
  if (autoIncrement?.kind === 'identity by default' && autoIncrement.sequence === null)
    return checked(name, {
      ...typed(column, sequelize, made),
      ...required(column),
      autoIncrement: true,
      autoIncrementIdentity: true,
      ...described(comment),
    })
  return checked(name, {
    ...typed(column, sequelize, made),
    // Being serial says it.
    ...(isSerial ? { autoIncrement: true } : required(column)),
    ...said({ defaultValue: defaultValueOf(column, sequelize) }),
    ...described(comment),
  })
}

const isCountable = (type: string): boolean => /^(?:smallint|integer|bigint)$/u.test(type)

const described = (comment: string | null): Attribute => (comment === null ? {} : { comment })

const required = ({ nullable }: Column): Attribute => (nullable ? {} : { allowNull: false })

/** The type, and behind it in SQL what Sequelize has no word for. */
const typed = (
  column: Column,
  sequelize: CallContext['sequelize'],
  made: EnumType | undefined,
): Attribute => {
  const { type, collation, autoIncrement } = column
  if (made !== undefined) {
    const { ARRAY, ENUM } = dataTypesOf(sequelize)
    const values = ENUM(...made.values)
    return { type: type.endsWith('[]') ? ARRAY(values) : values }
  }
  const isCounted = autoIncrement?.kind === 'identity by default' && autoIncrement.sequence === null
  const behind = words(
    collation !== null && `COLLATE ${collation}`,
    generatedClause(column),
    !isCounted && identityClause(column),
  )
  return { type: behind === '' ? dataTypeOf(type, sequelize) : `${type} ${behind}` }
}

/** The attribute, where Sequelize takes all of it as it is meant. */
const checked = (name: string, attribute: Attribute): Attribute | undefined => {
  const { type, defaultValue, comment } = attribute
  const texts = [type, defaultValue, comment, (defaultValue as { val?: unknown } | undefined)?.val]
  const isPlain = texts.every((text) => typeof text !== 'string' || isPlainText(text))
  return isPlain && isPlainName(name) ? attribute : undefined
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
  [...key.columns, ...key.targetColumns, key.target.name, key.target.schema ?? ''].every(isPlainName)

/** What happens to a key's rows, where it is not the usual. */
export const actionsOf = ({ onDelete, onUpdate }: ForeignKeyConstraint): Attribute => ({
  ...(onDelete === 'NO ACTION' ? {} : { onDelete }),
  ...(onUpdate === 'NO ACTION' ? {} : { onUpdate }),
})
