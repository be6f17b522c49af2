import type { Sequelize } from 'sequelize'
import { randomBytes } from '../../crypto.js'
import {
  type Copying,
  CopyRefused,
  type CopyRequest,
  columnsToDigest,
  type DatabaseCopy,
  ONE_CONNECTION,
  prefixOf,
  siblingOf,
} from '../../dialect-copy.js'
import type { Reader } from '../../dialect-session.js'
import type { Table } from '../../schema/schema.js'
import { driverCode } from '../driver-error.js'
import { fillCopy } from './copy-fill.js'
import { quoteName, quoteText } from './sql.js'

const raw = { raw: true, logging: false, retry: { max: 1 } } as const

const select = async <Row extends object>(sequelize: Sequelize, sql: string): Promise<readonly Row[]> =>
  (await sequelize.query(sql, { ...raw, type: 'SELECT' as never })) as unknown as readonly Row[]

/** A lock of the whole server, which ends with its connection. */
const tryLock = async (admin: Sequelize, name: string): Promise<boolean> => {
  const [row] = await select<{ taken: number | null }>(
    admin,
    `SELECT GET_LOCK(${quoteText(name)}, 0) AS taken`,
  )
  return Number(row?.taken) === 1
}

/** Drops the copies of dead processes: of our own name only, and only where nobody holds the lock. */
const dropLeftovers = async (admin: Sequelize): Promise<void> => {
  const found = await select<{ name: string }>(
    admin,
    "SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA WHERE SCHEMA_NAME REGEXP '^sm2kit_rehearsal_[0-9a-f]{16}$'",
  )
  for (const { name } of found) {
    if (!(await tryLock(admin, name))) continue
    // Another user's, or another rehearsal has just dropped it.
    await admin.query(`DROP DATABASE IF EXISTS ${quoteName(name)}`, raw).catch(() => {})
    await admin.query(`DO RELEASE_LOCK(${quoteText(name)})`, raw)
  }
}

const NOT_ALLOWED: ReadonlySet<string> = new Set(['ER_DBACCESS_DENIED_ERROR', 'ER_ACCESS_DENIED_ERROR'])

const create = async (admin: Sequelize, name: string): Promise<void> => {
  const [host] = await select<{ charset: string; collation: string }>(
    admin,
    'SELECT @@character_set_database AS charset, @@collation_database AS collation',
  )
  try {
    await admin.query(
      `CREATE DATABASE ${quoteName(name)} CHARACTER SET ${host?.charset} COLLATE ${host?.collation}`,
      raw,
    )
  } catch (error) {
    if (!NOT_ALLOWED.has(driverCode(error))) throw error
    throw new CopyRefused(
      'the user may not create a database: the right CREATE is missing',
      '`GRANT ALL ON `sm2kit_rehearsal_%`.* TO …`',
      error,
    )
  }
}

const copy = async (request: CopyRequest): Promise<DatabaseCopy> => {
  const { source, checkpoint } = request
  const name = `${prefixOf(request)}${randomBytes(8).toString('hex')}`
  const admin = siblingOf(source, { ...ONE_CONNECTION, logging: false })
  const sequelize = siblingOf(source, { database: name })
  let isMade = false
  const close = async (): Promise<void> => {
    await sequelize.close()
    await admin.close()
  }
  const drop = async (): Promise<void> => {
    await sequelize.close().catch(() => {})
    try {
      if (isMade) await admin.query(`DROP DATABASE IF EXISTS ${quoteName(name)}`, raw)
    } finally {
      await admin.close().catch(() => {})
    }
  }
  try {
    await dropLeftovers(admin)
    checkpoint()
    await tryLock(admin, name)
    const [from] = await select<{ name: string }>(admin, 'SELECT DATABASE() AS name')
    await create(admin, name)
    isMade = true
    const lacks =
      request.isEmpty === true ? [] : await fillCopy({ ...request, from: from?.name ?? '', to: name })
    return { sequelize, place: name, lacks, close, drop }
  } catch (error) {
    await drop().catch(() => {})
    throw error
  }
}

const digests = async (reader: Reader, table: Table): Promise<ReadonlyMap<string, string>> => {
  const { key, columns } = columnsToDigest(table)
  if (columns.length === 0) return new Map()
  const sums = columns.map((name, index) => {
    const cells = [...key, name].map((column) => `QUOTE(${quoteName(column)})`).join(", ',', ")
    return `CAST(COALESCE(SUM(CAST(CONV(SUBSTR(MD5(CONCAT(${cells})), 1, 15), 16, 10) AS DECIMAL(30))), 0) AS CHAR) AS c${index}`
  })
  const [row = {}] = await reader.select<Record<string, unknown>>(
    `SELECT ${sums.join(', ')} FROM ${quoteName(table.name)}`,
  )
  return new Map(columns.map((name, index) => [name, String(row[`c${index}`])]))
}

/** Copies of databases of MariaDB and MySQL. */
export const mariadbCopying: Copying = { copy, digests }
