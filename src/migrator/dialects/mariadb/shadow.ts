import { randomBytes } from '../../crypto.js'
import { ModelRefused, ShadowRefused, type ShadowRequest } from '../../dialect-autogenerate.js'
import type { OwnedSession } from '../../dialect-session.js'
import { creationOrder } from '../../operations/creation-order.js'
import { otherInstance } from '../../operations/other-instance.js'
import { addIndexSql, createTableSql, referenceOf } from '../../operations/sync-sql.js'
import type { ModelTable } from '../../schema/model-table.js'
import type { Schema, Table } from '../../schema/schema.js'
import { driverCode } from '../driver-error.js'
import { reflectMariadb } from './reflect.js'
import { quoteIdentifier, syncSqlOf } from './sync-sql.js'

const NOT_ALLOWED: ReadonlySet<string> = new Set(['ER_DBACCESS_DENIED_ERROR', 'ER_ACCESS_DENIED_ERROR'])

/** Of a table that is only referred to: the columns that keys name, each with an index. */
const stubSql = (stub: Table, tables: readonly ModelTable[]): string => {
  const keys = new Set(
    tables.flatMap(({ columns }) =>
      columns.flatMap((column) => {
        const target = referenceOf(column)
        return target?.name === stub.name ? [target.key.toLowerCase()] : []
      }),
    ),
  )
  const referred = stub.columns.filter(({ name }) => keys.has(name.toLowerCase()))
  const columns = referred.map(
    ({ name, type, collation }) =>
      `${quoteIdentifier(name)} ${type}${collation === null ? '' : ` COLLATE ${collation}`}`,
  )
  const indexes = referred.map(({ name }) => `KEY (${quoteIdentifier(name)})`)
  const { engine, collation } = stub.options
  return [
    `CREATE TABLE ${quoteIdentifier(stub.name)} (${[...columns, ...indexes].join(', ')})`,
    ...(engine === undefined ? [] : [`ENGINE=${engine}`]),
    ...(collation === undefined ? [] : [`COLLATE ${collation}`]),
  ].join(' ')
}

const make = async (session: OwnedSession, request: ShadowRequest): Promise<void> => {
  const { tables, stubs } = request
  for (const stub of stubs)
    await session.run(stubSql(stub, tables)).catch((cause: unknown) => {
      throw new ModelRefused(stub, [], cause)
    })
  const order = creationOrder(tables, ({ name }) => name)
  for (const table of order.tables) {
    // In a circle one table is made before the other that it refers to, which the server then takes on trust: it numbers the
    // keys of a table as it does in any other.
    const isTrusted = table.columns.some((column) => order.isInCircle(table, column))
    if (isTrusted) await session.run('SET FOREIGN_KEY_CHECKS = 0')
    try {
      for (const sql of textsOf(table, request)) await session.run(sql)
    } catch (cause) {
      throw new ModelRefused(table, table.models, cause)
    }
    if (isTrusted) await session.run('SET FOREIGN_KEY_CHECKS = 1')
  }
}

const textsOf = (table: ModelTable, { sequelize, facts, url }: ShadowRequest): readonly string[] => {
  const how = syncSqlOf(table, sequelize)
  const { charset, collate } = table.options
  // Another database may have another collation than the host's.
  const isUnsaid = charset === undefined && collate === undefined
  const options =
    url !== undefined && isUnsaid ? { ...table.options, collate: facts.collation } : table.options
  const checks = (table.checks ?? []).map(
    ({ name, expression }) =>
      `ALTER TABLE ${quoteIdentifier(table.name)} ADD ${name === undefined ? '' : `CONSTRAINT ${quoteIdentifier(name)} `}CHECK (${expression})`,
  )
  return [
    createTableSql({ ...table, options }, how),
    ...table.indexes.map((index) => addIndexSql(index, how)),
    ...checks,
  ]
}

