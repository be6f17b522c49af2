import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeEach, expect, test } from 'vitest'
import { runs } from '../migrator/support.js'
import { HISTORY, inProcess, type Printed, project } from './support/sm2kit.js'

const CODES = /^[A-Z][A-Z_]+$/u
const config = { 'sm2kit.config.json': '{ "url": "sqlite:app.sqlite", "migrations": "./migrations" }' }

let folder = ''
beforeEach(async () => {
  folder = await project({ ...HISTORY, ...config })
})

/** What must be true of every command, whatever was typed. */
const expectWellBehaved = ({ exitCode, stdout, stderr }: Printed): void => {
  expect([0, 1, 2]).toContain(exitCode)
  expect(stderr).not.toMatch(/\n\s+at .*:\d+/u)
  const value: unknown = JSON.parse(stdout)
  if (exitCode === 0) return
  const { error } = value as { readonly error?: { readonly code?: unknown; readonly message?: unknown } }
  // The doctor, whose answer is that something is wrong.
  if (error === undefined) return
  expect(error.code).toMatch(CODES)
  expect(error.code).not.toBe('UNEXPECTED')
  expect(typeof error.message).toBe('string')
}

/** Every file of the host outside the folders that may change. */
const outside = (): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => !/^(?:node_modules|migrations|app\.sqlite)/u.test(path))
    .sort()

const word = fc.oneof(
  fc.constantFrom(
    'head',
    'heads',
    'base',
    'current',
    '+1',
    '-1',
    '+0',
    '-0',
    '+99',
    'sm2',
    'sm2@head',
    'sm2@-1',
    '51b0',
    '8c1d',
  ),
  fc.constantFrom(
    '',
    ' ',
    ':',
    '@',
    ',',
    '--',
    '-',
    '*',
    '%',
    "'",
    '"',
    '\\',
    '/',
    '..',
    '../../x',
    '\u0000',
    '\u001b[2J',
    '__proto__',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
)
const target = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(''))

test('whatever is typed as a target gets an answer, or an error with a code', async () => {
  const verb = fc.constantFrom('upgrade', 'downgrade', 'show', 'stamp', 'history', 'resolve', 'merge')
  const before = outside()
  await fc.assert(
    fc.asyncProperty(
      verb,
      target,
      fc.subarray(['--sql', '--dry-run', '--purge', '--applied', '-i']),
      async (name, text, flags) => {
        const own = name === 'history' ? ['-r', text] : [text]
        expectWellBehaved(await inProcess(folder, [name, ...own, ...flags, '--json']))
        expectWellBehaved(await inProcess(folder, [name, '--json', ...flags, '--', text]))
      },
    ),
    runs(60, 2_000),
  )
  expect(outside()).toEqual(before)
}, 600_000)

test('whatever a message, an id, a label says, no file is written outside the migrations folder', async () => {
  const before = outside()
  const flag = fc.constantFrom('--rev-id', '--branch-label', '--depends-on', '--head')
  const message = fc.oneof(
    word,
    fc.string({ unit: 'grapheme', maxLength: 300 }),
    fc.constantFrom('../../x', '/etc/x', 'a/b', 'x'.repeat(5000)),
  )
  await fc.assert(
    fc.asyncProperty(message, fc.array(fc.tuple(flag, word), { maxLength: 2 }), async (text, flags) => {
      const printed = await inProcess(folder, [
        'revision',
        `--message=${text}`,
        '--json',
        ...flags.map(([name, value]) => `${name}=${value}`),
      ])
      expectWellBehaved(printed)
      if (printed.exitCode !== 0) return
      const { path } = JSON.parse(printed.stdout) as { readonly path: string }
      expect(path).toMatch(/^migrations\/[^/]+\.js$/u)
      // What was written can be read.
      const listed = await inProcess(folder, ['history', '--json'])
      expect([listed.exitCode, listed.stderr]).toEqual([0, ''])
      rmSync(join(folder, path))
    }),
    runs(60, 2_000),
  )
  expect(outside()).toEqual(before)
  expect(readdirSync(join(folder, 'migrations')).sort()).toEqual(
    Object.keys(HISTORY).map((path) => path.replace('migrations/', '')),
  )
}, 600_000)

test('whatever a config holds gets an answer, or an error with a code', async () => {
  const leaf = fc.oneof(
    word,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.constantFrom('sqlite:app.sqlite', 'run', 'step', './migrations'),
  )
  const value = fc.oneof(
    leaf,
    fc.array(leaf, { maxLength: 2 }),
    fc.dictionary(fc.constantFrom('prefix', 'schema', 'timeoutMs', 'tableName', '__proto__', 'x'), leaf, {
      maxKeys: 2,
    }),
  )
  const name = fc.constantFrom(
    'url',
    'sequelize',
    'migrations',
    'models',
    'baseline',
    'versionTable',
    'transaction',
    'lock',
    'logger',
    'x',
  )
  const given = fc.oneof(
    { weight: 5, arbitrary: fc.dictionary(name, value, { maxKeys: 4 }) },
    { weight: 1, arbitrary: leaf as fc.Arbitrary<unknown> },
  )
  await fc.assert(
    fc.asyncProperty(
      given,
      fc.constantFrom('current', 'upgrade', 'doctor', 'history'),
      async (content, verb) => {
        writeFileSync(join(folder, 'fuzz.json'), JSON.stringify(content))
        const env = { DATABASE_URL: 'sqlite::memory:' }
        const args = [verb, '--json', '-c', 'fuzz.json']
        expectWellBehaved(await inProcess(folder, args, { env }))
      },
    ),
    runs(100, 3_000),
  )
}, 600_000)

test('whatever stands on the command line gets an answer, or an error with a code', async () => {
  const part = fc.oneof(
    fc.constantFrom(
      'current',
      'upgrade',
      'history',
      'show',
      'doctor',
      'help',
      'completion',
      'bash',
      '--url',
      'sqlite:app.sqlite',
    ),
    fc.constantFrom(
      '-x',
      '-c',
      '--sql',
      '-v',
      '--help',
      '-V',
      '--migrations',
      '--',
      '-xa=b',
      '--nosuch',
      '-1',
      'fuzz.json',
    ),
    word,
  )
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 5 }), async (args) => {
      const printed = await inProcess(folder, ['--json', ...args])
      // With --verbose a stack is what was asked for.
      expectWellBehaved(args.some((text) => text.startsWith('-v')) ? { ...printed, stderr: '' } : printed)
    }),
    runs(100, 3_000),
  )
}, 600_000)
