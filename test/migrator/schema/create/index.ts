import { QueryTypes, type Sequelize } from 'sequelize'
import { reflect, type Schema } from 'sm2kit/migrator'
import { expect } from 'vitest'
import { schemaSql as createOnMariadb } from '../../../../src/migrator/dialects/mariadb/ddl.js'
import { schemaSql as createOnPostgres } from '../../../../src/migrator/dialects/postgres/ddl.js'
import { schemaSql as createOnSqlite } from '../../../../src/migrator/dialects/sqlite/ddl.js'
import { type Engine, withDatabase } from '../../../support/engines/index.js'

const CREATORS = { sqlite: createOnSqlite, postgres: createOnPostgres, mysql: createOnMariadb } as const

/** Makes everything that a schema holds in an empty database. */
export const create = async (engine: Engine, sequelize: Sequelize, schema: Schema): Promise<void> => {
  for (const sql of CREATORS[engine.dialect](schema)) {
    await sequelize.query(sql, { type: QueryTypes.RAW }).catch((error: unknown) => {
      throw new Error(`Refused: ${sql}`, { cause: error })
    })
  }
}

/**
 * Fails unless a database that is made from the value gives the same value; gives the value.
 *
 * @param prepare - Makes what a schema does not hold.
 */
export const expectRoundTrip = async (
  engine: Engine,
  sequelize: Sequelize,
  options: { readonly schemas?: readonly string[] } = {},
  prepare: (sequelize: Sequelize) => Promise<void> = async () => {},
): Promise<Schema> => {
  const schema = await reflect(sequelize, options)
  expect(JSON.parse(JSON.stringify(schema))).toEqual(schema)
  await withDatabase(engine, async (database) => {
    const copy = database.connect()
    await prepare(copy)
    await create(engine, copy, schema)
    expect(await reflect(copy, options)).toEqual(schema)
  })
  return schema
}
