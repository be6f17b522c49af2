import type { Sequelize } from 'sequelize'
import { CopyRefused, ONE_CONNECTION, siblingOf } from '../../dialect-copy.js'
import { driverCode } from '../driver-error.js'
import { type CopyServer, copyingOn, selectRaw } from '../servers/copy.js'
import { fillCopy } from './copy-fill.js'
import { quoteName, quoteText } from './sql.js'

const raw = { raw: true, logging: false, retry: { max: 1 } } as const

const select = <Row extends object>(sequelize: Sequelize, sql: string): Promise<readonly Row[]> =>
  selectRaw(sequelize, sql, raw)

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

const server: CopyServer = {
  raw,
  copiesSql:
    "SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA WHERE SCHEMA_NAME REGEXP '^sm2kit_rehearsal_[0-9a-f]{16}$'",
  openAdmin: async (source) => siblingOf(source, { ...ONE_CONNECTION, logging: false }),
  async tryLock(admin, name) {
    const [row] = await select<{ taken: number | null }>(
      admin,
      `SELECT GET_LOCK(${quoteText(name)}, 0) AS taken`,
    )
    return Number(row?.taken) === 1
  },
  unlock: (admin, name) => admin.query(`DO RELEASE_LOCK(${quoteText(name)})`, raw),
  dropSql: (name) => `DROP DATABASE IF EXISTS ${quoteName(name)}`,
  async make({ request, admin, name, made }) {
    const [from] = await select<{ name: string }>(admin, 'SELECT DATABASE() AS name')
    await create(admin, name)
    made()
    return request.isEmpty === true ? [] : fillCopy({ ...request, from: from?.name ?? '', to: name })
  },
  sumSql: (columns) => {
    const cells = columns.map((column) => `QUOTE(${quoteName(column)})`).join(", ',', ")
    return `CAST(COALESCE(SUM(CAST(CONV(SUBSTR(MD5(CONCAT(${cells})), 1, 15), 16, 10) AS DECIMAL(30))), 0) AS CHAR)`
  },
  rowsSql: ({ name }) => quoteName(name),
}

/** Copies of databases of MariaDB and MySQL. */
export const mariadbCopying = copyingOn(server)
