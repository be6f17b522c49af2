import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { HISTORY, inProcess, project, sm2kit } from './support/sm2kit.js'

const url = ['--url', 'sqlite:app.sqlite']

test.each([
  [[], /No verb was given\.[\s\S]*upgrade/u],
  [['nosuch'], /Unknown command 'nosuch'\. Nothing was run/u],
  [['upgrad'], /Did you mean upgrade\?/u],
  [['current', '--nosuch'], /Unknown option '--nosuch'/u],
  [['current', 'surplus'], /Too many arguments/u],
  [['downgrade'], /Missing required argument 'target'/u],
  [['revision'], /Required option '-m, --message <text>' not specified/u],
  [['revision', '-m'], /argument missing/u],
  [['revision', '-m', 'x', '--format', 'coffee'], /Allowed choices are ts, mts, cts, js, mjs, cjs/u],
  [['stamp'], /Missing required argument 'targets'/u],
  [['resolve', 'f3e3ac684f8e'], /either --applied or --not-applied/u],
  [['resolve', 'f3e3ac684f8e', '--applied', '--not-applied'], /either --applied or --not-applied/u],
  [['upgrade', 'head', '--sql', '--dry-run'], /exclude each other/u],
  [['upgrade', 'base:head'], /add --sql/u],
  [['upgrade', '--url', 'sqlite:b.sqlite', '--url', 'sqlite:c.sqlite'], /given twice/u],
  [['revision', '-m', 'x', '--rename', 'a=b'], /--rename goes with --autogenerate/u],
  [['revision', '-m', 'x', '--allow-pending'], /--allow-pending goes with --autogenerate/u],
  [['revision', '-m', 'x', '--autogenerate', '--sql', '--dry-run'], /exclude each other/u],
  [['check', '--rename', 'words.text'], /--rename takes old=new/u],
  [['completion', 'tcsh'], /no completion for "tcsh"/u],
  [['current', '-c', 'nosuch.config.ts'], /There is no config "nosuch.config.ts"/u],
  [['current', '-c', 'config.yaml'], /cannot be a config/u],
  [['current', '-x', '=value'], /has no key/u],
])('%j is wrong usage: exit code 2, and nothing on the standard output', async (args, message) => {
  const folder = await project({ 'sm2kit.config.json': '{ "url": "sqlite:app.sqlite" }' })
  const { exitCode, stdout, stderr } = await inProcess(folder, args)
  expect([exitCode, stdout]).toEqual([2, ''])
  expect(stderr).toMatch(message)
  expect(stderr).not.toMatch(/\n\s+at /u)

  const json = await inProcess(folder, [...args.slice(0, 1), '--json', ...args.slice(1)])
  expect(json.exitCode).toBe(2)
  expect(JSON.parse(json.stdout)).toEqual({
    error: {
      code: expect.stringMatching(/^(?:USAGE|CONFIG_NOT_FOUND)$/u),
      message: expect.any(String),
      revisions: [],
      subject: expect.toSatisfy((subject) => subject === null || typeof subject === 'string'),
      report: null,
    },
  })
})

test.each([
  ['--branch-label', 'The new branch label'],
  ['--rev-id', 'The id of the new revision'],
])('revision %s with a name that cannot be one says which, and writes nothing', async (flag, what) => {
  const folder = await project(HISTORY)
  const before = readdirSync(join(folder, 'migrations'))
  const args = ['revision', '-m', 'lab', flag, 'a b', '--migrations', 'migrations', ...url]
  const { exitCode, stdout, stderr } = await inProcess(folder, args)
  expect([exitCode, stdout, stderr]).toEqual([
    1,
    '',
    `Error (INVALID_REVISION): ${what} is "a b"; it must be a text of 1 to 64 characters without "@", "-", "+", ":" and white ` +
      'space. Nothing was written.\n',
  ])
  expect(readdirSync(join(folder, 'migrations'))).toEqual(before)
})

test('without a config and without a URL the ways to name a database are told', async () => {
  const { exitCode, stderr } = await inProcess(await project(), ['current'])
  expect([exitCode, stderr]).toEqual([
    2,
    'Error (CONFIG_NOT_FOUND): There is no sm2kit.config.* in this folder, and no URL of a database. Nothing was run. ' +
      'Write a config with `sm2kit init`, name one with --config, or give --url, SM2KIT_URL or DATABASE_URL.\n',
  ])
})

test('flags stand before or behind the verb; a message may look like a flag', async () => {
  const folder = await project(HISTORY)
  const before = await inProcess(folder, [...url, '--json', 'current'])
  expect(before).toEqual(await inProcess(folder, ['current', '--json', ...url]))
  expect(JSON.parse(before.stdout)).toEqual([])
  const flags = ['--migrations', 'migrations', ...url]
  const { exitCode, stdout } = await inProcess(folder, ['revision', '-m', '--json', ...flags])
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/^Generating migrations\/\d{14}_json\.js \.\.\. done\n$/u)
})

test('a target that begins with a minus sign is a target', async () => {
  const folder = await project(HISTORY)
  const flags = ['--migrations', 'migrations', ...url]
  expect((await inProcess(folder, ['upgrade', '+2', ...flags])).exitCode).toBe(0)
  for (const args of [
    ['downgrade', '-1', ...flags],
    [...flags, 'downgrade', '-1'],
    ['downgrade', 'sm2@-1', ...flags],
  ]) {
    const { stdout } = await inProcess(folder, [...args, '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ direction: 'down', steps: [{ state: 'done' }] })
  }
})

test('help, version and completion load neither Sequelize, nor Umzug, nor jiti', async () => {
  const folder = await project()
  const hook = `process.on('exit', () => {
    const names = Object.keys(require.cache).map((path) => /.*node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(path)?.[1])
    console.error(JSON.stringify([...new Set(names)].filter((name) => ['commander', 'sequelize', 'umzug', 'jiti', 'sqlite3'].includes(name))))
  })`
  writeFileSync(join(folder, 'hook.cjs'), hook)
  const env = { NODE_OPTIONS: `--require ${join(folder, 'hook.cjs')}` }
  for (const args of [['--help'], ['--version'], ['upgrade', '--help'], ['completion', 'bash']]) {
    const { exitCode, stdout, stderr } = await sm2kit(folder, args, { env })
    expect(exitCode).toBe(0)
    expect(stdout).not.toBe('')
    expect(JSON.parse(stderr)).toEqual(['commander'])
  }
  const { stderr } = await sm2kit(folder, ['current', ...url], { env })
  expect(JSON.parse(stderr.trim().split('\n').at(-1) ?? '')).toEqual(expect.arrayContaining(['sequelize']))
})
