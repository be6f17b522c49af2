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

/** The texts with which a table was read; of one that has changed since, nothing is known. */
export const textsOf = (table: Table): StoredTexts | undefined => texts.get(table)

const [SENT, STORED] = ['CREATE TABLE IF NOT EXISTS ', 'CREATE TABLE ']

/** SQLite leaves out IF NOT EXISTS and the semicolon, and keeps the rest word for word. */
const asStored = (sql: string): string => {
  const end = sql.endsWith(';') ? sql.length - 1 : sql.length
  return sql.startsWith(SENT) ? STORED + sql.slice(SENT.length, end) : sql.slice(0, end)
}

/** Whether what is stored was made by these very statements: then it is what they make, whatever that is. */
export const areMadeBy = (
  stored: StoredTexts,
  { indexes }: ModelTable,
  made: { readonly createTable: string; readonly indexes: readonly string[] },
): boolean =>
  stored.createTable === asStored(made.createTable) &&
  stored.indexes.size === indexes.length &&
  indexes.every(({ name }, at) => stored.indexes.get(name) === asStored(made.indexes[at] ?? ''))
