import { join } from 'node:path'
import { Sequelize } from 'sequelize'
import { expect, test } from 'vitest'
import { inProcess, project } from './support/sm2kit.js'

const url = ['--url', 'sqlite:app.sqlite']

const changed = async (folder: string, sql: string): Promise<void> => {
  const sequelize = new Sequelize({ dialect: 'sqlite', storage: join(folder, 'app.sqlite'), logging: false })
  for (const statement of sql.split(';')) await sequelize.query(statement)
  await sequelize.close()
}

test('a time of a record that was damaged by hand is shown as one that is not known', async () => {
  const folder = await project()
  await inProcess(folder, ['upgrade', ...url])
  await changed(folder, "UPDATE sm2kit_revisions SET applied_at = 'garbage'")
  const current = await inProcess(folder, ['current', '-v', ...url])
  expect([current.exitCode, current.stderr]).toEqual([0, ''])
  expect(current.stdout).toMatch(/^State: applied \? in \d/mu)
  const listed = await inProcess(folder, ['current', '--json', ...url])
  expect(JSON.parse(listed.stdout)).toMatchObject([{ revision: 'f3e3ac684f8e', appliedAt: null }])
})

test('check with a revision that this code does not know says no more than is true, and is no failure', async () => {
  const folder = await project()
  await inProcess(folder, ['upgrade', ...url])
  await changed(
    folder,
    `CREATE TEMP TABLE one AS SELECT * FROM sm2kit_revisions; UPDATE one SET revision = 'aaaa00001111', name = 'later';
     INSERT INTO sm2kit_revisions SELECT * FROM one`,
  )
  const { exitCode, stdout } = await inProcess(folder, ['check', ...url])
  expect(stdout).toBe(
    'Unknown to this code: aaaa00001111 (unknown to this code)\n' +
      'This code may be older than the database: nothing is pending, and there are no models to compare the database with.\n',
  )
  expect(exitCode).toBe(0)
})
