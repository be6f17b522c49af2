import type { Sequelize } from 'sequelize'
import { literal } from '../../operations/call-parts.js'
import type { Column } from '../../schema/schema.js'

/** What Sequelize takes for a boolean in whatever it writes, and replaces. */
export const looksBoolean = (text: string): boolean => /DEFAULT '?(?:true|false)/u.test(text)

/**
 * A default as `defaultValue` takes it: a JavaScript value for which the table's text says the same, else its SQL.
 *
 * @returns Undefined for a column without one.
 */
export const defaultValueOf = ({ default: sql, type }: Column, sequelize: Sequelize): unknown => {
  if (sql === null) return undefined
  if (type === 'TINYINT(1)' && (sql === '0' || sql === '1')) return sql === '1'
  if (/^(?:TINYINT|SMALLINT|MEDIUMINT|INTEGER|BIGINT|FLOAT|REAL|DOUBLE|DECIMAL)/u.test(type)) {
    const value = Number(sql)
    if (String(value) === sql && Math.abs(value) < Number.MAX_SAFE_INTEGER) return value
  }
  const [, inner] = /^'((?:[^']|'')*)'$/su.exec(sql) ?? []
  if (inner !== undefined && /^(?:VARCHAR|CHAR|TEXT)/u.test(type) && !/^(?:true|false)/u.test(inner))
    return inner.replaceAll("''", "'")
  // In brackets any expression can be a default; without them SQLite takes words for texts.
  return literal(sequelize, /^CURRENT_(?:TIME|DATE|TIMESTAMP)$/u.test(sql) ? sql : `(${sql})`)
}
