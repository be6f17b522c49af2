import type { Table } from '../../schema/schema.js'
import type { ColumnDefinition } from './column-definition.js'
import { type ColumnType, hasCollation, isSameType, parseType } from './column-type.js'
import { quoteName, quoteNames, quoteTable, quoteText, type TableRef } from './sql.js'
import { refuse, type Statements } from './statements.js'

/** Rows that a change would break, or cut without a word where the server's mode is lax. */
export interface Misfit {
  /** SQL; true for such a row. */
  readonly condition: string
  /** What is wrong with it: goes on behind the number of rows. */
  readonly why: string
}

const BYTES: Readonly<Record<string, number>> = {
  ...{ tinytext: 255, tinyblob: 255, text: 65535, blob: 65535, mediumtext: 16777215, mediumblob: 16777215 },
}

const BITS: Readonly<Record<string, bigint>> = {
  ...{ tinyint: 8n, smallint: 16n, mediumint: 24n, int: 32n, bigint: 64n },
}

/**
 * What to look for before a column changes.
 *
 * @param before - Of the column.
 * @param after - What it is to be.
 * @param tableCollation - That of columns that say none.
 */
export const misfitsOf = (
  column: string,
  before: ColumnDefinition,
  after: ColumnDefinition,
  tableCollation: string | undefined,
): readonly Misfit[] => {
  const c = quoteName(column)
  const found: Misfit[] = []
  const add = (condition: string, why: string): void => void found.push({ condition, why })
  if (before.nullable === true && after.nullable === false && after.generated === null)
    add(`${c} IS NULL`, 'NULL, which it is no longer to take. Fill them in first')
  if (after.generated !== null) return found
  const [from, to] = [parseType(before.type), parseType(after.type)]
  if (!isSameType(before.type, after.type)) for (const misfit of ofType(c, from, to)) found.push(misfit)
  const [former, next] = [charsetOf(before, from, tableCollation), charsetOf(after, to, tableCollation)]
  if (former !== undefined && next !== undefined && former !== next && next !== 'utf8mb4')
    add(
      `CONVERT(CONVERT(${c} USING ${next}) USING utf8mb4) COLLATE utf8mb4_bin <> CONVERT(${c} USING utf8mb4) COLLATE utf8mb4_bin`,
      `characters that ${next} does not have`,
    )
  return found
}

const charsetOf = (
  { collation }: ColumnDefinition,
  type: ColumnType,
  tableCollation: string | undefined,
): string | undefined => {
  if (!hasCollation(type)) return undefined
  if (type.charset !== undefined) return type.charset
  if (type.hasOwnCollation) return undefined
  return (collation ?? tableCollation)?.split('_')[0]?.toLowerCase()
}

const ofType = (c: string, from: ColumnType, to: ColumnType): readonly Misfit[] => {
  switch (to.kind) {
    case 'text':
    case 'bytes':
      return ofLength(c, from, to)
    case 'integer':
    case 'decimal':
    case 'float':
      return ofNumber(c, from, to)
    case 'date':
      return ofDate(c, from, to)
    case 'enum':
      return from.kind === 'text' || from.kind === 'enum' || from.kind === 'set'
        ? [{ condition: `${c} NOT IN (${listOf(to.values)})`, why: 'a value that the enum does not have' }]
        : isNumber(from)
          ? [
              {
                condition: `${c} IS NOT NULL`,
                why: 'a number, which an enum takes for a position in its list',
              },
            ]
          : []
    case 'set':
      return from.kind === 'set'
        ? from.values
            .filter((value) => !to.values.includes(value))
            .map((value) => ({
              condition: `FIND_IN_SET(${quoteText(value)}, ${c}) > 0`,
              why: `the value ${JSON.stringify(value)}, which the set does not have`,
            }))
        : []
    case 'json':
      return from.kind === 'text' ? [{ condition: `JSON_VALID(${c}) = 0`, why: 'no JSON' }] : []
    default:
      return []
  }
}

const listOf = (values: readonly string[]): string => values.map(quoteText).join(', ')

const isNumber = ({ kind }: ColumnType): boolean =>
  kind === 'integer' || kind === 'decimal' || kind === 'float'

const ofLength = (c: string, from: ColumnType, to: ColumnType): readonly Misfit[] => {
  const bytes = to.kind === 'bytes' ? (BYTES[to.name] ?? to.length ?? 1) : BYTES[to.name]
  if (to.name === 'longtext' || to.name === 'longblob') return []
  if (bytes !== undefined) {
    const fits = from.kind === to.kind && from.name === to.name && (from.length ?? 0) <= (to.length ?? 0)
    return fits ? [] : [{ condition: `LENGTH(${c}) > ${bytes}`, why: `more than ${bytes} bytes` }]
  }
  const most = to.length ?? 1
  if (from.kind === 'text' && from.length !== undefined && from.length <= most) return []
  return [{ condition: `CHAR_LENGTH(${c}) > ${most}`, why: `more than ${most} characters` }]
}

/** A number that stands in a text. */
const NUMERAL = '^[[:space:]]*[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?[[:space:]]*$'

