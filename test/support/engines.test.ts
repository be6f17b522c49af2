import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { QueryTypes, Sequelize } from 'sequelize'
import { describe, expect, test } from 'vitest'
import { findEngines } from './engines/find.js'
import { describeEngines, engines, withDatabase } from './engines/index.js'
import { killAt } from './processes.js'

const select = { type: QueryTypes.SELECT } as const

describe('the engines of this run', () => {
  test('are SQLite, and every server that was found', () => {
    expect(engines.map(({ name }) => name)).toEqual([
      'sqlite',
      'sqlite-memory',
      ...findEngines().found.map(({ name }) => name),
    ])
  })

  test('that are missing are named with the way to get them', () => {
    const { missing } = findEngines({ PATH: '' })
    for (const { remedy } of missing) expect(remedy).toMatch(/^(apt-get|npm) install .+/)
  })

  test('can be named by URL', () => {
    const { found } = findEngines({
      SM2KIT_TEST_MARIADB_URL: 'mysql://tester:p%40ss%3A@db.example:3307/start',
    })
    expect(found.at(-1)).toEqual({
      kind: 'running',
      name: 'mariadb',
      label: 'MariaDB (SM2KIT_TEST_MARIADB_URL)',
      dialect: 'mysql',
      account: {
        host: 'db.example',
        port: 3307,
        username: 'tester',
        password: 'p@ss:',
        maintenanceDatabase: 'start',
      },
    })
  })

  test('that are named by something else than a URL are refused without repeating it', () => {
    expect(() => findEngines({ SM2KIT_TEST_POSTGRES_URL: 'hunter2' })).toThrow(
      /^SM2KIT_TEST_POSTGRES_URL is not a URL: scheme:\/\/user:password@host:port\/database$/,
    )
  })
})

describeEngines('a test database', (engine) => {
  // Not skipped but absent where it means nothing: a skipped test is one that a missing engine has prevented.
  const testShared = engine.isShared ? test : () => undefined

  test('answers a query', () =>
    withDatabase(engine, async (database) => {
      expect(await database.connect().query('SELECT 1 AS one', select)).toEqual([{ one: 1 }])
    }))

  testShared('can be reached by its URL', () =>
    withDatabase(engine, async ({ url }) => {
      const sequelize = new Sequelize(url, { logging: false })
      expect(await sequelize.query('SELECT 1 AS one', select)).toEqual([{ one: 1 }])
      await sequelize.close()
    }),
  )

  test('is separate from the next one', () =>
    withDatabase(engine, (one) =>
      withDatabase(engine, async (other) => {
        const [first, second] = [one.connect(), other.connect()]
        await first.query('CREATE TABLE cards (id INTEGER)')
        expect(await second.getQueryInterface().showAllTables()).toEqual([])
        await second.query('CREATE TABLE cards (id INTEGER)')
      }),
    ))

  testShared('is gone after drop, also while somebody is connected to it', async () => {
    const database = await engine.createDatabase()
    const stranger = new Sequelize(database.url, { logging: false })
    await stranger.query('CREATE TABLE cards (id INTEGER)')
    await database.drop()
    await stranger.close().catch(() => undefined)

    const late = database.connect()
    if (engine.dialect === 'sqlite') expect(await late.getQueryInterface().showAllTables()).toEqual([])
    else await expect(late.authenticate()).rejects.toThrow(/does not exist|unknown database/i)
    await database.drop()
  })
})

describeEngines(
  'a server',
  (engine) => {
    test('has a password that must be escaped in a URL', () =>
      withDatabase(engine, async ({ spec }) => {
        if (spec.dialect === 'sqlite') throw new Error('SQLite has no password')
        expect(spec.password).toMatch(/^p@ss:w\/ord%41\?&#"'\\ \$\+[0-9a-f]{18}$/)
        expect(spec.host).toBe('127.0.0.1')
      }))

    test('refuses another password', () =>
      withDatabase(engine, async (database) => {
        const stranger = database.connect({ password: 'another' })
        await expect(stranger.authenticate()).rejects.toThrow(/password|denied/i)
      }))

    test('and its folder are gone soon after its test run was killed', async () => {
      const { stdout, signal, stderr } = await killAt({
        script: new URL('./engines/orphan.script.ts', import.meta.url),
        args: [engine.name],
        from: 'barrier',
        delayMs: 0,
      })
      expect({ signal, stderr }).toEqual({ signal: 'SIGKILL', stderr: '' })
      const { folder, keeper, server } = JSON.parse(stdout)
      expect(server).toBeGreaterThan(1)
      const remains = () => ({ server: isAlive(server), keeper: isAlive(keeper), folder: existsSync(folder) })
      for (const end = Date.now() + 5_000; Date.now() < end && Object.values(remains()).includes(true); ) {
        await sleep(20)
      }
      expect(remains()).toEqual({ server: false, keeper: false, folder: false })
    })
  },
  // A server that was named by URL is not ours to start, to stop or to give a password.
  ({ dialect, label }) => dialect !== 'sqlite' && !label.includes('_URL'),
)

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
