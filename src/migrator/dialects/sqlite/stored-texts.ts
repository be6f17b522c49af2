import type { ModelTable } from '../../schema/model-table.js'
import type { Table } from '../../schema/schema.js'

/** The statements that SQLite has stored for a table and its indexes: all that it knows of them. */
export interface StoredTexts {
  readonly createTable: string
  /** By the names of the indexes. */
  readonly indexes: ReadonlyMap<string, string>
}

const texts = new WeakMap<Table, StoredTexts>()

/** Remembers with which texts a table was read. */
export const rememberTexts = (table: Table, stored: StoredTexts): void => {
  texts.set(table, stored)
}

/** SQLite leaves out IF NOT EXISTS and the semicolon, and keeps the rest word for word. */
const asStored = (sql: string): string =>
  sql.replace(/^CREATE TABLE IF NOT EXISTS /u, 'CREATE TABLE ').replace(/;$/u, '')

/**
 * Whether a table was made by these very statements: then it is what they make, whatever that is.
 *
 * @param table - As it was read; of one that has changed since, nothing is known.
 */
export const wasMadeBy = (
  table: Table,
  { indexes }: ModelTable,
  made: { readonly createTable: string; readonly indexes: readonly string[] },
): boolean => {
  const stored = texts.get(table)
  return (
    stored !== undefined &&
    stored.createTable === asStored(made.createTable) &&
    stored.indexes.size === indexes.length &&
    indexes.every(({ name }, at) => stored.indexes.get(name) === asStored(made.indexes[at] ?? ''))
  )
}