const readBack = async (session: OwnedSession, { stubs }: ShadowRequest): Promise<Schema> => {
  const hidden = new Set(stubs.map(({ name }) => name))
  const { tables, enums } = await reflectMariadb(session)
  return { tables: tables.filter(({ name }) => !hidden.has(name)), enums }
}

/** A database of its own beside the host's. */
const inNewDatabase = async (session: OwnedSession, request: ShadowRequest): Promise<Schema> => {
  const [host] = await session.select<{ charset: string; collation: string }>(
    'SELECT @@character_set_database AS charset, @@collation_database AS collation',
  )
  const name = quoteIdentifier(`sm2kit_shadow_${randomBytes(8).toString('hex')}`)
  try {
    await session.run(`CREATE DATABASE ${name} CHARACTER SET ${host?.charset} COLLATE ${host?.collation}`)
  } catch (cause) {
    if (!NOT_ALLOWED.has(driverCode(cause))) throw cause
    throw new ShadowRefused(
      'the user may not create a database: the right CREATE is missing',
      '`GRANT ALL ON `sm2kit_shadow_%`.* TO …`',
      cause,
    )
  }
  return withCleaning(session, [`DROP DATABASE ${name}`], async () => {
    await session.run(`USE ${name}`)
    await make(session, request)
    return readBack(session, request)
  })
}

/** Cleans up in every case. Where the work has failed, that is what is told: a lost connection fails in both. */
const withCleaning = async (
  session: OwnedSession,
  statements: readonly string[],
  work: () => Promise<Schema>,
): Promise<Schema> => {
  const clean = async (): Promise<void> => {
    for (const sql of statements) await session.run(sql)
  }
  const schema = await work().catch(async (error: unknown) => {
    await clean().catch(() => {})
    throw error
  })
  await clean()
  return schema
}

const LOCK = `CONCAT('sm2kit_shadow:', SHA1(DATABASE()))`
const LOCK_SECONDS = 60

/** A database that is there for it: whatever is made in it is dropped again, so it has to be empty. */
const inGivenDatabase = async (session: OwnedSession, request: ShadowRequest): Promise<Schema> => {
  const [place] = await session.select<{ name: string | null }>('SELECT DATABASE() AS name')
  if ((place?.name ?? null) === null)
    throw new ShadowRefused('`shadow.url` names no database', 'a URL with the name of one')
  const [lock] = await session.select<{ taken: number | null }>(
    `SELECT GET_LOCK(${LOCK}, ${LOCK_SECONDS}) AS taken`,
  )
  if (Number(lock?.taken) !== 1)
    throw new ShadowRefused(
      `another process has been using the database of \`shadow.url\` for ${LOCK_SECONDS} seconds`,
      'another attempt, or another database',
    )
  const [there] = await session.select<{ count: number }>(
    'SELECT COUNT(*) AS count FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()',
  )
  if (Number(there?.count) > 0)
    throw new ShadowRefused(
      'the database of `shadow.url` is not empty, and what is made in it is dropped again',
      'an empty database',
    )
  const made = [...request.stubs, ...request.tables].map(({ name }) => quoteIdentifier(name))
  const drop = made.length === 0 ? [] : [`DROP TABLE IF EXISTS ${made.join(', ')}`]
  return withCleaning(session, ['SET FOREIGN_KEY_CHECKS = 0', ...drop], async () => {
    await make(session, request)
    return readBack(session, request)
  })
}

/** Tables in a database beside the host's, or in the one of `url`; dropped again, since DDL cannot be rolled back here. */
export const shadowMariadb = async (request: ShadowRequest): Promise<Schema> => {
  const { url } = request
  const sequelize = url === undefined ? request.sequelize : otherInstance(request.sequelize, { url })
  let session: OwnedSession | undefined
  try {
    session = await request.openSession(sequelize)
    return await (url === undefined ? inNewDatabase : inGivenDatabase)(session, request)
  } finally {
    await session?.close()
    if (url !== undefined) await sequelize.close()
  }
}
