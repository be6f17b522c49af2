import { columnByColumn, type FindPageKey, type PageColumn } from '../../dialect-paging.js'

interface KeyRow {
  readonly name: string | null
  readonly type: string | null
  readonly charset: string | null
  readonly collation: string | null
  readonly estimate: number | string | null
  readonly engine: string | null
  readonly transactions: string | null
}

const KEY_OF = (table: string): string => `
  SELECT s.COLUMN_NAME AS name, c.DATA_TYPE AS type, c.CHARACTER_SET_NAME AS charset, c.COLLATION_NAME AS collation,
         t.TABLE_ROWS AS estimate, t.ENGINE AS engine, e.TRANSACTIONS AS transactions
  FROM information_schema.TABLES t
  LEFT JOIN information_schema.STATISTICS s
    ON s.TABLE_SCHEMA = t.TABLE_SCHEMA AND s.TABLE_NAME = t.TABLE_NAME AND s.INDEX_NAME = 'PRIMARY'
  LEFT JOIN information_schema.COLUMNS c
    ON c.TABLE_SCHEMA = t.TABLE_SCHEMA AND c.TABLE_NAME = t.TABLE_NAME AND c.COLUMN_NAME = s.COLUMN_NAME
  LEFT JOIN information_schema.ENGINES e ON e.ENGINE = t.ENGINE
  WHERE t.TABLE_SCHEMA = DATABASE() AND t.TABLE_NAME = '${table.replaceAll('\\', '\\\\').replaceAll("'", "''")}'
  ORDER BY s.SEQ_IN_INDEX`

const TEXTS = /char$|text$/u
const BYTES = /binary$|blob$/u
const NUMBERS = /^(?:(?:tiny|small|medium|big)?int|integer|decimal|numeric|year|boolean|bool)$/u
// Both compare as numbers in an index, and as texts beside a text.
const NUMBERED = /^(?:enum|set|bit)$/u
const FLOATS = /^(?:float|double|real)$/u
const TIMES = /^(?:date|datetime|time)$/u

interface KeyColumn extends PageColumn {
  readonly cursor: string
}

const plain = (column: string, cursor: string, value: (text: string) => string): KeyColumn => ({
  cursor,
  above: (text) => `${column} > ${value(text)}`,
  below: (text) => `${column} < ${value(text)}`,
  same: (text) => `${column} = ${value(text)}`,
  from: (text) => `${column} >= ${value(text)}`,
  to: (text) => `${column} <= ${value(text)}`,
})

/** A moment as text is two moments where the session's clock is put back: the number behind it is compared. */
const instant = (column: string): KeyColumn => {
  const number = `UNIX_TIMESTAMP(${column})`
  // For the index: no clock is put back or forward by more.
  const floor = (text: string): string => `${column} >= FROM_UNIXTIME(GREATEST(${text} - 86400, 0))`
  const ceiling = (text: string): string => `${column} <= FROM_UNIXTIME(${text} + 86400)`
  return {
    cursor: `CAST(${number} AS CHAR)`,
    above: (text) => `(${floor(text)} AND ${number} > ${text})`,
    below: (text) => `(${ceiling(text)} AND ${number} < ${text})`,
    same: (text) => `${number} = ${text}`,
    from: (text) => `(${floor(text)} AND ${number} >= ${text})`,
    to: (text) => `(${ceiling(text)} AND ${number} <= ${text})`,
  }
}

const keyColumn = (column: string, { type, charset, collation }: KeyRow): KeyColumn | undefined => {
  const kind = type ?? ''
  const literal = (text: string): string => text
  const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`
  if (TEXTS.test(kind) && charset !== null && collation !== null) {
    // The bytes in the column's own character set, compared by its own collation.
    return plain(column, `HEX(${column})`, (hex) => `(_${charset} x'${hex}' COLLATE ${collation})`)
  }
  if (BYTES.test(kind)) return plain(column, `HEX(${column})`, (hex) => `x'${hex}'`)
  if (NUMBERS.test(kind)) return plain(column, `CAST(${column} AS CHAR)`, literal)
  if (NUMBERED.test(kind)) return plain(column, `CAST(${column} + 0 AS CHAR)`, literal)
  if (FLOATS.test(kind)) return plain(column, `CAST(${column} + 0e0 AS CHAR)`, (text) => `(${text} + 0e0)`)
  if (TIMES.test(kind)) return plain(column, `CAST(${column} AS CHAR)`, quoted)
  if (kind === 'timestamp') return instant(column)
  if (kind === 'uuid' || kind === 'inet4' || kind === 'inet6')
    return plain(column, `CAST(${column} AS CHAR)`, (text) => `CAST(${quoted(text)} AS ${kind})`)
  return undefined
}

/** The primary key, compared column by column: no index is found for a comparison of rows. */
export const mariadbPageKey: FindPageKey = async (reader, { quoted }) => {
  const rows = await reader.select<KeyRow>(KEY_OF(quoted.replaceAll('`', '')))
  const [first] = rows
  if (first === undefined) return { refusal: 'is not there', missing: true }
  if (first.name === null) return { refusal: 'has no primary key', missing: false }
  const keys = rows.map((row) => ({ ...row, name: row.name ?? '' }))
  const strange = keys.find((row) => keyColumn(row.name, row) === undefined)
  if (strange !== undefined) {
    const refusal = `has a primary key of the type ${strange.type}, whose values cannot be written as text`
    return { refusal, missing: false }
  }
  const estimate = Number(first.estimate ?? 0)
  return {
    columns: keys.map((row) => row.name),
    isHidden: false,
    ...(estimate > 0 ? { estimate } : {}),
    ...(first.transactions === 'YES' ? {} : { outsideTransactions: `its engine ${first.engine} has none` }),
    sql(qualifier) {
      const names = keys.map((row) => `${qualifier}\`${row.name.replaceAll('`', '``')}\``)
      const columns = keys.flatMap((row, place) => keyColumn(names[place] ?? '', row) ?? [])
      return { cursor: columns.map(({ cursor }) => cursor), order: names, ...columnByColumn(columns) }
    },
  }
}
