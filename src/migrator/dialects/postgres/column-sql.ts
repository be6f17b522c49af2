import type { QueryInterface, Sequelize } from 'sequelize'
import type { Check, ForeignKey } from '../../operations/op.js'
import type { Generated } from '../../schema/schema.js'
import {
  type Attribute,
  attributeOf,
  type ColumnType,
  columnTypeOf,
  createEnumIfMissing,
  type EnumToMake,
  typeParts,
} from './column-type.js'
import { dollarQuoted, type Named, type Names, nameOf, sqlText } from './names.js'

/** What the SQL of columns is made with. */
export interface ColumnContext {
  readonly queryInterface: QueryInterface
  readonly names: Names
  readonly table: Named
}

/** A column as SQL, in parts. */
export interface ColumnSql {
  /** To be run before: makes the enum type. */
  readonly before: readonly string[]
  /** As it stands in CREATE TABLE and behind ADD COLUMN. */
  readonly definition: string
  /** Table constraints. */
  readonly constraints: readonly string[]
  /** To be run after: the comment. */
  readonly after: readonly string[]
  readonly isPrimaryKey: boolean
  readonly enumType?: EnumToMake
}

/** The name of a column: attributes of models may have one of their own. */
export const fieldOf = (key: string, attribute: unknown): string => {
  const { field } = (attribute ?? {}) as { readonly field?: unknown }
  return typeof field === 'string' ? field : key
}

export const checkClause = (names: Names, { name, expression }: Check): string =>
  `CONSTRAINT ${names.id(name)} CHECK (${expression})`

export const foreignKeyClause = (names: Names, key: ForeignKey): string =>
  [
    `CONSTRAINT ${names.id(key.name)} FOREIGN KEY (${names.ids(key.columns)})`,
    `REFERENCES ${names.full(nameOf(key.references.table))} (${names.ids(key.references.columns)})`,
    ...(key.onDelete === undefined ? [] : [`ON DELETE ${key.onDelete}`]),
    ...(key.onUpdate === undefined ? [] : [`ON UPDATE ${key.onUpdate}`]),
  ].join(' ')

/** Whether a default is one of the database's: of the rest, Sequelize makes the values in JavaScript. */
const isDatabaseDefault = (sequelize: Sequelize, value: unknown): boolean => {
  if (value === undefined || typeof value === 'function') return false
  const { DataTypes } = sequelize.constructor as unknown as {
    readonly DataTypes: Readonly<Record<'NOW' | 'UUIDV1' | 'UUIDV4', new () => unknown>>
  }
  const { NOW, UUIDV1, UUIDV4 } = DataTypes
  return !(value instanceof NOW || value instanceof UUIDV1 || value instanceof UUIDV4)
}

/** A default as SQL; `null` for none, undefined where nothing is said to the database. */
export const defaultSql = (
  { queryInterface, names }: ColumnContext,
  attribute: Attribute,
  type: ColumnType | undefined,
): string | null | undefined => {
  const value = attribute['defaultValue']
  if (value === null) return null
  if (!isDatabaseDefault(queryInterface.sequelize, value)) return undefined
  // Sequelize makes the name of an array's enum type of a model, which there is none of.
  if (type?.enumType !== undefined && Array.isArray(value))
    return `ARRAY[${value.map((item) => (item === null ? 'NULL' : sqlText(String(item)))).join(', ')}]::${type.sql}`
  if (type?.enumType !== undefined && typeof value === 'string') return sqlText(value)
  return names.generator.escape(value, attribute['type'] === undefined ? undefined : attribute)
}

