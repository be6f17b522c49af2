import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { inProcess, project, sm2kit, tableRevision } from './support/sm2kit.js'

const object = "{ url: 'sqlite:app.sqlite', migrations: './migrations' }"
const define = "import { defineConfig } from 'sm2kit/migrator'\n"
const revision = { 'migrations/20260101000000_create_notes.js': tableRevision('51b0c3d9a7e4', null, 'notes') }

const ids = async (folder: string, args: readonly string[] = [], env = {}): Promise<unknown> => {
  const { stdout } = await inProcess(folder, ['history', '--json', ...args], { env })
  const value: unknown = JSON.parse(stdout)
  return Array.isArray(value) ? value.map((info: { revision: string }) => info.revision) : value
}

describe('a config', () => {
  test.each([
    ['sm2kit.config.ts', `${define}export default defineConfig(${object} as const)`, {}],
    ['sm2kit.config.mts', `${define}export default defineConfig(${object})`, {}],
    ['sm2kit.config.js', `module.exports = ${object}`, {}],
    ['sm2kit.config.js', `${define}export default defineConfig(${object})`, { type: 'module' }],
    // As Node 20 cannot read it by itself.
    ['sm2kit.config.js', `${define}export default defineConfig(${object})`, {}],
    ['sm2kit.config.mjs', `export default () => (${object})`, {}],
    ['sm2kit.config.cjs', `module.exports = async () => (${object})`, { type: 'module' }],
    ['sm2kit.config.cjs', `exports.__esModule = true; exports.default = ${object}`, {}],
    ['sm2kit.config.json', '\uFEFF{ "url": "sqlite:app.sqlite", "migrations": "./migrations" }', {}],
  ])('%s is read: %s', async (name, text, manifest) => {
    const files = { [name]: text, 'package.json': JSON.stringify(manifest) }
    // In a package of ES modules the revision must be named .cjs.
    const folder = await project({ ...files, 'migrations/a.cjs': Object.values(revision)[0] ?? '' })
    expect(await ids(folder)).toEqual(['51b0c3d9a7e4', 'f3e3ac684f8e'])
  })

  test('elsewhere is named by -c, and its relative paths count from the working folder', async () => {
    const folder = await project({
      ...revision,
      'db/my.json': '{ "url": "sqlite:app.sqlite", "migrations": "migrations" }',
    })
    expect(await ids(folder, ['-c', 'db/my.json'])).toEqual(['51b0c3d9a7e4', 'f3e3ac684f8e'])
    expect((await inProcess(folder, ['upgrade', '-c', 'db/my.json'])).exitCode).toBe(0)
    expect(existsSync(join(folder, 'app.sqlite'))).toBe(true)
  })

  test('that is a function is given what stands behind -x', async () => {
    const folder = await project({
      'sm2kit.config.cjs': 'module.exports = ({ x }) => { throw new Error(JSON.stringify(x)) }',
    })
    const { exitCode, stderr } = await inProcess(folder, ['-x', 'a=1', 'current', '-x', 'b=x=y', '-x', 'c'])
    expect([exitCode, stderr]).toEqual([
      1,
      'Error (CONFIG_NOT_LOADABLE): The function that sm2kit.config.cjs exports failed: {"a":"1","b":"x=y","c":""}. Nothing was run.\n',
    ])
  })

  test('may make its instance, which is then closed, or give one that is not', async () => {
    const make = `const { Sequelize } = require('sequelize')
      const sequelize = new Sequelize('sqlite::memory:', { logging: false })
      const close = sequelize.close.bind(sequelize)
      sequelize.close = async () => { console.log('closed'); return close() }`
    const given = await project({ 'sm2kit.config.cjs': `${make}; module.exports = { sequelize }` })
    expect((await sm2kit(given, ['upgrade'])).stdout).not.toContain('closed')
    const made = await project({
      'sm2kit.config.cjs': `${make}; module.exports = { sequelize: async () => sequelize }`,
    })
    expect((await sm2kit(made, ['upgrade'])).stdout).toContain('closed')
  })

  test.each([
    ['sm2kit.config.json', '{ "url": ', 'CONFIG_NOT_LOADABLE'],
    ['sm2kit.config.ts', 'export default {', 'CONFIG_NOT_LOADABLE'],
    ['sm2kit.config.mjs', "import './nosuch.js'", 'CONFIG_NOT_LOADABLE'],
    ['sm2kit.config.cjs', "throw new Error('at work')", 'CONFIG_NOT_LOADABLE'],
    [
      'sm2kit.config.cjs',
      "module.exports = { sequelize: () => { throw new Error('at work') } }",
      'CONFIG_NOT_LOADABLE',
    ],
    ['sm2kit.config.mjs', 'export const config = {}', 'CONFIG_NOT_FOUND'],
    ['sm2kit.config.json', '[]', 'INVALID_CONFIG'],
    ['sm2kit.config.json', '"sqlite:app.sqlite"', 'INVALID_CONFIG'],
    ['sm2kit.config.json', '{ "url": 7 }', 'INVALID_CONFIG'],
    ['sm2kit.config.json', '{ "url": "sqlite:a.sqlite", "sequelize": {} }', 'INVALID_CONFIG'],
    ['sm2kit.config.json', '{ "sequelize": {} }', 'INVALID_CONFIG'],
    ['sm2kit.config.cjs', 'module.exports = { sequelize: () => 7 }', 'INVALID_CONFIG'],
    ['sm2kit.config.json', '{ "url": "mongodb://localhost" }', 'INVALID_URL'],
    ['sm2kit.config.json', '{ "url": "app.sqlite" }', 'INVALID_URL'],
    ['sm2kit.config.json', '{ "url": "sqlite:" }', 'INVALID_URL'],
    ['sm2kit.config.json', '{ "url": "postgres://u:se/cret@rd@localhost/x" }', 'INVALID_URL'],
    ['sm2kit.config.json', '{ "url": "sqlite:a.sqlite", "migration": "x" }', 'UNKNOWN_OPTION'],
    ['sm2kit.config.json', '{ "url": "sqlite:a.sqlite", "migrations": 7 }', 'INVALID_OPTION'],
  ])('%s with %s is refused by %s', async (name, text, code) => {
    const folder = await project({ [name]: text })
    const { stdout, stderr } = await inProcess(folder, ['current', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ error: { code } })
    expect(stderr).not.toMatch(/\n\s+at /u)
    expect(stderr).not.toContain(folder)
    const verbose = await inProcess(folder, ['current', '--verbose'])
    expect(verbose.stderr).toMatch(/\n\s+at /u)
  })
})

