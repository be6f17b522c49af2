import type { Sequelize } from 'sequelize'
import { literal } from '../../operations/call-parts.js'
import type { Column } from '../../schema/schema.js'

const NUMBERS = /^(?:smallint|integer|bigint|real|double precision|numeric(?:\(.*\))?)$/u
const TEXTS = /^(?:character varying(?:\(\d+\))?|character\(\d+\)|text|citext)$/u
const LARGEST = 2_147_483_647

/**
 * A default as `defaultValue` takes it: a JavaScript value for which PostgreSQL prints the same, else its SQL.
 *
 * @returns Undefined for a column without one.
 */
export const defaultValueOf = ({ default: sql, type, enumType }: Column, sequelize: Sequelize): unknown => {
  if (sql === null) return undefined
  if (NUMBERS.test(type)) return numberOf(sql) ?? literal(sequelize, sql)
  if (type === 'boolean' && (sql === 'true' || sql === 'false')) return sql === 'true'
  if (TEXTS.test(type) || (enumType !== null && !type.endsWith('[]')))
    return textOf(sql) ?? literal(sequelize, sql)
  return literal(sequelize, sql)
}

/** PostgreSQL prints a negative number as a text that is cast. */
const numberOf = (sql: string): number | undefined => {
  const printed = /^(\d+(?:\.\d+)?)$/u.exec(sql)?.[1] ?? /^'(-\d+)'::integer$/u.exec(sql)?.[1]
  const fraction = /^'(-\d+\.\d+)'::numeric$/u.exec(sql)?.[1]
  const digits = printed ?? fraction
  if (digits === undefined) return undefined
  const value = Number(digits)
  return String(value) === digits && Math.abs(value) <= LARGEST ? value : undefined
}

/** The text of `'…'::type`. */
const textOf = (sql: string): string | undefined => {
  const [, escapes, inner] = /^(E?)'((?:[^']|'')*)'::(?:"(?:[^"]|"")*"|[\w .])+$/u.exec(sql) ?? []
  if (inner === undefined) return undefined
  const value = inner.replaceAll("''", "'")
  return escapes === 'E' ? value.replaceAll('\\\\', '\\') : value
}
