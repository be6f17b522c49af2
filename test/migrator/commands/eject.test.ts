import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Sequelize } from 'sequelize'
import type { BaselineOptions, MigratorOptions } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import { describeEngines, type Engine, withDatabase } from '../../support/engines/index.js'
import { failure, native, rowsOf, tablesOf } from '../support.js'
import { hostOf } from './host.js'

const { createMigrator } = await native()

const memory = (): Sequelize => new Sequelize({ dialect: 'sqlite', storage: ':memory:', logging: false })

/** Everything that the engine's catalogue says of the two tables. */
const catalogueOf = async (engine: Engine, sequelize: Sequelize): Promise<unknown> => {
  const ofTables = (column: string): string => `${column} LIKE '%cards%' OR ${column} LIKE '%reviews%'`
  const queries: Readonly<Record<Engine['dialect'], readonly string[]>> = {
    sqlite: [
      `SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE ${ofTables('tbl_name')} ORDER BY 1, 2`,
    ],
    postgres: [
      `SELECT table_schema = current_schema() AS here, table_name, column_name, ordinal_position, column_default, is_nullable,
       data_type, udt_name, character_maximum_length, datetime_precision, collation_name
       FROM information_schema.columns WHERE ${ofTables('table_name')} ORDER BY 2, 4`,
      `SELECT c.relname, k.conname, pg_get_constraintdef(k.oid) FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
       WHERE ${ofTables('c.relname')} ORDER BY 1, 2`,
      `SELECT tablename, indexname, indexdef FROM pg_indexes WHERE ${ofTables('tablename')} ORDER BY 1, 2`,
    ],
    mysql: [
      `SELECT * FROM information_schema.columns WHERE table_schema = database() AND (${ofTables('table_name')})
       ORDER BY table_name, ordinal_position`,
      `SELECT * FROM information_schema.statistics WHERE table_schema = database() AND (${ofTables('table_name')})
       ORDER BY table_name, index_name, seq_in_index`,
      `SELECT * FROM information_schema.referential_constraints WHERE constraint_schema = database() ORDER BY constraint_name`,
      `SELECT * FROM information_schema.check_constraints WHERE constraint_schema = database()
       AND (${ofTables('table_name')}) ORDER BY constraint_name`,
      `SELECT table_name, engine, table_collation FROM information_schema.tables WHERE table_schema = database() AND (${ofTables('table_name')})
       ORDER BY 1`,
    ],
  }
  const [here] = await rowsOf(
    sequelize,
    engine.dialect === 'mysql' ? 'SELECT database() AS name' : "SELECT 'x' AS name",
  )
  const found: unknown[] = []
  for (const query of queries[engine.dialect]) found.push(await rowsOf(sequelize, query))
  // The databases differ in their names, and in nothing else; cardinality is an estimate.
  const text = JSON.stringify(found, (key, value: unknown) => (key === 'CARDINALITY' ? 0 : value))
  return JSON.parse(text.replaceAll(JSON.stringify(here?.['name']), '"the database"'))
}

const hosts: readonly (readonly [what: string, BaselineOptions, format: string])[] = [
  ['as they are by default', {}, 'ts'],
  ['with a prefix and other ids', { prefix: "it's_", learnerId: 'uuid', itemId: 'bigint' }, 'js'],
  ['in a schema', { schema: 'srs', itemId: 'uuid' }, 'cjs'],
]

describeEngines(
  'ejected tables',
  (engine) => {
    test.each(hosts)('%s are the shipped ones exactly', (_what, baseline, format) =>
      withDatabase(engine, (first) =>
        withDatabase(engine, async (second) => {
          const folder = hostOf({ [`migrations/20260101000000_words.${format}`]: wordsOf(format) })
          const migrations = join(folder, 'migrations')
          const shipped = createMigrator({ sequelize: first.connect(), baseline, migrations })
          const [file] = await shipped.eject(migrations)
          expect(basename(file?.path ?? '')).toBe(`00000000000000_sm2_baseline.${format}`)

          const ejected = createMigrator({ sequelize: second.connect(), baseline: false, migrations })
          await ejected.up()
          await createMigrator({ sequelize: first.connect(), baseline }).up()
          const expected = await catalogueOf(engine, first.connect())
          expect(JSON.stringify(expected)).toContain('cards')
          expect(await catalogueOf(engine, second.connect())).toEqual(expected)

          await ejected.downgrade('base')
          expect((await tablesOf(second.connect())).filter((name) => /cards|reviews/u.test(name))).toEqual([])
        }),
      ),
    )

    test('are taken for the shipped ones where these were applied', () =>
      withDatabase(engine, async (database) => {
        const folder = hostOf()
        const options = {
          migrations: folder,
          baseline: { prefix: 'srs_' },
        } satisfies Partial<MigratorOptions>
        await createMigrator({ sequelize: database.connect(), ...options }).up()
        await createMigrator({ sequelize: database.connect(), ...options }).eject(folder)

        const migrator = createMigrator({ sequelize: database.connect(), ...options, baseline: false })
        expect(await migrator.up()).toEqual([])
        expect((await migrator.current()).map(({ revision, state }) => [revision, state])).toEqual([
          ['f3e3ac684f8e', 'applied'],
        ])
        expect(await migrator.stamp('heads')).toEqual({ added: [], removed: [], accepted: [] })
        await migrator.downgrade('base')
        expect((await tablesOf(database.connect())).filter((name) => name.startsWith('srs_'))).toEqual([])
        await migrator.upgrade()
        expect((await tablesOf(database.connect())).filter((name) => name.startsWith('srs_'))).toHaveLength(2)
      }))
  },
  ({ isShared }) => isShared,
)

