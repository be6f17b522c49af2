import type { Column, Index, IndexPart, KeyPart, Schema, Table } from 'sm2kit/migrator'
import { listed, backQuoted as q, words } from './support.js'

const text = (value: string): string => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`

const commented = (comment: string | null): string => (comment === null ? '' : `COMMENT ${text(comment)}`)

const column = (table: Table, { name, type, nullable, collation, generated, ...rest }: Column): string =>
  words(
    q(name),
    type,
    collation !== null && `COLLATE ${collation}`,
    generated !== null &&
      `GENERATED ALWAYS AS (${generated.expression}) ${generated.stored ? 'STORED' : 'VIRTUAL'}`,
    generated === null && (nullable ? 'NULL' : 'NOT NULL'),
    rest.default !== null && `DEFAULT ${rest.default}`,
    rest.onUpdate !== null && `ON UPDATE ${rest.onUpdate}`,
    rest.autoIncrement !== null && 'AUTO_INCREMENT',
    rest.isHidden && 'INVISIBLE',
    commented(rest.comment),
    ...table.checks.filter((one) => one.column === name).map((one) => `CHECK (${one.expression})`),
  )

const part = (one: KeyPart | IndexPart): string =>
  words(
    'expression' in one ? `(${one.expression})` : q(one.column),
    one.prefixLength !== null && `(${one.prefixLength})`,
    one.direction === 'desc' && 'DESC',
  )

const index = (one: Index): string =>
  words(
    one.method === 'fulltext' && 'FULLTEXT',
    one.method === 'spatial' && 'SPATIAL',
    one.unique && 'UNIQUE',
    `KEY ${q(one.name)}`,
    listed('', one.parts.map(part)),
    one.method === 'hash' && 'USING HASH',
    commented(one.comment),
    !one.isUsed && 'IGNORED',
  )

const createTable = (table: Table): string => {
  const { options } = table
  const items = [
    ...table.columns.map((one) => column(table, one)),
    ...(table.primaryKey === null ? [] : [listed('PRIMARY KEY', table.primaryKey.parts.map(part))]),
    ...table.indexes.map(index),
    ...table.checks
      .filter((one) => one.column === null)
      .map((one) => `CONSTRAINT ${q(one.name ?? '')} CHECK (${one.expression})`),
  ]
  return words(
    listed(`CREATE TABLE ${q(table.name)}`, items),
    options.engine !== undefined && `ENGINE = ${options.engine}`,
    options.collation !== undefined && `COLLATE = ${options.collation}`,
    options.createOptions,
    commented(table.comment),
    options.systemVersioned && 'WITH SYSTEM VERSIONING',
  )
}

const addForeignKeys = (table: Table): readonly string[] =>
  table.foreignKeys.map((key) =>
    words(
      `ALTER TABLE ${q(table.name)} ADD CONSTRAINT ${q(key.name ?? '')}`,
      listed('FOREIGN KEY', key.columns.map(q)),
      listed(
        `REFERENCES ${key.target.schema === null ? '' : `${q(key.target.schema)}.`}${q(key.target.name)}`,
        key.targetColumns.map(q),
      ),
      `ON DELETE ${key.onDelete} ON UPDATE ${key.onUpdate}`,
    ),
  )

export const createOnMariadb = (schema: Schema): readonly string[] => [
  ...schema.tables.map(createTable),
  ...schema.tables.flatMap(addForeignKeys),
]
