import { setTimeout as sleep } from 'node:timers/promises'
import { inspect } from 'node:util'
import { QueryTypes, type Sequelize } from 'sequelize'
import {
  createMigrator,
  type Migrator,
  MigratorError,
  type MigratorOptions,
  type WaitingEvent,
} from 'sm2kit/migrator'
import { afterEach, describe, expect, test } from 'vitest'
import { childEnv, describeNewest, type TestDatabase, withDatabase } from '../support/engines/index.js'
import { type HeldChild, killHeld, startHeld } from './support/child.js'
import { type HeldOptions, heldHistory } from './support/held-history.js'
import { allRevisions, CREATE_RUN_LOG, history } from './support/history.js'
import { readSnapshot } from './support/snapshot.js'
import { expectAgreement, readState } from './support/state.js'

const script = new URL('./support/holder.script.ts', import.meta.url)
const ours: HeldOptions = { versionTable: 'sm2kit_revisions', prefix: '' }
const names = ['first', 'held', 'last']

afterEach(killHeld)

/** A process that is inside the step `held` when this resolves. */
const startHolder = async (
  database: TestDatabase,
  options: Partial<HeldOptions> & { readonly verb?: 'up' | 'down' } = {},
): Promise<HeldChild> => {
  const plan = JSON.stringify({ ...ours, verb: 'up', ...options })
  const holder = await startHeld(script, { ...childEnv(database), FAULT_PLAN: plan })
  await holder.arrived
  return holder
}

const migratorOf = (sequelize: Sequelize, options: Partial<MigratorOptions> = {}): Migrator =>
  createMigrator({ sequelize, baseline: false, migrations: heldHistory(ours), ...options })

const namesOf = (metas: readonly { readonly name: string }[]): readonly string[] =>
  metas.map(({ name }) => name)

const failureOf = async (work: Promise<unknown>): Promise<MigratorError> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof MigratorError) return error
  throw new Error(`expected a MigratorError, got ${inspect(error)}`)
}

/** Nothing can be awaited that does not happen: a while must do. */
const expectStillWaiting = async (work: Promise<unknown>): Promise<void> => {
  expect(await Promise.race([work, sleep(300, 'still waiting')])).toBe('still waiting')
}

const heldSnapshot = (rows: readonly { readonly id: number }[] = [{ id: 1 }, { id: 2 }]) => ({
  tables: { first: ['id'], held: ['id'], last: ['id'] },
  indexes: [],
  rows: { first: [], held: rows, last: [] },
})
const empty = { tables: {}, indexes: [], rows: {} }

/** What must appear in the message: the session that holds the lock, as the server itself names it. */
const HOLDER: Readonly<Record<string, { readonly sql: string; readonly text: (id: number) => string }>> = {
  postgres: {
    sql: `SELECT pid AS id FROM pg_locks WHERE locktype = 'advisory' AND granted`,
    text: (id) => `backend ${id} (`,
  },
  mysql: {
    sql: `SELECT ID AS id FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND ID <> CONNECTION_ID()`,
    text: (id) => `connection ${id} (`,
  },
}

