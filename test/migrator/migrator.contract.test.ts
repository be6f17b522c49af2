import { hostname, userInfo } from 'node:os'
import fc from 'fast-check'
import type { Sequelize } from 'sequelize'
import { createMigrator, type MigratorOptions, type Revision, RevisionError } from 'sm2kit/migrator'
import { Umzug } from 'umzug'
import { expect, test } from 'vitest'
import { describeEngines, type Engine, withDatabase } from '../support/engines/index.js'
import {
  failure,
  isFull,
  recordingLogger,
  revisionOf,
  rowsOf,
  runs,
  tablesOf,
  uniqueName,
} from './support.js'

/** A chain of revisions, each of which makes the table of its name. */
const chainOf = (...names: readonly string[]): readonly Revision[] =>
  names.map((name, index) => ({
    revision: name,
    downRevision: names[index - 1] ?? null,
    message: `add ${name}`,
    up: async ({ context: op }) => {
      await op.createTable(name, { id: { type: 'INTEGER' } })
    },
    down: async ({ context: op }) => {
      await op.dropTable(name)
    },
  }))

const withSequelize = <T>(engine: Engine, use: (sequelize: Sequelize) => Promise<T>): Promise<T> =>
  withDatabase(engine, (database) => use(database.connect()))

const migratorOf = (
  sequelize: Sequelize,
  migrations: readonly Revision[],
  rest: Partial<MigratorOptions> = {},
) => createMigrator({ sequelize, baseline: false, migrations, ...rest })

const named = (...names: readonly string[]) => names.map((name) => ({ name }))

const noCode = (tables: readonly string[]): readonly string[] =>
  tables.filter((name) => !name.startsWith('sm2kit_'))

