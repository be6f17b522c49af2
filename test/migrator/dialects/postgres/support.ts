import type { Sequelize } from 'sequelize'
import { createMigrator, type Migration, type Op, type Revision, reflect, type Schema } from 'sm2kit/migrator'
import { expect } from 'vitest'
import { type Engine, withDatabase } from '../../../support/engines/index.js'
import { failure } from '../../support.js'

export const isPostgres = (engine: Engine): boolean => engine.dialect === 'postgres'

/** Runs something on an empty database, with statements that come before. */
export const on = <T>(
  engine: Engine,
  statements: readonly string[],
  use: (sequelize: Sequelize) => Promise<T>,
): Promise<T> =>
  withDatabase(engine, async (database) => {
    const sequelize = database.connect()
    for (const sql of statements) await sequelize.query(sql)
    return use(sequelize)
  })

let number = 0

/** Runs a function as a step. */
export const step = async (
  sequelize: Sequelize,
  up: (op: Op) => Promise<unknown>,
  rest: Partial<Revision> = {},
): Promise<void> => {
  number += 1
  const migration: Migration = ({ context }) => up(context)
  const revision: Revision = { revision: `step${number}`, downRevision: null, up: migration, ...rest }
  const versionTable = `sm2kit_revisions_${number}`
  await createMigrator({ sequelize, baseline: false, migrations: [revision], versionTable }).up()
}

/** The schema without the migrator's own tables. */
export const schemaOf = async (sequelize: Sequelize): Promise<Schema> => {
  const schema = await reflect(sequelize)
  return { ...schema, tables: schema.tables.filter(({ name }) => !name.startsWith('sm2kit_revisions')) }
}

/** The error of a step, of which nothing remains. */
export const refusal = async (
  sequelize: Sequelize,
  up: (op: Op) => Promise<unknown>,
): Promise<Error & { readonly code?: unknown }> => {
  const before = await schemaOf(sequelize)
  const error = await failure(step(sequelize, up))
  expect(await schemaOf(sequelize)).toEqual(before)
  return error
}

/** Names that are hard on whoever writes SQL. */
export const ODD_NAMES = [
  'Mixed Case',
  'select',
  `it's`,
  '"quoted"',
  'dotted.name',
  'semi; -- colon',
  'größe 日本語',
  'back\\slash',
  'percent%s :x $1 ?',
  `Long_${'x'.repeat(57)}z`,
] as const

/** Texts that are hard on whoever writes SQL. */
export const ODD_TEXTS = [
  `it's`,
  '"',
  'back\\slash',
  '\\',
  'semi;colon',
  'two\nlines',
  '-- comment /*',
  ':x $1 ?',
  '100%',
  '$sm2kit$',
  '日本語 ÿ',
  'DEFAULT NOT NULL PRIMARY KEY COMMENT SERIAL',
] as const