describeNewest(
  'while another process is inside a step,',
  (engine) => {
    test('up() waits for it, and then goes on with what is left', () =>
      withDatabase(engine, async (database) => {
        const holder = await startHolder(database)
        const sequelize = database.connect()
        const waiting = migratorOf(sequelize).up()
        await expectStillWaiting(waiting)
        holder.release()
        const [mine, theirs] = await Promise.all([waiting, holder.end])

        expect(theirs).toMatchObject({ exitCode: 0, stderr: '' })
        // Each has done what it says it has done: together, every revision once.
        expect([...namesOf(mine), ...JSON.parse(theirs.stdout)].sort()).toEqual(names)
        expect(await readSnapshot(sequelize)).toEqual(heldSnapshot())
      }))

    test('down() waits for it, and claims only what it has reverted itself', () =>
      withDatabase(engine, async (database) => {
        const sequelize = database.connect()
        await migratorOf(sequelize).up()
        const holder = await startHolder(database, { verb: 'down' })
        const waiting = migratorOf(sequelize).down({ to: 0 })
        await expectStillWaiting(waiting)
        holder.release()
        const [mine, theirs] = await Promise.all([waiting, holder.end])

        expect(theirs).toMatchObject({ exitCode: 0, stderr: '' })
        expect([...namesOf(mine), ...JSON.parse(theirs.stdout)].sort()).toEqual(names)
        expect(await readSnapshot(sequelize)).toEqual(empty)
      }))

    test('up() gives up after `lock.timeoutMs`, names the holder, and shows no password', () =>
      withDatabase(engine, async (database) => {
        const holder = await startHolder(database)
        const sequelize = database.connect()
        const startedAt = performance.now()
        const error = await failureOf(migratorOf(sequelize, { lock: { timeoutMs: 500 } }).up())
        const waitedMs = performance.now() - startedAt

        expect(error.code).toBe('LOCK_TIMEOUT')
        expect(waitedMs).toBeGreaterThan(450)
        expect(waitedMs).toBeLessThan(1_500)
        const known = HOLDER[engine.dialect]
        if (known !== undefined) {
          const found = await sequelize.query<{ id: number }>(known.sql, { type: QueryTypes.SELECT })
          expect(found.map(({ id }) => error.message.includes(known.text(id)))).toContain(true)
        }
        if (database.spec.dialect !== 'sqlite') {
          const shown = inspect(error, { depth: 12, showHidden: true })
          for (const secret of [database.spec.password, encodeURIComponent(database.spec.password)]) {
            expect(shown.includes(secret)).toBe(false)
          }
        }
        holder.release()
        expect(await holder.end).toMatchObject({ exitCode: 0, stderr: '' })
        expect(await readSnapshot(sequelize)).toEqual(heldSnapshot())
      }))

    test('up() takes over within seconds when it is killed', () =>
      withDatabase(engine, async (database) => {
        const holder = await startHolder(database)
        const sequelize = database.connect()
        const waiting = migratorOf(sequelize).up()
        await expectStillWaiting(waiting)
        const killedAt = performance.now()
        holder.kill()
        const mine = await waiting
        const tookMs = performance.now() - killedAt
        console.info(`${engine.name}: the holder was killed, up() was done ${tookMs.toFixed(0)} ms later`)

        expect(tookMs).toBeLessThan(5_000)
        expect(namesOf(mine)).toEqual(['held', 'last'])
        expect(await readSnapshot(sequelize)).toEqual(heldSnapshot())
      }))
  },
  ({ isShared }) => isShared,
)

describeNewest(
  'a lock of one version table',
  (engine) => {
    test('does not hold up a migrator with another', () =>
      withDatabase(engine, async (database) => {
        const holder = await startHolder(database, { versionTable: 'their_revisions', prefix: 'their_' })
        const sequelize = database.connect()
        const mine = await migratorOf(sequelize, { lock: { timeoutMs: 500 } }).up()
        expect(namesOf(mine)).toEqual(names)
        holder.release()
        const theirs = await holder.end
        expect(theirs).toMatchObject({ exitCode: 0, stderr: '' })
        expect(JSON.parse(theirs.stdout)).toEqual(names.map((name) => `their_${name}`))
      }))

    test('does not meet the locks that the host takes for itself', () =>
      withDatabase(engine, async (database) => {
        const host = database.connect({ pool: { max: 1, min: 0, idle: 10_000 } })
        const take =
          engine.dialect === 'postgres'
            ? 'SELECT pg_advisory_lock(1), pg_advisory_lock(42)'
            : `SELECT GET_LOCK('sm2kit', 0), GET_LOCK('sm2kit_revisions', 0)`
        await host.query(take, { type: QueryTypes.SELECT })
        const sequelize = database.connect()
        expect(namesOf(await migratorOf(sequelize, { lock: { timeoutMs: 500 } }).up())).toEqual(names)
      }))

    test('does not hold up, nor end, a transaction that the host has open', () =>
      withDatabase(engine, async (database) => {
        const sequelize = database.connect()
        await sequelize.query('CREATE TABLE words (id INTEGER)')
        const transaction = await sequelize.transaction()
        await sequelize.query('INSERT INTO words VALUES (1)', { transaction, type: QueryTypes.INSERT })
        expect(namesOf(await migratorOf(sequelize, { lock: { timeoutMs: 2_000 } }).up())).toEqual(names)
        await sequelize.query('INSERT INTO words VALUES (2)', { transaction, type: QueryTypes.INSERT })
        await transaction.rollback()
        expect(await readSnapshot(sequelize)).toEqual({
          ...heldSnapshot(),
          tables: { ...heldSnapshot().tables, words: ['id'] },
          rows: { ...heldSnapshot().rows, words: [] },
        })
      }))
  },
  ({ dialect }) => dialect !== 'sqlite',
)

