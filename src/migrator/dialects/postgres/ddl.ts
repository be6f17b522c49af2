import type { TableConstraint } from '../../operations/operation.js'
import { listed, words } from '../../operations/sql-words.js'
import type {
  CheckConstraint,
  Column,
  Deferrable,
  EnumType,
  ForeignKeyConstraint,
  Index,
  IndexPart,
  PrimaryKey,
  QualifiedName,
  Schema,
  SequenceOptions,
  Table,
  UniqueConstraint,
} from '../../schema/schema.js'

/** A name in quotes. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A text as SQL, whatever `standard_conforming_strings` says. */
export const text = (value: string): string =>
  value.includes('\\')
    ? `E'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
    : `'${value.replaceAll("'", "''")}'`

/** The name of a table or type, in quotes. */
export const nameOf = ({ schema, name }: QualifiedName): string =>
  schema === null ? quoted(name) : `${quoted(schema)}.${quoted(name)}`

/** How a sequence counts, as CREATE and ALTER SEQUENCE take it. */
export const counting = (options: SequenceOptions): string =>
  `START ${options.start} INCREMENT ${options.increment} MINVALUE ${options.minimum} MAXVALUE ${options.maximum} ` +
  `CACHE ${options.cache} ${options.cycle ? 'CYCLE' : 'NO CYCLE'}`

const SERIAL: Readonly<Record<string, string>> = {
  smallint: 'smallserial',
  integer: 'serial',
  bigint: 'bigserial',
}

/** `GENERATED … AS IDENTITY`, for an identity. */
export const identityClause = ({ autoIncrement }: Column): string | undefined => {
  if (autoIncrement === null || autoIncrement.kind === 'serial') return undefined
  const { kind, sequence } = autoIncrement
  return words(
    `GENERATED ${kind === 'identity always' ? 'ALWAYS' : 'BY DEFAULT'} AS IDENTITY`,
    sequence !== null && `(${counting(sequence)})`,
  )
}

/** `GENERATED ALWAYS AS`, for a column that is computed. */
export const generatedClause = ({ generated }: Column): string | undefined =>
  generated === null
    ? undefined
    : `GENERATED ALWAYS AS (${generated.expression}) ${generated.stored ? 'STORED' : 'VIRTUAL'}`

/** The definition of a column, as CREATE TABLE and ADD COLUMN take it. */
export const columnSql = (column: Column): string => {
  const { name, type, nullable, collation, autoIncrement } = column
  const isSerial = autoIncrement?.kind === 'serial'
  return words(
    quoted(name),
    isSerial ? SERIAL[type] : type,
    collation !== null && `COLLATE ${collation}`,
    !isSerial && (nullable ? 'NULL' : 'NOT NULL'),
    column.default !== null && `DEFAULT ${column.default}`,
    generatedClause(column),
    identityClause(column),
  )
}

const deferrable = (value: Deferrable | null): string =>
  value === null ? '' : `DEFERRABLE INITIALLY ${value.toUpperCase()}`

const columnsOf = (parts: PrimaryKey['parts']): string =>
  `(${parts.map(({ column }) => quoted(column)).join(', ')})`

const primaryKeySql = ({ parts, include, deferrable: waits }: PrimaryKey): string =>
  words('PRIMARY KEY', columnsOf(parts), listed('INCLUDE', include.map(quoted)), deferrable(waits))

const uniqueSql = ({ parts, include, nullsDistinct, deferrable: waits }: UniqueConstraint): string =>
  words(
    'UNIQUE',
    !nullsDistinct && 'NULLS NOT DISTINCT',
    columnsOf(parts),
    listed('INCLUDE', include.map(quoted)),
    deferrable(waits),
  )

const checkSql = ({ expression, noInherit, validated }: CheckConstraint): string =>
  words(`CHECK (${expression})`, noInherit && 'NO INHERIT', !validated && 'NOT VALID')

const foreignKeySql = (key: ForeignKeyConstraint): string =>
  words(
    listed('FOREIGN KEY', key.columns.map(quoted)),
    listed(`REFERENCES ${nameOf(key.target)}`, key.targetColumns.map(quoted)),
    key.match !== 'simple' && `MATCH ${key.match.toUpperCase()}`,
    key.onDelete !== 'NO ACTION' && `ON DELETE ${key.onDelete}`,
    listed('', key.onDeleteColumns.map(quoted)),
    key.onUpdate !== 'NO ACTION' && `ON UPDATE ${key.onUpdate}`,
    deferrable(key.deferrable),
    !key.validated && 'NOT VALID',
  )

/** A constraint, with its name. */
export const constraintSql = ({ type, value }: TableConstraint): string =>
  words(value.name !== null && `CONSTRAINT ${quoted(value.name)}`, bodyOf({ type, value } as TableConstraint))

const bodyOf = ({ type, value }: TableConstraint): string => {
  switch (type) {
    case 'primary key':
      return primaryKeySql(value)
    case 'unique':
      return uniqueSql(value)
    case 'check':
      return checkSql(value)
    case 'foreign key':
      return foreignKeySql(value)
    case 'exclusion':
      return value.definition
  }
}

/** The beginning of a change of a table. */
export const alterTable = (table: QualifiedName): string => `ALTER TABLE ${nameOf(table)}`

/** Adds a constraint. */
export const addConstraintSql = (table: QualifiedName, constraint: TableConstraint): string =>
  `${alterTable(table)} ADD ${constraintSql(constraint)}`

