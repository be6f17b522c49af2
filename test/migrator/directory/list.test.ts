import { mkdirSync, renameSync, symlinkSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { Sequelize } from 'sequelize'
import { describe, expect, onTestFinished, test } from 'vitest'
import { failure, folderOf, native, tablesOf, write } from '../support.js'

/** What a revision file of each kind of syntax says; each makes the table of its id. */
const esm = (id: string, down: string | null = null): string => `
import { basename } from 'node:path'
export const revision = '${id}'
export const downRevision = ${JSON.stringify(down)}
export const up = async ({ context: op }) => { await op.createTable('${id}', { id: basename('/INTEGER') }) }
export const down = async ({ context: op }) => { await op.dropTable('${id}') }
`
const cjs = (id: string, down: string | null = null): string => `
const { basename } = require('node:path')
module.exports = {
  revision: '${id}',
  downRevision: ${JSON.stringify(down)},
  up: async ({ context: op }) => { await op.createTable('${id}', { id: basename('/INTEGER') }) },
  down: async ({ context: op }) => { await op.dropTable('${id}') },
}
`
const typescript = (id: string, down: string | null = null): string => `
import type { Migration } from 'sm2kit/migrator'
import { basename } from 'node:path'
enum Kind { Whole = 'INTEGER' }
export const revision: string = '${id}'
export const downRevision: string | null = ${JSON.stringify(down)}
export const up: Migration = async ({ context: op }) => {
  await op.createTable('${id}', { id: basename(\`/\${Kind.Whole}\`) as string })
}
export const down: Migration = async ({ context: op }) => { await op.dropTable('${id}') }
`

const connect = (): Sequelize => {
  const sequelize = new Sequelize({ dialect: 'sqlite', storage: ':memory:', logging: false })
  onTestFinished(() => sequelize.close())
  return sequelize
}

describe.each([
  ['"type": "module"', '{ "type": "module" }', esm],
  ['"type": "commonjs"', '{ "type": "commonjs" }', cjs],
  ['no "type"', '{}', cjs],
])('in a package with %s', (_type, manifest, js) => {
  test('revisions of every extension are loaded, run and reverted', async () => {
    const { createMigrator } = await native()
    const folder = folderOf({
      'package.json': manifest,
      'migrations/1.ts': typescript('ts'),
      'migrations/2.mts': typescript('mts', 'ts'),
      'migrations/3.cts': typescript('cts', 'mts'),
      'migrations/4.js': js('js', 'cts'),
      'migrations/5.mjs': esm('mjs', 'js'),
      'migrations/6.cjs': cjs('cjs', 'mjs'),
    })
    const sequelize = connect()
    const migrations = join(folder, 'migrations')
    const migrator = createMigrator({ sequelize, baseline: false, migrations })
    const files = ['1.ts', '2.mts', '3.cts', '4.js', '5.mjs', '6.cjs']
    const metas = files.map((file) => ({ name: file.slice(0, 1), path: join(migrations, file) }))
    expect(await migrator.up()).toEqual(metas)
    expect(await tablesOf(sequelize)).toEqual(['cjs', 'cts', 'js', 'mjs', 'mts', 'sm2kit_revisions', 'ts'])
    expect(await migrator.executed()).toEqual(metas)
    expect(await migrator.down({ to: 0 })).toEqual([...metas].reverse())
    expect(await tablesOf(sequelize)).toEqual(['sm2kit_revisions'])
  })
})

describe('ES module syntax in a .js file of a package that does not say so', () => {
  test.each([
    ['an import', esm('a')],
    ['an export alone', `export const revision = 'a'; export const up = async () => {}`],
    [
      'an await outside a function',
      `const id = await 'x'; export const revision = 'a'; export const up = async () => {}`,
    ],
    [
      'import.meta',
      `const here = import.meta.url; export const revision = 'a'; export const up = async () => here`,
    ],
    ['a default', `export default { revision: 'a', up: async () => {} }`],
  ])('is loaded: %s', async (_what, source) => {
    const { listFolder } = await native()
    const [revision] = await listFolder(folderOf({ 'a.js': source }))
    expect(revision?.revision).toBe('a')
    expect(await revision?.load()).toMatchObject({ transaction: true, breaking: false })
  })
})

describe('files without "revision"', () => {
  const umzug = (table: string): string => `
module.exports.up = async ({ context, name, path }) => {
  if (name !== '${table}' || !path.endsWith('${table}.js')) throw new Error(name + ' ' + path)
  await context.createTable(name, { id: 'INTEGER' })
}
module.exports.down = async ({ context }) => { await context.dropTable('${table}') }
`
  const sequelizeCli = (table: string): string => `'use strict'
/** @type {import('sequelize-cli').Migration} */
module.exports = {
  async up(queryInterface, Sequelize) {
    await queryInterface.createTable('${table}', { id: { type: Sequelize.INTEGER, defaultValue: Sequelize.literal('7') } })
    await queryInterface.bulkInsert('${table}', [{ id: 1 }])
    await queryInterface.sequelize.query('INSERT INTO ${table} DEFAULT VALUES')
  },
  async down(queryInterface) { await queryInterface.dropTable('${table}') },
}
`

  test('run in order of file name, with both signatures, and are reverted', async () => {
    const { createMigrator } = await native()
    const folder = folderOf({
      '10_b.js': sequelizeCli('cli'),
      '09_a.js': umzug('09_a'),
      '11_c.js': umzug('11_c'),
    })
    const sequelize = connect()
    const migrator = createMigrator({ sequelize, baseline: false, migrations: folder })
    expect((await migrator.up()).map(({ name }) => name)).toEqual(['09_a', '10_b', '11_c'])
    expect(await tablesOf(sequelize)).toEqual(['09_a', '11_c', 'cli', 'sm2kit_revisions'])
    expect((await sequelize.query('SELECT id FROM cli ORDER BY id'))[0]).toEqual([{ id: 1 }, { id: 7 }])
    expect((await migrator.down({ step: 2 })).map(({ name }) => name)).toEqual(['11_c', '10_b'])
    expect(await tablesOf(sequelize)).toEqual(['09_a', 'sm2kit_revisions'])
  })

  test('are one chain, each with its file name as id', async () => {
    const { listFolder } = await native()
    const revisions = await listFolder(
      folderOf({ 'b.js': umzug('b'), 'a.cjs': umzug('a'), 'c.mjs': 'export const up = async () => {}' }),
    )
    expect(
      revisions.map(({ revision, downRevision, message }) => ({ revision, downRevision, message })),
    ).toEqual([
      { revision: 'a', downRevision: [], message: 'a' },
      { revision: 'b', downRevision: ['a'], message: 'b' },
      { revision: 'c', downRevision: ['b'], message: 'c' },
    ])
  })

  test('may be what a revision with an id stands on', async () => {
    const { createMigrator } = await native()
    const name = '20240102030405-create-users'
    const folder = folderOf({
      [`${name}.js`]: sequelizeCli('users'),
      '20250101000000_first.ts': typescript('first', name),
    })
    const migrator = createMigrator({ sequelize: connect(), baseline: false, migrations: folder })
    expect((await migrator.up()).map((meta) => meta.name)).toEqual([name, '20250101000000_first'])
    expect(
      (await migrator.current()).map(({ revision, downRevision }) => ({ revision, downRevision })),
    ).toEqual([{ revision: 'first', downRevision: [name] }])
    expect((await migrator.history()).map(({ message }) => message)).toEqual(['first', 'create users'])
  })
})

test('of a folder only revision files are taken: no declarations, dotfiles, other files, sub-folders', async () => {
  const { listFolder } = await native()
  const folder = folderOf({
    'a.ts': typescript('a'),
    'a.d.ts': 'export {}',
    'b.d.mts': 'export {}',
    'c.d.cts': 'export {}',
    '.hidden.js': 'throw 1',
    '.eslintrc.cjs': 'throw 1',
    'README.md': '# hi',
    'd.json': '{}',
    'e.sql': 'x',
    'f.js.map': '{}',
    'g.tsx': 'x',
    'nested/z.js': 'throw 1',
  })
  mkdirSync(join(folder, 'folder.js'))
  expect((await listFolder(folder)).map(({ name }) => name)).toEqual(['a'])
})

test('a link to a revision file is one', async () => {
  const { listFolder } = await native()
  const folder = folderOf({ 'elsewhere/real.mjs': esm('a') })
  mkdirSync(join(folder, 'migrations'))
  symlinkSync(join(folder, 'elsewhere/real.mjs'), join(folder, 'migrations/linked.mjs'))
  expect((await listFolder(join(folder, 'migrations'))).map(({ name }) => name)).toEqual(['linked'])
})

test('a file that cannot be read is refused, by its name', async () => {
  const { listFolder } = await native()
  const folder = folderOf({ 'a.mjs': esm('a') })
  symlinkSync('nowhere', join(folder, 'b.js'))
  const error = await failure(listFolder(folder))
  expect(error).toMatchObject({ code: 'REVISION_NOT_LOADABLE', subject: expect.stringMatching(/b\.js$/u) })
  expect(error.message).toMatch(/b\.js cannot be read \(ENOENT\)\. Nothing was run\./u)
})

test('a folder without revisions has none', async () => {
  const { listFolder } = await native()
  expect(await listFolder(folderOf({}))).toEqual([])
})

test('a header that can be read from the text runs nothing of the file', async () => {
  const { listFolder } = await native()
  const folder = folderOf({
    'a.mjs': `throw new Error('run')\nexport const revision = 'a'`,
    'b.cjs': `throw 1; exports.up = 1`,
  })
  expect((await listFolder(folder)).map(({ revision }) => revision)).toEqual(['a', 'b'])
})

test('a header that only running tells is read by running, of either module system', async () => {
  const { listFolder } = await native()
  const folder = folderOf({
    'a.mjs': `const make = () => 'id'.repeat(2); export const revision = make(); export const up = async () => {}`,
    'b.cjs': `Object.assign(exports, { revision: 'b' + 1, downRevision: ['idid'], up() {} })`,
    'c.ts': `const header = { revision: 'c', downRevision: 'b1' } as const; export const { revision, downRevision } = header; export const up = async (): Promise<void> => {}`,
  })
  expect((await listFolder(folder)).map(({ revision, downRevision }) => [revision, downRevision])).toEqual([
    ['idid', []],
    ['b1', ['idid']],
    ['c', ['b1']],
  ])
})

test.each([
  ['spaces', 'add the stars.mjs', 'add the stars'],
  ['quotes', `o'neill "x".mjs`, `o'neill "x"`],
  ['letters of other scripts', 'ajouté_字_🎉.mjs', 'ajouté_字_🎉'],
  ['what a URL would take for its own', 'a#b?c%20d&e.mjs', 'a#b?c%20d&e'],
  ['several dots', '1.2.3.init.mjs', '1.2.3.init'],
])('a file name with %s is taken as it is', async (_what, fileName, name) => {
  const { createMigrator } = await native()
  const folder = folderOf({ [fileName]: esm('a') })
  const migrator = createMigrator({ sequelize: connect(), baseline: false, migrations: folder })
  expect(await migrator.up()).toEqual([{ name, path: join(folder, fileName) }])
  expect(await migrator.down({ to: name })).toEqual([{ name, path: join(folder, fileName) }])
})

test.each(['.ts', '.mts', '.cts', '.mjs', '.cjs', '.js'])(
  'an edited %s file is read anew in the same process',
  async (extension) => {
    const { listFolder } = await native()
    const isCommon = extension === '.cjs' || extension === '.js'
    const source = (text: string): string =>
      isCommon
        ? `exports.revision = 'a'; exports.up = async () => '${text}'`
        : `export const revision = 'a'; export const up = async () => '${text}'`
    const path = `a${extension}`
    const folder = folderOf({ [path]: source('first') })
    const answers: unknown[] = []
    for (const text of ['first', 'second', 'third']) {
      write(join(folder, path), source(text))
      const [revision] = await listFolder(folder)
      answers.push(await (await revision?.load())?.up({}, {}))
    }
    expect(answers).toEqual(['first', 'second', 'third'])
  },
)

test('a file that another takes the place of within one moment is read anew', async () => {
  const { listFolder } = await native()
  const folder = folderOf({
    'a.mjs': `export const up = async () => 1`,
    'b.txt': `export const up = async () => 2`,
  })
  const moment = new Date('2026-01-01T00:00:00Z')
  for (const name of ['a.mjs', 'b.txt']) utimesSync(join(folder, name), moment, moment)
  const run = async (): Promise<unknown> => (await (await listFolder(folder))[0]?.load())?.up({}, {})
  expect(await run()).toBe(1)
  renameSync(join(folder, 'b.txt'), join(folder, 'a.mjs'))
  expect(await run()).toBe(2)
})

describe('a file that cannot be used is refused by its name', () => {
  test.each([
    ['no up', 'a.mjs', `export const revision = 'a'`, 'INVALID_REVISION', 'does not export "up"'],
    ['up that is no function', 'a.cjs', `exports.up = 'x'`, 'INVALID_REVISION', 'does not export "up"'],
    [
      'down that is no function',
      'a.cjs',
      `exports.up = () => {}; exports.down = 'x'`,
      'INVALID_REVISION',
      'a "down" that is no function',
    ],
    [
      'transaction that is no yes or no',
      'a.mjs',
      `export const up = () => {}; export const transaction = 'no'`,
      'INVALID_REVISION',
      '"transaction"',
    ],
    [
      'breaking that is no yes or no',
      'a.ts',
      `export const up = () => {}; export const breaking = 1`,
      'INVALID_REVISION',
      '"breaking"',
    ],
    [
      'a bad id',
      'a.mjs',
      `export const revision = 'a b'; export const up = () => {}`,
      'INVALID_REVISION',
      '"revision" is "a b"',
    ],
    [
      'a bad downRevision',
      'a.mjs',
      `export const revision = 'a'; export const downRevision = [1]`,
      'INVALID_REVISION',
      '"downRevision" is [1]',
    ],
    [
      'a syntax error, ESM',
      'a.mjs',
      `export const revision = 'a'; export const up = (`,
      'REVISION_NOT_LOADABLE',
      'cannot be loaded',
    ],
    [
      'a syntax error, CommonJS',
      'a.cjs',
      `exports.revision = 'a'; exports.up = (`,
      'REVISION_NOT_LOADABLE',
      'cannot be loaded',
    ],
    [
      'a syntax error, TypeScript',
      'a.ts',
      `export const revision = 'a'; export const up: = (`,
      'REVISION_NOT_LOADABLE',
      'cannot be loaded',
    ],
    [
      'a syntax error, .js',
      'a.js',
      `exports.revision = 'a'; exports.up = (`,
      'REVISION_NOT_LOADABLE',
      'cannot be loaded',
    ],
    [
      'an import that is not there',
      'a.mjs',
      `import './gone.js'; export const revision = 'a'`,
      'REVISION_NOT_LOADABLE',
      'gone.js',
    ],
    [
      'an error of its own',
      'a.cjs',
      `exports.revision = 'a'; throw new TypeError('no such word')`,
      'REVISION_NOT_LOADABLE',
      'no such word',
    ],
    [
      'a thrown text',
      'a.mjs',
      `export const revision = 'a'; throw 'a text'`,
      'REVISION_NOT_LOADABLE',
      'a text',
    ],
    ['nothing at all', 'a.cjs', ``, 'INVALID_REVISION', 'does not export "up"'],
  ])('%s', async (_what, fileName, source, code, said) => {
    const { listFolder, MigratorError } = await native()
    const folder = folderOf({ [fileName]: source })
    const error = await failure(listFolder(folder).then(([revision]) => revision?.load()))
    expect(error).toBeInstanceOf(MigratorError)
    expect(error.code).toBe(code)
    expect(error.message).toContain(fileName)
    expect(error.message).toContain(said)
    expect(error.message).toContain('Nothing was run.')
    // Where it lies on this machine is nobody's business but the reader's of the cause.
    expect(error.message).not.toContain(folder)
  })

  test('a folder that is not there, by the name that was given', async () => {
    const { listFolder } = await native()
    const error = await failure(listFolder('./no-such-folder'))
    expect(error).toMatchObject({ code: 'FOLDER_NOT_FOUND', subject: './no-such-folder' })
    expect(error.message).toContain('"./no-such-folder" cannot be read (ENOENT)')
  })

  test('a file in the place of the folder', async () => {
    const { listFolder } = await native()
    const folder = folderOf({ 'a.mjs': esm('a') })
    expect(await failure(listFolder(join(folder, 'a.mjs')))).toMatchObject({ code: 'FOLDER_NOT_FOUND' })
  })
})
