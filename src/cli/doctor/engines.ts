import { accessSync, constants, existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { QueryTypes, Sequelize } from 'sequelize'
import { type Check, ok, warning, wrong } from './check.js'

/** What the doctor asks of one engine; nothing of it changes anything. */
export interface EngineQuestions {
  /** Where to look when no connection can be made. */
  readonly noConnection: string
  /** Why no connection must be made at all, where one would change something. */
  beforeConnecting?(sequelize: Sequelize, folder: string): Check | undefined
  version(sequelize: Sequelize): Promise<Check>
  privileges(sequelize: Sequelize, folder: string): Promise<Check>
}

const rows = async <Row extends object>(sequelize: Sequelize, sql: string): Promise<readonly Row[]> =>
  sequelize.query<Row>(sql, { type: 'SELECT' as QueryTypes.SELECT, logging: false })

const first = async (sequelize: Sequelize, sql: string): Promise<Readonly<Record<string, unknown>>> =>
  (await rows<Record<string, unknown>>(sequelize, sql))[0] ?? {}

const storageOf = (sequelize: Sequelize, folder: string): string | undefined => {
  const { options } = sequelize as unknown as {
    readonly options: { readonly storage?: unknown; readonly host?: unknown }
  }
  // Of a URL without a folder Sequelize makes a host.
  const storage = options.storage ?? options.host
  return typeof storage === 'string' && storage !== '' && storage !== ':memory:'
    ? resolve(folder, storage)
    : undefined
}

const isWritable = (path: string): boolean => {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}

const sqlite: EngineQuestions = {
  noConnection:
    'Look at the file of the URL: it must be a database of SQLite, not a folder or another file, and this user must be allowed to open it.',
  beforeConnecting(sequelize, folder) {
    const storage = storageOf(sequelize, folder)
    if (storage === undefined || existsSync(storage)) return undefined
    // Opening it would create it.
    return isWritable(dirname(storage))
      ? warning('connection', 'the database file does not exist yet', 'The first `sm2kit upgrade` makes it.')
      : wrong(
          'connection',
          'the database file does not exist, and cannot be made in its folder',
          'Correct the URL, or make the folder.',
        )
  },
  async version(sequelize) {
    return ok(
      'engine',
      `SQLite ${String((await first(sequelize, 'SELECT sqlite_version() AS version'))['version'])}`,
    )
  },
  async privileges(sequelize, folder) {
    const storage = storageOf(sequelize, folder)
    if (storage === undefined) return ok('privileges', 'a database in memory, which nobody else sees')
    if (!isWritable(storage))
      return wrong('privileges', 'the database file is read-only', 'Give this user the right to write it.')
    // SQLite keeps its rollback journal beside the file.
    return isWritable(dirname(storage))
      ? ok('privileges', 'the database file and its folder can be written')
      : wrong(
          'privileges',
          'the folder of the database file is read-only',
          'Give this user the right to write it.',
        )
  },
}

const SERVER = 'Look whether the server runs, and at the host, user, password and database of the URL.'

const postgres: EngineQuestions = {
  noConnection: SERVER,
  async version(sequelize) {
    const version = String(
      (await first(sequelize, "SELECT current_setting('server_version') AS version"))['version'],
    )
    return Number.parseInt(version, 10) >= 14
      ? ok('engine', `PostgreSQL ${version}`)
      : warning('engine', `PostgreSQL ${version}; sm2kit is tested with 14 and later`, 'Update the server.')
  },
  async privileges(sequelize) {
    const found = await first(
      sequelize,
      `SELECT current_user AS name, current_schema() AS schema, pg_is_in_recovery() AS standby,
         current_setting('transaction_read_only') AS readonly,
         coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AS "mayCreate"`,
    )
    if (found['standby'] === true || found['readonly'] === 'on')
      return wrong('privileges', 'the server is a standby, or read-only', 'Connect to the primary.')
    if (found['schema'] === null)
      return wrong(
        'privileges',
        'no schema of the search path exists',
        'CREATE SCHEMA, or correct search_path.',
      )
    const where = `tables in the schema "${String(found['schema'])}"`
    return found['mayCreate'] === true
      ? ok('privileges', `${String(found['name'])} may create ${where}`)
      : wrong(
          'privileges',
          `${String(found['name'])} may not create ${where}`,
          `GRANT CREATE ON SCHEMA "${String(found['schema'])}" TO "${String(found['name'])}"`,
        )
  },
}

const NEEDED = ['CREATE', 'ALTER', 'DROP', 'INDEX', 'REFERENCES', 'SELECT', 'INSERT', 'UPDATE', 'DELETE']

const mariadb: EngineQuestions = {
  noConnection: SERVER,
  async version(sequelize) {
    const version = String((await first(sequelize, 'SELECT VERSION() AS version'))['version'])
    const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10))
    const isMariaDb = /mariadb/iu.test(version)
    const isNewEnough = isMariaDb ? major > 10 || (major === 10 && minor >= 11) : major >= 8
    const name = `${isMariaDb ? 'MariaDB' : 'MySQL'} ${version}`
    return isNewEnough
      ? ok('engine', name)
      : warning(
          'engine',
          `${name}; sm2kit is tested with MariaDB 10.11, MySQL 8 and later`,
          'Update the server.',
        )
  },
  async privileges(sequelize) {
    const { readonly, name } = await first(
      sequelize,
      'SELECT @@global.read_only AS readonly, DATABASE() AS name',
    )
    const grants = (await rows<Record<string, unknown>>(sequelize, 'SHOW GRANTS')).map((row) =>
      String(Object.values(row)[0]),
    )
    const granted = grants.filter((grant) => appliesTo(grant, String(name)))
    const isMissing = (privilege: string): boolean =>
      !granted.some((grant) =>
        new RegExp(
          `ALL PRIVILEGES|\\b${privilege}\\b(?! ?(?:VIEW|USER|ROLE|ROUTINE|TEMP|TABLESPACE|HISTORY))`,
          'u',
        ).test(grant.split(' ON ')[0] ?? ''),
      )
    const missing = NEEDED.filter(isMissing)
    if (missing.length > 0)
      return warning(
        'privileges',
        `no grant of ${missing.join(', ')} on this database was found (one by a role may not be seen)`,
        `GRANT ${missing.join(', ')} ON \`${String(name)}\`.* TO this user`,
      )
    return Number(readonly) !== 0
      ? warning('privileges', 'the server is read-only but for administrators', 'Connect to the primary.')
      : ok('privileges', 'tables may be created, altered and dropped')
  },
}

/** Whether a line of SHOW GRANTS is about everything, or about this database. */
const appliesTo = (grant: string, database: string): boolean => {
  const on = / ON (.+?)\.\* TO /u.exec(grant)?.[1]
  if (on === undefined) return false
  if (on === '*') return true
  const name = on.replace(/^`|`$/gu, '').replaceAll('``', '`')
  // In a grant `_` and `%` stand for any letters unless they are escaped.
  const pattern = name
    .replace(/[.*+?^${}()|[\]]/gu, '\\$&')
    .replace(/\\?[_%]/gu, (wild) => (wild.startsWith('\\') ? wild.slice(1) : wild === '_' ? '.' : '.*'))
  return new RegExp(`^${pattern}$`, 'iu').test(database)
}

/** By Sequelize's name of the engine. */
export const ENGINES: Readonly<Record<string, EngineQuestions>> = {
  sqlite,
  postgres,
  mysql: mariadb,
  mariadb,
}
