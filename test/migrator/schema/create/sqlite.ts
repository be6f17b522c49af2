import type { Column, ForeignKeyConstraint, Index, KeyPart, Schema, Table } from 'sm2kit/migrator'
import { listed, doubleQuoted as q, words } from './support.js'

const named = (name: string | null): string => (name === null ? '' : `CONSTRAINT ${q(name)}`)

const part = ({ column, collation, direction }: KeyPart): string =>
  words(q(column), collation !== null && `COLLATE ${collation}`, direction === 'desc' && 'DESC')

const column = (table: Table, { name, ...rest }: Column): string => {
  const { type, nullable, collation, generated } = rest
  const isNumbered = rest.autoIncrement !== null
  return words(
    q(name),
    type,
    isNumbered && words(named(table.primaryKey?.name ?? null), 'PRIMARY KEY AUTOINCREMENT'),
    !nullable && 'NOT NULL',
    rest.default !== null && `DEFAULT (${rest.default})`,
    collation !== null && `COLLATE ${collation}`,
    generated !== null && `GENERATED ALWAYS AS (${generated.expression})${generated.stored ? ' STORED' : ''}`,
  )
}

const foreignKey = (key: ForeignKeyConstraint): string =>
  words(
    named(key.name),
    listed('FOREIGN KEY', key.columns.map(q)),
    `REFERENCES ${q(key.target.name)}`,
    listed('', key.targetColumns.map(q)),
    key.match !== 'simple' && `MATCH ${key.match}`,
    `ON DELETE ${key.onDelete} ON UPDATE ${key.onUpdate}`,
    key.deferrable !== null && `DEFERRABLE INITIALLY ${key.deferrable}`,
  )

const conflict = (clause: string | null): string => (clause === null ? '' : `ON CONFLICT ${clause}`)

const createTable = (table: Table): string => {
  const { primaryKey, options } = table
  const isNumbered = table.columns.some(({ autoIncrement }) => autoIncrement !== null)
  const items = [
    ...table.columns.map((one) => column(table, one)),
    ...(primaryKey === null || isNumbered
      ? []
      : [
          words(
            named(primaryKey.name),
            listed('PRIMARY KEY', primaryKey.parts.map(part)),
            conflict(primaryKey.onConflict),
          ),
        ]),
    ...table.uniques.map((one) =>
      words(named(one.name), listed('UNIQUE', one.parts.map(part)), conflict(one.onConflict)),
    ),
    ...table.checks.map((one) => words(named(one.name), `CHECK (${one.expression})`)),
    ...table.foreignKeys.map(foreignKey),
  ]
  const suffix = [options.withoutRowid && 'WITHOUT ROWID', options.strict && 'STRICT'].filter(Boolean)
  return words(listed(`CREATE TABLE ${q(table.name)}`, items), suffix.join(', '))
}

const createIndex = (table: Table, index: Index): string =>
  words(
    'CREATE',
    index.unique && 'UNIQUE',
    `INDEX ${q(index.name)}`,
    listed(
      `ON ${q(table.name)}`,
      index.parts.map((one) =>
        words(
          one.kind === 'column' ? q(one.column) : one.expression,
          one.collation !== null && `COLLATE ${one.collation}`,
          one.direction === 'desc' && 'DESC',
        ),
      ),
    ),
    index.where !== null && `WHERE ${index.where}`,
  )

export const createOnSqlite = (schema: Schema): readonly string[] => [
  ...schema.tables.map(createTable),
  ...schema.tables.flatMap((table) => table.indexes.map((index) => createIndex(table, index))),
]
