import type { Sequelize } from 'sequelize'
import type { Translator } from '../../dialect-autogenerate.js'
import type { Reader } from '../../dialect-session.js'
import type { ModelTable } from '../../schema/model-table.js'
import { IS_TABLE } from './pragmas.js'
import { areMadeBy, type StoredTexts, textsOf } from './stored-texts.js'
import { syncSqlMaker } from './sync-sql.js'
import { translateSqlite } from './translate.js'

/** What tells of tables without reading them on SQLite: the statements that are stored, and those that `sync()` would send. */
export const sqliteTranslator = (sequelize: Sequelize): Translator => {
  const statementsOf = syncSqlMaker(sequelize)
  const isMade = (table: ModelTable, stored: StoredTexts | undefined): boolean =>
    stored !== undefined && areMadeBy(stored, table, statementsOf(table))
  return {
    translate(table, actual) {
      try {
        if (actual !== undefined && isMade(table, textsOf(actual))) return { table: actual, enums: [] }
        const found = translateSqlite(table, statementsOf(table))
        return found === undefined ? undefined : { table: found, enums: [] }
      } catch {
        // A value that a type does not take: the database has to say it.
        return undefined
      }
    },

    async areAsMade(reader, tables, isLeftAlone) {
      const stored = await readTexts(reader)
      if (stored === undefined) return false
      try {
        for (const table of tables) {
          if (!isMade(table, stored.get(table.name))) return false
          stored.delete(table.name)
        }
      } catch {
        return false
      }
      return [...stored.keys()].every((name) => isLeftAlone({ schema: null, name }))
    },
  }
}

interface Row {
  readonly name: string
  /** Of an index. */
  readonly table: string | null
  readonly sql: string
}

/** What SQLite keeps of the tables that are looked at and their indexes, by the names of the tables; undefined for indexes of others. */
const readTexts = async (reader: Reader): Promise<Map<string, StoredTexts> | undefined> => {
  const rows = await reader.select<Row>(
    `SELECT s.name AS name, NULL AS "table", s.sql AS sql FROM main.sqlite_schema s WHERE ${IS_TABLE}
  UNION ALL SELECT name, tbl_name, sql FROM main.sqlite_schema WHERE type = 'index' AND sql IS NOT NULL`,
  )
  const found = new Map<string, { readonly createTable: string; readonly indexes: Map<string, string> }>()
  for (const { name, table, sql } of rows)
    if (table === null) found.set(name, { createTable: sql, indexes: new Map() })
    else {
      // The tables come first.
      const on = found.get(table)
      if (on === undefined) return undefined
      on.indexes.set(name, sql)
    }
  return found
}