describeEngines('the verbs', (engine) => {
  test('up applies everything in order, once', () =>
    withSequelize(engine, async (sequelize) => {
      const migrator = migratorOf(sequelize, [...chainOf('a', 'b', 'c')].reverse())
      expect(await migrator.pending()).toEqual(named('a', 'b', 'c'))
      expect(await migrator.executed()).toEqual([])
      expect(await tablesOf(sequelize)).toEqual([])
      expect(await migrator.up()).toEqual(named('a', 'b', 'c'))
      expect(noCode(await tablesOf(sequelize))).toEqual(['a', 'b', 'c'])
      expect(await migrator.up()).toEqual([])
      expect(await migrator.pending()).toEqual([])
      expect(await migrator.executed()).toEqual(named('a', 'b', 'c'))
    }))

  test('up takes Umzug’s options: to (that one included), step, migrations', () =>
    withSequelize(engine, async (sequelize) => {
      const migrator = migratorOf(sequelize, chainOf('a', 'b', 'c', 'd', 'e'))
      expect(await migrator.up({ to: 'b' })).toEqual(named('a', 'b'))
      expect(await migrator.up({ to: 'a' })).toEqual([])
      expect(await migrator.up({ step: 1 })).toEqual(named('c'))
      expect(await migrator.up({ migrations: ['d', 'e'] })).toEqual(named('d', 'e'))
      expect(await migrator.up({ migrations: [] })).toEqual([])
      expect(await migrator.up({ step: 7 })).toEqual([])
    }))

  test('down takes Umzug’s options: one, to (that one included), step, migrations, to: 0', () =>
    withSequelize(engine, async (sequelize) => {
      const migrator = migratorOf(sequelize, chainOf('a', 'b', 'c', 'd', 'e', 'f', 'g'))
      await migrator.up()
      expect(await migrator.down()).toEqual(named('g'))
      expect(await migrator.down({ step: 2 })).toEqual(named('f', 'e'))
      expect(await migrator.down({ to: 'd' })).toEqual(named('d'))
      expect(await migrator.down({ migrations: ['c'] })).toEqual(named('c'))
      expect(await migrator.down({ migrations: [] })).toEqual([])
      expect(await migrator.down({ to: 0 })).toEqual(named('b', 'a'))
      expect(await migrator.down()).toEqual([])
      expect(await migrator.down({ to: 0 })).toEqual([])
      expect(noCode(await tablesOf(sequelize))).toEqual([])
    }))

  test('what stands on something is not run without it, nor it reverted without them', () =>
    withSequelize(engine, async (sequelize) => {
      const migrator = migratorOf(sequelize, chainOf('a', 'b', 'c'))
      expect(await failure(migrator.up({ migrations: ['b'] }))).toMatchObject({ code: 'UNMET_DEPENDENCY' })
      expect(await migrator.executed()).toEqual([])
      await migrator.up({ to: 'b' })
      expect(await failure(migrator.down({ migrations: ['a'] }))).toMatchObject({ code: 'HAS_DEPENDENTS' })
      expect(await migrator.executed()).toEqual(named('a', 'b'))
      expect(noCode(await tablesOf(sequelize))).toEqual(['a', 'b'])
    }))

  test('what cannot be meant is refused before anything runs', () =>
    withSequelize(engine, async (sequelize) => {
      const migrator = migratorOf(sequelize, chainOf('a', 'b'))
      await migrator.up({ to: 'a' })
      const refusals = [
        [migrator.up({ to: 'x' }), 'UNKNOWN_REVISION'],
        [migrator.down({ to: 'x' }), 'UNKNOWN_REVISION'],
        [migrator.up({ migrations: ['b', 'x'] }), 'UNKNOWN_REVISION'],
        [migrator.up({ migrations: ['a'] }), 'NOT_PENDING'],
        [migrator.down({ migrations: ['b'] }), 'NOT_EXECUTED'],
        [migrator.down({ to: 'b' }), 'NOT_EXECUTED'],
      ] as const
      for (const [promise, code] of refusals) {
        const error = await failure(promise)
        expect(error).toBeInstanceOf(RevisionError)
        expect(error.code).toBe(code)
      }
      expect(await migrator.executed()).toEqual(named('a'))
    }))

  test('current gives what nothing applied stands on, history everything, newest first', () =>
    withSequelize(engine, async (sequelize) => {
      const revisions = [
        ...chainOf('a', 'b', 'c'),
        revisionOf('side', 'a', undefined, { dependsOn: ['b'], branchLabels: ['extra'] }),
      ]
      const migrator = migratorOf(sequelize, revisions)
      const before = Date.now()
      await migrator.up({ to: 'b' })
      const common = {
        appliedAt: expect.any(Date),
        durationMs: expect.any(Number),
        version: expect.stringMatching(/^\d+\.\d+\.\d+/u),
        appliedBy: `${userInfo().username}@${hostname()}`,
        dependsOn: [],
        branchLabels: [],
        labels: [],
        dependents: [],
        isBelowHead: false,
        isEffectiveHead: false,
        isBranchPoint: false,
        isMergePoint: false,
        isShipped: false,
      }
      const a = {
        ...common,
        revision: 'a',
        name: 'a',
        message: 'add a',
        downRevision: [],
        children: ['b', 'side'],
        isBranchPoint: true,
        state: 'applied',
        isHead: false,
      }
      const b = {
        ...{ ...a, revision: 'b', name: 'b', message: 'add b', downRevision: ['a'] },
        ...{ children: ['c'], dependents: ['side'], isBranchPoint: false },
      }
      const none = {
        ...{ appliedAt: null, durationMs: null, version: null, appliedBy: null, state: 'pending' },
        ...{ isHead: true, isEffectiveHead: true, isBranchPoint: false, children: [], dependents: [] },
      }
      const c = { ...b, ...none, revision: 'c', name: 'c', message: 'add c', downRevision: ['b'] }
      const side = {
        ...a,
        ...none,
        revision: 'side',
        name: 'side',
        message: '',
        downRevision: ['a'],
        dependsOn: ['b'],
        branchLabels: ['extra'],
        labels: ['extra'],
      }
      expect(await migrator.current()).toEqual([b])
      const history = await migrator.history()
      expect(history).toEqual([side, c, b, a])
      const appliedAt = history[2]?.appliedAt?.getTime() ?? 0
      expect(appliedAt).toBeGreaterThanOrEqual(before - 1)
      expect(appliedAt).toBeLessThanOrEqual(Date.now())
      await migrator.up()
      expect((await migrator.current()).map(({ revision }) => revision)).toEqual(['side', 'c'])
    }))

  test('a revision without down is not reverted, and nothing else before it is', () =>
    withSequelize(engine, async (sequelize) => {
      const [a, b, c] = chainOf('a', 'b', 'c') as [Revision, Revision, Revision]
      const { down: _down, ...oneWay } = b
      const migrator = migratorOf(sequelize, [a, oneWay, c])
      await migrator.up()
      for (const options of [{ to: 0 }, { step: 2 }, { to: 'a' }, { migrations: ['c', 'b'] }] as const) {
        expect(await failure(migrator.down(options))).toMatchObject({
          code: 'IRREVERSIBLE',
          revisions: ['b'],
        })
      }
      expect(await migrator.executed()).toEqual(named('a', 'b', 'c'))
      expect(noCode(await tablesOf(sequelize))).toEqual(['a', 'b', 'c'])
      expect(await migrator.down()).toEqual(named('c'))
    }))
})

