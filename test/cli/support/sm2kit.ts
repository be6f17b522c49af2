import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { onTestFinished } from 'vitest'
import { bundleScript } from '../../support/bundle.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** How a command ended, and what it printed. */
export interface Printed {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** How a command is called. */
export interface Call {
  readonly env?: Readonly<Record<string, string>>
  /** A file, opened for writing, that is its standard output; otherwise what it prints there is kept. */
  readonly stdout?: number
  /** Told the process as soon as it has started. */
  readonly onStart?: (child: ChildProcess) => void
}

/** A folder as a host's: packages installed, and these files; as long as the test runs. */
export const project = async (
  files: Readonly<Record<string, string>> = {},
  packages: readonly string[] = ['sequelize', 'sqlite3', 'pg', 'mysql2'],
): Promise<string> => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sm2kit-cli-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'node_modules'))
  for (const name of packages)
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name))
  const entry = pathToFileURL(await bundleScript(new URL('../../../src/migrator/index.ts', import.meta.url)))
  const own = { name: 'sm2kit', type: 'module', exports: { './migrator': './migrator.js' } }
  const all = {
    'package.json': '{ "name": "host", "private": true }',
    'node_modules/sm2kit/package.json': JSON.stringify(own),
    'node_modules/sm2kit/migrator.js': `export * from ${JSON.stringify(entry.href)}`,
    ...files,
  }
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

/** Runs the command line as a process of its own, with nothing of this one's environment that it would look at. */
export const sm2kit = async (
  folder: string,
  args: readonly string[],
  { env = {}, stdout, onStart }: Call = {},
): Promise<Printed> => {
  const { DATABASE_URL: _a, SM2KIT_URL: _b, NO_COLOR: _c, ...rest } = process.env
  const main = await bundleScript(new URL('../../../src/cli/main.ts', import.meta.url))
  const child = spawn(process.execPath, [main, ...args], {
    cwd: folder,
    env: { ...rest, ...env },
    stdio: ['ignore', stdout ?? 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  onStart?.(child)
  return new Promise((resolve, reject) => {
    const output = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const)
      child[name]?.setEncoding('utf8').on('data', (text: string) => {
        output[name] += text
      })
    child.once('error', reject)
    child.once('close', (exitCode) => resolve({ exitCode, ...output }))
  })
}

/**
 * Runs the command line in this process, which is ten times as fast; its standard streams are these two texts.
 *
 * @param isTerminal - Whether they are said to be a terminal.
 */
export const inProcess = async (
  folder: string,
  args: readonly string[],
  { env = {}, isTerminal = false }: Call & { readonly isTerminal?: boolean } = {},
): Promise<Printed> => {
  const bundle = await bundleScript(new URL('../../../src/cli/run.ts', import.meta.url))
  const { run } = (await import(pathToFileURL(bundle).href)) as typeof import('../../../src/cli/run.js')
  const output = { stdout: '', stderr: '' }
  const stream = (name: 'stdout' | 'stderr') => ({
    isTTY: isTerminal,
    write: (text: string) => {
      output[name] += text
    },
  })
  const before = process.cwd()
  process.chdir(folder)
  try {
    const streams = { stdout: stream('stdout'), stderr: stream('stderr') }
    const exitCode = await run({ argv: args, env, folder, ...streams }).exitCode
    return { exitCode, ...output }
  } finally {
    process.chdir(before)
  }
}

/** What a command printed, with each time that depends on the machine as `<time>`, who runs it, and the version as `<version>`. */
export const withoutTimes = (text: string): string =>
  text
    .replace(/\b\d+(?:\.\d+)? (?:ms|s|min \d+ s)\b/gu, '<time>')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/gu, '<instant>')
    .replace(/\bby \S+ with sm2kit \d+\.\d+\.\d+\S*/gu, 'by <who> with sm2kit <version>')

/** A revision file in CommonJS that makes, and drops, one table. */
export const tableRevision = (revision: string, downRevision: string | null, table: string): string =>
  revisionFile(
    revision,
    downRevision,
    `await op.createTable('${table}', { id: { type: DataTypes.INTEGER, primaryKey: true } })`,
    `await op.dropTable('${table}')`,
  )

/** A revision file in CommonJS. */
export const revisionFile = (
  revision: string,
  downRevision: string | null,
  up: string,
  down = '',
): string => `const { DataTypes } = require('sequelize')
exports.revision = '${revision}'
exports.downRevision = ${JSON.stringify(downRevision)}
exports.dependsOn = ${downRevision === null ? "['f3e3ac684f8e']" : '[]'}
exports.up = async ({ context: op }) => { ${up} }
exports.down = async ({ context: op }) => { ${down} }
`

/** The two revisions of a host that the transcripts are about. */
export const HISTORY = {
  'migrations/20260101000000_create_notes.js': tableRevision('51b0c3d9a7e4', null, 'notes'),
  'migrations/20260102000000_add_stars.js': revisionFile(
    '8c1d0a5be2f7',
    '51b0c3d9a7e4',
    "await op.addColumn('notes', 'stars', { type: DataTypes.INTEGER })",
    "await op.removeColumn('notes', 'stars')",
  ),
} as const