describeNewest('calls at once in one process', (engine) => {
  const runTen = async (sequelize: Sequelize): Promise<void> => {
    await sequelize.query(CREATE_RUN_LOG)
    const migrator = createMigrator({ sequelize, migrations: history() })
    const all = await Promise.all(Array.from({ length: 10 }, () => migrator.up()))
    expect(all.flatMap(namesOf).sort()).toEqual([...allRevisions].sort())
    expect(await expectAgreement(sequelize, 'after ten calls')).toBe(allRevisions.length)
    const { log } = await readState(sequelize)
    expect(log).toEqual([...new Set(log)])
  }

  test('of up() on one migrator apply each revision once', () =>
    withDatabase(engine, (database) => runTen(database.connect())))

  test('of up() with a pool of one connection apply each revision once', () =>
    withDatabase(engine, (database) => runTen(database.connect({ pool: { max: 1, min: 0, idle: 1_000 } }))))

  test('of up() on ten migrators of one instance apply each revision once', () =>
    withDatabase(engine, async (database) => {
      const sequelize = database.connect()
      await sequelize.query(CREATE_RUN_LOG)
      const all = await Promise.all(
        Array.from({ length: 10 }, () => createMigrator({ sequelize, migrations: history() }).up()),
      )
      expect(all.flatMap(namesOf).sort()).toEqual([...allRevisions].sort())
      expect(await expectAgreement(sequelize, 'after ten migrators')).toBe(allRevisions.length)
    }))

  test('of up() and down() on one instance leave a state that the version table describes', () =>
    withDatabase(engine, async (database) => {
      const sequelize = database.connect()
      await sequelize.query(CREATE_RUN_LOG)
      const migrator = createMigrator({ sequelize, migrations: history() })
      // In turn, in the order of the calls: there and back five times.
      const all = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          index % 2 === 0 ? migrator.up() : migrator.down({ to: 0 }),
        ),
      )
      expect(all.map(namesOf)).toEqual(
        all.map((_, index) => (index % 2 === 0 ? [...allRevisions] : [...allRevisions].reverse())),
      )
      expect(await expectAgreement(sequelize, 'after ten calls')).toBe(0)
    }))
})

// They wait in the process, not in the engine: one is enough.
describeNewest(
  'calls at once in one process',
  (engine) => {
    test('of up() that wait for longer than a second are told of it, and others are not', () =>
      withDatabase(engine, async (database) => {
        const sequelize = database.connect()
        const slow = migratorOf(sequelize, { migrations: heldHistory(ours, () => sleep(1_500)) })
        const waiting = migratorOf(sequelize)
        const told: WaitingEvent[] = []
        slow.on('waiting', (event) => void told.push(event))
        waiting.on('waiting', (event) => void told.push(event))
        const [all, rest] = await Promise.all([slow.up(), waiting.up()])
        expect([namesOf(all), rest]).toEqual([names, []])
        expect(told).toEqual([
          { holder: 'another run of this process', waitedMs: expect.any(Number), timeoutMs: 60_000 },
        ])
        expect(told[0]?.waitedMs).toBeGreaterThanOrEqual(1_000)

        waiting.on('waiting', () => {
          throw new Error('no more')
        })
        await slow.down({ to: 0 })
        const [, failed] = await Promise.all([slow.up(), failureOf(waiting.up())])
        expect(failed).toMatchObject({ code: 'LISTENER_FAILED', subject: 'waiting' })
        expect(failed.message).toContain('no more')
      }))
  },
  ({ isShared }) => !isShared,
)

describeNewest(
  'two instances of Sequelize in one process',
  (engine) => {
    test('apply each revision once', () =>
      withDatabase(engine, async (database) => {
        const instances = [database.connect(), database.connect()]
        await instances[0]?.query(CREATE_RUN_LOG)
        const all = await Promise.all(
          instances.map((sequelize) => createMigrator({ sequelize, migrations: history(2) }).up()),
        )
        expect(all.flatMap(namesOf).sort()).toEqual([...allRevisions].sort())
        for (const sequelize of instances) {
          expect(await expectAgreement(sequelize, 'seen by each')).toBe(allRevisions.length)
        }
      }))
  },
  ({ isShared }) => isShared,
)