describeEngines('stamp', (engine) => {
  test('records the target and everything below it, and what stands on it as not applied, and runs nothing', () =>
    withSequelize(engine, async (sequelize) => {
      const migrator = migratorOf(sequelize, [...chainOf('a', 'b', 'c'), revisionOf('side', null)])
      expect(await migrator.stamp('b')).toEqual({ added: ['a', 'b'], removed: [], accepted: [] })
      expect(await migrator.executed()).toEqual(named('a', 'b'))
      expect(await migrator.stamp('side')).toEqual({ added: ['side'], removed: [], accepted: [] })
      expect(await migrator.stamp('a')).toEqual({ added: [], removed: ['b'], accepted: [] })
      expect(await migrator.executed()).toEqual(named('a', 'side'))
      expect((await failure(migrator.stamp('head'))).code).toBe('MULTIPLE_HEADS')
      expect(await migrator.stamp('heads')).toEqual({ added: ['b', 'c'], removed: [], accepted: [] })
      expect(await migrator.stamp(['a', 'side'], { purge: true })).toEqual({
        added: [],
        removed: expect.arrayContaining(['b', 'c']),
        accepted: [],
      })
      expect(await migrator.stamp('base')).toEqual({
        added: [],
        removed: expect.arrayContaining(['a', 'side']),
        accepted: [],
      })
      expect(await migrator.executed()).toEqual([])
      expect(noCode(await tablesOf(sequelize))).toEqual([])
    }))

  test('keeps the record of revisions that the code does not know, unless purge is given', () =>
    withSequelize(engine, async (sequelize) => {
      await migratorOf(sequelize, [revisionOf('gone', null)]).up()
      const migrator = migratorOf(sequelize, chainOf('a', 'b'))
      await migrator.stamp('a')
      expect(await migrator.executed()).toEqual(named('a', 'gone'))
      expect(await migrator.stamp('a', { purge: true })).toEqual({
        added: [],
        removed: ['gone'],
        accepted: [],
      })
      expect(await migrator.executed()).toEqual(named('a'))
    }))

  test('refuses what names no revision, and records nothing', () =>
    withSequelize(engine, async (sequelize) => {
      const migrator = migratorOf(sequelize, chainOf('a'))
      expect(await failure(migrator.stamp('x'))).toMatchObject({ code: 'UNKNOWN_REVISION' })
      expect(await failure(migrator.stamp(''))).toMatchObject({ code: 'INVALID_OPTION' })
      expect(await failure(migrator.stamp([]))).toMatchObject({ code: 'INVALID_OPTION' })
      expect(await failure(migrator.stamp('a', { force: true } as object))).toMatchObject({
        code: 'UNKNOWN_OPTION',
      })
      expect(await tablesOf(sequelize)).toEqual([])
    }))
})

/** A command of both, as data. */
type Command = { readonly verb: 'up' | 'down'; readonly options: Record<string, unknown> | undefined }

const NAMES = ['a', 'b', 'c', 'd', 'e']
const name = fc.constantFrom(...NAMES, 'nowhere')
const options = fc.oneof(
  fc.constant(undefined),
  fc.constant({}),
  fc.record({ to: name }),
  fc.record({ step: fc.integer({ min: 1, max: 6 }) }),
  fc.record({ migrations: fc.uniqueArray(name, { maxLength: 3 }) }),
)
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ verb: fc.constant('up' as const), options }),
  fc.record({ verb: fc.constant('down' as const), options: fc.oneof(options, fc.constant({ to: 0 })) }),
)

