import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Sequelize } from 'sequelize'
import { createMigrator } from 'sm2kit/migrator'
import { SequelizeStorage, Umzug } from 'umzug'
import { expect, onTestFinished, test } from 'vitest'
import { describeNewest, type TestDatabase, withDatabase } from '../support/engines/index.js'
import { failure, native, rowsOf, tablesOf, write } from './support.js'

const run = promisify(execFile)
const modules = fileURLToPath(new URL('../../node_modules', import.meta.url))

/** An empty project that finds the packages of this one. */
const projectFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'sm2kit-adopt-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  symlinkSync(modules, join(folder, 'node_modules'))
  return folder
}

/** Runs sequelize-cli in the project, on the database. */
const sequelizeCli = async (folder: string, database: TestDatabase, ...args: string[]): Promise<string> => {
  const manifest = createRequire(import.meta.url).resolve('sequelize-cli/package.json')
  const config = join(folder, 'config.json')
  const { spec } = database
  write(config, JSON.stringify({ development: { ...spec, logging: false } }))
  const bin = join(dirname(manifest), 'lib', 'sequelize')
  const { stdout } = await run(process.execPath, [bin, ...args, '--config', config], {
    cwd: folder,
    env: { PATH: process.env['PATH'], NODE_ENV: 'development' },
  })
  return stdout
}

const withoutOurs = (tables: readonly string[]): readonly string[] =>
  tables.filter((name) => !name.startsWith('sm2kit_'))

const namesIn = async (sequelize: Sequelize): Promise<readonly unknown[]> => {
  const q = sequelize.getQueryInterface().quoteIdentifier('SequelizeMeta', true)
  return (await rowsOf(sequelize, `SELECT name FROM ${q} ORDER BY name`)).map(({ name }) => name)
}

const body = (table: string): string => `'use strict';

/** @type {import('sequelize-cli').Migration} */
module.exports = {
  async up (queryInterface, Sequelize) {
    await queryInterface.createTable('${table}', { id: { type: Sequelize.INTEGER, primaryKey: true } });
  },

  async down (queryInterface, Sequelize) {
    await queryInterface.dropTable('${table}');
  }
};
`

describeNewest(
  'a project of sequelize-cli',
  (engine) => {
    test('is taken over: its history is adopted, goes on, and goes down to base, its files unmodified', () =>
      withDatabase(engine, async (database) => {
        const folder = projectFolder()
        const migrations = join(folder, 'migrations')
        for (const name of ['create-users', 'create-posts']) {
          await sequelizeCli(folder, database, 'migration:generate', '--name', name)
          const file = readdirSync(migrations).find((one) => one.endsWith(`${name}.js`))
          write(join(migrations, String(file)), body(name.slice('create-'.length)))
          // Its names count seconds.
          if (name === 'create-users') await new Promise((resolve) => setTimeout(resolve, 1_100))
        }
        await sequelizeCli(folder, database, 'db:migrate')
        const files = readdirSync(migrations).sort()
        const ids = files.map((file) => file.replace(/\.js$/u, ''))
        const sequelize = database.connect()
        expect(await namesIn(sequelize)).toEqual(files)
        write(join(migrations, '99990101000000-create-tags.cjs'), body('tags'))

        const { createMigrator: createNative } = await native()
        const migrator = createNative({ sequelize, migrations })
        expect(await migrator.adopt({ from: 'SequelizeMeta' })).toEqual({ adopted: ids, already: [] })
        expect(await migrator.adopt()).toEqual({ adopted: [], already: ids })
        expect((await migrator.upgrade()).steps.map(({ name }) => name)).toEqual([
          'f3e3ac684f8e',
          '99990101000000-create-tags',
        ])
        expect(await migrator.current()).toMatchObject([
          { name: '99990101000000-create-tags' },
          { isShipped: true },
        ])
        expect(withoutOurs(await tablesOf(sequelize))).toEqual([
          ...['SequelizeMeta', 'posts', 'sm2_cards', 'sm2_reviews', 'tags', 'users'],
        ])
        // The other tool finds its own record as it left it.
        expect(await namesIn(sequelize)).toEqual(files)
        expect((await migrator.downgrade('-1')).steps.map(({ name }) => name)).toEqual([
          '99990101000000-create-tags',
        ])
        expect(await migrator.down({ to: 0 })).toHaveLength(3)
        expect(withoutOurs(await tablesOf(sequelize))).toEqual(['SequelizeMeta'])
      }))
  },
  (engine) => engine.isShared,
)

describeNewest('a project of Umzug', (engine) => {
  const text = (table: string): string =>
    `exports.up = async ({ context }) => { await context.createTable('${table}', { id: { type: 'INTEGER' } }) }\n` +
    `exports.down = async ({ context }) => { await context.dropTable('${table}') }\n`

  test('is taken over with the names that it has recorded', () =>
    withDatabase(engine, async (database) => {
      const folder = projectFolder()
      write(join(folder, 'a.one.cjs'), text('a'))
      write(join(folder, 'b two.cjs'), text('b'))
      write(join(folder, 'c-three-1.cjs'), text('c'))
      const sequelize = database.connect()
      const umzug = new Umzug({
        migrations: { glob: ['*.cjs', { cwd: folder }] },
        context: sequelize.getQueryInterface(),
        storage: new SequelizeStorage({ sequelize, tableName: 'my migrations' }),
        logger: undefined,
      })
      await umzug.up({ to: 'b two.cjs' })
      const { createMigrator: createNative } = await native()
      const migrator = createNative({ sequelize, migrations: folder, baseline: false })
      expect(await failure(migrator.adopt())).toMatchObject({
        code: 'NOTHING_TO_ADOPT',
        subject: 'SequelizeMeta',
      })
      expect(await migrator.adopt({ from: 'my migrations' })).toEqual({
        adopted: ['a.one', 'b two'],
        already: [],
      })
      expect(await migrator.pending()).toMatchObject([{ name: 'c-three-1' }])
      await migrator.up()
      expect((await migrator.downgrade('b two')).steps).toMatchObject([{ revision: 'c-three-1' }])
      await migrator.downgrade('base')
      expect(withoutOurs(await tablesOf(sequelize))).toEqual(['my migrations'])
    }))

  test('a recorded name that no file has is refused, and nothing is recorded', () =>
    withDatabase(engine, async (database) => {
      const folder = projectFolder()
      write(join(folder, 'a.cjs'), text('a'))
      const sequelize = database.connect()
      const storage = new SequelizeStorage({ sequelize })
      for (const name of ['a.cjs', 'gone.js']) await storage.logMigration({ name })
      const migrator = createMigrator({ sequelize, migrations: folder, baseline: false })
      const error = await failure(migrator.adopt())
      expect(error).toMatchObject({ code: 'UNKNOWN_REVISION', revisions: ['gone.js'] })
      expect(await tablesOf(sequelize)).toEqual(['SequelizeMeta'])
      expect(await failure(migrator.adopt({ from: '' }))).toMatchObject({ code: 'INVALID_OPTION' })
      expect(await failure(migrator.adopt({ form: 'x' } as never))).toMatchObject({ code: 'UNKNOWN_OPTION' })
    }))
})
