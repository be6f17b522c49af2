import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { inProcess, project, sm2kit } from './support/sm2kit.js'

const manifest = (content: object): { readonly 'package.json': string } => ({
  'package.json': JSON.stringify(content),
})
const installed = { dependencies: { sequelize: '6', sqlite3: '6' } }

const written = (folder: string): readonly string[] => [
  ...readdirSync(folder).filter((name) => name.startsWith('sm2kit.config')),
  ...readdirSync(join(folder, 'migrations')).map((name) => name.replace(/^\d{14}/u, '<timestamp>')),
]

test.each([
  ['no package.json says otherwise', {}, [], 'sm2kit.config.js', '.js', 'module.exports ='],
  ['the package is of ES modules', { type: 'module' }, [], 'sm2kit.config.js', '.js', 'export default'],
  [
    'TypeScript is installed',
    { devDependencies: { typescript: '5' } },
    [],
    'sm2kit.config.ts',
    '.ts',
    'defineConfig(',
  ],
  ['ES modules are asked for', {}, ['--format', 'esm'], 'sm2kit.config.mjs', '.mjs', 'export default'],
  [
    'CommonJS is asked for',
    { type: 'module' },
    ['--format', 'cjs'],
    'sm2kit.config.cjs',
    '.cjs',
    'module.exports =',
  ],
  [
    'TypeScript is asked for',
    { type: 'module' },
    ['--typescript'],
    'sm2kit.config.ts',
    '.ts',
    'defineConfig(',
  ],
  [
    'JavaScript is asked for',
    { devDependencies: { typescript: '5' } },
    ['--javascript'],
    'sm2kit.config.js',
    '.js',
    'module.exports =',
  ],
])(
  'writes what the project is, where %s; and all of it runs',
  async (_, content, flags, config, extension, part) => {
    const folder = await project(manifest({ ...installed, ...content }))
    const { exitCode, stdout } = await inProcess(folder, ['init', ...flags])
    expect(exitCode).toBe(0)
    expect(written(folder)).toEqual([config, `<timestamp>_first_revision${extension}`])
    expect(readFileSync(join(folder, config), 'utf8')).toContain(part)
    expect(stdout.replace(/\d{14}/gu, '<timestamp>')).toBe(`Created ${config}
Created migrations/<timestamp>_first_revision${extension}

Next:
  Look at ${config}: where the database is, and where your models are
  Write what the first revision does into migrations/<timestamp>_first_revision${extension}
  npx sm2kit upgrade head
`)
    const { stdout: upgraded } = await sm2kit(folder, ['upgrade', 'head'])
    expect(upgraded).toMatch(/baseline[\s\S]*first revision[\s\S]*Done: 2 revisions applied/u)
    expect(existsSync(join(folder, 'app.sqlite'))).toBe(true)
  },
)

test('a tsconfig.json makes it TypeScript', async () => {
  const folder = await project({ ...manifest(installed), 'tsconfig.json': '{}' })
  await inProcess(folder, ['init'])
  expect(written(folder)).toEqual(['sm2kit.config.ts', '<timestamp>_first_revision.ts'])
})

test('refuses to overwrite a config of any kind, and writes nothing then', async () => {
  const folder = await project({ 'sm2kit.config.mjs': 'export default {}' })
  const { exitCode, stdout, stderr } = await inProcess(folder, ['init'])
  expect([exitCode, stdout, stderr]).toEqual([
    1,
    '',
    'Error (FILE_EXISTS): There is a sm2kit.config.mjs already; it stays as it is. Nothing was written.\n',
  ])
  expect(existsSync(join(folder, 'migrations'))).toBe(false)
  expect(readFileSync(join(folder, 'sm2kit.config.mjs'), 'utf8')).toBe('export default {}')
})

test('leaves a folder that has revisions as it is, and a file in the place of the folder', async () => {
  const folder = await project({ 'db/20250101-a.js': 'exports.up = async () => {}' })
  const { exitCode, stdout } = await inProcess(folder, ['init', '--folder', 'db', '--json'])
  expect([exitCode, JSON.parse(stdout)]).toEqual([
    0,
    { config: 'sm2kit.config.js', folder: 'db', revision: null, next: expect.any(Array) },
  ])
  expect(readdirSync(join(folder, 'db'))).toEqual(['20250101-a.js'])
  expect(readFileSync(join(folder, 'sm2kit.config.js'), 'utf8')).toContain("migrations: './db'")

  const other = await project({ migrations: 'a file' })
  const refused = await inProcess(other, ['init'])
  expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringMatching(/^Error \(FILE_EXISTS\)/u)])
  expect(existsSync(join(other, 'sm2kit.config.js'))).toBe(false)
})

test('says what is still to be installed, and writes no address of SQLite where its driver is not', async () => {
  const none = await project()
  expect((await inProcess(none, ['init', '--no-revision'])).stdout).toContain(
    'npm install sequelize@6 sqlite3',
  )
  expect(readFileSync(join(none, 'sm2kit.config.js'), 'utf8')).toContain("?? 'sqlite:app.sqlite'")
  const pg = await project(manifest({ dependencies: { sequelize: '6', pg: '8' } }))
  expect((await inProcess(pg, ['init'])).stdout).not.toContain('npm install')
  expect(readFileSync(join(pg, 'sm2kit.config.js'), 'utf8')).not.toContain('sqlite')
})

test('a package.json that cannot be read is refused', async () => {
  const folder = await project()
  writeFileSync(join(folder, 'package.json'), '{ "name": ')
  const { exitCode, stderr } = await inProcess(folder, ['init'])
  expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/^Error \(CONFIG_NOT_LOADABLE\)/u)])
})
