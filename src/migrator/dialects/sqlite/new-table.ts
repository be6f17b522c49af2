import type { QueryInterface } from 'sequelize'
import { splitConstraints } from '../../operations/constraints.js'
import { extraPieces, optionsOf } from './column-sql.js'
import { parseCreateTable, printCreateTable } from './sql-text/create-table.js'
import { columnOf, withConstraint, withPieces, withReplacedColumn } from './sql-text/edit.js'

/** Attributes as Sequelize takes them, and what is to be added to its statement. */
export interface PlainAttributes {
  readonly attributes: Readonly<Record<string, unknown>>
  /** Pieces of a column's definition, by its name. */
  readonly extras: ReadonlyMap<string, readonly string[]>
  /** Checks of columns, as constraints of the table. */
  readonly clauses: readonly string[]
}

/** Takes out of attributes what Sequelize does not know. */
export const withoutExtras = (
  queryInterface: QueryInterface,
  attributes: Readonly<Record<string, unknown>>,
): PlainAttributes => {
  const extras = new Map<string, readonly string[]>()
  const clauses: string[] = []
  const plain = Object.entries(attributes).map(([key, attribute]) => {
    const pieces = extraPieces(attribute)
    const { rest, clauses: own } = splitConstraints<object>(queryInterface, optionsOf(attribute))
    if (pieces.length === 0 && own.length === 0) return [key, attribute]
    const { field } = rest as { readonly field?: unknown }
    extras.set(typeof field === 'string' ? field : key, pieces)
    clauses.push(...own)
    return [key, rest]
  })
  return { attributes: extras.size === 0 ? attributes : Object.fromEntries(plain), extras, clauses }
}

/** Puts that into the statement. */
export const withExtras = (
  sql: string,
  extras: PlainAttributes['extras'],
  clauses: readonly string[],
): string => {
  let table = parseCreateTable(sql)
  if (table === undefined) return sql
  for (const [name, pieces] of extras) {
    const column = columnOf(table, name)
    if (column !== undefined) table = withReplacedColumn(table, withPieces(column, pieces))
  }
  for (const clause of clauses) table = withConstraint(table, clause)
  return printCreateTable(table)
}
