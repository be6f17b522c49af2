import type { Reader } from '../../dialect.js'
import { canonicalTable } from '../../schema/canonical.js'
import type { Column, Schema, Table } from '../../schema/schema.js'
import { readStored, type StoredTable } from './pragmas.js'
import { columnOf, needsText } from './reflect-column.js'
import {
  checksOf,
  foreignKeysOf,
  indexesOf,
  isAutoincrement,
  primaryKeyOf,
  type TableParts,
  uniquesOf,
} from './reflect-constraints.js'
import { beyondPragmas } from './sql-text/beyond-pragmas.js'
import { parseCreateTable } from './sql-text/create-table.js'
import { foldName } from './sql-text/tokens.js'
import { rememberTexts, type StoredTexts } from './stored-texts.js'

const columnsOf = (parts: TableParts): readonly Column[] => {
  const texts = new Map(parts.text?.columns.map((column) => [foldName(column.name), column]))
  const isNumbered = parts.isNumbered ?? isAutoincrement(parts)
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
 * @param indexTexts - Stored texts of indexes by their names.
 * @param find - A table of its database, whatever the case of its name.
 */
export const tableOf = (
  parts: TableParts,
  indexTexts: ReadonlyMap<string, string>,
  find: (name: string) => StoredTable | undefined,
): Table => {
  const { stored, text } = parts
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

/** The stored table, and its text in parts where that is needed and understood. */
const partsOf = (stored: StoredTable): TableParts => {
  const { isNumbered, isMore } = beyondPragmas(stored.sql)
  const isNeeded = isMore || stored.columns.some(needsText)
  return isNeeded ? { stored, text: parseCreateTable(stored.sql) } : { stored, text: undefined, isNumbered }
}

const textsWith = (stored: StoredTable, indexTexts: ReadonlyMap<string, string>): StoredTexts => {
  const created = stored.indexes.filter(({ origin }) => origin === 'c')
  return {
    createTable: stored.sql,
    indexes: new Map(created.map(({ name }) => [name, indexTexts.get(name) ?? ''])),
  }
}

/** Everything in the main database, by one statement: its pragmas, and what only the stored texts say. */
export const reflectSqlite = async (reader: Reader): Promise<Schema> => {
  const { tables, indexTexts } = await readStored(reader)
  const byName = new Map(tables.map((table) => [foldName(table.name), table]))
  const find = (name: string): StoredTable | undefined => byName.get(foldName(name))
  return {
    tables: tables.map((stored) => {
      const table = canonicalTable(tableOf(partsOf(stored), indexTexts, find))
      rememberTexts(table, textsWith(stored, indexTexts))
      return table
    }),
    enums: [],
  }
}
