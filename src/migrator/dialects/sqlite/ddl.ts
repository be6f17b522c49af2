import type { TableConstraint } from '../../operations/operation.js'
import { listed, words } from '../../operations/sql-words.js'
import type { Column, ForeignKeyConstraint, Index, KeyPart, Schema, Table } from '../../schema/schema.js'
import { quoteName } from './sql-text/tokens.js'

const named = (name: string | null): string => (name === null ? '' : `CONSTRAINT ${quoteName(name)}`)

const part = ({ column, collation, direction }: KeyPart): string =>
  words(
    quoteName(column),
    collation !== null && `COLLATE ${quoteName(collation)}`,
    direction === 'desc' && 'DESC',
  )

const conflict = (clause: string | null): string => (clause === null ? '' : `ON CONFLICT ${clause}`)

/** `GENERATED ALWAYS AS`, for a column that is computed. */
export const generatedClause = ({ generated }: Column): string | undefined =>
  generated === null
    ? undefined
    : `GENERATED ALWAYS AS (${generated.expression})${generated.stored ? ' STORED' : ''}`

/** The definition of a column without keys. */
export const columnSql = (column: Column, numbered = ''): string => {
  const { name, type, nullable, collation } = column
  return words(
    quoteName(name),
    type,
    numbered,
    !nullable && 'NOT NULL',
    column.default !== null && `DEFAULT (${column.default})`,
    collation !== null && `COLLATE ${quoteName(collation)}`,
    generatedClause(column),
  )
}

const foreignKeySql = (key: ForeignKeyConstraint): string =>
  words(
    listed('FOREIGN KEY', key.columns.map(quoteName)),
    `REFERENCES ${quoteName(key.target.name)}`,
    listed('', key.targetColumns.map(quoteName)),
    key.match !== 'simple' && `MATCH ${key.match.toUpperCase()}`,
    key.onDelete !== 'NO ACTION' && `ON DELETE ${key.onDelete}`,
    key.onUpdate !== 'NO ACTION' && `ON UPDATE ${key.onUpdate}`,
    key.deferrable !== null && `DEFERRABLE INITIALLY ${key.deferrable.toUpperCase()}`,
  )

/** A constraint of the table, with its name where it has one. */
export const constraintSql = ({ type, value }: TableConstraint, isNumbered = false): string => {
  const start = named(value.name)
  switch (type) {
    case 'primary key':
      return words(
        start,
        isNumbered
          ? `PRIMARY KEY (${value.parts.map(part).join(', ')} AUTOINCREMENT)`
          : listed('PRIMARY KEY', value.parts.map(part)),
        conflict(value.onConflict),
      )
    case 'unique':
      return words(start, listed('UNIQUE', value.parts.map(part)), conflict(value.onConflict))
    case 'check':
      return words(start, `CHECK (${value.expression})`)
    case 'foreign key':
      return words(start, foreignKeySql(value))
    case 'exclusion':
      return value.definition
  }
}

/** A table without its indexes. */
export const createTableSql = (table: Table): string => {
  const { primaryKey, options } = table
  const isNumbered = table.columns.some(({ autoIncrement }) => autoIncrement !== null)
  const numbered = words(
    named(primaryKey?.name ?? null),
    'PRIMARY KEY',
    primaryKey?.parts[0]?.direction === 'desc' && 'DESC',
    conflict(primaryKey?.onConflict ?? null),
    'AUTOINCREMENT',
  )
  const items = [
    ...table.columns.map((one) => columnSql(one, one.autoIncrement === null ? '' : numbered)),
    ...(primaryKey === null || isNumbered ? [] : [constraintSql({ type: 'primary key', value: primaryKey })]),
    ...table.uniques.map((value) => constraintSql({ type: 'unique', value })),
    ...table.checks.map((value) => constraintSql({ type: 'check', value })),
    ...table.foreignKeys.map((value) => constraintSql({ type: 'foreign key', value })),
  ]
  const suffix = [options.withoutRowid && 'WITHOUT ROWID', options.strict && 'STRICT'].filter(Boolean)
  return words(listed(`CREATE TABLE ${quoteName(table.name)}`, items), suffix.join(', '))
}

/** A part of an index. */
export const indexPartSql = (one: Index['parts'][number]): string =>
  words(
    one.kind === 'column' ? quoteName(one.column) : one.expression,
    one.collation !== null && `COLLATE ${quoteName(one.collation)}`,
    one.direction === 'desc' && 'DESC',
  )

/** An index. */
export const createIndexSql = (table: string, index: Index): string =>
  words(
    'CREATE',
    index.unique && 'UNIQUE',
    `INDEX ${quoteName(index.name)}`,
    listed(`ON ${quoteName(table)}`, index.parts.map(indexPartSql)),
    index.where !== null && `WHERE ${index.where}`,
  )

/** Everything that a schema holds, in an empty database. */
export const schemaSql = (schema: Schema): readonly string[] => [
  ...schema.tables.map(createTableSql),
  ...schema.tables.flatMap((table) => table.indexes.map((index) => createIndexSql(table.name, index))),
]
