import { createHash } from '../../crypto.js'
import {
  type Deadline,
  type Dialect,
  LockNotTaken,
  poll,
  type Session,
  type VersionTableName,
} from '../../dialect.js'
import { MigratorError } from '../../errors.js'
import { type DriverCodes, driverCode, NETWORK_CODES } from '../driver-error.js'
import { postgresPageKey } from './paging.js'
import { postgresTimeouts } from './timeouts.js'

/** Advisory locks are numbers, and are those of one database: 63 bits from the version table's name. */
const lockKey = (table: VersionTableName): string =>
  (
    createHash('sha256').update(`sm2kit:${table.text}`).digest().readBigInt64BE() & 0x7fffffffffffffffn
  ).toString()

const FINGERPRINT = `
  SELECT md5(coalesce(string_agg(line, E'\\n' ORDER BY line), '')) AS digest FROM (
    SELECT 'relation ' || c.oid || ' ' || c.relname || ' ' || c.relkind::text || ' ' || c.relnamespace || ' ' ||
           coalesce((SELECT string_agg(a.attnum || ' ' || a.attname || ' ' || a.atttypid || ' ' || a.atttypmod || ' ' || a.attnotnull ||
             ' ' || coalesce(pg_get_expr(d.adbin, d.adrelid), ''), ',' ORDER BY a.attnum)
             FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
             WHERE a.attrelid = c.oid AND a.attnum > 0), '') AS line
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
    UNION ALL SELECT 'index ' || indexrelid || ' ' || indisvalid FROM pg_index WHERE indexrelid >= 16384
    UNION ALL SELECT 'constraint ' || oid || ' ' || conname || ' ' || convalidated || ' ' || pg_get_constraintdef(oid)
      FROM pg_constraint WHERE oid >= 16384
    UNION ALL SELECT 'type ' || t.oid || ' ' || t.typname || ' ' ||
      coalesce((SELECT string_agg(enumlabel, ',' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid), '')
      FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
      WHERE t.typtype IN ('e', 'd') AND n.nspname NOT LIKE 'pg\\_%' AND t.oid >= 16384
    UNION ALL SELECT 'trigger ' || oid || ' ' || tgname || ' ' || tgenabled::text FROM pg_trigger WHERE oid >= 16384
    UNION ALL SELECT 'routine ' || oid || ' ' || proname || ' ' || md5(coalesce(prosrc, '')) FROM pg_proc WHERE oid >= 16384
    UNION ALL SELECT 'view ' || c.oid || ' ' || pg_get_viewdef(c.oid) FROM pg_class c WHERE c.relkind IN ('v', 'm') AND c.oid >= 16384
    UNION ALL SELECT 'schema ' || oid || ' ' || nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%'
    UNION ALL SELECT 'comment ' || objoid || ' ' || objsubid || ' ' || description FROM pg_description WHERE objoid >= 16384
  ) AS lines`

/** What PostgreSQL refuses inside a transaction block. */
const NO_TRANSACTION =
  /^\s*(?:VACUUM|CLUSTER\s*;?\s*$|(?:CREATE|DROP|ALTER)\s+(?:DATABASE|TABLESPACE|SUBSCRIPTION|SYSTEM)|REINDEX\b[^;]*\b(?:CONCURRENTLY|DATABASE|SYSTEM|SCHEMA)|(?:CREATE(?:\s+UNIQUE)?|DROP)\s+INDEX\s+CONCURRENTLY|ALTER\s+TABLE\b[^;]*\bDETACH\s+PARTITION\b[^;]*\bCONCURRENTLY)/iu

const refuseStandby = (recovery: boolean | undefined): void => {
  // Advisory locks succeed on a standby, where nothing can be written.
  if (recovery === true)
    throw Object.assign(new Error('the server is a standby (in recovery)'), { code: '25006' })
}

const takeLock = async (
  session: Session,
  call: string,
  table: VersionTableName,
  deadline: Deadline,
): Promise<void> => {
  const key = lockKey(table)
  const holder = (): Promise<string> => holderOf(session, key)
  const attempt = async (): Promise<boolean> => {
    const [row] = await session.select<{ taken: boolean; recovery: boolean }>(
      `SELECT ${call}(${key}) AS taken, pg_is_in_recovery() AS recovery`,
    )
    refuseStandby(row?.recovery)
    return row?.taken === true
  }
  if (!(await poll(deadline, attempt, holder))) throw new LockNotTaken(await holder())
}

const backendPid = async (session: Session): Promise<number | undefined> =>
  (await session.select<{ pid: number }>('SELECT pg_backend_pid() AS pid'))[0]?.pid

