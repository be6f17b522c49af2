import { closeSync, existsSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { tablesOf } from '../migrator/support.js'
import { describeNewest, withDatabase } from '../support/engines/index.js'
import { type Printed, project, revisionFile, sm2kit, tableRevision } from './support/sm2kit.js'

/** A revision that makes a table, says so by a file, and then waits as long as nothing lets it go on. */
const HISTORY = {
  'migrations/20260101000000_create_notes.js': tableRevision('51b0c3d9a7e4', null, 'notes'),
  'migrations/20260102000000_slow.js': revisionFile(
    '8c1d0a5be2f7',
    '51b0c3d9a7e4',
    `const fs = require('node:fs')
     await op.createTable('slow', { id: { type: DataTypes.INTEGER, primaryKey: true } })
     fs.writeFileSync('arrived', '')
     while (!fs.existsSync('go-on')) await new Promise((resolve) => setTimeout(resolve, 20))
     await op.addColumn('slow', 'color', { type: DataTypes.STRING })`,
    "await op.dropTable('slow')",
  ),
  'sm2kit.config.json': '{ "migrations": "./migrations" }',
} as const

const until = async (isTrue: () => boolean): Promise<void> => {
  while (!isTrue()) await sleep(20)
}

describeNewest(
  'Ctrl-C while a step runs',
  (engine) => {
    test.each([
      ['SIGINT', 130, []],
      ['SIGTERM', 143, ['--json']],
    ] as const)('%s: it says what is true, which it is, and the next run goes on', (signal, code, flags) =>
      withDatabase(engine, async (database) => {
        const folder = await project(HISTORY)
        const env = { DATABASE_URL: database.url }
        const { exitCode, stdout, stderr } = await sm2kit(folder, ['upgrade', ...flags], {
          env,
          onStart: (child) =>
            void until(() => existsSync(join(folder, 'arrived'))).then(() => child.kill(signal)),
        })
        expect(exitCode).toBe(code)
        expect(stderr).toMatch(
          engine.dialect === 'mysql'
            ? /^Error \(CANCELLED\): Interrupted\. It came in the middle of a step \(Running upgrade 51b0c3d9a7e4 -> 8c1d0a5be2f7, slow\)\. 2 before it are done\. The statements of that step that were completed stay, and are noted/mu
            : /^Error \(CANCELLED\): Interrupted\. It came in the middle of a step \(Running upgrade 51b0c3d9a7e4 -> 8c1d0a5be2f7, slow\)\. 2 before it are done\. The database takes that step back/mu,
        )
        if (flags.length > 0) expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'CANCELLED' } })
        expect(stderr).not.toMatch(/\n\s+at /u)

        const tables = async (): Promise<readonly string[]> =>
          (await tablesOf(database.connect())).filter((name) => !name.startsWith('sm2'))
        // The server notices the end of a connection in its own time.
        for (let left = 100; left > 0 && engine.dialect !== 'mysql' && (await tables()).length > 1; left -= 1)
          await sleep(50)
        expect(await tables()).toEqual(engine.dialect === 'mysql' ? ['notes', 'slow'] : ['notes'])

        await import('node:fs/promises').then(({ writeFile }) => writeFile(join(folder, 'go-on'), ''))
        const next = await sm2kit(folder, ['upgrade'], { env })
        expect(next.stdout).toContain('the database is at 8c1d0a5be2f7 (head)')
        expect(Object.keys(await database.connect().getQueryInterface().describeTable('slow'))).toEqual([
          'id',
          'color',
        ])
      }),
    )
  },
  (engine) => engine.isShared,
)

test('where all steps are one transaction, it says that they go together', async () => {
  const config = '{ "migrations": "./migrations", "url": "sqlite:app.sqlite", "transaction": "run" }'
  const folder = await project({ ...HISTORY, 'sm2kit.config.json': config })
  const { exitCode, stderr } = await sm2kit(folder, ['upgrade'], {
    onStart: (child) =>
      void until(() => existsSync(join(folder, 'arrived'))).then(() => child.kill('SIGINT')),
  })
  expect([exitCode, stderr]).toEqual([130, expect.stringContaining('happens to the 2 before it too.')])
  expect((await sm2kit(folder, ['current', '--json'])).stdout).toBe('[]\n')
})

test('before anything runs it says that nothing was being changed', async () => {
  const waiting =
    "require('node:fs').writeFileSync('arrived', ''); module.exports = () => new Promise((r) => setTimeout(r, 60000))"
  const folder = await project({ 'sm2kit.config.cjs': waiting })
  const { exitCode, stderr } = await sm2kit(folder, ['upgrade'], {
    onStart: (child) =>
      void until(() => existsSync(join(folder, 'arrived'))).then(() => child.kill('SIGINT')),
  })
  expect([exitCode, stderr]).toEqual([130, 'Error (CANCELLED): Interrupted. Nothing was being changed.\n'])
})

