import type { FindPageKey, PageSql } from '../../dialect-paging.js'

interface KeyRow {
  readonly name: string | null
  readonly type: string | null
  readonly estimate: number
  readonly has_children: boolean
}

const text = (value: string): string => `'${value.replaceAll("'", "''")}'`
const name = (value: string): string => `"${value.replaceAll('"', '""')}"`

const KEY_OF = (quoted: string): string => `
  SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, c.reltuples::float8 AS estimate,
         c.relkind = 'r' AND EXISTS (SELECT 1 FROM pg_inherits h WHERE h.inhparent = c.oid) AS has_children
  FROM pg_class c
  LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
  LEFT JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, place) ON k.place <= i.indnkeyatts
  LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
  WHERE c.oid = to_regclass(${text(quoted)})
  ORDER BY k.place`

/** The primary key, compared as a row: an index serves that. Cursors are the texts of the values, cast back to their types. */
export const postgresPageKey: FindPageKey = async (reader, { quoted }) => {
  const rows = await reader.select<KeyRow>(KEY_OF(quoted))
  const [first] = rows
  if (first === undefined) return { refusal: 'is not there', missing: true }
  // A key holds for the rows of the parent alone: two rows of a page's end could have the same one.
  if (first.has_children)
    return { refusal: 'has child tables, whose rows its key does not cover', missing: false }
  const columns = rows.flatMap((row) =>
    row.name === null || row.type === null ? [] : [{ name: row.name, type: row.type }],
  )
  if (columns.length === 0) return { refusal: 'has no primary key', missing: false }
  const sql = (qualifier: string): PageSql => {
    const names = columns.map((column) => `${qualifier}${name(column.name)}`)
    const values = (cursor: readonly string[]): string =>
      columns.map(({ type }, place) => `${text(cursor[place] ?? '')}::${type}`).join(', ')
    const compare = (operator: string, cursor: readonly string[]): string =>
      `(${names.join(', ')}) ${operator} (${values(cursor)})`
    return {
      cursor: names.map((column) => `${column}::text`),
      order: names,
      behind: (cursor) => compare('>', cursor),
      upTo: (cursor) => compare('<=', cursor),
    }
  }
  return {
    columns: columns.map((column) => column.name),
    isHidden: false,
    // -1 or 0 before the first ANALYZE.
    ...(first.estimate > 0 ? { estimate: Math.round(first.estimate) } : {}),
    sql,
  }
}
