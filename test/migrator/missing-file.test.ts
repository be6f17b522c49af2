import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DataTypes, type QueryTypes, Sequelize } from 'sequelize'
import { createMigrator, reflect } from 'sm2kit/migrator'
import { expect, onTestFinished, test } from 'vitest'
import { HISTORY, inProcess, project } from '../cli/support/sm2kit.js'
import { folderOf, revisionOf, tablesOf } from './support.js'

const inFolder = (options: object = {}) => {
  const folder = folderOf({})
  const file = join(folder, 'data', 'app.sqlite')
  const sequelize = new Sequelize({ dialect: 'sqlite', storage: file, logging: false, ...options })
  onTestFinished(() => sequelize.close())
  return { folder, file, sequelize }
}

test('what only reads makes no database file, and answers as for an empty database', async () => {
  const { folder, sequelize } = inFolder()
  sequelize.define('word', { text: DataTypes.STRING }, { tableName: 'words', timestamps: false })
  const step = revisionOf('aaaa1', null, async ({ context: op }) => {
    const type = 'SELECT' as QueryTypes.SELECT
    const rows = await op.sequelize.query('SELECT name FROM sqlite_schema', { type })
    await op.createTable(`found_${rows.length}`, { id: { type: DataTypes.INTEGER, primaryKey: true } })
  })
  const migrator = createMigrator({ sequelize, migrations: [step] })
  expect(await migrator.current()).toEqual([])
  expect(await migrator.executed()).toEqual([])
  expect((await migrator.pending()).map(({ name }) => name).sort()).toEqual(['aaaa1', 'f3e3ac684f8e'])
  expect((await migrator.history()).map(({ state }) => state)).toEqual(['pending', 'pending'])
  expect(await migrator.show('aaaa1')).toMatchObject({ state: 'pending' })
  const { steps } = await migrator.plan()
  expect(steps.find(({ revision }) => revision === 'aaaa1')?.statements[0]).toContain('`found_0`')
  expect((await migrator.differences()).map(({ kind }) => kind)).toEqual(['createTable'])
  expect(await migrator.check()).toMatchObject({ upToDate: false, pending: [{}, {}] })
  expect(await reflect(sequelize)).toEqual({ tables: [], enums: [] })
  expect(readdirSync(folder)).toEqual([])

  await migrator.up()
  expect((await migrator.current()).map(({ revision }) => revision).sort()).toEqual(['aaaa1', 'f3e3ac684f8e'])
  expect(await tablesOf(sequelize)).toEqual(
    expect.arrayContaining([expect.stringMatching(/^found_\d+$/u), 'sm2_cards']),
  )
})

test('an instance that says how to open its file is left to say so', async () => {
  const { file, sequelize } = inFolder({ dialectOptions: { mode: 2 } })
  const migrator = createMigrator({ sequelize })
  await expect(migrator.current()).rejects.toMatchObject({ code: 'DATABASE_NOT_FOUND' })
  expect(existsSync(file)).toBe(false)
})

test.each<string[]>([
  ['current'],
  ['history'],
  ['history', '-i'],
  ['check'],
  ['check', '--strict'],
  ['upgrade', '--plan'],
  ['upgrade', '--dry-run'],
])('sm2kit %s %s makes no database file', async (...verb) => {
  const config = '{ "url": "sqlite:app.sqlite", "migrations": "./migrations" }'
  const folder = await project({ ...HISTORY, 'sm2kit.config.json': config })
  const before = readdirSync(folder)
  const { exitCode, stderr } = await inProcess(folder, verb)
  expect(exitCode).toBe(verb.join() === 'check' ? 1 : 0)
  expect(stderr).toBe(
    verb[0] === 'current' ? 'Nothing is applied.\n3 pending; `sm2kit upgrade head` applies them.\n' : '',
  )
  expect(readdirSync(folder)).toEqual(before)
})