describeNewest(
  'two migrators that work longer than they would wait',
  (engine) => {
    test('take turns: the time that one has worked is no time that it has waited', () =>
      withDatabase(engine, async (database) => {
        const lock = { timeoutMs: 600 }
        const [one, other] = [database.connect(), database.connect()]
        let begun = (): void => {}
        const othersLast = new Promise<void>((resolve) => {
          begun = resolve
        })
        const migrator = migratorOf(one, { lock, migrations: heldHistory(ours, () => sleep(700)) })
        let others: Promise<readonly { readonly name: string }[]> = Promise.resolve([])
        migrator.on('migrated', async ({ name }) => {
          if (name !== 'held') return
          // The lock is free for a moment: the other one is inside the last step when the first asks for it again.
          const slow = heldHistory(ours).map((revision) => ({
            ...revision,
            up: async (params: Parameters<typeof revision.up>[0]) => {
              begun()
              await sleep(300)
              await revision.up(params)
            },
          }))
          others = migratorOf(other, { lock, migrations: slow }).up()
          await othersLast
        })
        expect(namesOf(await migrator.up())).toEqual(['first', 'held'])
        expect(namesOf(await others)).toEqual(['last'])
      }))
  },
  // On MariaDB listeners are called while the lock is still held.
  ({ isShared, dialect }) => isShared && dialect !== 'mysql',
)

describe('on SQLite, where readers and one writer share a file,', () => {
  describeNewest(
    'a connection',
    (engine) => {
      const withReader = async (
        use: (sequelize: Sequelize, endReading: () => Promise<void>) => Promise<void>,
      ): Promise<void> =>
        withDatabase(engine, async (database) => {
          const sequelize = database.connect()
          const reader = database.connect()
          await reader.query('CREATE TABLE words (id INTEGER)')
          const transaction = await reader.transaction()
          await reader.query('SELECT * FROM words', { transaction, type: QueryTypes.SELECT })
          await use(sequelize, () => transaction.commit())
        })

      test('that is reading is waited for at the commit', () =>
        withReader(async (sequelize, endReading) => {
          const migrating = migratorOf(sequelize).up()
          await expectStillWaiting(migrating)
          await endReading()
          expect(namesOf(await migrating)).toEqual(names)
        }))

      test('that goes on reading is named after `lock.timeoutMs`, and nothing of the step remains', () =>
        withReader(async (sequelize, endReading) => {
          const error = await failureOf(migratorOf(sequelize, { lock: { timeoutMs: 500 } }).up())
          expect(error.code).toBe('LOCK_TIMEOUT')
          expect(error.message).toContain('a connection that is reading from the file')
          await endReading()
          expect(await readSnapshot(sequelize)).toEqual({
            tables: { words: ['id'] },
            indexes: [],
            rows: { words: [] },
          })
          expect(namesOf(await migratorOf(sequelize).up())).toEqual(names)
        }))

      test('that is reading is waited for even when the step has taken longer than `lock.timeoutMs`', () =>
        withReader(async (sequelize, endReading) => {
          const slow = heldHistory(ours, () => sleep(700))
          const migrating = createMigrator({
            sequelize,
            baseline: false,
            migrations: slow.slice(0, 2),
            transaction: 'run',
            lock: { timeoutMs: 600 },
          }).up()
          const reading = sleep(900).then(endReading)
          expect(namesOf(await migrating)).toEqual(['first', 'held'])
          await reading
        }))

      test('that is writing is waited for, and its rows are kept', () =>
        withDatabase(engine, async (database) => {
          const sequelize = database.connect()
          const host = database.connect()
          await host.query('CREATE TABLE words (id INTEGER)')
          const transaction = await host.transaction()
          await host.query('INSERT INTO words VALUES (1)', { transaction, type: QueryTypes.INSERT })
          const migrating = migratorOf(sequelize).up()
          await expectStillWaiting(migrating)
          await transaction.commit()
          expect(namesOf(await migrating)).toEqual(names)
          expect((await readSnapshot(sequelize)).rows['words']).toEqual([{ id: 1 }])
        }))
    },
    ({ name }) => name === 'sqlite',
  )
})
