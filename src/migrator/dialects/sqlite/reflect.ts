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
import { parseCreateTable } from './sql-text/create-table.js'
import { foldName } from './sql-text/tokens.js'

const columnsOf = (parts: TableParts): readonly Column[] => {
  const texts = new Map(parts.text?.columns.map((column) => [foldName(column.name), column]))
  const isNumbered = isAutoincrement(parts)
  return parts.stored.columns.map((stored) => {
    const column = columnOf(stored, texts.get(foldName(stored.name)))
    if (!isNumbered || stored.key === 0) return column
    return { ...column, autoIncrement: { kind: 'autoincrement', sequence: null } }
  })
}

/** Everything in the main database, by one statement: its pragmas, and what only the stored texts say. */
export const reflectSqlite = async (reader: Reader): Promise<Schema> => {
  const { tables, indexTexts } = await readStored(reader)
  const byName = new Map(tables.map((table) => [foldName(table.name), table]))
  const find = (name: string): StoredTable | undefined => byName.get(foldName(name))
  return {
    tables: tables.map((stored): Table => {
      const parts: TableParts = { stored, text: parseCreateTable(stored.sql) }
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
          ...(parts.text?.isWithoutRowid === true && { withoutRowid: true }),
          ...(parts.text?.isStrict === true && { strict: true }),
        },
      }
    }),
    enums: [],
  }
}
