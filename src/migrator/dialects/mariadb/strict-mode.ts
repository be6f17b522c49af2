import { quoteText } from './sql.js'
import type { Statements } from './statements.js'

/**
 * Makes the session refuse values that do not fit, where it would cut them without a word.
 *
 * @returns What puts the session's mode back; undefined where it is strict anyway.
 * @see https://mariadb.com/kb/en/sql-mode/#strict-mode
 */
export const strictMode = async (statements: Statements): Promise<(() => Promise<void>) | undefined> => {
  const [row] = await statements.select<{ mode: string }>('SELECT @@SESSION.sql_mode AS mode')
  const mode = row?.mode ?? ''
  if (/\bSTRICT_(?:ALL|TRANS)_TABLES\b/u.test(mode)) return undefined
  const strict = [...(mode === '' ? [] : [mode]), 'STRICT_ALL_TABLES'].join(',')
  await statements.run(`SET SESSION sql_mode = ${quoteText(strict)}`)
  return () => statements.run(`SET SESSION sql_mode = ${quoteText(mode)}`)
}
