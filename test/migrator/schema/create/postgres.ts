import type {
  Column,
  Deferrable,
  ForeignKeyConstraint,
  Index,
  QualifiedName,
  Schema,
  SequenceOptions,
  Table,
  UniqueConstraint,
} from 'sm2kit/migrator'
import { listed, doubleQuoted as q, text, words } from './support.js'

const nameOf = ({ schema, name }: QualifiedName): string =>
  schema === null ? q(name) : `${q(schema)}.${q(name)}`

const counting = (options: SequenceOptions): string =>
  `START ${options.start} INCREMENT ${options.increment} MINVALUE ${options.minimum} MAXVALUE ${options.maximum} ` +
  `CACHE ${options.cache}${options.cycle ? ' CYCLE' : ''}`

const SERIAL: Readonly<Record<string, string>> = {
  smallint: 'smallserial',
  integer: 'serial',
  bigint: 'bigserial',
}

const column = (one: Column): string => {
  const { name, type, nullable, collation, generated, autoIncrement } = one
  const isSerial = autoIncrement?.kind === 'serial'
  return words(
    q(name),
    isSerial ? SERIAL[type] : type,
    collation !== null && `COLLATE ${collation}`,
    !isSerial && (nullable ? 'NULL' : 'NOT NULL'),
    one.default !== null && `DEFAULT ${one.default}`,
    generated !== null &&
      `GENERATED ALWAYS AS (${generated.expression}) ${generated.stored ? 'STORED' : 'VIRTUAL'}`,
    autoIncrement !== null &&
      !isSerial &&
      `GENERATED ${autoIncrement.kind === 'identity always' ? 'ALWAYS' : 'BY DEFAULT'} AS IDENTITY` +
        (autoIncrement.sequence === null ? '' : ` (${counting(autoIncrement.sequence)})`),
  )
}

const deferrable = (value: Deferrable | null): string =>
  value === null ? '' : `DEFERRABLE INITIALLY ${value}`

const unique = (one: UniqueConstraint): string =>
  words(
    `CONSTRAINT ${q(one.name ?? '')} UNIQUE`,
    !one.nullsDistinct && 'NULLS NOT DISTINCT',
    listed(
      '',
      one.parts.map((part) => q(part.column)),
    ),
    listed('INCLUDE', one.include.map(q)),
    deferrable(one.deferrable),
  )

const createTable = (table: Table): string => {
  const { primaryKey, options } = table
  const items = [
    ...table.columns.map(column),
    ...(primaryKey === null
      ? []
      : [
          words(
            `CONSTRAINT ${q(primaryKey.name ?? '')}`,
            listed(
              'PRIMARY KEY',
              primaryKey.parts.map((part) => q(part.column)),
            ),
            listed('INCLUDE', primaryKey.include.map(q)),
            deferrable(primaryKey.deferrable),
          ),
        ]),
    ...table.uniques.map(unique),
    ...table.exclusions.map((one) => `CONSTRAINT ${q(one.name)} ${one.definition}`),
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

const serialColumns = (table: Table): readonly string[] =>
  table.columns.flatMap(({ name, nullable, autoIncrement }) => {
    if (autoIncrement?.kind !== 'serial') return []
    const alter = `ALTER TABLE ${nameOf(table)} ALTER COLUMN ${q(name)}`
    const { sequence } = autoIncrement
    const owned = `pg_get_serial_sequence(${text(nameOf(table))}, ${text(name)})`
    return [
      ...(nullable ? [`${alter} DROP NOT NULL`] : []),
      ...(sequence === null
        ? []
        : [`DO $$ BEGIN EXECUTE 'ALTER SEQUENCE ' || ${owned} || ${text(` ${counting(sequence)}`)}; END $$`]),
    ]
  })

const addChecks = (table: Table): readonly string[] =>
  table.checks.map((one) =>
    words(
      `ALTER TABLE ${nameOf(table)} ADD CONSTRAINT ${q(one.name ?? '')} CHECK (${one.expression})`,
      one.noInherit && 'NO INHERIT',
      !one.validated && 'NOT VALID',
    ),
  )

const createIndex = (table: Table, index: Index): string =>
  words(
    'CREATE',
    index.unique && 'UNIQUE',
    `INDEX ${q(index.name)} ON ${nameOf(table)} USING ${index.method}`,
    listed(
      '',
      index.parts.map((part) =>
        words(
          part.kind === 'column' ? q(part.column) : `(${part.expression})`,
          part.collation !== null && `COLLATE ${part.collation}`,
          part.operatorClass,
          part.nulls !== null && `${part.direction} NULLS ${part.nulls}`,
        ),
      ),
    ),
    listed('INCLUDE', index.include.map(q)),
    !index.nullsDistinct && 'NULLS NOT DISTINCT',
    listed('WITH', index.storage),
    index.where !== null && `WHERE ${index.where}`,
  )

const addForeignKey = (table: Table, key: ForeignKeyConstraint): string =>
  words(
    `ALTER TABLE ${nameOf(table)} ADD CONSTRAINT ${q(key.name ?? '')}`,
    listed('FOREIGN KEY', key.columns.map(q)),
    listed(`REFERENCES ${nameOf(key.target)}`, key.targetColumns.map(q)),
    `MATCH ${key.match} ON DELETE ${key.onDelete}`,
    listed('', key.onDeleteColumns.map(q)),
    `ON UPDATE ${key.onUpdate}`,
    deferrable(key.deferrable),
    !key.validated && 'NOT VALID',
  )

const comments = (table: Table): readonly string[] => {
  const indexOf = (name: string): string => nameOf({ schema: table.schema, name })
  const all: readonly (readonly [string, string | null])[] = [
    [`TABLE ${nameOf(table)}`, table.comment],
    ...table.columns.map((one) => [`COLUMN ${nameOf(table)}.${q(one.name)}`, one.comment] as const),
    ...table.indexes.map((one) => [`INDEX ${indexOf(one.name)}`, one.comment] as const),
  ]
  return all.flatMap(([what, comment]) =>
    comment === null ? [] : [`COMMENT ON ${what} IS ${text(comment)}`],
  )
}

export const createOnPostgres = ({ tables, enums }: Schema): readonly string[] => {
  const schemas = new Set([...tables, ...enums].flatMap(({ schema }) => (schema === null ? [] : [schema])))
  // Children after their parents.
  const ordered = [...tables].sort(
    (a, b) => (a.options.inherits?.length ?? 0) - (b.options.inherits?.length ?? 0),
  )
  return [
    ...[...schemas].map((name) => `CREATE SCHEMA IF NOT EXISTS ${q(name)}`),
    ...enums.map((one) => `CREATE TYPE ${nameOf(one)} AS ENUM (${one.values.map(text).join(', ')})`),
    ...enums.flatMap((one) =>
      one.comment === null ? [] : [`COMMENT ON TYPE ${nameOf(one)} IS ${text(one.comment)}`],
    ),
    ...ordered.flatMap((table) => [createTable(table), ...serialColumns(table), ...addChecks(table)]),
    ...tables.flatMap((table) => table.indexes.map((index) => createIndex(table, index))),
    ...tables.flatMap((table) => table.foreignKeys.map((key) => addForeignKey(table, key))),
    ...tables.flatMap(comments),
  ]
}