const holderOf = async (session: Session, key: string): Promise<string> => {
  const value = BigInt(key)
  const rows = await session.select<{
    pid: number
    application_name: string
    usename: string
    since: string
  }>(
    `SELECT a.pid, a.application_name, a.usename, to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS since
     FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
     WHERE l.locktype = 'advisory' AND l.granted AND l.classid = ${value >> 32n} AND l.objid = ${value & 0xffffffffn}
       AND l.objsubid = 1 AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  )
  const [row] = rows
  if (row === undefined) return 'a session that has ended meanwhile'
  const name = row.application_name === '' ? '' : `, application "${row.application_name}"`
  return `backend ${row.pid} (user "${row.usename}"${name}, connected since ${row.since} UTC)`
}

/** Codes of PostgreSQL (its manual, appendix A), and of the network. */
const CODES: DriverCodes = {
  ...NETWORK_CODES,
  '42P01': 'MISSING_TABLE',
  '3F000': 'MISSING_TABLE', // the schema of the version table is not there yet
  '25006': 'READ_ONLY_DATABASE',
  '3D000': 'DATABASE_NOT_FOUND',
  '28P01': 'ACCESS_DENIED',
  '28000': 'ACCESS_DENIED',
  '42501': 'ACCESS_DENIED',
  '55P03': 'LOCK_TIMEOUT',
  '53300': 'CANNOT_CONNECT', // too many connections
  '57P03': 'CANNOT_CONNECT', // starting up
}

/** PostgreSQL: DDL in transactions, and an advisory lock that the transaction itself holds. */
export const postgresDialect: Dialect = {
  label: 'PostgreSQL',
  capabilities: {
    pooled: true,
    schemas: true,
    atomicStatements: false,
    backslashes: false,
    rowsWritten: null,
    nameLimit: { length: 63, unit: 'bytes' },
  },
  autocommits: (sql) => NO_TRANSACTION.test(sql),

  instant: {
    type: 'TIMESTAMP WITH TIME ZONE',
    literal: (instant) => `'${instant.toISOString()}'`,
    now: 'CURRENT_TIMESTAMP',
    select: (column) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
    parse: (text) => new Date(text),
  },

  exactText: (length) => `VARCHAR(${length})`,

  // Sequelize asks for the enum types of a table before it makes them, and for the numbers of all types when it has.
  rowsOffline: (sql) =>
    /\bFROM pg_type t JOIN pg_enum e\b|^WITH ranges AS \(\s*SELECT pg_range\.rngtypid\b/u.test(sql)
      ? []
      : undefined,

  refusal: () => undefined,

  classify: (error) => CODES[driverCode(error)],

  stepTransaction: {
    async begin(session, table, deadline) {
      // READ COMMITTED, whatever the host's default is: an older snapshot would not see what the last holder of the lock did.
      await session.run('BEGIN ISOLATION LEVEL READ COMMITTED')
      // Tied to the transaction, so it is safe behind a transaction pooler, and polled, so a deadline can end the wait.
      await takeLock(session, 'pg_try_advisory_xact_lock', table, deadline)
    },

    commit: (session) => session.run('COMMIT'),
    rollback: (session) => session.run('ROLLBACK'),
  },

  async lockSession(session, table, deadline) {
    const [first, second] = [await backendPid(session), await backendPid(session)]
    if (first !== second) {
      throw new MigratorError(
        'POOLED_SESSION',
        'Two statements of one session reached two backends: there is a transaction pooler between, and a revision with ' +
          '`transaction = false` needs a session of its own. Nothing of it was run. Connect to the server directly.',
      )
    }
    // A blocking wait would deadlock with CREATE INDEX CONCURRENTLY of the holder.
    await takeLock(session, 'pg_try_advisory_lock', table, deadline)
  },

  async unlockSession(session, table) {
    await session.select(`SELECT pg_advisory_unlock(${lockKey(table)})`)
  },

  async fingerprint(session) {
    const [row] = await session.select<{ digest: string }>(FINGERPRINT)
    return row?.digest ?? ''
  },

  reflect: async (...given) => (await import('./reflect.js')).reflectPostgres(...given),

  autogeneration: async () => (await import('./autogenerate.js')).postgresAutogeneration,
  backup: async () => (await import('./backup.js')).postgresBackup,
  copying: async () => (await import('./copy.js')).postgresCopying,
  review: async () => (await import('./review.js')).reviewPostgres,
  pageKey: postgresPageKey,
  timeouts: postgresTimeouts,

  operations: async () => (await import('./operations.js')).postgresOperations,
}
