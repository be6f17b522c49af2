import { QueryTypes, type Sequelize } from 'sequelize'
import { createMigrator, type Migrator } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import {
  childEnv,
  describeEngines,
  describeNewest,
  type Engine,
  type TestDatabase,
  withDatabase,
} from '../support/engines/index.js'
import { killAt, type ProcessResult, runProcesses } from '../support/processes.js'
import { startHeld } from './support/child.js'
import { allRevisions, CREATE_RUN_LOG, history } from './support/history.js'
import { randomFrom, scaled, seed } from './support/scale.js'
import { readSnapshot } from './support/snapshot.js'
import { expectAgreement, readState } from './support/state.js'
import { statementsRevision } from './support/statements-revision.js'

const script = new URL('./support/migrate.script.ts', import.meta.url)
const blockedScript = new URL('./support/statements.script.ts', import.meta.url)
const last = allRevisions.length
type Direction = 'up' | 'down'

interface Line {
  readonly event: 'begin' | 'end' | 'done' | 'refused'
  readonly ms?: number
  readonly statements?: number
}

const linesOf = ({ stdout }: ProcessResult): readonly Line[] =>
  // A line that was cut by the kill says nothing.
  stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))

/** A database as the kill finds it: empty before up(), complete before down(). */
const prepare = async (database: TestDatabase, direction: Direction): Promise<Sequelize> => {
  // One connection, so that every other one that the server knows is the child's.
  const sequelize = database.connect({ pool: { max: 1, min: 0, idle: 10_000 } })
  await sequelize.query(CREATE_RUN_LOG)
  if (direction === 'down') await createMigrator({ sequelize, migrations: history() }).up()
  return sequelize
}

const childOf = (
  database: TestDatabase,
  direction: Direction,
  transaction = true,
  more: { readonly lastStatement?: number; readonly words?: 'umzug' | 'alembic' } = {},
) => ({
  script,
  env: {
    ...childEnv(database),
    FAULT_PLAN: JSON.stringify({ verbs: [direction], pauseMs: 3, transaction, ...more }),
  },
})

/** The work that nobody kills: when its first step begins and when it ends, after the barrier, and its statements. */
const measure = (
  engine: Engine,
  direction: Direction,
  transaction: boolean,
): Promise<{ readonly beginMs: number; readonly endMs: number; readonly statements: number }> =>
  withDatabase(engine, async (database) => {
    await prepare(database, direction)
    const [result] = await runProcesses({ ...childOf(database, direction, transaction), count: 1 })
    expect(result).toMatchObject({ exitCode: 0, stderr: '' })
    const lines = result === undefined ? [] : linesOf(result)
    const [begin, done] = [lines.at(0), lines.at(-1)]
    expect([begin?.event, done?.event]).toEqual(['begin', 'done'])
    return { beginMs: begin?.ms ?? 0, endMs: done?.ms ?? 0, statements: done?.statements ?? 0 }
  })

const OTHERS: Readonly<Record<string, string>> = {
  postgres: `SELECT pid AS id FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`,
  mysql:
    'SELECT ID AS id FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND ID <> CONNECTION_ID()',
}

/** A server ends what the killed client had sent, a COMMIT perhaps, before it ends the session. */
const untilServerNoticed = async (sequelize: Sequelize): Promise<void> => {
  const others = OTHERS[sequelize.getDialect()]
  if (others === undefined) return
  while ((await sequelize.query(others, { type: QueryTypes.SELECT })).length > 0);
}

interface Kills {
  /** How many kills are to hit the run between its first step's begin and its end. */
  readonly count: number
  readonly direction: Direction
  /** `false`: the steps are run without one. Means nothing on MariaDB. */
  readonly transaction?: boolean
  /** Looks at what the kill has left, and brings it to its end. */
  readonly aftermath: (sequelize: Sequelize, why: string, index: number) => Promise<void>
}

/**
 * Kills processes, each on a database of its own, at moments that are uniform between the begin of the first step and
 * the end, until enough of them were hit there. Those that were hit before or after are looked at all the same.
 */
