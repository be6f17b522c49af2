import { isDeepStrictEqual } from 'node:util'
import { createMigrator, type MigratorOptions, reflect, type Schema } from '../migrator/index.js'
import { fail, failOnDifferences } from './fail.js'

/**
 * Fails where the revisions do not make what the models say, or do not take it back: upgrades an empty database to its heads,
 * compares it with the models, downgrades it to base, where nothing may be left, and upgrades it again.
 *
 * @param options - As of `createMigrator`. The database must be empty: a scratch one. It is left at its heads.
 * @throws AssertionError (Node's) where something differs, is left, or is another thing the second time, and for a database
 *   that is not empty, before anything is run; MigratorError and StepError where a step fails or cannot be taken back.
 *
 * @example
 * ```ts
 * import { DataTypes, Sequelize } from 'sequelize'
 * import type { Op } from 'sm2kit/migrator'
 * import { expectRoundTrip } from 'sm2kit/testing'
 *
 * const sequelize = new Sequelize('sqlite::memory:', { logging: false })
 * sequelize.define('word', { text: DataTypes.STRING(80) }, { timestamps: false })
 * const revision = {
 *   revision: 'words',
 *   downRevision: null,
 *   up: async ({ context: op }: { context: Op }) => {
 *     const id = { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true }
 *     await op.createTable('words', { id, text: { type: DataTypes.STRING(80) } })
 *   },
 *   down: async ({ context: op }: { context: Op }) => {
 *     await op.dropTable('words')
 *   },
 * }
 * await expectRoundTrip({ sequelize, migrations: [revision] })
 * await expectRoundTrip({ sequelize, migrations: [revision] }) // throws ERR_ASSERTION
 * ```
 */
export const expectRoundTrip = async (options: MigratorOptions): Promise<void> => {
  const migrator = createMigrator(options)
  const look = async (): Promise<Schema> => withoutRecord(await reflect(options.sequelize), options)
  const before = await look()
  if (before.tables.length > 0 || before.enums.length > 0)
    return fail(
      `The database must be empty, since everything in it is taken back, and it has ${namesIn(before)}. Nothing was run`,
      before,
      { tables: [], enums: [] },
      expectRoundTrip,
    )
  const compare = async (when: string): Promise<void> =>
    failOnDifferences(
      `${when} the database is not what the models say`,
      await migrator.differences(),
      expectRoundTrip,
    )
  await migrator.upgrade('heads')
  const first = await look()
  await compare('After all revisions')
  await migrator.downgrade('base')
  const left = await look()
  if (left.tables.length > 0 || left.enums.length > 0)
    fail(`After the downgrade to base ${namesIn(left)} is left`, left, before, expectRoundTrip)
  await migrator.upgrade('heads')
  const second = await look()
  if (!isDeepStrictEqual(second, first))
    fail(
      'Applied again after a downgrade, the revisions make something else than the first time',
      second,
      first,
      expectRoundTrip,
    )
}

const namesIn = ({ tables, enums }: Schema): string =>
  [
    ...tables.map(({ name }) => `the table "${name}"`),
    ...enums.map(({ name }) => `the enum type "${name}"`),
  ].join(', ')

/** A version table by another name stays after a downgrade, as it should. */
const withoutRecord = (schema: Schema, { versionTable }: MigratorOptions): Schema => {
  const name = typeof versionTable === 'string' ? versionTable : versionTable?.tableName
  if (name === undefined) return schema
  const isRecord = (table: string): boolean => table === name || table === `${name}_journal`
  return { ...schema, tables: schema.tables.filter((table) => !isRecord(table.name)) }
}
