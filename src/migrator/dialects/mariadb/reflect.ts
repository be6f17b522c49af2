import type { Reader } from '../../dialect.js'
import type {
  CheckConstraint,
  ForeignKeyConstraint,
  Index,
  IndexPart,
  KeyAction,
  PrimaryKey,
  Schema,
  Table,
  TableOptions,
} from '../../schema/schema.js'
import {
  type Catalog,
  type CheckRow,
  type ColumnRow,
  type IndexPartRow,
  type KeyColumnRow,
  type KeyRow,
  readCatalog,
  type TableRow,
} from './information-schema.js'
import { columnOf } from './reflect-column.js'
import { quoteName, type TableRef } from './sql.js'

const grouped = <Row>(rows: readonly Row[], keyOf: (row: Row) => string): ReadonlyMap<string, Row[]> => {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const group = groups.get(keyOf(row))
    if (group === undefined) groups.set(keyOf(row), [row])
    else group.push(row)
  }
  return groups
}

const indexesOf = (rows: readonly IndexPartRow[]): readonly (readonly IndexPartRow[])[] => [
  ...grouped(rows, ({ indexName }) => indexName).values(),
]

// The server gives the spatial ones a length of its own.
const prefixOf = ({ method, subPart }: IndexPartRow): number | null =>
  subPart === null || method === 'SPATIAL' || method === 'RTREE' ? null : Number(subPart)

const partOf = (row: IndexPartRow): IndexPart => {
  const order = {
    direction: row.direction === 'D' ? 'desc' : 'asc',
    nulls: null,
    collation: null,
    operatorClass: null,
    prefixLength: prefixOf(row),
  } as const
  return row.columnName === null
    ? { kind: 'expression', expression: row.expression?.replaceAll("\\'", "'") ?? '', ...order }
    : { kind: 'column', column: row.columnName, ...order }
}

const indexOf = (rows: readonly IndexPartRow[]): Index | undefined => {
  const [first] = rows
  if (first === undefined || first.indexName === 'PRIMARY') return undefined
  return {
    name: first.indexName,
    parts: rows.map(partOf),
    unique: Number(first.nonUnique) === 0,
    nullsDistinct: true,
    where: null,
    method: first.method.toLowerCase(),
    include: [],
    storage: [],
    comment: first.comment === '' ? null : first.comment,
    isUsed: first.isUsed === 'YES',
  }
}

const primaryKeyOf = (rows: readonly IndexPartRow[]): PrimaryKey | null => {
  const parts = rows.filter(({ indexName }) => indexName === 'PRIMARY')
  if (parts.length === 0) return null
  return {
    name: null,
    parts: parts.map((row) => ({
      column: row.columnName ?? '',
      direction: row.direction === 'D' ? 'desc' : 'asc',
      collation: null,
      prefixLength: prefixOf(row),
    })),
    include: [],
    deferrable: null,
    onConflict: null,
  }
}

const foreignKeyOf = (key: KeyRow, columns: readonly KeyColumnRow[]): ForeignKeyConstraint => ({
  name: key.keyName,
  columns: columns.map(({ columnName }) => columnName),
  target: { schema: columns[0]?.targetSchema ?? null, name: columns[0]?.targetTable ?? '' },
  targetColumns: columns.map(({ targetColumn }) => targetColumn),
  // The server reads MATCH and takes no notice of it.
  match: 'simple',
  onDelete: key.onDelete as KeyAction,
  onUpdate: key.onUpdate as KeyAction,
  onDeleteColumns: [],
  deferrable: null,
  validated: true,
})

const isJsonCheck = ({ level, name, clause }: CheckRow): boolean =>
  level === 'Column' && clause === `json_valid(${quoteName(name)})`

const checkOf = (row: CheckRow, isMariadb: boolean): CheckConstraint => ({
  name: row.level === 'Column' ? null : row.name,
  expression: isMariadb ? row.clause : row.clause.replaceAll("\\'", "'"),
  // The server names the check of a column after it.
  column: row.level === 'Column' ? row.name : null,
  noInherit: false,
  validated: true,
})

const optionsOf = ({ engine, collation, options, type }: TableRow): TableOptions => ({
  ...(engine !== null && { engine }),
  ...(collation !== null && { collation }),
  ...(options !== null && options !== '' && { createOptions: options }),
  ...(type === 'SYSTEM VERSIONED' && { systemVersioned: true }),
})

const schemaOf = (catalog: Catalog): Schema => {
  const { isMariadb } = catalog
  const byTable = ({ tableName }: { readonly tableName: string }): string => tableName
  const columns = grouped(catalog.columns, byTable)
  const indexParts = grouped(catalog.indexParts, byTable)
  const keys = grouped(catalog.keys, byTable)
  const checks = grouped(catalog.checks, byTable)
  // JSON, since any character may stand in a name.
  const keyColumns = grouped(catalog.keyColumns, (row) => JSON.stringify([row.tableName, row.keyName]))

  const tableOf = (row: TableRow): Table => {
    const { tableName: name, collation } = row
    const parts = indexParts.get(name) ?? []
    const ownChecks = checks.get(name) ?? []
    const jsonChecks = new Set(ownChecks.filter(isJsonCheck).map((check) => check.name))
    // A utf8mb4_bin text with that check is what a column declared as JSON is; declared as JSON, it is that again.
    const isJson = (column: ColumnRow): boolean =>
      column.type === 'longtext' && column.collation === 'utf8mb4_bin' && jsonChecks.has(column.name)
    const ownColumns = columns.get(name) ?? []
    const jsonColumns = new Set(ownColumns.filter(isJson).map((column) => column.name))
    return {
      schema: null,
      name,
      columns: ownColumns.map((column) =>
        columnOf(column, { isMariadb, collation, isJson: jsonColumns.has(column.name) }),
      ),
      primaryKey: primaryKeyOf(parts),
      uniques: [],
      indexes: indexesOf(parts)
        .map(indexOf)
        .filter((index) => index !== undefined),
      foreignKeys: (keys.get(name) ?? []).map((key) =>
        foreignKeyOf(key, keyColumns.get(JSON.stringify([name, key.keyName])) ?? []),
      ),
      checks: ownChecks
        .filter((check) => !(isJsonCheck(check) && jsonColumns.has(check.name)))
        .map((check) => checkOf(check, isMariadb)),
      exclusions: [],
      comment: row.comment === '' ? null : row.comment,
      options: optionsOf(row),
    }
  }
  return { tables: catalog.tables.map(tableOf), enums: [] }
}

/** Everything in the present database, from information_schema. */
export const reflectMariadb = async (reader: Reader): Promise<Schema> => schemaOf(await readCatalog(reader))

/** One table, whatever it is called; undefined where there is none. */
export const reflectTable = async (reader: Reader, table: TableRef): Promise<Table | undefined> => {
  const { tables } = schemaOf(await readCatalog(reader, table))
  // Some servers keep the case of names and do not look at it.
  return tables.find(({ name }) => name === table.name) ?? tables[0]
}
