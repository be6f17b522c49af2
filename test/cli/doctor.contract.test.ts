import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Transaction } from 'sequelize'
import { expect, test } from 'vitest'
import type { Check } from '../../src/cli/doctor/check.js'
import { tablesOf, uniqueName } from '../migrator/support.js'
import { describeEngines, withDatabase } from '../support/engines/index.js'
import { HISTORY, inProcess, project, revisionFile, sm2kit } from './support/sm2kit.js'

const config = { 'sm2kit.config.json': '{ "migrations": "./migrations" }' }

interface Diagnosis {
  readonly exitCode: number | null
  readonly checks: Readonly<Record<string, Check>>
}

const diagnose = async (folder: string, url: string): Promise<Diagnosis> => {
  const { exitCode, stdout } = await inProcess(folder, ['doctor', '--json'], { env: { DATABASE_URL: url } })
  const { ok, checks } = JSON.parse(stdout) as { readonly ok: boolean; readonly checks: readonly Check[] }
  expect(ok).toBe(exitCode === 0)
  return { exitCode, checks: Object.fromEntries(checks.map((check) => [check.name, check])) }
}

describeEngines(
  'the doctor',
  (engine) => {
    test('finds a fresh database in order, changes nothing, and counts what is pending', () =>
      withDatabase(engine, async (database) => {
        const folder = await project({ ...HISTORY, ...config })
        await database.connect().authenticate()
        const { exitCode, checks } = await diagnose(folder, database.url)
        expect(exitCode).toBe(0)
        expect(Object.values(checks).filter(({ state }) => state === 'wrong')).toEqual([])
        expect(checks['engine']?.message).toMatch(/^(?:SQLite 3|PostgreSQL 1\d|MariaDB 1\d)/u)
        expect(checks['driver']?.message).toMatch(/^(?:sqlite3|pg|mysql2) \d+\.\d+/u)
        expect(checks['sequelize']).toEqual({
          name: 'sequelize',
          state: 'ok',
          message: expect.stringMatching(/^6\./u),
        })
        expect(checks['privileges']?.state).toBe('ok')
        expect(checks['revisions']).toEqual({
          name: 'revisions',
          state: 'warning',
          message: '3 pending, up to 8c1d0a5be2f7 (add stars)',
          remedy: 'sm2kit upgrade head',
        })
        expect(await tablesOf(database.connect())).toEqual([])

        await inProcess(folder, ['upgrade'], { env: { DATABASE_URL: database.url } })
        const after = await diagnose(folder, database.url)
        expect(Object.values(after.checks).filter(({ state }) => state !== 'ok')).toEqual([])
        expect(after.checks['lock']?.message).toBe('free')
        expect(after.checks['revisions']?.message).toBe('3 applied, none pending')
        expect(
          JSON.parse(
            (await inProcess(folder, ['current', '--json'], { env: { DATABASE_URL: database.url } })).stdout,
          ),
        ).toHaveLength(1)
      }))

    test('sees a lock that is held while a step runs, and who holds it where the engine tells', () =>
      withDatabase(engine, async (database) => {
        const slow = revisionFile(
          '9c41d0e2aa11',
          '8c1d0a5be2f7',
          `const fs = require('node:fs')
           await op.createTable('slow', { id: { type: DataTypes.INTEGER, primaryKey: true } })
           fs.writeFileSync('arrived', '')
           while (!fs.existsSync('go-on')) await new Promise((resolve) => setTimeout(resolve, 20))`,
        )
        const folder = await project({ ...HISTORY, ...config, 'migrations/20260104000000_slow.js': slow })
        const env = { DATABASE_URL: database.url }
        const running = sm2kit(folder, ['upgrade'], { env })
        while (!existsSync(join(folder, 'arrived'))) await new Promise((resolve) => setTimeout(resolve, 20))
        const { checks } = await diagnose(folder, database.url)
        expect(checks['lock']).toMatchObject({
          state: 'warning',
          message: expect.stringMatching(/^held: Another process holds the lock: /u),
        })
        writeFileSync(join(folder, 'go-on'), '')
        expect((await running).exitCode).toBe(0)
        expect((await diagnose(folder, database.url)).checks['lock']?.message).toBe('free')
      }))

    test('finds an edited file, and says how to accept it', () =>
      withDatabase(engine, async (database) => {
        const folder = await project({ ...HISTORY, ...config })
        await inProcess(folder, ['upgrade'], { env: { DATABASE_URL: database.url } })
        const path = join(folder, 'migrations/20260101000000_create_notes.js')
        writeFileSync(path, readFileSync(path, 'utf8').replace('INTEGER', 'BIGINT'))
        const { exitCode, checks } = await diagnose(folder, database.url)
        expect(exitCode).toBe(1)
        expect(checks['revisions']).toMatchObject({
          state: 'wrong',
          message: expect.stringContaining('was edited'),
        })
      }))
  },
  (engine) => engine.isShared,
)

describeEngines(
  'a wrong password',
  (engine) => {
    test('is printed by no verb, not even with the stack', () =>
      withDatabase(engine, async (database) => {
        const folder = await project({ ...HISTORY, ...config })
        const secret = 'pa55 wörd/@:?#%'
        const url = new URL(database.url)
        url.password = encodeURIComponent(secret)
        const env = { DATABASE_URL: url.href }
        for (const args of [
          ['current'],
          ['upgrade'],
          ['doctor'],
          ['revision', '-m', 'x'],
          ['upgrade', '--sql'],
          ['stamp', 'head'],
        ]) {
          for (const flags of [['--verbose'], ['--json']]) {
            const { exitCode, stdout, stderr } = await inProcess(folder, [...args, ...flags], { env })
            const printed = stdout + stderr
            if (args[0] === 'current')
              expect([exitCode, printed]).toEqual([1, expect.stringContaining('ACCESS_DENIED')])
            expect(printed).not.toContain('pa55')
            expect(printed).not.toContain(encodeURIComponent(secret))
          }
        }
      }))
  },
  (engine) => engine.dialect !== 'sqlite',
)