const killMany = async (
  engine: Engine,
  { count, direction, transaction = true, aftermath }: Kills,
): Promise<void> => {
  let { beginMs, endMs } = await measure(engine, direction, transaction)
  const random = randomFrom(seed)
  const most = count * 4
  let kills = 0
  let amid = 0
  let insideStep = 0
  for (; amid < count && kills < most; kills += 1) {
    const fraction = random()
    const delayMs = beginMs + fraction * (endMs - beginMs)
    const why =
      `${engine.name}, ${direction}(), kill ${kills + 1}, ${delayMs.toFixed(1)} ms after the barrier ` +
      `(${fraction.toFixed(3)} of the run); SM2KIT_TEST_SEED=${seed}`
    await withDatabase(engine, async (database) => {
      const sequelize = await prepare(database, direction)
      const words = kills % 2 === 0 ? 'umzug' : 'alembic'
      const child = childOf(database, direction, transaction, { words })
      const result = await killAt({ ...child, from: 'barrier', delayMs })
      expect(result.stderr, why).toBe('')
      const lines = linesOf(result)
      const events = (event: Line['event']): number => lines.filter((line) => line.event === event).length
      const done = lines.find(({ event }) => event === 'done')
      // The machine may be faster or slower than it was: the window follows what is seen.
      const first = lines.find(({ event }) => event === 'begin')
      if (first?.ms !== undefined) beginMs = (beginMs + first.ms) / 2
      // One that was not killed in time was fast; the others may have been slow, so the end moves back a little.
      endMs = done?.ms === undefined ? endMs * 1.02 : (endMs + done.ms) / 2
      if (done === undefined && result.signal === 'SIGKILL' && events('begin') > 0) {
        amid += 1
        if (events('begin') > events('end')) insideStep += 1
      }
      await untilServerNoticed(sequelize)
      await aftermath(sequelize, why, kills)
    })
  }
  console.info(
    `${engine.name}: ${kills} processes killed around ${direction}()${transaction ? '' : ' without transactions'}, ${amid} of them amid the run, ` +
      `${insideStep} inside a step (SM2KIT_TEST_SEED=${seed})`,
  )
  // Otherwise the delays have missed what they were to hit, and the test has shown little.
  expect(amid, `kills amid the run, of ${kills}; SM2KIT_TEST_SEED=${seed}`).toBe(count)
}

/** Kills a process before each statement that it would send, those of the migrator's own included. */
const killBeforeEach = async (
  engine: Engine,
  { count, direction, transaction = true, aftermath }: Kills,
): Promise<void> => {
  const { statements } = await measure(engine, direction, transaction)
  expect(statements).toBeGreaterThan(20)
  const all = Array.from({ length: statements }, (_, index) => index + 1)
  // All of them, or as many as are wanted, evenly spread from a random first one.
  const pace = Math.max(1, Math.floor(statements / count))
  const first = Math.floor(randomFrom(seed)() * pace)
  const chosen = all.filter((_, index) => index % pace === first)
  for (const [index, lastStatement] of chosen.entries()) {
    const why = `${engine.name}, ${direction}(), killed before statement ${lastStatement} of ${statements}`
    await withDatabase(engine, async (database) => {
      const sequelize = await prepare(database, direction)
      const [result] = await runProcesses({
        ...childOf(database, direction, transaction, { lastStatement }),
        count: 1,
      })
      expect(result, why).toMatchObject({ signal: 'SIGKILL', stderr: '', timedOut: false })
      await untilServerNoticed(sequelize)
      await aftermath(sequelize, why, index)
    })
  }
  console.info(
    `${engine.name}: ${chosen.length} processes killed before one of the ${statements} statements of ${direction}()` +
      (transaction ? '' : ' without transactions'),
  )
}

const timeout = scaled(120_000, 3_600_000)