test.each([
  ['migration', 'Did you mean "migrations"? '],
  ['postwrite', 'Did you mean "postWrite"? '],
  ['colour', ''],
])('an unknown option "%s" is told with all that a config may hold', async (name, hint) => {
  const folder = await project({ 'sm2kit.config.json': `{ "url": "sqlite:a.sqlite", "${name}": [] }` })
  const { exitCode, stderr } = await inProcess(folder, ['current'])
  expect([exitCode, stderr]).toEqual([
    1,
    `Error (UNKNOWN_OPTION): sm2kit.config.json has "${name}", and there is no such option. ${hint}The options of a config are ` +
      'url, sequelize, migrations, models, baseline, versionTable, transaction, lock, logger, include, compare, renames, ' +
      'processOperations, compareType, namingConvention, shadow, postWrite. Nothing was run.\n',
  ])
})

test('a folder that is called like a config is none', async () => {
  const folder = await project({
    'sm2kit.config.ts/kept.txt': '',
    'sm2kit.config.json': '{ "url": "sqlite:app.sqlite" }',
  })
  expect(await inProcess(folder, ['current'])).toMatchObject({
    exitCode: 0,
    stderr: expect.not.stringContaining('is used'),
  })
  rmSync(join(folder, 'sm2kit.config.json'))
  expect(await inProcess(folder, ['current'])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('There is no sm2kit.config.* in this folder'),
  })
})

