import type { Sequelize } from 'sequelize'
import { createMigrator, type Op, reflect, type Table } from 'sm2kit/migrator'
import { describe } from 'vitest'
import { type Engine, engines, withDatabase } from '../../../support/engines/index.js'

/** Registers the body for MariaDB, where it is there. */
export const describeMariadb = (title: string, body: (engine: Engine) => void): void => {
  for (const engine of engines) if (engine.dialect === 'mysql') describe(title, () => body(engine))
}

/** Runs on an empty database. */
export const on = <T>(engine: Engine, use: (sequelize: Sequelize) => Promise<T>): Promise<T> =>
  withDatabase(engine, (database) => use(database.connect()))

/** Sends statements, one after the other, outside any step. */
export const given = async (sequelize: Sequelize, ...statements: readonly string[]): Promise<void> => {
  for (const sql of statements) await sequelize.query(sql)
}

let number = 0

/** Runs a function as a step. */
export const step = async (sequelize: Sequelize, up: (op: Op) => Promise<unknown>): Promise<void> => {
  number += 1
  const revision = {
    revision: `step${number}`,
    downRevision: null,
    up: ({ context }: { context: Op }) => up(context),
  }
  await createMigrator({
    sequelize,
    baseline: false,
    migrations: [revision],
    versionTable: `sm2kit_revisions_${number}`,
  }).up()
}

/** A table as it is; fails where there is none. */
export const tableOf = async (sequelize: Sequelize, name: string): Promise<Table> => {
  const { tables } = await reflect(sequelize)
  const table = tables.find((one) => one.name === name)
  if (table === undefined) throw new Error(`There is no table ${name}`)
  return table
}