describeNewest(
  'a process that is killed leaves nothing of a step, or all of it and its record:',
  (engine) => {
    const count = scaled(4, 250)
    const aftermath: Kills['aftermath'] = async (sequelize, why) => {
      await expectAgreement(sequelize, why)
      const migrator = createMigrator({ sequelize, migrations: history(), lock: { timeoutMs: 10_000 } })
      await migrator.up()
      expect(await expectAgreement(sequelize, `${why}, then up()`)).toBe(last)
      await migrator.down({ to: 0 })
      expect(await expectAgreement(sequelize, `${why}, then up() and down()`)).toBe(0)
    }

    test('during up()', () => killMany(engine, { count, direction: 'up', aftermath }), timeout)

    test('during down()', () => killMany(engine, { count, direction: 'down', aftermath }), timeout)

    const each = scaled(2, 1_000)
    test.each(['up', 'down'] as const)(
      'before each statement of %s()',
      (direction) => killBeforeEach(engine, { count: each, direction, aftermath }),
      timeout,
    )
  },
  ({ dialect, isShared }) => isShared && dialect !== 'mysql',
)

/** Looks at what is true when the interrupted step was gone on with: everything once, and nothing twice. */
const goneOn =
  (direction: Direction, transaction: boolean): Kills['aftermath'] =>
  async (sequelize, why, index) => {
    const migrations = history(0, transaction)
    const migrator = createMigrator({ sequelize, migrations, lock: { timeoutMs: 10_000 } })
    // Every third kill is followed by the other way: what was begun is ended before the step is taken back.
    const isBack = index % 3 === 2
    if ((direction === 'up') !== isBack) await migrator.up()
    else await migrator.down({ to: 0 })
    const applied = await expectAgreement(sequelize, why)
    expect(applied, why).toBe((direction === 'up') !== isBack ? last : 0)
    // Not twice with a step back in between, either.
    const { log } = await readState(sequelize)
    const thatWay = log.filter((entry) => entry.startsWith(direction))
    expect(thatWay, why).toEqual([...new Set(thatWay)])
  }

describeNewest(
  'a process that is killed in a step with a journal is gone on from by the next one:',
  (engine) => {
    const transaction = engine.dialect === 'mysql'
    // Where the journal is the exception, fewer must do.
    const count = transaction ? scaled(4, 50) : scaled(1, 30)

    test.each(['up', 'down'] as const)(
      'during %s()',
      (direction) =>
        killMany(engine, { count, direction, transaction, aftermath: goneOn(direction, transaction) }),
      timeout,
    )

    const each = transaction ? scaled(4, 1_000) : scaled(1, 40)
    test.each(['up', 'down'] as const)(
      'before each statement of %s()',
      (direction) =>
        killBeforeEach(engine, {
          count: each,
          direction,
          transaction,
          aftermath: goneOn(direction, transaction),
        }),
      timeout,
    )
  },
  ({ isShared }) => isShared,
)

/** Resolves when another session waits for a lock inside such a statement. */
const untilBlocked = async (sequelize: Sequelize, statement: string): Promise<void> => {
  const waiting =
    sequelize.getDialect() === 'postgres'
      ? `SELECT 1 FROM pg_stat_activity WHERE query LIKE '${statement}%' AND wait_event_type = 'Lock'`
      : `SELECT 1 FROM information_schema.PROCESSLIST WHERE INFO LIKE '${statement}%' AND STATE LIKE '%metadata lock%'`
  while ((await sequelize.query(waiting, { type: QueryTypes.SELECT })).length === 0);
}

/** Kills a process whose second statement waits for a transaction of the host's that reads the table; then lets that end. */
const killBlocked = async (
  database: TestDatabase,
  statement: string,
  meanwhile: (sequelize: Sequelize) => Promise<void> = async () => {},
): Promise<Migrator> => {
  const sequelize = database.connect({ pool: { max: 1, min: 0, idle: 10_000 } })
  const host = database.connect({ pool: { max: 1, min: 0, idle: 10_000 } })
  await host.query('CREATE TABLE words (id INTEGER)')
  const transaction = await host.transaction()
  await host.query('INSERT INTO words (id) VALUES (1)', { transaction, type: QueryTypes.INSERT })

  const plan = {
    statements: ['CREATE TABLE hints (id INTEGER)', statement, 'CREATE TABLE ends (id INTEGER)'],
  }
  const child = await startHeld(blockedScript, { ...childEnv(database), FAULT_PLAN: JSON.stringify(plan) })
  await child.arrived
  child.release()
  await untilBlocked(sequelize, statement)
  child.kill()
  expect(await child.end).toMatchObject({ signal: 'SIGKILL', stderr: '' })
  await meanwhile(sequelize)
  await transaction.commit()
  await host.close()
  await untilServerNoticed(sequelize)
  return createMigrator({ sequelize, baseline: false, migrations: statementsRevision(plan.statements) })
}

