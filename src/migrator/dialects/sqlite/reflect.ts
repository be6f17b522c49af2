import type { Reader } from '../../dialect.js'
import type { Column, Schema, Table } from '../../schema/schema.js'
import { readStored, type StoredTable } from './pragmas.js'
import { columnOf } from './reflect-column.js'
import {
  checksOf,
  foreignKeysOf,
  indexesOf,
  isAutoincrement,
  primaryKeyOf,
  type TableParts,
  uniquesOf,
} from './reflect-constraints.js'
import { type CreateTable, parseCreateTable } from './sql-text/create-table.js'
import { foldName } from './sql-text/tokens.js'

const columnsOf = (parts: TableParts): readonly Column[] => {
  const texts = new Map(parts.text?.columns.map((column) => [foldName(column.name), column]))
  const isNumbered = isAutoincrement(parts)
  const names = parts.stored.columns.map(({ name }) => name)
  return parts.stored.columns.map((stored) => {
    const column = columnOf(stored, texts.get(foldName(stored.name)), names)
    if (!isNumbered || stored.key === 0) return column
    return { ...column, autoIncrement: { kind: 'autoincrement', sequence: null } }
  })
}

/**
 * A table as a value.
 *
 * @param text - Its stored text in parts, where that was understood.
 * @param indexTexts - Stored texts of indexes by their names.
 * @param find - A table of its database, whatever the case of its name.
 */
export const tableOf = (
  stored: StoredTable,
  text: CreateTable | undefined,
  indexTexts: ReadonlyMap<string, string>,
  find: (name: string) => StoredTable | undefined,
): Table => {
  const parts: TableParts = { stored, text }
  return {
    schema: null,
    name: stored.name,
    columns: columnsOf(parts),
    primaryKey: primaryKeyOf(parts),
    uniques: uniquesOf(parts),
    indexes: indexesOf(parts, indexTexts),
    foreignKeys: foreignKeysOf(parts, find),
    checks: checksOf(parts),
    exclusions: [],
    comment: null,
    options: {
      ...(text?.isWithoutRowid === true && { withoutRowid: true }),
      ...(text?.isStrict === true && { strict: true }),
    },
  }
}

/** Everything in the main database, by one statement: its pragmas, and what only the stored texts say. */
export const reflectSqlite = async (reader: Reader): Promise<Schema> => {
  const { tables, indexTexts } = await readStored(reader)
  const byName = new Map(tables.map((table) => [foldName(table.name), table]))
  const find = (name: string): StoredTable | undefined => byName.get(foldName(name))
  return {
    tables: tables.map((stored) => tableOf(stored, parseCreateTable(stored.sql), indexTexts, find)),
    enums: [],
  }
}