/** A table without its checks, indexes, foreign keys and comments. */
export const createTableSql = (table: Table): string => {
  const { primaryKey, options } = table
  const items = [
    ...table.columns.map(columnSql),
    ...(primaryKey === null ? [] : [constraintSql({ type: 'primary key', value: primaryKey })]),
    ...table.uniques.map((value) => constraintSql({ type: 'unique', value })),
    ...table.exclusions.map((value) => constraintSql({ type: 'exclusion', value })),
  ]
  return words(
    'CREATE',
    options.unlogged && 'UNLOGGED',
    `TABLE ${nameOf(table)} (${items.join(', ')})`,
    listed('INHERITS', (options.inherits ?? []).map(nameOf)),
    options.partitionBy !== undefined && `PARTITION BY ${options.partitionBy}`,
    listed('WITH', options.storage ?? []),
  )
}

/** An expression that gives the name of the sequence behind a column. */
export const ownedSequence = (table: QualifiedName, column: string): string =>
  `pg_get_serial_sequence(${text(nameOf(table))}, ${text(column)})`

/** A statement about the sequence behind a column, whatever its name is. */
export const alterSequenceSql = (
  table: QualifiedName,
  column: string,
  what: string,
  verb = 'ALTER',
): string => {
  const body = `BEGIN EXECUTE '${verb} SEQUENCE ' || ${ownedSequence(table, column)} || ${text(` ${what}`)}; END`
  return `DO ${text(body)}`
}

/** What CREATE TABLE does not say of serial columns. */
export const serialColumnSql = (table: QualifiedName, column: Column): readonly string[] => {
  const { name, nullable, autoIncrement } = column
  if (autoIncrement?.kind !== 'serial') return []
  return [
    ...(nullable ? [`${alterTable(table)} ALTER COLUMN ${quoted(name)} DROP NOT NULL`] : []),
    ...(autoIncrement.sequence === null
      ? []
      : [alterSequenceSql(table, name, counting(autoIncrement.sequence))]),
  ]
}

/** A part of an index; an expression comes without brackets of its own, where it is no function. */
export const indexPartSql = (part: IndexPart): string =>
  words(
    part.kind === 'column' ? quoted(part.column) : `(${part.expression})`,
    part.collation !== null && `COLLATE ${part.collation}`,
    part.operatorClass,
    part.nulls !== null && `${part.direction.toUpperCase()} NULLS ${part.nulls.toUpperCase()}`,
  )

/** An index. */
export const createIndexSql = (table: QualifiedName, index: Index): string =>
  words(
    'CREATE',
    index.unique && 'UNIQUE',
    `INDEX ${quoted(index.name)} ON ${nameOf(table)} USING ${quoted(index.method)}`,
    listed('', index.parts.map(indexPartSql)),
    listed('INCLUDE', index.include.map(quoted)),
    !index.nullsDistinct && 'NULLS NOT DISTINCT',
    listed('WITH', index.storage),
    index.where !== null && `WHERE ${index.where}`,
  )

/** Comments; `null` takes one away. */
export const commentSql = (what: string, comment: string | null): string =>
  `COMMENT ON ${what} IS ${comment === null ? 'NULL' : text(comment)}`

/** What a comment on a column stands on. */
export const columnTarget = (table: QualifiedName, column: string): string =>
  `COLUMN ${nameOf(table)}.${quoted(column)}`

/** What a comment on an index stands on: an index is in the schema of its table. */
export const indexTarget = (table: QualifiedName, index: string): string =>
  `INDEX ${nameOf({ schema: table.schema, name: index })}`

/** The comments of a table, its columns and indexes. */
export const commentsSql = (table: Table, withIndexes = true): readonly string[] => {
  const all: readonly (readonly [string, string | null])[] = [
    [`TABLE ${nameOf(table)}`, table.comment],
    ...table.columns.map((one) => [columnTarget(table, one.name), one.comment] as const),
    ...(withIndexes ? table.indexes.map((one) => [indexTarget(table, one.name), one.comment] as const) : []),
  ]
  return all.flatMap(([what, comment]) => (comment === null ? [] : [commentSql(what, comment)]))
}

/** An enum type, and its comment. */
export const createEnumSql = (one: EnumType): readonly string[] => [
  `CREATE TYPE ${nameOf(one)} AS ENUM (${one.values.map(text).join(', ')})`,
  ...(one.comment === null ? [] : [commentSql(`TYPE ${nameOf(one)}`, one.comment)]),
]

/** A table with everything but its indexes and foreign keys. */
export const tableSql = (table: Table): readonly string[] => [
  createTableSql(table),
  ...table.columns.flatMap((column) => serialColumnSql(table, column)),
  ...table.checks.map((value) => addConstraintSql(table, { type: 'check', value })),
]

/** What of a schema is there before its rows. */
export const schemaBeforeRows = ({ tables, enums }: Schema): readonly string[] => {
  const schemas = new Set([...tables, ...enums].flatMap(({ schema }) => (schema === null ? [] : [schema])))
  // Children after their parents.
  const ordered = [...tables].sort(
    (a, b) => (a.options.inherits?.length ?? 0) - (b.options.inherits?.length ?? 0),
  )
  return [
    ...[...schemas].map((name) => `CREATE SCHEMA IF NOT EXISTS ${quoted(name)}`),
    ...enums.flatMap(createEnumSql),
    ...ordered.flatMap(tableSql),
  ]
}

/** What of a schema comes cheaper, or at all, once the rows are there. */
export const schemaAfterRows = ({ tables }: Schema): readonly string[] => [
  ...tables.flatMap((table) => table.indexes.map((index) => createIndexSql(table, index))),
  ...tables.flatMap((table) =>
    table.foreignKeys.map((value) => addConstraintSql(table, { type: 'foreign key', value })),
  ),
  ...tables.flatMap((table) => commentsSql(table)),
]

/** Everything that a schema holds, in an empty database. */
export const schemaSql = (schema: Schema): readonly string[] => [
  ...schemaBeforeRows(schema),
  ...schemaAfterRows(schema),
]
