import { existsSync } from 'node:fs'
import type { Sequelize } from 'sequelize'
import { createHash } from '../../crypto.js'
import { type Deadline, type Dialect, LockNotTaken, type Session } from '../../dialect.js'
import { otherInstance } from '../../operations/other-instance.js'
import { type DriverCodes, driverCode } from '../driver-error.js'
import { exec, textOf, whileBusy } from './exec.js'
import { sqlitePageKey } from './paging.js'
import { sqliteTimeouts } from './timeouts.js'

const begin = async (session: Session, deadline: Deadline): Promise<void> => {
  const statements = (): string =>
    [
      // Sequelize sends this pragma without waiting for it, and SQLite ignores it inside a transaction.
      ...(optionsOf(session.sequelize).foreignKeys === false ? [] : ['PRAGMA foreign_keys = ON']),
      // The wait is ours: SQLite's own would hold one of libuv's few threads for each waiting migrator of this process.
      'PRAGMA busy_timeout = 0',
      'BEGIN IMMEDIATE',
      `PRAGMA busy_timeout = ${Math.ceil(deadline.remainingMs())}`,
    ].join('; ')
  // One call: each costs a way to a thread and back. What comes behind a statement that fails is not run.
  const holder = 'another connection that is writing to the file'
  if (!(await whileBusy(session, statements, deadline, holder))) throw new LockNotTaken(holder)
}

const commit = async (session: Session, deadline: Deadline): Promise<void> => {
  // A reader may hold the file for a moment; the transaction stays open meanwhile.
  const holder = 'a connection that is reading from the file'
  if (!(await whileBusy(session, () => 'COMMIT', deadline, holder))) throw new LockNotTaken(holder)
}

interface SqliteOptions {
  readonly storage?: unknown
  readonly host?: unknown
  readonly foreignKeys?: boolean
  readonly dialectOptions?: { readonly mode?: number }
}

const optionsOf = (sequelize: Sequelize): SqliteOptions =>
  (sequelize as unknown as { options: object }).options

const standIns = new WeakMap<Sequelize, Sequelize>()

/** SQLite makes a file by opening it. An empty database in memory gives the same answers. */
const standIn = (sequelize: Sequelize): Sequelize | undefined => {
  const { storage, host, dialectOptions } = optionsOf(sequelize)
  const file = storage ?? host ?? ':memory:'
  const isFile = typeof file === 'string' && file !== '' && file !== ':memory:'
  if (!isFile || dialectOptions?.mode !== undefined || existsSync(file)) return undefined
  const known = standIns.get(sequelize)
  if (known !== undefined) return known
  const made = otherInstance(sequelize, { storage: ':memory:' })
  standIns.set(sequelize, made)
  return made
}

/** Codes of the driver, and of Node where Sequelize makes the file's folder. */
const CODES: DriverCodes = {
  SQLITE_READONLY: 'READ_ONLY_DATABASE',
  SQLITE_CANTOPEN: 'DATABASE_NOT_FOUND',
  SQLITE_AUTH: 'ACCESS_DENIED',
  SQLITE_PERM: 'ACCESS_DENIED',
  SQLITE_NOTADB: 'CANNOT_CONNECT',
  SQLITE_BUSY: 'LOCK_TIMEOUT',
  EACCES: 'ACCESS_DENIED',
  EEXIST: 'CANNOT_CONNECT',
  ENOTDIR: 'CANNOT_CONNECT',
}

/** The engine's, and those of a table that is being rebuilt. */
const OWN_TABLES = /\b(?:sqlite_(?:schema|master|sequence|stat\d)|sm2kit_(?:new|old)_table(?:_\d+)?)\b/iu

/** SQLite: the write lock of the file is the lock, and a rollback leaves nothing. */
export const sqliteDialect: Dialect = {
  label: 'SQLite',
  capabilities: {
    pooled: false,
    schemas: false,
    atomicStatements: true,
    backslashes: false,
    rowsWritten: {
      sql: 'SELECT changes() AS n',
      ownTables: OWN_TABLES,
    },
    nameLimit: null,
  },
  autocommits: (sql) => /^\s*(?:VACUUM|ATTACH|DETACH)\b/iu.test(sql),

  instant: {
    type: 'DATETIME',
    literal: (instant) => `'${instant.toISOString().replace('T', ' ').replace('Z', ' +00:00')}'`,
    now: "strftime('%Y-%m-%d %H:%M:%f +00:00', 'now')",
    select: (column) => column,
    parse: (text) => new Date(text.replace(' ', 'T').replace(' +00:00', 'Z')),
  },

  inOneRow: {
    list: (columns) => `json_array(${columns.join(', ')})`,
    lines: (expression) => `group_concat(${expression}, char(10))`,
  },

  exactText: (length) => `VARCHAR(${length})`,

  afterFailedConnection(sequelize) {
    // Sequelize keeps the connection that it could not open; whatever is sent on it waits for ever.
    const { connections } = sequelize.connectionManager as unknown as {
      connections: Record<string, { open: boolean }>
    }
    for (const [name, connection] of Object.entries(connections))
      if (!connection.open) delete connections[name]
  },

  standIn,

  refusal(sequelize) {
    if (optionsOf(sequelize).storage !== '') return undefined
    return {
      code: 'UNSUPPORTED_STORAGE',
      message:
        'The SQLite storage is an empty text, which gives every transaction a temporary database of its own. ' +
        'Nothing was run. Name a file, or ":memory:".',
    }
  },

  // The driver has one code for every error of SQL.
  classify: (error) => (textOf(error).includes('no such table') ? 'MISSING_TABLE' : CODES[driverCode(error)]),

  stepTransaction: {
    begin: (session, _table, deadline) => begin(session, deadline),
    commit,
    rollback: (session) => exec(session, 'ROLLBACK'),
  },

  async lockSession(session, _table, deadline) {
    // In exclusive mode a connection keeps the file's lock after COMMIT; it ends with the connection, however that dies.
    await exec(session, 'PRAGMA locking_mode = EXCLUSIVE')
    await begin(session, deadline)
    // The lock is taken by the first write; this one changes nothing.
    const [row] = await session.select<{ user_version: number }>('PRAGMA user_version')
    await exec(session, `PRAGMA user_version = ${Number(row?.user_version ?? 0)}`)
    await commit(session, deadline)
  },

  async unlockSession(session) {
    await exec(session, 'PRAGMA locking_mode = NORMAL')
    // The mode changes with the next access to the file.
    await session.select('SELECT count(*) AS n FROM sqlite_schema')
  },

  async fingerprint(session) {
    const rows = await session.select(
      'SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name',
    )
    return createHash('sha256').update(JSON.stringify(rows)).digest('hex')
  },

  reflect: async (reader) => (await import('./reflect.js')).reflectSqlite(reader),

  autogeneration: async () => (await import('./autogenerate.js')).sqliteAutogeneration,
  backup: async () => (await import('./backup.js')).sqliteBackup,
  copying: async () => (await import('./copy.js')).sqliteCopying,
  review: async () => (await import('./review.js')).reviewSqlite,
  pageKey: sqlitePageKey,
  timeouts: sqliteTimeouts,

  operations: async () => (await import('./operations.js')).sqliteOperations,
}