describeEngines('beside a bare Umzug', (engine) => {
  test(
    'every sequence of commands runs the same migrations, gives the same names and leaves the same list',
    () =>
      withSequelize(engine, async (sequelize) => {
        await fc.assert(
          fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 8 }), async (commands) => {
            const ran: Record<'ours' | 'theirs', string[]> = { ours: [], theirs: [] }
            // No one stands on another: Umzug knows no such thing.
            const migrator = migratorOf(
              sequelize,
              NAMES.map((revision) => ({
                revision,
                up: async () => void ran.ours.push(`up ${revision}`),
                down: async () => void ran.ours.push(`down ${revision}`),
              })),
              { versionTable: uniqueName('versions') },
            )
            const recorded: string[] = []
            const bare = new Umzug({
              migrations: NAMES.map((migration) => ({
                name: migration,
                up: async () => void ran.theirs.push(`up ${migration}`),
                down: async () => void ran.theirs.push(`down ${migration}`),
              })),
              storage: {
                // In the order of the list: Umzug's own SQL storage sorts by name.
                executed: async () => [...recorded].sort(),
                logMigration: async ({ name: done }) => void recorded.push(done),
                unlogMigration: async ({ name: undone }) => void recorded.splice(recorded.indexOf(undone), 1),
              },
              logger: undefined,
            })
            for (const { verb, options: given } of commands) {
              const outcome = (promise: Promise<readonly { readonly name: string }[]>) =>
                promise.then(
                  (metas) => metas.map((meta) => meta.name),
                  () => 'refused',
                )
              const isAppliedTarget = verb === 'up' && recorded.includes(String(given?.['to']))
              const ours = await outcome(migrator[verb](given as never))
              // The documented difference: Umzug does not find the target among what is pending, and throws.
              const theirs = isAppliedTarget ? [] : await outcome(bare[verb](given as never))
              expect(ours).toEqual(theirs)
              const names = async (list: Promise<readonly { readonly name: string }[]>) =>
                (await list).map((meta) => meta.name)
              expect(await names(migrator.executed())).toEqual(await names(bare.executed()))
              expect(await names(migrator.pending())).toEqual(await names(bare.pending()))
            }
            expect(ran.ours).toEqual(ran.theirs)
          }),
          { ...runs(6, 150), ...(isFull ? {} : { seed: 20260101 }) },
        )
      }),
    120_000,
  )

  test('migrator.umzug is one, and its own verbs run the same steps with the same record', () =>
    withSequelize(engine, async (sequelize) => {
      const migrator = migratorOf(sequelize, chainOf('a', 'b', 'c'))
      expect(migrator.umzug).toBeInstanceOf(Umzug)
      expect(migrator.umzug).toBe(migrator.umzug)
      expect((await migrator.umzug.pending()).map((meta) => meta.name)).toEqual(['a', 'b', 'c'])
      expect((await migrator.umzug.up({ to: 'b' })).map((meta) => meta.name)).toEqual(['a', 'b'])
      expect(await migrator.executed()).toEqual(named('a', 'b'))
      expect((await migrator.umzug.down()).map((meta) => meta.name)).toEqual(['b'])
      expect(await migrator.executed()).toEqual(named('a'))
      expect((await migrator.umzug.executed()).map((meta) => meta.name)).toEqual(['a'])
      expect(noCode(await tablesOf(sequelize))).toEqual(['a'])
    }))

  test('a step that fails under umzug.up() is not recorded, and what it did in a transaction does not remain', () =>
    withSequelize(engine, async (sequelize) => {
      const [a, b] = chainOf('a', 'b') as [Revision, Revision]
      const broken = {
        ...b,
        up: async (params: Parameters<Revision['up']>[0]) => {
          await b.up(params)
          throw new Error('no such word')
        },
      }
      const migrator = migratorOf(sequelize, [a, broken])
      const error = await failure(migrator.umzug.up())
      expect(error.message).toContain('no such word')
      expect((await migrator.history()).map(({ state }) => state)).toEqual([
        engine.dialect === 'mysql' ? 'interrupted' : 'pending',
        'applied',
      ])
      if (engine.dialect !== 'mysql') expect(noCode(await tablesOf(sequelize))).toEqual(['a'])
    }))

  test('two that run umzug.up() at once apply everything once', () =>
    withSequelize(engine, async (sequelize) => {
      const ran: string[] = []
      const revisions = chainOf('a', 'b').map((revision) => ({
        ...revision,
        up: async (params: Parameters<Revision['up']>[0]) => {
          ran.push(revision.revision)
          await revision.up(params)
        },
      }))
      const [one, other] = [migratorOf(sequelize, revisions), migratorOf(sequelize, revisions)]
      await Promise.all([one.umzug.up(), other.umzug.up(), one.up(), other.up()])
      expect(ran).toEqual(['a', 'b'])
      expect(await one.executed()).toEqual(named('a', 'b'))
    }))
})