const ofNumber = (c: string, from: ColumnType, to: ColumnType): readonly Misfit[] => {
  if (from.kind === 'enum' || from.kind === 'set')
    return [
      {
        condition: `${c} IS NOT NULL`,
        why: `a value of which the position in the ${from.kind} would be left`,
      },
    ]
  if (from.kind !== 'text' && !isNumber(from)) return []
  const noNumber =
    from.kind === 'text' ? [{ condition: `${c} NOT REGEXP ${quoteText(NUMERAL)}`, why: 'no number' }] : []
  // As exact as it is, where it is: a DOUBLE of a text would round.
  const n = from.kind === 'text' ? `CAST(${c} AS DECIMAL(65, 30))` : c
  const conditions: Misfit[] = [...noNumber]
  if (to.kind === 'integer') {
    const bits = BITS[to.name] ?? 64n
    const [least, most] = to.isUnsigned
      ? [0n, 2n ** bits - 1n]
      : [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n]
    const isWider =
      from.kind === 'integer' && from.isUnsigned === to.isUnsigned && (BITS[from.name] ?? 64n) <= bits
    if (!isWider)
      conditions.push({
        condition: `${n} NOT BETWEEN ${least} AND ${most}`,
        why: `a number outside ${least} … ${most}`,
      })
    if (from.kind !== 'integer')
      conditions.push({ condition: `${n} <> ROUND(${n})`, why: 'digits behind the point' })
  }
  if (to.kind === 'decimal') {
    const digits = (to.length ?? 10) - to.scale
    conditions.push({
      condition: `ABS(${n}) >= ${'1'.padEnd(digits + 1, '0')}`,
      why: `more than ${digits} digits before the point`,
    })
    if (from.kind !== 'integer' && !(from.kind === 'decimal' && from.scale <= to.scale))
      conditions.push({
        condition: `${n} <> ROUND(${n}, ${to.scale})`,
        why: `more than ${to.scale} digits behind the point`,
      })
  }
  if (to.isUnsigned && to.kind !== 'integer' && !from.isUnsigned)
    conditions.push({ condition: `${n} < 0`, why: 'a number below 0' })
  return conditions
}

const ofDate = (c: string, from: ColumnType, to: ColumnType): readonly Misfit[] => {
  const cast: Readonly<Record<string, string>> = {
    ...{ date: 'DATE', datetime: 'DATETIME(6)', timestamp: 'DATETIME(6)', time: 'TIME(6)' },
  }
  const type = cast[to.name]
  if (type === undefined) return []
  if (from.kind === 'text')
    return [{ condition: `${c} IS NOT NULL AND CAST(${c} AS ${type}) IS NULL`, why: `no ${to.name}` }]
  if (from.kind !== 'date' || from.name === 'year') return []
  const found: Misfit[] = []
  if (to.name === 'date' && from.name !== 'time')
    found.push({ condition: `${c} <> CAST(${c} AS DATE)`, why: 'a time of the day' })
  if (to.name === 'time' && from.name !== 'time')
    found.push({ condition: `${c} IS NOT NULL`, why: 'a day, which a time has not' })
  const places = to.length ?? 0
  if (to.name !== 'date' && from.name !== 'date' && (from.length ?? 0) > places)
    found.push({
      condition: `MICROSECOND(${c}) % ${10 ** (6 - places)} <> 0`,
      why: `more than ${places} digits behind the second`,
    })
  if (to.name === 'timestamp' && from.name !== 'timestamp')
    found.push({
      condition: `${c} NOT BETWEEN '1970-01-02 00:00:00' AND '2038-01-18 03:14:07'`,
      why: 'a moment that a timestamp may not hold',
    })
  return found
}

/**
 * Looks for such rows.
 *
 * @param subject - What they have it in, for people: `"title"`.
 * @throws MigratorError `UNSAFE_OPERATION` with their number, and one of them by its primary key.
 */
export const refuseMisfits = async (
  statements: Statements,
  what: string,
  { ref, table }: { readonly ref: TableRef; readonly table: Table },
  subject: string,
  misfits: readonly Misfit[],
): Promise<void> => {
  const key = table.primaryKey?.parts.map(({ column }) => column) ?? []
  for (const { condition, why } of misfits) {
    const from = `FROM ${quoteTable(ref)} WHERE ${condition}`
    const [row] = await statements.select<{ n: number | string }>(`SELECT COUNT(*) AS n ${from}`)
    const count = Number(row?.n ?? 0)
    if (count === 0) continue
    let example = ''
    if (key.length > 0) {
      const columns = key.map((column, index) => `CAST(${quoteName(column)} AS CHAR) AS k${index}`).join(', ')
      const [one] = await statements.select<Record<string, unknown>>(
        `SELECT ${columns} ${from} ORDER BY ${quoteNames(key)} LIMIT 1`,
      )
      const values = key.map((_column, index) => printed(one?.[`k${index}`]))
      example =
        key.length === 1
          ? ` (such as ${key[0]} ${values[0]})`
          : ` (such as (${key.join(', ')}) ${values.join(', ')})`
    }
    throw refuse(
      what,
      ref.name,
      `${count === 1 ? '1 row has' : `${count} rows have`} in ${subject}${example} ${why}`,
    )
  }
}

const printed = (value: unknown): string => {
  const text = String(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
