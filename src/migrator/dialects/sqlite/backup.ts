import { realpath } from 'node:fs/promises'
import { LockNotTaken, poll } from '../../dialect.js'
import type { BackupRequest, DatabaseBackup } from '../../dialect-backup.js'
import type { OwnedSession } from '../../dialect-session.js'
import { MigratorError, messageOf } from '../../errors.js'
import { driverCode } from '../driver-error.js'
import { exec, whileBusy } from './exec.js'

/** A copy under way, of the driver's. */
interface DriverCopy {
  readonly completed: boolean
  step(pages: number, callback: (error: Error | null) => void): void
  finish(callback: () => void): void
}

interface CopyingConnection {
  all(sql: string, callback: (error: Error | null, rows: readonly Record<string, unknown>[]) => void): void
  backup?(
    file: string,
    destination: string,
    source: string,
    isFileDestination: boolean,
    callback: (error: Error | null) => void,
  ): DriverCopy
}

const ALL_PAGES = -1

/** A statement on the driver's connection, with its rows: Sequelize looks for words in statements, and a path may hold any. */
const rowsOf = (session: OwnedSession, sql: string): Promise<readonly Record<string, unknown>[]> =>
  new Promise((resolve, reject) => {
    ;(session.connection as CopyingConnection).all(sql, (error, rows) =>
      error === null ? resolve(rows) : reject(error),
    )
  })

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

/**
 * SQLite: `VACUUM INTO` makes the copy, in one read transaction, while others write. It is brought back by SQLite's own
 * backup interface, in one write transaction: a crash leaves the former database, other connections see either one or the
 * other, and a write-ahead log is as right as ever. A file that took the database's place would leave every open connection
 * with the former one, and its log beside another database.
 *
 * @see https://sqlite.org/lang_vacuum.html#vacuuminto
 * @see https://sqlite.org/backup.html
 */
export const sqliteBackup: DatabaseBackup = {
  extension: '.sqlite',

  save: (request) =>
    withConnection(request, async (session) => {
      await fileOf(session, 'copied')
      const holder = 'another connection that is writing to the file'
      const statement = (): string => `VACUUM INTO ${quoted(request.file)}`
      if (!(await whileBusy(session, statement, request.deadline, holder))) throw new LockNotTaken(holder)
      return attached(session, request, async () => {
        const faults = await faultsOf(session)
        if (faults.length > 0)
          throw new MigratorError(
            'BACKUP_FAILED',
            `The copy is damaged, as the database itself will be: ${faults.join('; ')}. No backup was kept. ` +
              'Look at what `PRAGMA integrity_check` says of the database, and restore it from an earlier backup.',
            { subject: request.label },
          )
        return { brokenKeys: await brokenKeysOf(session) }
      })
    }),

  restore: (request) =>
    withConnection(request, async (session) => {
      const own = await fileOf(session, 'brought back')
      if ((await realpath(own)) === (await realpath(request.file)))
        throw notABackup(request, 'it is the database itself')
      await attached(session, request, async () => {
        const faults = await faultsOf(session)
        if (faults.length > 0) throw notABackup(request, `it is damaged: ${faults.join('; ')}`)
        const [pages] = await rowsOf(session, 'PRAGMA copy.page_count')
        if (pages?.['page_count'] === 0) throw notABackup(request, 'it is empty')
      })
      await overwrite(session, request)
    }),
}

const withConnection = async <T>(
  { open }: BackupRequest,
  use: (session: OwnedSession) => Promise<T>,
): Promise<T> => {
  const session = await open()
  try {
    // The wait is ours: SQLite's own would hold one of libuv's few threads.
    await exec(session, 'PRAGMA busy_timeout = 0')
    return await use(session)
  } finally {
    await session.close()
  }
}

/** The file of the database, as SQLite itself has opened it. */
const fileOf = async (session: OwnedSession, what: string): Promise<string> => {
  const rows = await rowsOf(session, 'PRAGMA database_list')
  const file = rows.find(({ name }) => name === 'main')?.['file']
  if (typeof file === 'string' && file !== '') return file
  throw new MigratorError(
    'UNSUPPORTED_STORAGE',
    `A database in memory cannot be ${what}: it ends with its process. Nothing was changed. Give Sequelize a file as its storage.`,
  )
}

/** Uses the file as a second database of the connection: it is opened with the key of the first one, where that has one. */
const attached = async <T>(
  session: OwnedSession,
  request: BackupRequest,
  use: () => Promise<T>,
): Promise<T> => {
  try {
    await exec(session, `ATTACH ${quoted(request.file)} AS copy`)
    return await use()
  } catch (error) {
    if (driverCode(error) === 'SQLITE_CORRUPT') throw notABackup(request, 'it is damaged')
    if (driverCode(error) === 'SQLITE_NOTADB') throw notABackup(request, 'it is no database of SQLite')
    throw error
  } finally {
    await exec(session, 'DETACH copy').catch(() => {})
  }
}

const MOST_FAULTS = 3

const faultsOf = async (session: OwnedSession): Promise<readonly string[]> => {
  const rows = await rowsOf(session, `PRAGMA copy.integrity_check(${MOST_FAULTS})`)
  return rows.map((row) => String(row['integrity_check'])).filter((text) => text !== 'ok')
}

/** Rows that were wrong before are copied as they are. A key that refers to no unique column cannot be checked at all. */
const brokenKeysOf = async (session: OwnedSession): Promise<number> => {
  try {
    const [row] = await rowsOf(
      session,
      "SELECT count(*) AS broken FROM pragma_foreign_key_check(NULL, 'copy')",
    )
    return Number(row?.['broken'])
  } catch (error) {
    if (messageOf(error).includes('foreign key mismatch')) return 0
    throw error
  }
}

/** All pages in one step, and thereby in one transaction. */
const overwrite = async (session: OwnedSession, request: BackupRequest): Promise<void> => {
  const connection = session.connection as CopyingConnection
  if (connection.backup === undefined)
    throw new MigratorError(
      'RESTORE_FAILED',
      'The driver of this instance has no way to bring a database back. Nothing was changed. End every process that uses the ' +
        'database, and put a copy of the backup in its place, without the files ending in -wal and -shm beside it.',
    )
  const copy = await new Promise<DriverCopy>((resolve, reject) => {
    const made = connection.backup?.(request.file, 'main', 'main', false, (error) => {
      if (error !== null) reject(error)
      else if (made !== undefined) resolve(made)
    })
  })
  try {
    const holder = 'another connection that is using the file'
    const attempt = async (): Promise<boolean> => {
      const error = await new Promise<Error | null>((resolve) => copy.step(ALL_PAGES, resolve))
      if (error !== null && !['SQLITE_BUSY', 'SQLITE_LOCKED'].includes(driverCode(error))) throw error
      return copy.completed
    }
    if (!(await poll(request.deadline, attempt, () => holder))) throw new LockNotTaken(holder)
  } finally {
    await new Promise<void>((resolve) => copy.finish(resolve))
  }
}

const notABackup = ({ label }: BackupRequest, why: string): MigratorError =>
  new MigratorError(
    'NOT_A_BACKUP',
    `"${label}" cannot be restored: ${why}. The database is as it was. Name a file that \`backup\` has written.`,
    { subject: label },
  )