test('an end of the output before the end of the command is no error', async () => {
  const folder = await project({ 'sm2kit.config.json': '{ "url": "sqlite:app.sqlite" }' })
  const { exitCode, stderr } = await sm2kit(folder, ['history'], {
    onStart: (child) => void child.stdout?.destroy(),
  })
  expect([exitCode, stderr]).toEqual([0, ''])
})

test('an end of the output in the middle of an upgrade stops nothing', async () => {
  const folder = await project({ 'sm2kit.config.json': '{ "url": "sqlite:app.sqlite" }' })
  const { exitCode, stderr } = await sm2kit(folder, ['upgrade'], {
    onStart: (child) => void child.stdout?.destroy(),
  })
  expect([exitCode, stderr]).toEqual([0, ''])
  expect((await sm2kit(folder, ['current'])).stdout).toBe('f3e3ac684f8e (head)\n')
})

describe.skipIf(process.env['CI'] !== 'true' && !existsSync('/dev/full'))(
  'a full disk behind the output',
  () => {
    const config = { 'sm2kit.config.json': '{ "url": "sqlite:app.sqlite" }' }
    const onFullDisk = async (folder: string, args: readonly string[]): Promise<Printed> => {
      const full = openSync('/dev/full', 'w')
      try {
        return await sm2kit(folder, args, { stdout: full })
      } finally {
        closeSync(full)
      }
    }

    test.each([
      [['upgrade'], 'The command itself was done', 'f3e3ac684f8e (head)\n'],
      [['upgrade', '--json'], 'The command itself was done', 'f3e3ac684f8e (head)\n'],
      [['check'], 'The command itself ended with exit code 1', ''],
    ])('stops nothing in %j, and is told beside it', async (args, said, current) => {
      const folder = await project(config)
      const { exitCode, stderr } = await onFullDisk(folder, args)
      expect(exitCode).toBe(1)
      expect(stderr).toContain(
        `Error (OUTPUT_NOT_WRITTEN): The standard output could not be written: ENOSPC: no space left on device, write. ${said}, and what it has changed stays`,
      )
      expect((await sm2kit(folder, ['current'])).stdout).toBe(current)
    })

    test('is nothing to a command that prints nothing on it', async () => {
      const { exitCode, stderr } = await onFullDisk(await project(config), ['current'])
      expect([exitCode, stderr]).toEqual([0, expect.not.stringContaining('Error')])
    })
  },
)

test('a command that can never end says so', async () => {
  const folder = await project({ 'sm2kit.config.cjs': 'module.exports = () => new Promise(() => {})' })
  const { exitCode, stdout } = await sm2kit(folder, ['upgrade', '--json'])
  expect(exitCode).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({
    error: { code: 'UNEXPECTED', message: expect.stringContaining('waits for something that never comes') },
  })
})

test.each([
  [0, 1],
  [3, 3],
])('process.exit(%i) in a revision is no success, and what is true is said', async (given, exitCode) => {
  const folder = await project({
    'migrations/20260101000000_create_notes.js': tableRevision('51b0c3d9a7e4', null, 'notes'),
    'migrations/20260102000000_leaving.js': revisionFile(
      '8c1d0a5be2f7',
      '51b0c3d9a7e4',
      `await op.createTable('slow', { id: { type: DataTypes.INTEGER, primaryKey: true } })
       process.exit(${given})`,
      '',
    ),
    'sm2kit.config.json': '{ "migrations": "./migrations", "url": "sqlite:app.sqlite" }',
  })
  const ended = await sm2kit(folder, ['upgrade', '--json'])
  expect(ended.exitCode).toBe(exitCode)
  expect(JSON.parse(ended.stdout)).toMatchObject({ error: { code: 'CANCELLED' } })
  expect(ended.stderr).toContain(
    'Error (CANCELLED): The config or a revision has ended the process before the command was done. It came in the middle of ' +
      'a step (Running upgrade 51b0c3d9a7e4 -> 8c1d0a5be2f7, leaving). 2 before it are done. The database takes that step back',
  )
  expect((await sm2kit(folder, ['current'])).stdout).toContain('51b0c3d9a7e4')
})

test('process.exit(0) in a config is no success', async () => {
  const folder = await project({ 'sm2kit.config.cjs': 'module.exports = () => process.exit(0)' })
  const { exitCode, stdout, stderr } = await sm2kit(folder, ['upgrade'])
  expect([exitCode, stdout, stderr]).toEqual([
    1,
    '',
    'Error (CANCELLED): The config or a revision has ended the process before the command was done. Nothing was being changed.\n',
  ])
})
