import { createHash } from '../../crypto.js'
import {
  type Deadline,
  type Dialect,
  LockNotTaken,
  poll,
  type Session,
  type VersionTableName,
} from '../../dialect.js'

import { type DriverCodes, driverCode, NETWORK_CODES } from '../driver-error.js'
import { NAME_LIMIT } from './name-limit.js'
import { mariadbPageKey } from './paging.js'
import { mariadbTimeouts } from './timeouts.js'

/** Locks of GET_LOCK are the server's, not a database's, and their names end at 64 characters: hence the hash. */
const lockName = async (session: Session, table: VersionTableName): Promise<string> => {
  const [row] = await session.select<{ name: string | null }>('SELECT DATABASE() AS name')
  return `sm2kit:${createHash('sha256')
    .update(`${row?.name ?? ''}\n${table.text}`)
    .digest('hex')
    .slice(0, 40)}`
}

const takeLock = async (session: Session, table: VersionTableName, deadline: Deadline): Promise<void> => {
  const name = await lockName(session, table)
  const holder = (): Promise<string> => holderOf(session, name)
  const attempt = async (): Promise<boolean> => {
    const [row] = await session.select<{ taken: number | string | null }>(
      `SELECT GET_LOCK('${name}', 0) AS taken`,
    )
    return Number(row?.taken) === 1
  }
  if (!(await poll(deadline, attempt, holder))) throw new LockNotTaken(await holder())
}

const holderOf = async (session: Session, name: string): Promise<string> => {
  const [row] = await session.select<{ id: number | null; user: string | null; host: string | null }>(
    `SELECT IS_USED_LOCK('${name}') AS id, p.USER AS user, p.HOST AS host
     FROM (SELECT 1 AS one) AS o LEFT JOIN information_schema.PROCESSLIST p ON p.ID = IS_USED_LOCK('${name}')`,
  )
  if (row === undefined || row.id === null) return 'a connection that has ended meanwhile'
  return `connection ${row.id}${row.user === null ? '' : ` (user "${row.user}" from ${row.host})`}`
}

const CATALOGUE: readonly (readonly [table: string, schemaColumn: string, columns: readonly string[]])[] = [
  [
    'TABLES',
    'TABLE_SCHEMA',
    ['TABLE_NAME', 'TABLE_TYPE', 'ENGINE', 'TABLE_COLLATION', 'TABLE_COMMENT', 'CREATE_OPTIONS'],
  ],
  [
    'COLUMNS',
    'TABLE_SCHEMA',
    [
      ...['TABLE_NAME', 'ORDINAL_POSITION', 'COLUMN_NAME', 'COLUMN_DEFAULT', 'IS_NULLABLE', 'COLUMN_TYPE'],
      ...['COLLATION_NAME', 'EXTRA', 'COLUMN_COMMENT', 'GENERATION_EXPRESSION'],
    ],
  ],
  [
    'STATISTICS',
    'TABLE_SCHEMA',
    [
      'TABLE_NAME',
      'INDEX_NAME',
      'SEQ_IN_INDEX',
      'COLUMN_NAME',
      'NON_UNIQUE',
      'SUB_PART',
      'INDEX_TYPE',
      'COLLATION',
    ],
  ],
  ['TABLE_CONSTRAINTS', 'TABLE_SCHEMA', ['TABLE_NAME', 'CONSTRAINT_NAME', 'CONSTRAINT_TYPE']],
  [
    'REFERENTIAL_CONSTRAINTS',
    'CONSTRAINT_SCHEMA',
    ['TABLE_NAME', 'CONSTRAINT_NAME', 'REFERENCED_TABLE_NAME', 'DELETE_RULE', 'UPDATE_RULE'],
  ],
  ['CHECK_CONSTRAINTS', 'CONSTRAINT_SCHEMA', ['CONSTRAINT_NAME', 'CHECK_CLAUSE']],
  ['VIEWS', 'TABLE_SCHEMA', ['TABLE_NAME', 'VIEW_DEFINITION']],
  ['TRIGGERS', 'TRIGGER_SCHEMA', ['TRIGGER_NAME', 'EVENT_OBJECT_TABLE', 'ACTION_STATEMENT']],
  ['ROUTINES', 'ROUTINE_SCHEMA', ['ROUTINE_NAME', 'ROUTINE_TYPE', 'ROUTINE_DEFINITION']],
]