/** A revision of the host's that refers to the tables. */
const wordsOf = (format: string): string => {
  const exported = format === 'ts' ? 'export const ' : 'exports.'
  return `${exported}revision = '51b0c3d9a7e4'
${exported}downRevision = null
${exported}dependsOn = ['f3e3ac684f8e']
${exported}up = async ({ context: op }${format === 'ts' ? ': any' : ''}) => { await op.createTable('words', { id: { type: 'INTEGER', primaryKey: true } }) }
${exported}down = async ({ context: op }${format === 'ts' ? ': any' : ''}) => { await op.dropTable('words') }
`
}

test('an ejected file is one of the history: the host goes on with it', async () => {
  const folder = hostOf({ '20260101000000_words.cjs': wordsOf('cjs') })
  await createMigrator({ sequelize: memory(), migrations: folder }).eject(folder)
  const migrator = createMigrator({ sequelize: memory(), migrations: folder, baseline: false })
  const written = await migrator.revision({ message: 'add stars' })
  expect(written.downRevision).toEqual(['51b0c3d9a7e4'])
  expect((await migrator.upgrade('head')).steps.map(({ name }) => name)).toEqual([
    '00000000000000_sm2_baseline',
    '20260101000000_words',
    basename(written.path, '.cjs'),
  ])
  expect((await migrator.downgrade('-1')).steps.map(({ revision }) => revision)).toEqual([written.revision])
})

test.each(['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'])(
  'a .%s file is loaded and run as it is',
  async (format) => {
    for (const type of ['module', 'commonjs']) {
      const isEsm = format === 'mjs' || format.endsWith('ts') || (format === 'js' && type === 'module')
      const neighbour = isEsm ? 'export const up = async () => {}' : 'exports.up = async () => {}'
      const folder = hostOf({
        'package.json': JSON.stringify({ type }),
        [`migrations/20260101000000-plain.${format}`]: neighbour,
      })
      const migrations = join(folder, 'migrations')
      await createMigrator({ sequelize: memory(), migrations }).eject(migrations)
      const migrator = createMigrator({ sequelize: memory(), migrations, baseline: false })
      expect((await migrator.up()).map(({ name }) => name)).toEqual([
        '00000000000000_sm2_baseline',
        '20260101000000-plain',
      ])
    }
  },
)

test('a new folder is made, and an ejected file that is edited later is told', async () => {
  const folder = join(hostOf(), 'db', 'migrations')
  const [file] = await createMigrator({ sequelize: memory() }).eject(folder)
  const sequelize = memory()
  const migrator = () => createMigrator({ sequelize, migrations: folder, baseline: false })
  await migrator().up()
  const text = readFileSync(file?.path ?? '', 'utf8')
  writeFileSync(file?.path ?? '', text.replace('defaultValue: 2.5', 'defaultValue: 2.6'))
  expect((await failure(migrator().up())).code).toBe('EDITED_REVISION')
})

test('nothing is ejected twice, and both at once are refused with what to do', async () => {
  const folder = hostOf()
  const migrator = createMigrator({ sequelize: memory(), migrations: folder })
  const [file] = await migrator.eject(folder)
  const text = readFileSync(file?.path ?? '', 'utf8')
  const again = await failure(migrator.eject(folder))
  expect(again.code).toBe('FILE_EXISTS')
  expect(readFileSync(file?.path ?? '', 'utf8')).toBe(text)
  expect(readdirSync(folder).sort()).toEqual(['00000000000000_sm2_baseline.ts', 'node_modules'])

  const both = await failure(migrator.up())
  expect(both.code).toBe('DUPLICATE_REVISION')
  expect(both.message).toMatch(/00000000000000_sm2_baseline\.ts .*Give the option "baseline" false/u)
  const without = createMigrator({ sequelize: memory(), migrations: folder, baseline: false })
  expect((await failure(without.eject(folder))).code).toBe('INVALID_OPTION')
})

test('a file that does not fit in is taken away again', async () => {
  const folder = hostOf({
    '20260101000000_mine.cjs': "exports.revision = 'f3e3ac684f8e'\nexports.up = async () => {}\n",
  })
  const migrator = createMigrator({ sequelize: memory() })
  expect((await failure(migrator.eject(folder))).code).toBe('DUPLICATE_REVISION')
  expect(readdirSync(folder).sort()).toEqual(['20260101000000_mine.cjs', 'node_modules'])
})

test.each([undefined, '', 3, {}])('%j is no folder', async (folder) => {
  const migrator = createMigrator({ sequelize: memory() })
  expect((await failure(migrator.eject(folder as string))).code).toBe('INVALID_OPTION')
})