describeEngines(
  'a process that is killed while CREATE INDEX CONCURRENTLY waits',
  (engine) => {
    const statement = 'CREATE INDEX CONCURRENTLY words_id ON words (id)'

    test('leaves a question to the operator, and the step goes on with the answer', () =>
      withDatabase(engine, async (database) => {
        const migrator = await killBlocked(database, statement)
        await expect(migrator.up()).rejects.toMatchObject({ code: 'INTERRUPTED', statement: 2 })
        // The server has ended the statement, though nobody was there to hear of it.
        const sequelize = database.connect()
        expect((await readSnapshot(sequelize)).indexes).toEqual(['words_id'])
        await migrator.resolve('words', 'applied')
        expect(await migrator.up()).toEqual([{ name: 'words' }])
        expect(await readSnapshot(sequelize)).toEqual({
          tables: { words: ['id'], hints: ['id'], ends: ['id'] },
          indexes: ['words_id'],
          rows: { words: [{ id: 1 }], hints: [], ends: [] },
        })
      }))
  },
  ({ dialect }) => dialect === 'postgres',
)

describeEngines(
  'a process that is killed while ALTER TABLE waits',
  (engine) => {
    const statement = 'ALTER TABLE words ADD COLUMN hint INTEGER'
    const complete = {
      tables: { words: ['hint', 'id'], hints: ['id'], ends: ['id'] },
      indexes: [],
      rows: { words: [{ id: 1, hint: null }], hints: [], ends: [] },
    }

    test('is gone on from, whether the server has ended the statement or dropped it', () =>
      withDatabase(engine, async (database) => {
        const migrator = await killBlocked(database, statement)
        expect(await migrator.up()).toEqual([{ name: 'words' }])
        expect(await readSnapshot(database.connect())).toEqual(complete)
      }))

    test('is gone on from, though the host has made another table meanwhile', () =>
      withDatabase(engine, async (database) => {
        const migrator = await killBlocked(database, statement, async (sequelize) => {
          await sequelize.query('CREATE TABLE strangers (id INTEGER)')
        })
        expect(await migrator.up()).toEqual([{ name: 'words' }])
        expect(await readSnapshot(database.connect())).toEqual({
          ...complete,
          tables: { ...complete.tables, strangers: ['id'] },
          rows: { ...complete.rows, strangers: [] },
        })
      }))

    test('is not taken for done when it was never sent, and the host has made another table since', () =>
      withDatabase(engine, async (database) => {
        const sequelize = database.connect()
        await sequelize.query('CREATE TABLE words (id INTEGER)')
        await sequelize.query('INSERT INTO words (id) VALUES (1)')
        const statements = ['CREATE TABLE hints (id INTEGER)', statement, 'CREATE TABLE ends (id INTEGER)']
        const plan = JSON.stringify({ statements, killBefore: statement })
        const env = { ...childEnv(database), FAULT_PLAN: plan }
        const [child] = await runProcesses({ script: blockedScript, count: 1, env })
        expect(child).toMatchObject({ signal: 'SIGKILL', stderr: '', timedOut: false })
        // Names that look like others, or like a pattern, are no mention of them.
        await sequelize.query('CREATE TABLE strangers (id INTEGER)')
        await sequelize.query('CREATE VIEW word AS SELECT id FROM words')
        await sequelize.query('CREATE VIEW `words-(hint]` AS SELECT id FROM words')

        const migrations = statementsRevision(statements)
        const migrator = createMigrator({ sequelize, baseline: false, migrations })
        expect(await migrator.up()).toEqual([{ name: 'words' }])
        await sequelize.query('DROP VIEW word, `words-(hint]`')
        expect(await readSnapshot(sequelize)).toEqual({
          ...complete,
          tables: { ...complete.tables, strangers: ['id'] },
          rows: { ...complete.rows, strangers: [] },
        })
      }))
  },
  ({ dialect }) => dialect === 'mysql',
)