describeEngines('events and messages', (engine) => {
  test('come in Umzug’s order and with its payload, and listeners are waited for', () =>
    withSequelize(engine, async (sequelize) => {
      const events: unknown[] = []
      const migrator = migratorOf(
        sequelize,
        chainOf('a', 'b').map((revision) => ({
          ...revision,
          up: async (params) => {
            events.push(`run ${revision.revision}`)
            await revision.up(params)
          },
        })),
      )
      for (const event of [
        'migrating',
        'migrated',
        'reverting',
        'reverted',
        'beforeCommand',
        'afterCommand',
      ] as const) {
        migrator.on(event, async ({ context, ...payload }) => {
          await new Promise((resolve) => setTimeout(resolve, 2))
          expect(context).toBe(sequelize.getQueryInterface())
          events.push([event, payload])
        })
      }
      const off = migrator.on('migrated', () => void events.push('one more'))
      const listener = () => void events.push('never')
      migrator.on('migrated', listener)
      migrator.off('migrated', listener)
      await migrator.up()
      off()
      await migrator.down()
      await migrator.up()
      expect(events).toEqual([
        ['beforeCommand', { command: 'up' }],
        ['migrating', { name: 'a' }],
        'run a',
        ['migrated', { name: 'a' }],
        'one more',
        ['migrating', { name: 'b' }],
        'run b',
        ['migrated', { name: 'b' }],
        'one more',
        ['afterCommand', { command: 'up' }],
        ['beforeCommand', { command: 'down' }],
        ['reverting', { name: 'b' }],
        ['reverted', { name: 'b' }],
        ['afterCommand', { command: 'down' }],
        ['beforeCommand', { command: 'up' }],
        ['migrating', { name: 'b' }],
        'run b',
        ['migrated', { name: 'b' }],
        ['afterCommand', { command: 'up' }],
      ])
    }))

  test('are logged in Umzug’s shape', () =>
    withSequelize(engine, async (sequelize) => {
      const logger = recordingLogger()
      const migrator = migratorOf(sequelize, chainOf('a'), { logger })
      await migrator.up()
      await migrator.down()
      await migrator.up({ step: 1 })
      await migrator.up()
      const durationSeconds = expect.any(Number)
      const up = [
        ['info', { event: 'migrating', name: 'a' }],
        ['info', { event: 'migrated', name: 'a', durationSeconds }],
      ]
      expect(logger.lines).toEqual([
        ...up,
        ['info', { event: 'reverting', name: 'a' }],
        ['info', { event: 'reverted', name: 'a', durationSeconds }],
        ...up,
      ])
    }))

  test('of a failing step are "migrating" and no "migrated", and "afterCommand" all the same', () =>
    withSequelize(engine, async (sequelize) => {
      const events: string[] = []
      const migrator = migratorOf(sequelize, [
        revisionOf('a', null, async () => {
          throw new Error('no')
        }),
      ])
      for (const event of ['migrating', 'migrated', 'beforeCommand', 'afterCommand'] as const)
        migrator.on(event, () => void events.push(event))
      await failure(migrator.up())
      expect(events).toEqual(['beforeCommand', 'migrating', 'afterCommand'])
    }))
})

