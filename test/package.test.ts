import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { VERSION } from '../src/migrator/version.js'
import { bundleScript } from './support/bundle.js'

const root = fileURLToPath(new URL('..', import.meta.url))

interface Manifest {
  readonly version: string
  readonly type: string
  readonly sideEffects: boolean
  readonly engines: { readonly node: string }
  readonly files: readonly string[]
  readonly main: string
  readonly module: string
  readonly types: string
  readonly exports: Readonly<Record<string, string | Conditions>>
  readonly bin?: Readonly<Record<string, string>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly peerDependencies: Readonly<Record<string, string>>
}

interface Conditions {
  readonly import: { readonly types: string; readonly default: string }
  readonly require: { readonly types: string; readonly default: string }
}

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest

/** The entries that the bundler is told to make, by the name of their output. */
const entries = (): Readonly<Record<string, string>> => {
  const text = readFileSync(join(root, 'tsup.config.ts'), 'utf8')
  const block = /entry: \{([^}]*)\}/u.exec(text)?.[1] ?? ''
  return Object.fromEntries(
    [...block.matchAll(/(\w+): '([^']+)'/gu)].map(([, name = '', path = '']) => [name, path]),
  )
}

const filesBelow = (folder: string): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))

test('VERSION is the version of the package', () => {
  expect(VERSION).toBe(manifest.version)
})

test('every entry that is promised is made by the bundler, for both module systems and with types', () => {
  const { './package.json': own, ...subpaths } = manifest.exports
  expect(own).toBe('./package.json')
  const made = entries()
  expect(Object.keys(subpaths)).toEqual(['.', './sm2', './migrator', './cards', './testing'])
  for (const [subpath, conditions] of Object.entries(subpaths)) {
    const name = subpath === '.' ? 'index' : subpath.slice(2)
    expect(Object.keys(made)).toContain(name)
    expect(conditions).toEqual({
      import: { types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` },
      require: { types: `./dist/${name}.d.cts`, default: `./dist/${name}.cjs` },
    })
  }
  expect([manifest.main, manifest.module, manifest.types]).toEqual([
    './dist/index.cjs',
    './dist/index.js',
    './dist/index.d.cts',
  ])
  for (const path of Object.values(made)) expect(readFileSync(join(root, path), 'utf8')).not.toBe('')
})

test('the bin is made by the bundler, from the command line', () => {
  expect(manifest.bin).toEqual({ sm2kit: './dist/cli.js' })
  const text = readFileSync(join(root, 'tsup.config.ts'), 'utf8')
  expect(text).toContain("entry: { cli: 'src/cli/main.ts' }")
  expect(readFileSync(join(root, 'src/cli/main.ts'), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/u)
})

test('what is published holds the build, the shipped revisions and their documentation', () => {
  expect(manifest.files).toEqual(expect.arrayContaining(['dist', 'migrations', 'docs', 'CHANGELOG.md']))
  expect(readdirSync(join(root, 'migrations'))).toContain('f3e3ac684f8e_baseline.ts')
  expect(manifest).toMatchObject({ type: 'module', sideEffects: false, engines: { node: '>=20.17' } })
})

test('every dependency is imported by the sources, and every package that they import is one', () => {
  const texts = [...filesBelow('src'), ...filesBelow('migrations')].map((text) =>
    text.replace(/^\s*(?:\/\/|\*|\/\*).*$/gmu, ''),
  )
  const imported = new Set<string>()
  for (const text of texts) {
    for (const [, name = ''] of text.matchAll(
      /(?:from |import\(|createRequire\(import\.meta\.url\)\()'([^'.][^']*)'/gu,
    )) {
      // What is written into files of the host's imports this package itself.
      if (!name.startsWith('node:') && !name.startsWith('sm2kit/')) imported.add(name)
    }
  }
  const declared = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)]
  expect([...imported].sort()).toEqual(declared.sort())
})

describe('in a fresh process', () => {
  const run = promisify(execFile)

  /** Imports an entry as plain Node, runs `then` with it, and tells what has been loaded and opened since the start. */
  const tell = async (entry: string, then: string): Promise<unknown> => {
    const bundle = await bundleScript(pathToFileURL(join(root, 'src', entry, 'index.ts')))
    const code = `
      import { createRequire } from 'node:module'
      import net from 'node:net'
      import async_hooks from 'node:async_hooks'
      const opened = []
      async_hooks.createHook({ init(_id, type) { if (/WRAP|FSREQ|Timeout|Immediate|WORKER/i.test(type) && !/TTY|PIPE|FSREQ/i.test(type)) opened.push(type) } }).enable()
      const globalsBefore = Object.getOwnPropertyNames(globalThis).length
      const module = await import(${JSON.stringify(pathToFileURL(bundle).href)})
      const openedByImport = [...opened]
      const require = createRequire(${JSON.stringify(join(root, 'package.json'))})
      const packages = () => [...new Set(Object.keys(require.cache).map((path) => /.*node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(path)?.[1]))].filter((name) => ['umzug', 'sequelize', 'jiti', 'pg', 'mysql2', 'sqlite3'].includes(name)).sort()
      const onImport = packages()
      let later = null
      ${then}
      console.log(JSON.stringify({ onImport, opened: openedByImport, globals: Object.getOwnPropertyNames(globalThis).length - globalsBefore, later }))
    `
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', code], { cwd: root })
    return JSON.parse(stdout)
  }

  test.each(['sm2', 'migrator', 'testing'])(
    'importing %s loads neither Sequelize nor Umzug nor a driver, opens nothing and patches nothing',
    async (entry) => {
      expect(await tell(entry, '')).toEqual({ onImport: [], opened: [], globals: 0, later: null })
    },
  )

  test.each(['cards', '.'])('importing %s opens nothing and loads no driver and no Umzug', async (entry) => {
    expect(await tell(entry, '')).toMatchObject({
      onImport: expect.not.arrayContaining(['umzug', 'jiti', 'pg', 'mysql2', 'sqlite3']),
      opened: [],
      globals: 0,
    })
  })

  test('up() with nothing to do does not load Umzug, nor jiti; with something to do it loads Umzug', async () => {
    const then = `
      const { Sequelize } = require('sequelize')
      const sequelize = new Sequelize({ dialect: 'sqlite', storage: ':memory:', logging: false })
      await module.createMigrator({ sequelize, baseline: false }).up()
      const nothing = packages().includes('umzug')
      await module.createMigrator({ sequelize }).stamp('head')
      await module.createMigrator({ sequelize }).up()
      const applied = packages().includes('umzug')
      await module.createMigrator({ sequelize }).down()
      later = { nothing, applied, down: packages().includes('umzug'), jiti: packages().includes('jiti') }
    `
    // Reverting tables that were only stamped fails; Umzug was loaded to try.
    const tried = then.replace('.down()', '.down().catch(() => {})')
    expect(await tell('migrator', tried)).toMatchObject({
      later: { nothing: false, applied: false, down: true, jiti: false },
    })
  })
})