describeEngines(
  'a user who may only read',
  (engine) => {
    test('is told which right is missing', () =>
      withDatabase(engine, async (database) => {
        const { spec } = database
        if (spec.dialect === 'sqlite') throw new Error('a file has no users')
        const admin = database.connect()
        const name = uniqueName('reader')
        const statements =
          spec.dialect === 'postgres'
            ? [
                `CREATE ROLE ${name} LOGIN PASSWORD 'reads-only'`,
                'REVOKE CREATE ON SCHEMA public FROM PUBLIC',
              ]
            : [
                `CREATE USER ${name} IDENTIFIED BY 'reads-only'`,
                `GRANT SELECT ON ${spec.database}.* TO ${name}`,
              ]
        for (const statement of statements) await admin.query(statement)
        const url = new URL(database.url)
        url.username = name
        url.password = 'reads-only'
        try {
          const { checks } = await diagnose(await project({ ...HISTORY, ...config }), url.href)
          expect(checks['privileges']).toMatchObject(
            spec.dialect === 'postgres'
              ? { state: 'wrong', remedy: `GRANT CREATE ON SCHEMA "public" TO "${name}"` }
              : { state: 'warning', message: expect.stringContaining('no grant of CREATE, ALTER') },
          )
        } finally {
          await admin.query(spec.dialect === 'postgres' ? `DROP ROLE ${name}` : `DROP USER ${name}`)
        }
      }))
  },
  (engine) => engine.dialect !== 'sqlite',
)

test('a database file that is not there is not made by looking', async () => {
  const folder = await project({ ...HISTORY, ...config })
  const { exitCode, checks } = await diagnose(folder, 'sqlite:none.sqlite')
  expect([exitCode, checks['connection']?.state]).toEqual([0, 'warning'])
  expect(existsSync(join(folder, 'none.sqlite'))).toBe(false)
  expect((await diagnose(folder, 'sqlite:nosuch/none.sqlite')).checks['connection']?.state).toBe('wrong')
})

test('a folder, and a file that is no database, in the place of the database file are wrong, and the file is what to look at', async () => {
  const folder = await project({ ...HISTORY, 'app.sqlite/kept.txt': '', 'junk.sqlite': 'x'.repeat(5000) })
  for (const [name, message] of [
    ['app.sqlite', 'SQLITE_CANTOPEN: unable to open database file'],
    ['junk.sqlite', 'SQLITE_NOTADB: file is not a database'],
  ] as const) {
    // As a process: what waits for ever in it ends it.
    const { exitCode, stdout, stderr } = await sm2kit(folder, ['doctor', '--json', '--url', `sqlite:${name}`])
    expect([exitCode, stderr]).toEqual([1, ''])
    const { checks } = JSON.parse(stdout) as { readonly checks: readonly Check[] }
    expect(checks.at(-1)).toEqual({
      name: 'connection',
      state: 'wrong',
      message,
      remedy: expect.stringMatching(/^Look at the file of the URL/u),
    })
  }
})

test.skipIf(process.getuid?.() === 0)('a database file that is read-only is wrong', async () => {
  const folder = await project({ ...HISTORY, ...config })
  await inProcess(folder, ['upgrade', '--url', 'sqlite:app.sqlite'])
  chmodSync(join(folder, 'app.sqlite'), 0o444)
  expect((await diagnose(folder, 'sqlite:app.sqlite')).checks['privileges']?.state).toBe('wrong')
})

test('a lock that another connection to the file holds is seen', async () => {
  const folder = await project({ ...HISTORY, ...config })
  await inProcess(folder, ['upgrade', '--url', 'sqlite:app.sqlite'])
  const { Sequelize } = await import('sequelize')
  const sequelize = new Sequelize({ dialect: 'sqlite', storage: join(folder, 'app.sqlite'), logging: false })
  const transaction = await sequelize.transaction({ type: Transaction.TYPES.IMMEDIATE })
  try {
    expect((await diagnose(folder, 'sqlite:app.sqlite')).checks['lock']?.state).toBe('warning')
  } finally {
    await transaction.rollback()
    await sequelize.close()
  }
})

test.each([
  ['{ "url": 7 }', 'config', 'sm2kit.config.json has "url" that is no text'],
  ['{ "url": "sqlite:app.sqlite", "migrations": "./nosuch" }', 'revisions', 'nosuch'],
  ['{ "url": "postgres://user:secret@127.0.0.1:9/none" }', 'connection', 'ECONNREFUSED'],
])('with %s the %s is wrong', async (text, name, said) => {
  const folder = await project({ 'sm2kit.config.json': text, 'app.sqlite': '' })
  const { exitCode, stdout, stderr } = await inProcess(folder, ['doctor'])
  expect(exitCode).toBe(1)
  expect(stdout).toMatch(new RegExp(`^wrong +${name} .*${said}`, 'mu'))
  expect(stdout + stderr).not.toContain('secret')
  expect(stderr).toBe('')
})