describeEngines('nothing to do', (engine) => {
  test('costs at most two statements, also at the driver, and takes no lock', () =>
    withDatabase(engine, async (database) => {
      const logged: string[] = []
      const sequelize = database.connect({ logging: (sql) => void logged.push(sql) })
      const migrator = createMigrator({ sequelize, migrations: chainOf('a') })
      await migrator.up()
      await sequelize.query('SELECT 1')
      const driver = await countingDriver(sequelize)
      for (const again of [migrator, createMigrator({ sequelize, migrations: chainOf('a') })]) {
        logged.length = 0
        driver.sent.length = 0
        expect(await again.up()).toEqual([])
        expect(logged.length).toBeLessThanOrEqual(2)
        expect(driver.sent.length).toBeLessThanOrEqual(2)
        expect(driver.sent.length).toBeGreaterThan(0)
        expect(driver.sent.join('\n')).not.toMatch(/lock|begin|create/iu)
      }
    }))
})

/** Notes what is sent on the pool's connection by the driver itself, whoever sends it. */
const countingDriver = async (sequelize: Sequelize): Promise<{ readonly sent: string[] }> => {
  const sent: string[] = []
  type Connection = Record<string, unknown>
  const manager = sequelize.connectionManager as unknown as {
    getConnection(options?: object): Promise<Connection>
    releaseConnection(connection: Connection): void
  }
  // SQLite's is in a field of the connection manager; a server's goes back to the pool, which gives it out again.
  const connection = await manager.getConnection({ uuid: 'default', type: 'read' })
  for (const method of ['query', 'execute', 'all', 'run', 'exec', 'get', 'each', 'prepare', 'serialize']) {
    const original = connection[method]
    if (typeof original !== 'function' || method === 'serialize') continue
    connection[method] = (...args: unknown[]): unknown => {
      const [sql] = args as [string | { text?: string; sql?: string }]
      sent.push(typeof sql === 'string' ? sql : (sql.text ?? sql.sql ?? ''))
      return (original as (...given: unknown[]) => unknown).apply(connection, args)
    }
  }
  manager.releaseConnection(connection)
  return { sent }
}

describeEngines('the version table', (engine) => {
  test('holds a row for each applied revision', () =>
    withSequelize(engine, async (sequelize) => {
      await createMigrator({
        sequelize,
        migrations: [revisionOf('a', null, undefined, { breaking: true })],
      }).up()
      const rows = await rowsOf(sequelize, 'SELECT * FROM sm2kit_revisions ORDER BY breaking')
      const common = {
        applied_at: expect.anything(),
        duration_ms: expect.any(Number),
        state: 'applied',
        version: '0.1.0',
        applied_by: `${userInfo().username}@${hostname()}`,
        note: null,
      }
      expect(rows).toEqual([
        {
          ...common,
          revision: 'f3e3ac684f8e',
          name: 'f3e3ac684f8e',
          checksum: expect.stringMatching(/^[0-9a-f]{64}$/u),
          breaking: 0,
        },
        { ...common, revision: 'a', name: 'a', checksum: null, breaking: 1 },
      ])
    }))

  test.each([
    'Versions of "mine"',
    "o'neill",
    'select',
    'a.b',
    'версии_字',
    'back`tick',
    'a;b',
    'x'.repeat(60),
    'x'.repeat(63),
  ])('may be called %s', (tableName) =>
    withSequelize(engine, async (sequelize) => {
      const migrator = migratorOf(sequelize, chainOf('a', 'b'), { versionTable: tableName })
      expect(await migrator.up()).toEqual(named('a', 'b'))
      expect(await migratorOf(sequelize, chainOf('a', 'b'), { versionTable: { tableName } }).up()).toEqual([])
      expect(await migrator.down({ to: 0 })).toEqual(named('b', 'a'))
      expect(await migrator.executed()).toEqual([])
      expect(
        await migratorOf(
          sequelize,
          [
            revisionOf(
              'j',
              null,
              async ({ context: op }) => void (await op.createTable('j', { id: { type: 'INTEGER' } })),
              { transaction: false },
            ),
          ],
          { versionTable: tableName },
        ).up(),
      ).toEqual(named('j'))
    }),
  )

  test('of another name is another history', () =>
    withSequelize(engine, async (sequelize) => {
      await migratorOf(sequelize, chainOf('a'), { versionTable: 'one' }).up()
      expect(await migratorOf(sequelize, chainOf('b'), { versionTable: 'other' }).up()).toEqual(named('b'))
      expect(await migratorOf(sequelize, chainOf('a'), { versionTable: 'one' }).executed()).toEqual(
        named('a'),
      )
    }))

  test.each(['ops', 'Ops "of" mine', "o'neill", 'order'])(
    'may lie in the schema %s, which is made',
    (schema) =>
      withSequelize(engine, async (sequelize) => {
        const versionTable = { tableName: 'versions', schema }
        const migrator = migratorOf(sequelize, chainOf('a'), { versionTable })
        expect(await migrator.executed()).toEqual([])
        expect(await migrator.up()).toEqual(named('a'))
        expect(await migratorOf(sequelize, chainOf('a'), { versionTable }).up()).toEqual([])
        expect(await migratorOf(sequelize, chainOf('z'), { versionTable: 'versions' }).executed()).toEqual([])
        if (engine.dialect === 'postgres') {
          const [row] = await rowsOf(
            sequelize,
            `SELECT table_schema FROM information_schema.tables WHERE table_name = 'versions'`,
          )
          expect(row).toEqual({ table_schema: schema.replaceAll('"', '') })
        }
      }),
  )
})

