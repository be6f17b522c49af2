import type { Sequelize } from 'sequelize'
import { createMigrator, type Op } from 'sm2kit/migrator'
import { rowsOf } from '../../support.js'

/** Sends statements, one after the other, outside any step. */
export const given = async (sequelize: Sequelize, ...statements: readonly string[]): Promise<void> => {
  for (const sql of statements) await sequelize.query(sql)
}

let number = 0

/** Runs a function as a step. */
export const step = async (sequelize: Sequelize, up: (op: Op) => Promise<unknown>): Promise<void> => {
  number += 1
  const revision = {
    revision: `step${number}`,
    downRevision: null,
    up: ({ context }: { context: Op }) => up(context),
  }
  await createMigrator({
    sequelize,
    baseline: false,
    migrations: [revision],
    versionTable: `sm2kit_revisions_${number}`,
  }).up()
}

/** Everything that a database holds, by the names of its objects; the migrator's own tables are left out. */
export interface Contents {
  readonly objects: Readonly<Record<string, string>>
  /** Rows with their row numbers where they have some, and the types of their values. */
  readonly rows: Readonly<Record<string, readonly string[]>>
  readonly sequence: Readonly<Record<string, unknown>>
}

/** Reads {@link Contents}. */
export const contentsOf = async (sequelize: Sequelize): Promise<Contents> => {
  const stored = await rowsOf(
    sequelize,
    `SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
     AND tbl_name NOT LIKE 'sm2kit\\_revisions%' ESCAPE '\\' ORDER BY type, name`,
  )
  const rows: Record<string, readonly string[]> = {}
  for (const { type, name, sql } of stored) {
    if (type !== 'table' || !String(sql).startsWith('CREATE TABLE')) continue
    const columns = await rowsOf(sequelize, `SELECT name FROM pragma_table_xinfo(${text(String(name))})`)
    const list = columns.flatMap((column) => {
      const quoted = identifier(String(column['name']))
      return [`typeof(${quoted})`, `quote(${quoted})`]
    })
    if (!/WITHOUT\s+ROWID/iu.test(String(sql))) list.unshift('rowid')
    const found = await rowsOf(
      sequelize,
      `SELECT json_array(${list.join(', ')}) AS "row" FROM ${identifier(String(name))} ORDER BY 1`,
    )
    rows[String(name)] = found.map(({ row }) => String(row))
  }
  const sequence = (await rowsOf(sequelize, "SELECT name FROM sqlite_schema WHERE name = 'sqlite_sequence'"))
    .length
    ? await rowsOf(sequelize, 'SELECT name, seq FROM sqlite_sequence ORDER BY name')
    : []
  return {
    objects: Object.fromEntries(stored.map(({ type, name, sql }) => [`${type} ${name}`, String(sql)])),
    rows,
    sequence: Object.fromEntries(sequence.map(({ name, seq }) => [String(name), seq])),
  }
}

/** A name in double quotes. */
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A text in single quotes. */
export const text = (value: string): string => `'${value.replaceAll("'", "''")}'`
