import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import type { TestDatabase } from '../../support/engines/index.js'
import { rowsOf } from '../support.js'

const PATTERN = /^sm2kit_rehearsal_/u

/**
 * The copies that rehearsals have made and not removed: on this engine, of any database.
 *
 * @param but - Those that do not count.
 */
export const copiesOf = async (
  database: TestDatabase,
  but: readonly string[] = [],
): Promise<readonly string[]> => {
  const { dialect } = database.spec
  const isCopy = (name: string): boolean => PATTERN.test(name) && !but.includes(name)
  if (dialect === 'sqlite') return readdirSync(tmpdir()).filter(isCopy)
  const sql =
    dialect === 'postgres'
      ? 'SELECT datname AS name FROM pg_database'
      : 'SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA'
  const rows = await rowsOf(database.connect(), sql)
  return rows.map(({ name }) => String(name)).filter(isCopy)
}
