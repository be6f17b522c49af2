import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { HISTORY, inProcess, project } from './support/sm2kit.js'

const config = { 'sm2kit.config.json': '{ "url": "sqlite:app.sqlite", "migrations": "./migrations" }' }

test('squash writes one file for two, and says which may go once every database has it', async () => {
  const folder = await project({ ...HISTORY, ...config })
  await inProcess(folder, ['upgrade'])
  const printed = await inProcess(folder, [
    'squash',
    '51b0:8c1d',
    '-m',
    'first year',
    '--rev-id',
    'dddd00001111',
  ])
  expect(printed.stderr).toBe('')
  expect(printed.stdout).toMatch(
    /^Generating migrations\/\d{14}_first_year\.js \.\.\. done\nIt replaces 2 revisions; a new database comes to the same by it, there and back\.\n/u,
  )
  const files = [...printed.stdout.matchAll(/^ {2}(migrations\/\S+)$/gmu)].map(([, path = '']) => path)
  expect(files).toEqual(Object.keys(HISTORY))
  expect((await inProcess(folder, ['upgrade'])).stdout).toMatch(/^Nothing to do/u)
  for (const file of files) rmSync(join(folder, file))
  expect((await inProcess(folder, ['history', '-v'])).stdout).toContain(
    'Replaces: 51b0c3d9a7e4, 8c1d0a5be2f7\n',
  )
  expect((await inProcess(folder, ['current'])).stdout).toBe('dddd00001111 (head)\n')
  expect((await inProcess(folder, ['downgrade', 'base'])).stdout).toContain(
    'dddd00001111 -> <base>, first year',
  )
})

test('squash refuses what is no range, and wants a message', async () => {
  const folder = await project({ ...HISTORY, ...config })
  const { exitCode, stdout } = await inProcess(folder, ['squash', '51b0:51b0', '-m', 'one', '--json'])
  expect([exitCode, JSON.parse(stdout)]).toMatchObject([1, { error: { code: 'NOT_SQUASHABLE' } }])
  expect((await inProcess(folder, ['squash', '51b0:8c1d'])).exitCode).toBe(2)
})
