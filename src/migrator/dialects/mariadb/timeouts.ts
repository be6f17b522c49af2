import type { TimeoutSetting, Timeouts } from '../../dialect-paging.js'

const setting = (name: string, value: string, script: (sql: string) => string): TimeoutSetting => ({
  value,
  async read(reader) {
    // MariaDB and MySQL keep their settings in different tables; this statement is the same.
    const rows = await reader.select<Record<string, unknown>>(`SHOW SESSION VARIABLES LIKE '${name}'`)
    const found = rows.map((row) => Object.values(row)[1])[0]
    return found === undefined ? undefined : String(found)
  },
  set: (wanted) => script(`SET SESSION ${name} = ${wanted}`),
  reset: script(`SET SESSION ${name} = DEFAULT`),
})

const asIs = (sql: string): string => sql
/** MySQL takes it for a comment: it has no such variable. */
const inMariadb = (sql: string): string => `/*M! ${sql} */`

/** Locks of tables and of rows have a variable each, in whole seconds. */
export const mariadbTimeouts = ({ lockMs, statementMs }: Timeouts): TimeoutSetting[] => {
  const seconds = String(Math.max(1, Math.ceil((lockMs ?? 0) / 1000)))
  return [
    ...(lockMs === undefined
      ? []
      : [setting('lock_wait_timeout', seconds, asIs), setting('innodb_lock_wait_timeout', seconds, asIs)]),
    ...(statementMs === undefined
      ? []
      : [setting('max_statement_time', String(statementMs / 1000), inMariadb)]),
  ]
}