describeEngines('edited, unknown and breaking', (engine) => {
  test('a revision that the code no longer has is passed over with a warning when nothing is pending', () =>
    withSequelize(engine, async (sequelize) => {
      const logger = recordingLogger()
      await migratorOf(sequelize, chainOf('a', 'b')).up()
      const older = migratorOf(sequelize, chainOf('a'), { logger })
      expect(await older.up()).toEqual([])
      expect(logger.lines).toEqual([
        ['warn', { event: 'unknown', message: expect.stringContaining('The database knows b') }],
      ])
      expect(await older.executed()).toEqual(named('a', 'b'))
      expect((await older.current()).map(({ revision, state }) => [revision, state])).toEqual([
        ['b', 'unknown'],
        ['a', 'applied'],
      ])
    }))

  test('and refused when something is pending, or when it was recorded as breaking', () =>
    withSequelize(engine, async (sequelize) => {
      await migratorOf(sequelize, chainOf('a', 'b')).up()
      const [a] = chainOf('a') as [Revision]
      const other = migratorOf(sequelize, [a, revisionOf('c', 'a')])
      expect(await failure(other.up())).toMatchObject({ code: 'UNKNOWN_APPLIED', revisions: ['b'] })
      expect(await failure(other.down())).toMatchObject({ code: 'UNKNOWN_APPLIED', revisions: ['b'] })
      await migratorOf(sequelize, [
        ...chainOf('a', 'b'),
        revisionOf('d', 'b', undefined, { breaking: true }),
      ]).up()
      const error = await failure(migratorOf(sequelize, chainOf('a', 'b')).up())
      expect(error).toMatchObject({ code: 'UNKNOWN_APPLIED', revisions: ['d'] })
      expect(error.message).toContain('breaking')
      expect(await migratorOf(sequelize, chainOf('a')).executed()).toEqual(named('a', 'b', 'd'))
    }))

  test('the baseline with other options than it was applied with is refused, and accepted by stamp', () =>
    withSequelize(engine, async (sequelize) => {
      await createMigrator({ sequelize }).up()
      expect(
        await createMigrator({ sequelize, baseline: { prefix: 'sm2_', itemId: 'string' } }).up(),
      ).toEqual([])
      const other = createMigrator({ sequelize, baseline: { itemId: 'bigint' } })
      const error = await failure(other.up())
      expect(error).toMatchObject({ code: 'EDITED_REVISION', revisions: ['f3e3ac684f8e'] })
      expect(error.message).toContain(`stamp('f3e3ac684f8e')`)
      expect(await other.stamp('f3e3ac684f8e')).toEqual({
        added: [],
        removed: [],
        accepted: ['f3e3ac684f8e'],
      })
      expect(await other.up()).toEqual([])
    }))

  test('of an edited baseline, what is told to accept it keeps the records of what depends on it', () =>
    withDatabase(engine, async (database) => {
      const sequelize = database.connect()
      const own = revisionOf('aaaa1', null, async () => {}, { dependsOn: 'f3e3ac684f8e' })
      const migratorWith = (itemId: 'string' | 'bigint') =>
        createMigrator({
          sequelize,
          baseline: { itemId },
          migrations: [own, revisionOf('aaaa2', 'aaaa1'), revisionOf('bbbb1', null)],
        })
      await migratorWith('string').up()
      const other = migratorWith('bigint')
      expect((await failure(other.up())).message).toContain(`with stamp('aaaa2').`)
      expect(await other.stamp('aaaa2')).toEqual({ added: [], removed: [], accepted: ['f3e3ac684f8e'] })
      expect(await other.pending()).toEqual([])
    }))
})

