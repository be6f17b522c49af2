import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { type Options, Sequelize } from 'sequelize'
import { createMigrator, MigratorError, type MigratorOptions, type Revision } from 'sm2kit/migrator'
import { describe, expect, onTestFinished, test } from 'vitest'
import { describeEngines, type Engine, type TestDatabase, withDatabase } from '../support/engines/index.js'
import {
  failure,
  folderOf,
  native,
  recordingLogger,
  revisionOf,
  rowsOf,
  tablesOf,
  uniqueName,
} from './support.js'

const isServer = (engine: Engine): boolean => engine.dialect !== 'sqlite'

const passwordOf = (database: TestDatabase): string =>
  'password' in database.spec ? database.spec.password : ''

/** Nothing that an error or a logger shows may hold a secret, however it is spelled. */
const expectNoSecret = (secret: string, error: unknown, logged: unknown = undefined): void => {
  if (secret === '') return
  const report = error instanceof MigratorError ? error.report : undefined
  const shown = {
    message: error instanceof Error ? error.message : '',
    stack: error instanceof Error ? (error.stack ?? '') : '',
    inspected: inspect(error, { depth: 10 }),
    json:
      JSON.stringify(error, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)) ??
      '',
    report: JSON.stringify(report) ?? '',
    logged: inspect(logged, { depth: 10 }),
  }
  const spellings = [
    secret,
    encodeURIComponent(secret),
    encodeURI(secret),
    JSON.stringify(secret).slice(1, -1),
    inspect(secret).slice(1, -1),
  ]
  const leaks = Object.entries(shown).flatMap(([where, text]) =>
    spellings.some((one) => text.includes(one)) ? [where] : [],
  )
  expect(leaks, inspectedWithout(spellings, error)).toEqual([])
}

/** For the message of a failed test, where the secret must not be either. */
const inspectedWithout = (spellings: readonly string[], error: unknown): string =>
  spellings.reduce((text, one) => text.split(one).join('***'), error instanceof Error ? error.message : '')

/** A refusal as the contract wants it. */
const expectRefusal = (error: unknown, code: string, ...named: readonly string[]): void => {
  expect(error).toBeInstanceOf(MigratorError)
  expect(error).toMatchObject({ code })
  for (const name of named) expect((error as Error).message).toContain(name)
}

const upOf = async (options: Options, rest: Partial<MigratorOptions> = {}) => {
  const sequelize = new Sequelize({ logging: false, ...options })
  onTestFinished(() => sequelize.close().catch(() => {}))
  const logger = recordingLogger()
  const error = await failure(createMigrator({ sequelize, logger, ...rest }).up())
  return { error, logger, sequelize }
}

