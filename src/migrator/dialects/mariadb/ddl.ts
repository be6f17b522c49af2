import type { TableConstraint } from '../../operations/operation.js'
import { listed, words } from '../../operations/sql-words.js'
import type {
  CheckConstraint,
  Column,
  ForeignKeyConstraint,
  Index,
  IndexPart,
  KeyPart,
  PrimaryKey,
  QualifiedName,
  Schema,
  Table,
} from '../../schema/schema.js'

/** A name in quotes. */
export const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``

/** A text as SQL. */
export const text = (value: string): string => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`

/** The name of a table, in quotes. */
export const nameOf = ({ schema, name }: QualifiedName): string =>
  schema === null ? quoted(name) : `${quoted(schema)}.${quoted(name)}`

/** The beginning of a change of a table. */
export const alterTable = (table: QualifiedName): string => `ALTER TABLE ${nameOf(table)}`

const commented = (comment: string | null): string => (comment === null ? '' : `COMMENT ${text(comment)}`)

/** `GENERATED ALWAYS AS`, for a column that is computed. */
export const generatedClause = ({ generated }: Column): string | undefined =>
  generated === null
    ? undefined
    : `GENERATED ALWAYS AS (${generated.expression}) ${generated.stored ? 'STORED' : 'VIRTUAL'}`

/**
 * The definition of a column, as CREATE TABLE, ADD and MODIFY COLUMN take it.
 *
 * @param checks - Of its table: those that stand in the column are part of it.
 */
export const columnSql = (column: Column, checks: readonly CheckConstraint[]): string => {
  const { name, type, nullable, collation, generated } = column
  return words(
    quoted(name),
    type,
    collation !== null && `COLLATE ${collation}`,
    generatedClause(column),
    generated === null && (nullable ? 'NULL' : 'NOT NULL'),
    column.default !== null && `DEFAULT ${column.default}`,
    column.onUpdate !== null && `ON UPDATE ${column.onUpdate}`,
    column.autoIncrement !== null && 'AUTO_INCREMENT',
    column.isHidden && 'INVISIBLE',
    commented(column.comment),
    ...checks.filter((one) => one.column === name).map((one) => `CHECK (${one.expression})`),
  )
}

const part = (one: KeyPart | IndexPart): string =>
  words(
    'expression' in one ? `(${one.expression})` : quoted(one.column),
    one.prefixLength !== null && `(${one.prefixLength})`,
    one.direction === 'desc' && 'DESC',
  )

/** An index, as CREATE TABLE and ADD take it. */
export const indexSql = (index: Index): string =>
  words(
    index.method === 'fulltext' && 'FULLTEXT',
    (index.method === 'spatial' || index.method === 'rtree') && 'SPATIAL',
    index.unique && 'UNIQUE',
    `KEY ${quoted(index.name)}`,
    listed('', index.parts.map(part)),
    index.method === 'hash' && 'USING HASH',
    commented(index.comment),
    !index.isUsed && 'IGNORED',
  )

/** A primary key. */
export const primaryKeySql = (key: PrimaryKey): string => listed('PRIMARY KEY', key.parts.map(part))

const foreignKeySql = (key: ForeignKeyConstraint): string =>
  words(
    listed('FOREIGN KEY', key.columns.map(quoted)),
    listed(`REFERENCES ${nameOf(key.target)}`, key.targetColumns.map(quoted)),
    `ON DELETE ${key.onDelete} ON UPDATE ${key.onUpdate}`,
  )

/** A constraint of the table, with its name. */
export const constraintSql = ({ type, value }: TableConstraint): string => {
  const named = value.name === null ? '' : `CONSTRAINT ${quoted(value.name)}`
  switch (type) {
    case 'primary key':
      return primaryKeySql(value)
    case 'unique':
      return words(named, listed('UNIQUE', value.parts.map(part)))
    case 'foreign key':
      return words(named, foreignKeySql(value))
    case 'check':
      return words(named, `CHECK (${value.expression})`)
    case 'exclusion':
      return value.definition
  }
}

/** Options of a table, as CREATE TABLE and ALTER TABLE take them. */
export const optionsSql = ({ options, comment }: Pick<Table, 'options' | 'comment'>): string =>
  words(
    options.engine !== undefined && `ENGINE = ${options.engine}`,
    options.collation !== undefined && `COLLATE = ${options.collation}`,
    options.createOptions,
    commented(comment),
  )

/** A table with all but its foreign keys. */
export const createTableSql = (table: Table): string => {
  const items = [
    ...table.columns.map((one) => columnSql(one, table.checks)),
    ...(table.primaryKey === null ? [] : [primaryKeySql(table.primaryKey)]),
    ...table.indexes.map(indexSql),
    ...table.checks
      .filter((one) => one.column === null)
      .map((value) => constraintSql({ type: 'check', value })),
  ]
  return words(
    listed(`CREATE TABLE ${nameOf(table)}`, items),
    optionsSql(table),
    table.options.systemVersioned && 'WITH SYSTEM VERSIONING',
  )
}

/** Adds a foreign key. */
export const addForeignKeySql = (table: QualifiedName, value: ForeignKeyConstraint): string =>
  `${alterTable(table)} ADD ${constraintSql({ type: 'foreign key', value })}`

/** Everything that a schema holds, in an empty database. */
export const schemaSql = ({ tables }: Schema): readonly string[] => [
  ...tables.map(createTableSql),
  ...tables.flatMap((table) => table.foreignKeys.map((key) => addForeignKeySql(table, key))),
]
