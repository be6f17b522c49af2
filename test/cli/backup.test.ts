import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Sequelize } from 'sequelize'
import { expect, test } from 'vitest'
import { tablesOf } from '../migrator/support.js'
import { HISTORY, inProcess, project, revisionFile } from './support/sm2kit.js'

const config = { 'sm2kit.config.json': '{ "url": "sqlite:app.sqlite", "migrations": "./migrations" }' }

const BROKEN = {
  'migrations/20260201000000_broken.js': revisionFile(
    'badbadbadbad',
    '8c1d0a5be2f7',
    "await op.createTable('half', { id: { type: DataTypes.INTEGER, primaryKey: true } }); throw new Error('no further')",
    "await op.dropTable('half')",
  ),
} as const

const tables = async (folder: string): Promise<readonly string[]> => {
  const sequelize = new Sequelize({ dialect: 'sqlite', storage: join(folder, 'app.sqlite'), logging: false })
  try {
    return (await tablesOf(sequelize)).filter((name) => !name.startsWith('sm2'))
  } finally {
    await sequelize.close()
  }
}

test('backup writes a file, restore brings it back', async () => {
  const folder = await project({ ...HISTORY, ...config })
  await inProcess(folder, ['upgrade', '51b0'])
  const made = await inProcess(folder, ['backup', '--to', 'before.sqlite'])
  expect([made.exitCode, made.stderr]).toEqual([0, ''])
  expect(made.stdout).toMatch(/^Backup: before\.sqlite, \d+(\.\d)? kB in \d+ ms, read again and whole\.\n$/u)
  const json = await inProcess(folder, ['backup', '--json'])
  expect(JSON.parse(json.stdout)).toMatchObject({
    path: expect.stringMatching(/^backups\/sm2kit-\d{8}-\d{6}-[0-9a-f]{8}\.sqlite$/u),
    verified: true,
  })
  await inProcess(folder, ['downgrade', 'base'])
  expect(await tables(folder)).toEqual([])

  const unasked = await inProcess(folder, ['restore', 'before.sqlite'])
  expect([unasked.exitCode, unasked.stderr]).toEqual([2, expect.stringContaining('say --yes')])
  expect(await tables(folder)).toEqual([])
  const restored = await inProcess(folder, ['restore', 'before.sqlite', '--yes'])
  expect(restored.stdout).toMatch(/^Restored: the database is what before\.sqlite holds \(.*\)\.\n$/u)
  expect(await tables(folder)).toEqual(['notes'])
  expect((await inProcess(folder, ['current'])).stdout).toContain('51b0c3d9a7e4')
})

test('a failed upgrade with a backup says the command that brings the database back', async () => {
  const folder = await project({ ...HISTORY, ...BROKEN, ...config })
  const failed = await inProcess(folder, ['upgrade', '--backup=my backups', 'head'])
  expect(failed.exitCode).toBe(1)
  expect(failed.stderr).not.toContain(folder)
  const [, typed = ''] =
    /^To bring the database back: sm2kit restore '(.*)' --yes$/mu.exec(failed.stderr) ?? []
  expect(existsSync(join(folder, typed))).toBe(true)
  // What the steps before the broken one have made stays, and goes with the restore.
  expect(await tables(folder)).toEqual(['notes'])
  expect((await inProcess(folder, ['restore', typed, '--yes'])).exitCode).toBe(0)
  expect(await tables(folder)).toEqual([])

  const again = await inProcess(folder, ['upgrade', '--backup', '--json'])
  const { error } = JSON.parse(again.stdout) as { readonly error: { readonly backup: string } }
  expect(error.backup).toMatch(/^backups\/sm2kit-.*\.sqlite$/u)
})

test('--backup takes no target for its folder, makes none where nothing is to be done, and none of a script', async () => {
  const folder = await project({ ...HISTORY, ...config })
  const done = await inProcess(folder, ['upgrade', '--backup', 'head'])
  expect(done.stdout).toMatch(/\nBackup: backups\/sm2kit-.*\.sqlite, made before the run\.\n$/u)
  expect(readdirSync(join(folder, 'backups'))).toHaveLength(1)
  expect((await inProcess(folder, ['upgrade', '--backup'])).stdout).toMatch(/^Nothing to do/u)
  expect(readdirSync(join(folder, 'backups'))).toHaveLength(1)
  const script = await inProcess(folder, ['upgrade', '--backup', '--sql'])
  expect([script.exitCode, script.stderr]).toEqual([
    2,
    expect.stringContaining('--backup does not go with it'),
  ])
})