// One statement: a line for each thing in the present database that DDL can change, with the name that DDL must say for it.
const FINGERPRINT = CATALOGUE.map(([table, schemaColumn, columns]) => {
  const values = columns.map((column) => `IFNULL(CONVERT(${column} USING utf8mb4), '')`)
  return `SELECT ${values[0]} AS name, CONCAT_WS('\\t', '${table}', ${values.join(', ')}) AS line FROM information_schema.${table} WHERE ${schemaColumn} = DATABASE()`
}).join(' UNION ALL ')

/** Whether a statement says a name, as a whole word. */
const names = (sql: string, name: string): boolean => {
  const literally = name.replace(/[\\^$.*+?()[\]{}|/]/gu, '\\$&')
  return new RegExp(`(?<![\\w$])${literally}(?![\\w$])`, 'iu').test(sql)
}

const TRANSACTIONAL = /^\s*(?:INSERT|UPDATE|DELETE|REPLACE|WITH|CALL|DO)\b/iu

/** Codes of the server as the driver names them, and of the network. */
const CODES: DriverCodes = {
  ...NETWORK_CODES,
  ER_NO_SUCH_TABLE: 'MISSING_TABLE',
  ER_OPTION_PREVENTS_STATEMENT: 'READ_ONLY_DATABASE',
  ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION: 'READ_ONLY_DATABASE',
  ER_BAD_DB_ERROR: 'DATABASE_NOT_FOUND',
  ER_ACCESS_DENIED_ERROR: 'ACCESS_DENIED',
  ER_ACCESS_DENIED_NO_PASSWORD_ERROR: 'ACCESS_DENIED',
  ER_DBACCESS_DENIED_ERROR: 'ACCESS_DENIED',
  ER_TABLEACCESS_DENIED_ERROR: 'ACCESS_DENIED',
  ER_LOCK_WAIT_TIMEOUT: 'LOCK_TIMEOUT',
  ER_CON_COUNT_ERROR: 'CANNOT_CONNECT',
}

/** MariaDB and MySQL: DDL commits by itself, so a step keeps a journal; the lock is one of the connection. */
export const mariadbDialect: Dialect = {
  label: 'MariaDB',
  capabilities: {
    pooled: true,
    schemas: false,
    atomicStatements: true,
    backslashes: true,
    rowsWritten: null,
    nameLimit: NAME_LIMIT,
  },
  autocommits: (sql) => !TRANSACTIONAL.test(sql),

  instant: {
    type: 'DATETIME(3)',
    literal: (instant) => `'${instant.toISOString().replace('T', ' ').replace('Z', '')}'`,
    now: 'UTC_TIMESTAMP(3)',
    select: (column) => `CAST(${column} AS CHAR)`,
    parse: (text) => new Date(`${text.replace(' ', 'T')}Z`),
  },

  // The client ends a statement at any semicolon, those of a trigger's body too.
  scriptStatement: (sql) => (sql.includes(';') ? `DELIMITER ;;\n${sql}\n;;\nDELIMITER ;` : `${sql};`),

  // Its usual collations take "a" for "A", and for "á".
  exactText: (length) => `VARCHAR(${length}) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`,

  refusal: () => undefined,

  classify: (error) => CODES[driverCode(error)],

  lockSession: takeLock,

  async unlockSession(session, table) {
    await session.select(`SELECT RELEASE_LOCK('${await lockName(session, table)}') AS released`)
  },

  async fingerprint(session, sql) {
    const rows = await session.select<{ name: string; line: string }>(FINGERPRINT)
    const named = rows.filter(({ name }) => names(sql, String(name)))
    const lines = named.map((row) => String(row.line)).sort()
    return createHash('sha256').update(lines.join('\n')).digest('hex')
  },

  reflect: async (reader) => (await import('./reflect.js')).reflectMariadb(reader),

  autogeneration: async () => (await import('./autogenerate.js')).mariadbAutogeneration,
  backup: async () => (await import('./backup.js')).mariadbBackup,
  copying: async () => (await import('./copy.js')).mariadbCopying,
  review: async () => (await import('./review.js')).reviewMariadb,
  pageKey: mariadbPageKey,
  timeouts: mariadbTimeouts,

  operations: async () => (await import('./operations.js')).mariadbOperations,
}