describeEngines(
  "transaction: 'run'",
  (engine) => {
    test('is all or nothing', () =>
      withSequelize(engine, async (sequelize) => {
        const events: string[] = []
        const revisions = [
          ...chainOf('a', 'b'),
          revisionOf('c', 'b', async () => {
            throw new Error('no such word')
          }),
        ]
        const migrator = migratorOf(sequelize, revisions, { transaction: 'run' })
        migrator.on('migrated', ({ name }) => void events.push(name))
        const error = await failure(migrator.up())
        expect(error).toMatchObject({ code: 'STEP_FAILED', revision: 'c' })
        expect(await migrator.executed()).toEqual([])
        expect(await tablesOf(sequelize)).toEqual([])
        // Nothing was migrated: nobody must be told that it was.
        expect(events).toEqual([])
        const good = migratorOf(sequelize, chainOf('a', 'b'), { transaction: 'run' })
        expect(await good.up()).toEqual(named('a', 'b'))
        expect(await good.down({ to: 0 })).toEqual(named('b', 'a'))
      }))

    test('writes its rows together, and whoever looks before that finds them', () =>
      withSequelize(engine, async (sequelize) => {
        const seen: unknown[] = []
        const looking = revisionOf('c', 'b', async ({ context: op }) => {
          const [rows] = await op.sequelize.query('SELECT revision FROM sm2kit_revisions ORDER BY revision')
          seen.push(rows)
        })
        const migrator = migratorOf(sequelize, [...chainOf('a', 'b'), looking, revisionOf('d', 'c')], {
          transaction: 'run',
        })
        migrator.on('migrating', async ({ name }) => {
          if (name === 'd') seen.push(await migrator.executed())
        })
        expect(await migrator.up()).toEqual(named('a', 'b', 'c', 'd'))
        expect(seen).toEqual([[{ revision: 'a' }, { revision: 'b' }], named('a', 'b', 'c')])
        expect(await migrator.executed()).toEqual(named('a', 'b', 'c', 'd'))

        const names = Array.from({ length: 250 }, (_, index) => `n${String(index).padStart(3, '0')}`)
        const many = names.map((name, index) => revisionOf(name, names[index - 1] ?? null))
        const sent: string[] = []
        const { options } = sequelize as unknown as { options: { logging: unknown } }
        options.logging = (sql: string) => void sent.push(sql)
        await migratorOf(sequelize, many, { transaction: 'run' }).stamp('base', { purge: true })
        sent.length = 0
        expect(await migratorOf(sequelize, many, { transaction: 'run' }).up()).toEqual(named(...names))
        expect(sent.filter((sql) => sql.includes('INSERT INTO')).length).toBe(3)
      }))

    test('refuses a revision that runs outside a transaction', () =>
      withSequelize(engine, async (sequelize) => {
        const migrator = migratorOf(
          sequelize,
          [...chainOf('a'), revisionOf('b', 'a', undefined, { transaction: false })],
          { transaction: 'run' },
        )
        expect(await failure(migrator.up())).toMatchObject({ code: 'NOT_TRANSACTIONAL', revisions: ['b'] })
        expect(await tablesOf(sequelize)).toEqual([])
        expect(await migratorOf(sequelize, chainOf('a'), { transaction: 'run' }).up()).toEqual(named('a'))
      }))
  },
  (engine) => engine.dialect !== 'mysql',
)
