import { ModelRefused, type ShadowRequest } from '../../dialect-autogenerate.js'
import type { OwnedSession } from '../../dialect-session.js'
import { otherInstance } from '../../operations/other-instance.js'
import type { Schema, Table } from '../../schema/schema.js'
import { reflectSqlite } from './reflect.js'
import { foldName, quoteName } from './sql-text/tokens.js'
import { syncSqlMaker } from './sync-sql.js'

const stubSql = ({ name, columns }: Table): string =>
  `CREATE TABLE ${quoteName(name)} (${columns.map((column) => `${quoteName(column.name)} ${column.type}`).join(', ')})`

const make = async (session: OwnedSession, request: ShadowRequest): Promise<void> => {
  for (const stub of request.stubs) {
    await session.run(stubSql(stub)).catch((cause: unknown) => {
      throw new ModelRefused(stub, [], cause)
    })
  }
  const statementsOf = syncSqlMaker(request.sequelize)
  for (const table of request.tables) {
    try {
      // Its texts too: the generator refuses what it does not understand.
      const { createTable, indexes } = statementsOf(table)
      for (const sql of [createTable, ...indexes]) await session.run(sql)
    } catch (cause) {
      throw new ModelRefused(table, table.models, cause)
    }
  }
}

/** A database in memory, which ends with its connection. */
export const shadowSqlite = async (request: ShadowRequest): Promise<Schema> => {
  const sequelize = otherInstance(request.sequelize, { storage: ':memory:' })
  const session = await request.openSession(sequelize)
  try {
    await make(session, request)
    const stubs = new Set(request.stubs.map(({ name }) => foldName(name)))
    const { tables, enums } = await reflectSqlite(session)
    return { tables: tables.filter(({ name }) => !stubs.has(foldName(name))), enums }
  } finally {
    await session.close()
    await sequelize.close()
  }
}
