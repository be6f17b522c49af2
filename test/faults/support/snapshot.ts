import { QueryTypes, type Sequelize } from 'sequelize'

type Row = Readonly<Record<string, unknown>>

/** What a database holds, read from its own catalogue and tables, without anything of the migrator's. */
export interface Snapshot {
  /** Columns by table, both in alphabetical order; the migrator's own tables are left out. */
  readonly tables: Readonly<Record<string, readonly string[]>>
  /** Names of the indexes that belong to no key, in alphabetical order. */
  readonly indexes: readonly string[]
  /** The rows of each table, in an order of their own. */
  readonly rows: Readonly<Record<string, readonly Row[]>>
}

interface Catalogue {
  /** Rows of `table_name`, `column_name`. */
  readonly columns: string
  /** Rows of `name`. */
  readonly indexes: string
}

const CATALOGUES: Readonly<Record<string, Catalogue>> = {
  sqlite: {
    columns: `SELECT t.name AS table_name, c.name AS column_name FROM sqlite_schema t, pragma_table_xinfo(t.name) c
              WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`,
    indexes: `SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL`,
  },
  postgres: {
    columns: `SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'`,
    indexes: `SELECT c.relname AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
              WHERE c.relnamespace = 'public'::regnamespace AND NOT i.indisprimary AND i.indisvalid`,
  },
  mysql: {
    columns: `SELECT TABLE_NAME AS table_name, COLUMN_NAME AS column_name FROM information_schema.COLUMNS
              WHERE TABLE_SCHEMA = DATABASE()`,
    indexes: `SELECT DISTINCT INDEX_NAME AS name FROM information_schema.STATISTICS
              WHERE TABLE_SCHEMA = DATABASE() AND INDEX_NAME <> 'PRIMARY'`,
  },
}

const isOfTheMigrator = (table: string): boolean => /_revisions(?:_journal)?$/u.test(table)

/** Reads a {@link Snapshot}. Nobody may be writing meanwhile. */
export const readSnapshot = async (sequelize: Sequelize): Promise<Snapshot> => {
  const catalogue = CATALOGUES[sequelize.getDialect()]
  if (catalogue === undefined) throw new Error(`no catalogue for ${sequelize.getDialect()}`)
  const tables: Record<string, string[]> = {}
  for (const { table_name, column_name } of await select<{ table_name: string; column_name: string }>(
    sequelize,
    catalogue.columns,
  )) {
    if (!isOfTheMigrator(table_name)) tables[table_name] = [...(tables[table_name] ?? []), column_name]
  }
  for (const columns of Object.values(tables)) columns.sort()
  const rows: Record<string, readonly Row[]> = {}
  for (const table of Object.keys(tables)) {
    rows[table] = sorted(await select<Row>(sequelize, `SELECT * FROM ${table}`))
  }
  const indexes = await select<{ name: string }>(sequelize, catalogue.indexes)
  return { tables, indexes: indexes.map(({ name }) => name).sort(), rows }
}

/** The revisions that the version table names, with their states, in alphabetical order; none where there is no table. */
export const readRecorded = async (
  sequelize: Sequelize,
  table = 'sm2kit_revisions',
): Promise<readonly string[]> => {
  const there = await sequelize.getQueryInterface().tableExists(table)
  if (!there) return []
  const rows = await select<{ revision: string; state: string }>(
    sequelize,
    `SELECT revision, state FROM ${table}`,
  )
  return rows.map(({ revision, state }) => `${revision} ${state}`).sort()
}

const select = <R extends object>(sequelize: Sequelize, sql: string): Promise<R[]> =>
  sequelize.query<R>(sql, { type: QueryTypes.SELECT })

const sorted = (rows: readonly Row[]): readonly Row[] =>
  rows
    .map((row) => [JSON.stringify(row), row] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, row]) => row)
