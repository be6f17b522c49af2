import type { Sequelize } from 'sequelize'
import { CopyRefused, ONE_CONNECTION, siblingOf } from '../../dialect-copy.js'
import { driverCode } from '../driver-error.js'
import { type CopyServer, copyingOn, selectRaw } from '../servers/copy.js'
import { watched } from '../watched-copy.js'
import { rebuild } from './copy-rebuild.js'
import { nameOf, quoted, text } from './ddl.js'

const raw = { raw: true, logging: false } as const

const rowsOf = <Row extends object>(sequelize: Sequelize, sql: string): Promise<readonly Row[]> =>
  selectRaw(sequelize, sql, raw)

/** Where nobody is in the way of CREATE DATABASE. */
const MAINTENANCE = 'postgres'

const openAdmin = async (source: Sequelize): Promise<Sequelize> => {
  const admin = siblingOf(source, { ...ONE_CONNECTION, database: MAINTENANCE, logging: false })
  try {
    await admin.query('SELECT 1', raw)
    return admin
  } catch {
    await admin.close().catch(() => {})
    return siblingOf(source, { ...ONE_CONNECTION, logging: false })
  }
}

const lockOf = (name: string): string => `hashtext('sm2kit rehearsal'), hashtext(${text(name)})`

const NOT_ALLOWED = '42501'
const IN_USE = '55006'

/** As a template, which takes everything along; only while nobody is connected to it. */
const createFromTemplate = async (admin: Sequelize, name: string, source: string): Promise<boolean> => {
  // The server would wait for five seconds for somebody who is connected.
  const [others] = await rowsOf<{ n: string }>(
    admin,
    `SELECT count(*) AS n FROM pg_stat_activity WHERE datname = ${text(source)}`,
  )
  if (Number(others?.n) > 0) return false
  try {
    await admin.query(`CREATE DATABASE ${quoted(name)} TEMPLATE ${quoted(source)}`, raw)
    return true
  } catch (error) {
    if (driverCode(error) === IN_USE || driverCode(error) === NOT_ALLOWED) return false
    throw error
  }
}

interface DatabaseRow {
  readonly row: {
    readonly datcollate: string
    readonly datctype: string
    readonly datlocprovider?: string
    readonly datlocale?: string | null
    readonly daticulocale?: string | null
  }
  readonly encoding: string
}

const createEmpty = async (admin: Sequelize, name: string, source: string): Promise<void> => {
  const [found] = await rowsOf<DatabaseRow>(
    admin,
    `SELECT to_jsonb(d) AS row, pg_encoding_to_char(encoding) AS encoding FROM pg_database d WHERE datname = ${text(source)}`,
  )
  if (found === undefined)
    throw new CopyRefused('it was not found by its name', 'a connection that names a database')
  const { datcollate, datctype, datlocprovider, datlocale, daticulocale } = found.row
  const locale = text(datlocale ?? daticulocale ?? datcollate)
  const provider =
    datlocprovider === 'i'
      ? ` LOCALE_PROVIDER icu ICU_LOCALE ${locale}`
      : datlocprovider === 'b'
        ? ` LOCALE_PROVIDER builtin BUILTIN_LOCALE ${locale}`
        : ''
  try {
    await admin.query(
      `CREATE DATABASE ${quoted(name)} TEMPLATE template0 ENCODING ${text(found.encoding)} ` +
        `LC_COLLATE ${text(datcollate)} LC_CTYPE ${text(datctype)}${provider}`,
      raw,
    )
  } catch (error) {
    if (driverCode(error) !== NOT_ALLOWED) throw error
    throw new CopyRefused('the user may not create a database', '`ALTER ROLE … CREATEDB`', error)
  }
}

/** Settings that were given to the database, `search_path` say: no template takes them along. */
const copySettings = async (admin: Sequelize, name: string, source: string): Promise<void> => {
  const settings = await rowsOf<{ setting: string }>(
    admin,
    `SELECT unnest(s.setconfig) AS setting FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
     WHERE d.datname = ${text(source)} AND s.setrole = 0`,
  )
  for (const { setting } of settings) {
    const at = setting.indexOf('=')
    const [key, value] = [setting.slice(0, at), setting.slice(at + 1)]
    // A list of names is stored as SQL has it.
    const sql = key === 'search_path' ? value : text(value)
    await admin.query(`ALTER DATABASE ${quoted(name)} SET ${key} TO ${sql}`, raw)
  }
}

const databaseOf = async (source: Sequelize): Promise<string> => {
  const other = siblingOf(source, {}) as unknown as { readonly config: { readonly database?: string | null } }
  if (typeof other.config.database === 'string' && other.config.database !== '') return other.config.database
  const [row] = await rowsOf<{ name: string }>(source, 'SELECT current_database() AS name')
  return row?.name ?? ''
}

/** Also of one that another connection is still making. */
const bytesOf = async (admin: Sequelize, name: string): Promise<number> => {
  const [row] = await rowsOf<{ bytes: string }>(
    admin,
    `SELECT coalesce(sum(pg_database_size(oid)), 0) AS bytes FROM pg_database WHERE datname = ${text(name)}`,
  )
  return Number(row?.bytes)
}

const server: CopyServer = {
  raw,
  copiesSql: "SELECT datname AS name FROM pg_database WHERE datname ~ '^sm2kit_rehearsal_[0-9a-f]{16}$'",
  openAdmin,
  async tryLock(admin, name) {
    const [row] = await rowsOf<{ taken: boolean }>(
      admin,
      `SELECT pg_try_advisory_lock(${lockOf(name)}) AS taken`,
    )
    return row?.taken === true
  },
  unlock: (admin, name) => admin.query(`SELECT pg_advisory_unlock(${lockOf(name)})`, raw),
  dropSql: (name, isOurs) => `DROP DATABASE IF EXISTS ${quoted(name)}${isOurs ? ' WITH (FORCE)' : ''}`,
  async make({ request, admin, name, made }) {
    const from = await databaseOf(request.source)
    const make = async (): Promise<readonly string[]> => {
      const isEmpty = request.isEmpty === true
      const isWhole = !isEmpty && request.rows === 'all' && (await createFromTemplate(admin, name, from))
      if (!isWhole) await createEmpty(admin, name, from)
      made()
      await copySettings(admin, name, from)
      return isWhole || isEmpty ? [] : rebuild({ ...request, database: name })
    }
    if (request.progress === undefined) return make()
    // The connection that copies has no time for questions, and one to the database itself would be in the way.
    const watcher = await openAdmin(request.source)
    try {
      // The size is only told to whom may connect.
      const total = await bytesOf(watcher, from).catch(() => undefined)
      if (total === undefined) return await make()
      return await watched(request, total, make, () => bytesOf(watcher, name))
    } finally {
      await watcher.close()
    }
  },
  sumSql: (columns) => {
    const cells = columns.map((column) => `t.${quoted(column)}`).join(', ')
    return `coalesce(sum(hashtextextended(ROW(${cells})::text, 0)::numeric), 0)::text`
  },
  rowsSql: (table) => `ONLY ${nameOf(table)} t`,
}

/** Copies of PostgreSQL databases. */
export const postgresCopying = copyingOn(server)
