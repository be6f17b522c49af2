import {
  columnByColumn,
  type FindPageKey,
  type PageColumn,
  type PageKey,
  type PageSql,
} from '../../dialect-paging.js'
import type { Reader } from '../../dialect-session.js'

interface KeyColumn {
  readonly name: string
  /** Of the index behind the key, which may be another than the column's own; none where both are the usual one. */
  readonly collation: string | null
}

interface ColumnRow extends KeyColumn {
  readonly pk: number
  readonly required: number
  readonly isRowid: number
  readonly type: string
  readonly wr: number
}

const text = (value: string): string => `'${value.replaceAll("'", "''")}'`
const name = (value: string): string => `"${value.replaceAll('"', '""')}"`

const COLUMNS_OF = (table: string): string => `
  SELECT c.name AS name, c.pk AS pk, c."notnull" AS required, l.type AS type, l.wr AS wr,
    (SELECT CASE WHEN s.sql LIKE '%collate%' THEN x.coll END
     FROM pragma_index_list(${text(table)}) AS i JOIN pragma_index_xinfo(i.name) AS x JOIN sqlite_schema AS s
     WHERE i.origin = 'pk' AND x.key = 1 AND x.name = c.name AND s.type = 'table' AND s.name = l.name) AS collation,
    NOT EXISTS (SELECT 1 FROM pragma_index_list(${text(table)}) AS i WHERE i.origin = 'pk') AS isRowid
  FROM pragma_table_list(${text(table)}) AS l JOIN pragma_table_xinfo(${text(table)}) AS c
  WHERE l.schema = 'main' ORDER BY c.pk`

/** The kind of a value and the value: a column holds whatever was put into it. */
const cursorOf = (column: string): string =>
  `CASE typeof(${column}) WHEN 'integer' THEN 'i' || ${column} WHEN 'real' THEN 'r' || quote(${column}) ` +
  `WHEN 'text' THEN 't' || hex(${column}) ELSE 'b' || hex(${column}) END`

const literalOf = (cursor: string): string => {
  const value = cursor.slice(1)
  if (cursor.startsWith('t')) {
    // The plus takes away the affinity of the cast, by which a number in the column would be compared as text.
    return `+CAST(x'${value}' AS TEXT)`
  }
  return cursor.startsWith('b') ? `x'${value}'` : value
}

const sqlOf =
  (columns: readonly KeyColumn[]) =>
  (qualifier: string): PageSql => {
    const names = columns.map((column) => `${qualifier}${name(column.name)}`)
    const order = columns.map(
      ({ collation }, place) => `${names[place]}${collation === null ? '' : ` COLLATE ${name(collation)}`}`,
    )
    const row = (values: readonly string[]): string =>
      values.length === 1 ? `${values[0]}` : `(${values.join(', ')})`
    const compare = (operator: string, cursor: readonly string[]): string =>
      `${row(order)} ${operator} ${row(cursor.map(literalOf))}`
    // No index is found for a row with COLLATE in it.
    const compared =
      columns.length > 1 && columns.some(({ collation }) => collation !== null)
        ? columnByColumn(order.map(pageColumn))
        : {
            behind: (cursor: readonly string[]) => compare('>', cursor),
            upTo: (cursor: readonly string[]) => compare('<=', cursor),
          }
    return { cursor: names.map(cursorOf), order, ...compared }
  }

const pageColumn = (column: string): PageColumn => ({
  above: (cursor) => `${column} > ${literalOf(cursor)}`,
  below: (cursor) => `${column} < ${literalOf(cursor)}`,
  same: (cursor) => `${column} = ${literalOf(cursor)}`,
  from: (cursor) => `${column} >= ${literalOf(cursor)}`,
  to: (cursor) => `${column} <= ${literalOf(cursor)}`,
})

const rowidOf = (columns: readonly ColumnRow[]): string | undefined => {
  const taken = new Set(columns.map((column) => column.name.toLowerCase()))
  return ['rowid', '_rowid_', 'oid'].find((alias) => !taken.has(alias))
}

const hasNull = async (
  reader: Reader,
  quoted: string,
  columns: readonly { readonly name: string }[],
): Promise<boolean> => {
  if (columns.length === 0) return false
  const isNull = columns.map((column) => `${name(column.name)} IS NULL`).join(' OR ')
  return (await reader.select(`SELECT 1 AS one FROM ${quoted} WHERE ${isNull} LIMIT 1`)).length > 0
}

/** The primary key, compared as the index behind it does; of a table without one, the rowid. */
export const sqlitePageKey: FindPageKey = async (reader, { quoted }) => {
  const all = await reader.select<ColumnRow>(COLUMNS_OF(quoted.replaceAll('`', '')))
  const [first] = all
  if (first === undefined) return { refusal: 'is not there', missing: true }
  const columns = all.filter((column) => column.pk > 0)
  if (columns.length === 0) {
    const rowid = rowidOf(all)
    if (rowid === undefined || first.type === 'view') {
      return { refusal: 'has no primary key', missing: false }
    }
    const key: PageKey = {
      columns: [rowid],
      isHidden: true,
      sql: sqlOf([{ name: rowid, collation: null }]),
    }
    return key
  }
  // An INTEGER PRIMARY KEY is the rowid: it has no index, and no NULL. Others have them, unless told otherwise.
  const nullable = columns.filter(({ required, wr, isRowid }) => required === 0 && wr === 0 && isRowid === 0)
  if (await hasNull(reader, quoted, nullable)) {
    return { refusal: 'has NULL in its primary key, which can be compared with nothing', missing: false }
  }
  return { columns: columns.map((column) => column.name), isHidden: false, sql: sqlOf(columns) }
}
