import type { Sequelize } from 'sequelize'
import { literal } from '../../operations/call-parts.js'
import type { Column } from '../../schema/schema.js'

const NUMBERS = /^(?:(?:tiny|small|medium|big)?int|decimal|float|double)\b/u
const TEXTS = /^(?:varchar|char|enum)\(/u

/**
 * A default as `defaultValue` takes it: a JavaScript value for which the server prints the same, else its SQL.
 *
 * @returns Undefined for a column without one.
 */
export const defaultValueOf = ({ default: sql, type }: Column, sequelize: Sequelize): unknown => {
  if (sql === null) return undefined
  if (type === 'tinyint(1)' && (sql === '0' || sql === '1')) return sql === '1'
  if (NUMBERS.test(type) && String(Number(sql)) === sql) return Number(sql)
  if (TEXTS.test(type)) {
    const value = textOf(sql)
    if (value !== undefined) return value
  }
  return literal(sequelize, sql)
}

/** The server prints a text with its quotes doubled; what it does with backslashes is left to it. */
const textOf = (sql: string): string | undefined => {
  const [, inner] = /^'((?:[^'\\]|'')*)'$/su.exec(sql) ?? []
  return inner?.replaceAll("''", "'")
}