describeEngines(
  'a server that cannot be used',
  (engine) => {
    test('with a wrong password is named as that', () =>
      withDatabase(engine, async (database) => {
        const password = `wrong!"'§$%&/()=?\\#@:${uniqueName('x')}`
        const { error, logger } = await upOf({ ...database.options, password })
        expectRefusal(error, 'ACCESS_DENIED', 'denies access', 'Look at the user and the password')
        expectNoSecret(password, error, logger.lines)
        expectNoSecret(passwordOf(database), error, logger.lines)
        expect(await tablesOf(database.connect())).toEqual([])
      }))

    test('without the database is named as that', () =>
      withDatabase(engine, async (database) => {
        const { error, logger } = await upOf({ ...database.options, database: 'no_such_database' })
        expectRefusal(error, 'DATABASE_NOT_FOUND', 'no_such_database', 'Create it, or correct the name')
        expectNoSecret(passwordOf(database), error, logger.lines)
      }))

    test('that does not run is named by host and port', () =>
      withDatabase(engine, async (database) => {
        const port = await closedPort()
        for (const verb of ['up', 'down', 'pending', 'executed', 'current', 'history'] as const) {
          const sequelize = new Sequelize({ ...database.options, port })
          const error = await failure(createMigrator({ sequelize })[verb]())
          expectRefusal(error, 'CANNOT_CONNECT', `${port}`, 'Look whether the server runs')
          expectNoSecret(passwordOf(database), error)
          await sequelize.close()
        }
      }))

    test('given as a URL does not show it', () =>
      withDatabase(engine, async (database) => {
        const port = await closedPort()
        const secret = `p@ss/w:rd?#%"' ${uniqueName('x')}`
        const url = `${engine.dialect}://someone:${encodeURIComponent(secret)}@127.0.0.1:${port}/db`
        const sequelize = new Sequelize(url, { logging: false })
        const error = await failure(createMigrator({ sequelize }).up())
        expectRefusal(error, 'CANNOT_CONNECT')
        expectNoSecret(secret, error)
        expect(database.url).toContain('@')
      }))

    test('whose user may only read is named as that, and nothing is changed', () =>
      withDatabase(engine, async (database) => {
        const admin = database.connect()
        const user = uniqueName('reader')
        const password = `r3ad!er'$"${uniqueName('x')}`
        const quoted = admin.escape(password)
        const name = 'database' in database.spec ? database.spec.database : ''
        if (engine.dialect === 'postgres') {
          await admin.query(`CREATE ROLE ${user} LOGIN PASSWORD ${quoted}`)
          await admin.query('REVOKE CREATE ON SCHEMA public FROM PUBLIC')
        } else {
          await admin.query(`CREATE USER ${user}@'%' IDENTIFIED BY ${quoted}`)
          await admin.query(`GRANT SELECT ON ${name}.* TO ${user}@'%'`)
        }
        try {
          const { error, logger } = await upOf({ ...database.options, username: user, password })
          expectRefusal(error, 'ACCESS_DENIED', 'denies access')
          expectNoSecret(password, error, logger.lines)
          expect(await tablesOf(admin)).toEqual([])
        } finally {
          await admin.query(engine.dialect === 'postgres' ? `DROP ROLE ${user}` : `DROP USER ${user}@'%'`)
        }
      }))

    test('that is read-only is named as that, and nothing is changed', () =>
      withDatabase(engine, async (database) => {
        const admin = database.connect()
        if (engine.dialect === 'postgres') {
          const name = 'database' in database.spec ? database.spec.database : ''
          await admin.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`)
          const { error } = await upOf(database.options)
          expectRefusal(
            error,
            'READ_ONLY_DATABASE',
            'is read-only',
            'Connect to a database that can be written to',
          )
          await admin.query(`SET default_transaction_read_only = off`)
        } else {
          const sequelize = database.connect({ pool: { max: 1, min: 1, idle: 10_000 } })
          await sequelize.query('SET SESSION TRANSACTION READ ONLY')
          expectRefusal(
            await failure(createMigrator({ sequelize }).up()),
            'READ_ONLY_DATABASE',
            'is read-only',
          )
        }
        expect(await tablesOf(admin)).toEqual([])
      }))
  },
  isServer,
)

/** A port on which nobody listens. */
const closedPort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })

describeEngines(
  'a failing step whose statement holds the password',
  (engine) => {
    test('does not show it', () =>
      withDatabase(engine, async (database) => {
        const secret = passwordOf(database)
        const works: readonly Revision['up'][] = [
          async ({ context: op }) => op.sequelize.query(`SELECT ${op.sequelize.escape(secret)} FROM nowhere`),
          async ({ context: op }) =>
            op.sequelize.query('SELECT :secret FROM nowhere', { replacements: { secret } }),
          async ({ context: op }) => op.sequelize.query('SELECT $1 FROM nowhere', { bind: [secret] }),
          async () => {
            throw new Error(`I know ${secret} and ${encodeURIComponent(secret)}`)
          },
          async () => {
            throw Object.assign(new Error('look inside'), { deep: { deeper: [{ config: { secret } }] } })
          },
          async ({ context: op }) => {
            throw Object.assign(new Error('the instance'), {
              sequelize: op.sequelize,
              wrapped: { again: { and: { once: { more: { deep: { some: { secret } } } } } } },
            })
          },
          async () => {
            throw new Error('outer', { cause: new AggregateError([new Error(`inner ${secret}`)], 'several') })
          },
          async () => {
            throw `a text with ${secret}`
          },
          async ({ context: op }) => {
            await op.createTable('t', {
              id: { type: 'INTEGER', primaryKey: true },
              note: { type: 'VARCHAR(200)', unique: true },
            })
            await op.bulkInsert('t', [{ id: 1, note: secret }])
            await op.bulkInsert('t', [{ id: 2, note: secret }])
          },
        ]
        for (const up of works) {
          const logger = recordingLogger()
          const sequelize = database.connect()
          const versionTable = uniqueName('versions')
          const migrations = [revisionOf('step', null, up)]
          const error = await failure(
            createMigrator({ sequelize, baseline: false, migrations, logger, versionTable }).up(),
          )
          expectRefusal(error, 'STEP_FAILED', 'step')
          expectNoSecret(secret, error, logger.lines)
        }
      }))
  },
  isServer,
)

describe('a SQLite file that cannot be used', () => {
  const open = (storage: string, rest: object = {}) => upOf({ dialect: 'sqlite', storage, ...rest })

  test('because it is opened read-only is refused, and nothing is changed', async () => {
    const storage = join(folderOf({}), 'a.sqlite')
    const first = new Sequelize({ dialect: 'sqlite', storage, logging: false })
    await first.query('CREATE TABLE words (id INTEGER)')
    await first.close()
    const before = readFileSync(storage)
    // SQLITE_OPEN_READONLY
    const { error } = await open(storage, { dialectOptions: { mode: 1 } })
    expectRefusal(error, 'READ_ONLY_DATABASE', 'is read-only')
    expect(readFileSync(storage).equals(before)).toBe(true)
  })

  test('because it is none is refused, and it is left as it is', async () => {
    const folder = folderOf({ 'a.sqlite': 'this is no database, '.repeat(100) })
    const { error } = await open(join(folder, 'a.sqlite'))
    expectRefusal(error, 'CANNOT_CONNECT', 'SQLite cannot be reached', 'not a database')
    expect(readFileSync(join(folder, 'a.sqlite'), 'utf8')).toBe('this is no database, '.repeat(100))
    expect(readdirSync(folder)).toEqual(['a.sqlite'])
  })

  test('because it is a folder is refused', async () => {
    const storage = join(folderOf({}), 'folder')
    mkdirSync(storage)
    const { error } = await open(storage)
    expect(error).toBeInstanceOf(MigratorError)
    expect(['DATABASE_NOT_FOUND', 'CANNOT_CONNECT']).toContain(error.code)
    expect(readdirSync(storage)).toEqual([])
  })

  test('because its folder cannot be made is refused', async () => {
    const folder = folderOf({ file: 'x' })
    const { error } = await open(join(folder, 'file', 'a.sqlite'))
    expect(error).toBeInstanceOf(MigratorError)
    expect(['DATABASE_NOT_FOUND', 'CANNOT_CONNECT']).toContain(error.code)
    expect(readdirSync(folder)).toEqual(['file'])
  })

  test('because its name is empty is refused before anything is opened', () => {
    const sequelize = new Sequelize({ dialect: 'sqlite', storage: '', logging: false })
    expect(() => createMigrator({ sequelize })).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_STORAGE' }),
    )
  })
})

describeEngines(
  'revisions that cannot be used',
  (engine) => {
    const good = (id: string): string =>
      `export const revision = '${id}'; export const up = async ({ context: op }) => { await op.createTable('${id}', { id: 'INTEGER' }) }`

    test.each<[string, Readonly<Record<string, string>>, string, readonly string[]]>([
      [
        'a syntax error in the last, ESM',
        { '1.mjs': good('a'), '2.mjs': `export const revision = 'b'; export const up = (` },
        'REVISION_NOT_LOADABLE',
        ['2.mjs'],
      ],
      [
        'a syntax error in the last, CommonJS',
        { '1.mjs': good('a'), '2.cjs': `exports.revision = 'b'; exports.up = (` },
        'REVISION_NOT_LOADABLE',
        ['2.cjs'],
      ],
      [
        'a syntax error in the last, TypeScript',
        { '1.mjs': good('a'), '2.ts': `export const revision = 'b'; export const up: = (` },
        'REVISION_NOT_LOADABLE',
        ['2.ts'],
      ],
      [
        'no up in the last',
        { '1.mjs': good('a'), '2.mjs': `export const revision = 'b'` },
        'INVALID_REVISION',
        ['2.mjs', 'does not export "up"'],
      ],
      [
        'one id twice',
        { '1.mjs': good('a'), '2.mjs': good('a') },
        'DUPLICATE_REVISION',
        ['1.mjs', '2.mjs', 'id a'],
      ],
      [
        'one name twice',
        { '1.mjs': good('a'), '1.cjs': `exports.revision = 'b'; exports.up = async () => {}` },
        'DUPLICATE_REVISION',
        ['1.mjs', '1.cjs'],
      ],
      [
        'a missing parent',
        { '1.mjs': good('a'), '2.mjs': `${good('b')}; export const downRevision = 'gone'` },
        'MISSING_PARENT',
        ['2.mjs', 'gone'],
      ],
    ])('%s: refused by name, before anything runs', (_what, files, code, named) =>
      withDatabase(engine, async (database) => {
        const { createMigrator: create, MigratorError: ErrorClass } = await native()
        const sequelize = database.connect()
        const error = await failure(create({ sequelize, migrations: folderOf(files) }).up())
        expect(error).toBeInstanceOf(ErrorClass)
        expect(error.code).toBe(code)
        for (const name of named) expect(error.message).toContain(name)
        expect(error.message).toContain('Nothing was run.')
        expect(await tablesOf(sequelize)).toEqual([])
      }),
    )

    test('a folder that is not there: refused by every verb, before anything is connected', () =>
      withDatabase(engine, async (database) => {
        const sequelize = database.connect()
        const migrator = createMigrator({ sequelize, migrations: './no-such-folder' })
        for (const verb of ['up', 'down', 'pending', 'executed', 'current', 'history'] as const) {
          expectRefusal(await failure(migrator[verb]()), 'FOLDER_NOT_FOUND', '"./no-such-folder"')
        }
        expectRefusal(await failure(migrator.stamp('head')), 'FOLDER_NOT_FOUND')
        expect(await tablesOf(sequelize)).toEqual([])
      }))

    test('an applied file that was edited: refused by name; a comment is no edit; stamp accepts', () =>
      withDatabase(engine, async (database) => {
        const { createMigrator: create } = await native()
        const sequelize = database.connect()
        const folder = folderOf({
          '1.mjs': good('a'),
          '2.cjs': `exports.revision = 'b'; exports.downRevision = 'a'; exports.up = async () => {}`,
        })
        const migrator = create({ sequelize, baseline: false, migrations: folder })
        await migrator.up()
        writeFileSync(join(folder, '1.mjs'), `// Why it is so.\n\n${good('a').replaceAll('; ', ';\n\n  ')}\n`)
        expect(await migrator.up()).toEqual([])
        writeFileSync(join(folder, '1.mjs'), good('a').replace('INTEGER', 'BIGINT'))
        for (const promise of [migrator.up(), migrator.down()]) {
          const error = await failure(promise)
          expect(error).toMatchObject({ code: 'EDITED_REVISION', revisions: ['a'] })
          expect(error.message).toContain('1.mjs was edited after it was applied. Nothing was run.')
        }
        // Of what stands on it: stamp('a') would record "b" as not applied.
        expect((await failure(migrator.up())).message).toContain(`with stamp('b').`)
        expect(await migrator.stamp('b')).toEqual({ added: [], removed: [], accepted: ['a'] })
        expect(await migrator.up()).toEqual([])
        expect(await rowsOf(sequelize, 'SELECT * FROM a')).toEqual([])
      }))

    test('an edited file above one that never ran: what accepts it is told with what it would record besides', () =>
      withDatabase(engine, async (database) => {
        const { createMigrator: create } = await native()
        const sequelize = database.connect()
        const plain = (table: string): string =>
          `module.exports = { up: (q) => q.sequelize.query('CREATE TABLE ${table} (x INTEGER)'), down: async () => {} }`
        const folder = folderOf({ '1_one.cjs': plain('one'), '3_three.cjs': plain('three') })
        const migrator = create({ sequelize, baseline: false, migrations: folder })
        await migrator.up()
        writeFileSync(join(folder, '2_two.cjs'), plain('two'))
        writeFileSync(join(folder, '1_one.cjs'), plain('"one"'))
        const error = await failure(migrator.up())
        expect(error).toMatchObject({ code: 'EDITED_REVISION' })
        expect(error.message).toMatch(
          /accept the file as it is with stamp\('3_three'\), once 2_two.* is applied: pending below, it has never run, and stamping now would record it as applied/u,
        )
        // As it is told: back, up, the edit again, stamp.
        writeFileSync(join(folder, '1_one.cjs'), plain('one'))
        expect((await migrator.up()).map(({ name }) => name)).toEqual(['2_two'])
        writeFileSync(join(folder, '1_one.cjs'), plain('"one"'))
        expect((await failure(migrator.up())).message).toMatch(/with stamp\('3_three'\)\.$/u)
        expect(await migrator.stamp('3_three')).toEqual({ added: [], removed: [], accepted: ['1_one'] })
        expect(await tablesOf(sequelize)).toEqual(expect.arrayContaining(['one', 'three', 'two']))
      }))
  },
  (engine) => engine.isShared,
)
