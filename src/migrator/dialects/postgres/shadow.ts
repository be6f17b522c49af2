import { randomBytes } from '../../crypto.js'
import { ModelRefused, ShadowRefused, type ShadowRequest } from '../../dialect-autogenerate.js'
import type { OwnedSession } from '../../dialect-session.js'
import { creationOrder } from '../../operations/creation-order.js'
import { otherInstance } from '../../operations/other-instance.js'
import { addKeySql } from '../../operations/sync-sql.js'
import type { QualifiedName, Schema, Table } from '../../schema/schema.js'
import { driverCode } from '../driver-error.js'
import { homeSql } from './catalog-sql.js'
import { quoteIdentifier } from './model-column-sql.js'
import { reflectPostgres } from './reflect.js'
import { ShadowNames } from './shadow-names.js'
import { syncSqlOf } from './sync-sql.js'

const INSUFFICIENT_PRIVILEGE = '42501'

/** Of a table that is only referred to: the columns, and a key over those that are referred to. */
const stubSql = (stub: Table, keys: readonly string[], names: ShadowNames): readonly string[] => {
  const table = `${quoteIdentifier(names.shadowOf(stub.schema))}.${quoteIdentifier(stub.name)}`
  const columns = stub.columns.map(
    ({ name, type, collation }) =>
      `${quoteIdentifier(name)} ${type}${collation === null ? '' : ` COLLATE ${collation}`}`,
  )
  const uniques = keys.map((key) => `UNIQUE (${quoteIdentifier(key)})`)
  return [`CREATE TABLE ${table} (${[...columns, ...uniques].join(', ')})`]
}

const make = async (session: OwnedSession, request: ShadowRequest, names: ShadowNames): Promise<void> => {
  const run = async (table: QualifiedName, models: readonly string[], texts: () => readonly string[]) => {
    try {
      // One message: as many statements as it takes, and PostgreSQL stops at the first that fails.
      await session.run(texts().join(';\n'))
    } catch (cause) {
      throw new ModelRefused(table, models, cause)
    }
  }
  for (const stub of request.stubs) {
    const keys = names.keysTo(stub, request.tables)
    await run(stub, [], () => stubSql(stub, keys, names))
  }
  const order = creationOrder(request.tables, (name) => names.keyOf(name))
  for (const table of order.tables)
    await run(table, table.models, () =>
      syncSqlOf(table, request.sequelize, names, (column) => !order.isInCircle(table, column)),
    )
  for (const table of order.tables) {
    const keys = table.columns.filter((column) => order.isInCircle(table, column))
    const how = names.syncSql(table, request.sequelize, () => true)
    if (keys.length > 0) await run(table, table.models, () => keys.map((column) => addKeySql(column, how)))
  }
}

/** What the host's own statements would find: its search path, and the schema that a name without one means. */
const surroundings = async (
  session: OwnedSession,
): Promise<{ readonly home: string | null; readonly path: string }> => {
  const [row] = await session.select<{ home: string | null; path: string }>(
    `SELECT current_schema()::text AS home, current_setting('search_path') AS path`,
  )
  return { home: row?.home ?? null, path: row?.path ?? '' }
}

/**
 * Schemas in a transaction that is rolled back. A table has its schema's place in a schema of the shadow's; what the host's
 * own schemas have, types of extensions above all, is found behind them.
 */
export const shadowPostgres = async (request: ShadowRequest): Promise<Schema> => {
  const { url } = request
  const sequelize = url === undefined ? request.sequelize : otherInstance(request.sequelize, { url })
  let session: OwnedSession | undefined
  try {
    session = await request.openSession(sequelize)
    await session.run('BEGIN')
    const { home, path } = await surroundings(session)
    const names = new ShadowNames(
      request.facts.schema ?? home,
      `sm2kit_shadow_${randomBytes(8).toString('hex')}`,
    )
    names.take(request)
    try {
      for (const shadow of names.shadows()) await session.run(`CREATE SCHEMA ${shadow}`)
    } catch (cause) {
      if (driverCode(cause) !== INSUFFICIENT_PRIVILEGE) throw cause
      throw new ShadowRefused(
        'the user may not create a schema: the right CREATE on the database is missing',
        '`GRANT CREATE ON DATABASE … TO …`',
        cause,
      )
    }
    await session.run(
      `SET LOCAL search_path TO ${[names.shadowOf(null), ...(path === '' ? [] : [path])].join(', ')}`,
    )
    await make(session, request, names)
    // With a URL the home is the other database's; its extensions' types are printed as the host's would be.
    if (home !== null) await session.select(homeSql(home))
    const schema = await reflectPostgres(session, names.shadows())
    return names.inPlace(schema, request.stubs)
  } finally {
    await session?.run('ROLLBACK').catch(() => {})
    await session?.close()
    if (url !== undefined) await sequelize.close()
  }
}