test.each([
  ['a package', 'import nosuch from "nosuch"; export default { ...nosuch }'],
  ['a file', 'import nosuch from "./nosuch.mjs"; export default { ...nosuch }'],
  ['a file of a file', 'import "./beside.mjs"; export default {}'],
  ['a file in its function', 'export default async () => import("./nosuch.mjs")'],
])('a config that lacks %s is told without a path of this machine', async (_what, text) => {
  const beside = 'import "./nosuch.mjs"'
  for (const name of ['sm2kit.config.mjs', 'sm2kit.config.mts']) {
    const folder = await project({ 'db/beside.mjs': beside, [`db/${name}`]: text, 'work/kept.txt': '' })
    for (const [from, label] of [
      ['db', name],
      ['work', `../db/${name}`],
    ] as const) {
      const { exitCode, stderr } = await inProcess(join(folder, from), ['current', '-c', label])
      expect([exitCode, stderr]).toEqual([
        1,
        expect.stringMatching(/^Error \(CONFIG_NOT_LOADABLE\): .*nosuch/u),
      ])
      expect(stderr).toContain(label)
      expect(stderr.replaceAll('../', '')).not.toMatch(/(?:^|[\s'"])\/|file:/u)
      expect(stderr).not.toContain(folder)
    }
  }
})

describe('the database', () => {
  const history = (folder: string, file: string) => existsSync(join(folder, file))

  test('is that of --url, of the config, of SM2KIT_URL, of DATABASE_URL, in this order', async () => {
    const folder = await project({ 'own.json': '{ "url": "sqlite:config.sqlite" }', 'none.json': '{}' })
    const env = { SM2KIT_URL: 'sqlite:sm2kit.sqlite', DATABASE_URL: 'sqlite:database.sqlite' }
    const made = async (args: readonly string[], env: Readonly<Record<string, string>>, file: string) => {
      expect(history(folder, file)).toBe(false)
      expect((await inProcess(folder, ['upgrade', ...args], { env })).exitCode).toBe(0)
      expect(history(folder, file)).toBe(true)
    }
    await made(['-c', 'own.json', '--url', 'sqlite:flag.sqlite'], env, 'flag.sqlite')
    await made(['-c', 'own.json'], env, 'config.sqlite')
    await made(['-c', 'none.json'], env, 'sm2kit.sqlite')
    await made([], { DATABASE_URL: env.DATABASE_URL }, 'database.sqlite')
  })

  test('needs no config: the shipped tables are there with a URL alone', async () => {
    const folder = await project({}, [])
    expect(await ids(folder, ['--url', 'sqlite:app.sqlite'])).toEqual(['f3e3ac684f8e'])
    expect((await inProcess(folder, ['upgrade', '--url', 'sqlite:app.sqlite'])).stdout).toMatch(
      /^Running upgrade <base> -> f3e3ac684f8e, baseline … \d+ ms\nDone: 1 revision applied/u,
    )
  })

  test.each([
    ['sqlite:Upper Case.sqlite', 'Upper Case.sqlite'],
    ['sqlite:./near.sqlite', 'near.sqlite'],
    ['sqlite://near.sqlite', 'near.sqlite'],
    ['sqlite://with%20space.sqlite', 'with space.sqlite'],
    ['sqlite:Folder/app.sqlite', 'Folder/app.sqlite'],
  ])('of %s is the file %s', async (url, file) => {
    const folder = await project()
    expect((await inProcess(folder, ['upgrade', '--url', url])).exitCode).toBe(0)
    expect(existsSync(join(folder, file))).toBe(true)
  })

  test.each([
    ['postgres://user:secret@localhost/x', 'pg', 'npm install pg'],
    ['mysql://user:secret@localhost/x', 'mysql2', 'npm install mysql2'],
    ['mariadb://user:secret@localhost/x', 'mysql2', 'npm install mariadb'],
    ['sqlite:app.sqlite', 'sqlite3', 'npm install sqlite3'],
    ['sqlite:app.sqlite', 'sequelize', 'npm install sequelize@6'],
  ])('of %s is refused without the package %s, with the line that installs it', async (url, name, line) => {
    const block = `const Module = require('node:module')
      const load = Module._load
      Module._load = function (id, ...rest) {
        if (id === '${name}') throw Object.assign(new Error("Cannot find module '" + id + "'"), { code: 'MODULE_NOT_FOUND' })
        return load.call(this, id, ...rest)
      }`
    const folder = await project({ 'block.cjs': block })
    const env = { NODE_OPTIONS: `--require ${join(folder, 'block.cjs')}` }
    const { exitCode, stderr } = await sm2kit(folder, ['current', '--url', url], { env })
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(`Install it: ${line}\n`)])
    expect(stderr).toMatch(/^Error \(MISSING_PACKAGE\)/u)
    expect(stderr).not.toContain('secret')
  })

  test('of mariadb: is reached by mysql2 where it is what is installed', async () => {
    const { stderr } = await inProcess(await project(), [
      'current',
      '--url',
      'mariadb://u:secret@127.0.0.1:9/x',
    ])
    expect(stderr).toMatch(/^Error \(CANNOT_CONNECT\)/u)
  })
})

test('what the host prints goes beside the one JSON value', async () => {
  const folder = await project({
    'sm2kit.config.cjs':
      "console.log('a config speaks'); module.exports = { url: 'sqlite:app.sqlite', migrations: 'migrations', logger: console }",
    'migrations/a.js': tableRevision('51b0c3d9a7e4', null, 'notes').replace(
      '=> {',
      "=> { console.log('a revision speaks'); process.stdout.write('twice');",
    ),
  })
  const { exitCode, stdout, stderr } = await sm2kit(folder, ['upgrade', '--json'])
  expect(exitCode).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ direction: 'up', steps: [{}, {}], current: ['51b0c3d9a7e4'] })
  expect(stderr).toMatch(/a config speaks[\s\S]*a revision speaks[\s\S]*twice/u)
})