/** REFERENCES and what follows it, as an attribute says it; undefined where it says nothing. */
export const referencesSql = ({ names, table }: ColumnContext, attribute: Attribute): string | undefined => {
  const { references, onDelete, onUpdate } = attribute
  if (references === undefined || references === null) return undefined
  const given = (typeof references === 'string' ? { model: references } : references) as Attribute
  const model = given['model'] ?? given['table']
  const target = nameOf(model, typeof model === 'string' ? table.schema : undefined)
  const key = given['key'] ?? given['field'] ?? 'id'
  return [
    `REFERENCES ${names.full(target)} (${names.id(String(key))})`,
    ...(onDelete ? [`ON DELETE ${String(onDelete).toUpperCase()}`] : []),
    ...(onUpdate ? [`ON UPDATE ${String(onUpdate).toUpperCase()}`] : []),
    ...(given['deferrable'] ? [deferrableSql(names, given['deferrable'])] : []),
  ].join(' ')
}

/** Sequelize's `Deferrable`, or SQL. */
export const deferrableSql = ({ generator }: Names, deferrable: unknown): string =>
  (deferrable as { toString(generator: unknown): string }).toString(generator)

const SERIALS: Readonly<Record<string, string>> = { bigint: 'BIGSERIAL', smallint: 'SMALLSERIAL' }

/** A generated column behind its type. */
const generatedSql = ({ expression, stored }: Generated): string =>
  `GENERATED ALWAYS AS (${expression}) ${stored ? 'STORED' : 'VIRTUAL'}`

export const createEnumStatement = (names: Names, { enumType }: ColumnType): readonly string[] =>
  enumType === undefined
    ? []
    : [`DO ${dollarQuoted(createEnumIfMissing(names, enumType.named, enumType.values))}`]

export const columnComment = ({ names, table }: ColumnContext, column: string, comment: unknown): string =>
  `COMMENT ON COLUMN ${names.full(table)}.${names.id(column)} IS ${
    comment === null || comment === '' ? 'NULL' : sqlText(String(comment))
  }`

/** A new column as SQL. */
export const columnSql = (context: ColumnContext, column: string, given: unknown): ColumnSql => {
  const { queryInterface, names, table } = context
  const attribute = attributeOf(queryInterface.sequelize, given)
  const type = columnTypeOf(queryInterface.sequelize, names, attribute, table, column)
  const { autoIncrement, autoIncrementIdentity, allowNull, unique, primaryKey, comment, checks } = attribute
  const isSerial = autoIncrement === true && autoIncrementIdentity !== true
  const byDefault = defaultSql(context, attribute, type)
  const references = referencesSql(context, attribute)
  const { collation, generated } = attribute as { collation?: string; generated?: Generated | null }
  const definition = [
    names.id(column),
    isSerial && !/serial/iu.test(type.sql) ? (SERIALS[typeParts(type.sql).base] ?? 'SERIAL') : type.sql,
    ...(collation === undefined || collation === null ? [] : [`COLLATE ${collationSql(names, collation)}`]),
    ...(allowNull !== undefined && !allowNull ? ['NOT NULL'] : []),
    ...(autoIncrement === true && !isSerial ? ['GENERATED BY DEFAULT AS IDENTITY'] : []),
    ...(generated ? [generatedSql(generated)] : []),
    ...(byDefault === undefined || byDefault === null || autoIncrement === true || generated
      ? []
      : [`DEFAULT ${byDefault}`]),
    ...(unique === true ? ['UNIQUE'] : []),
    ...(references === undefined ? [] : [references]),
  ].join(' ')
  return {
    ...(type.enumType === undefined ? {} : { enumType: type.enumType }),
    before: createEnumStatement(names, type),
    definition,
    constraints: ((checks as readonly Check[] | undefined) ?? []).map((check) => checkClause(names, check)),
    after: typeof comment === 'string' && comment !== '' ? [columnComment(context, column, comment)] : [],
    isPrimaryKey: primaryKey === true,
  }
}

/** A collation as SQL names it is taken as it is where it has quotes; otherwise it is one name, or two with a dot. */
export const collationSql = (names: Names, collation: string): string =>
  collation.includes('"')
    ? collation
    : collation
        .split('.')
        .map((part) => names.id(part))
        .join('.')
