import { QueryTypes, type Sequelize } from 'sequelize'
import { createMigrator } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import {
  childEnv,
  describeEngines,
  type Engine,
  type TestDatabase,
  withDatabase,
} from '../support/engines/index.js'
import { killAt, type ProcessResult, runProcesses } from '../support/processes.js'
import { allRevisions, CREATE_RUN_LOG, history } from './support/history.js'
import { randomFrom, scaled, seed } from './support/scale.js'
import { expectAgreement, readState } from './support/state.js'

const script = new URL('./support/migrate.script.ts', import.meta.url)
const last = allRevisions.length
type Direction = 'up' | 'down'

interface Line {
  readonly event: 'begin' | 'end' | 'done' | 'refused'
  readonly ms?: number
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

const childOf = (database: TestDatabase, direction: Direction) => ({
  script,
  env: { ...childEnv(database), FAULT_PLAN: JSON.stringify({ verbs: [direction], pauseMs: 3 }) },
})

/** How long the work takes that nobody kills, from the barrier to its end. */
const measure = (engine: Engine, direction: Direction): Promise<number> =>
  withDatabase(engine, async (database) => {
    await prepare(database, direction)
    const [result] = await runProcesses({ ...childOf(database, direction), count: 1 })
    expect(result).toMatchObject({ exitCode: 0, stderr: '' })
    const done = result === undefined ? undefined : linesOf(result).at(-1)
    expect(done?.event).toBe('done')
    return done?.ms ?? 0
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
  /** Looks at what the kill has left, and brings it to its end. */
  readonly aftermath: (sequelize: Sequelize, why: string, index: number) => Promise<void>
}

/**
 * Kills processes, each on a database of its own, at moments that are uniform in the time that the work takes, until
 * enough of them were hit amid it. Those that were hit before or after are looked at all the same.
 */
const killMany = async (engine: Engine, { count, direction, aftermath }: Kills): Promise<void> => {
  let durationMs = await measure(engine, direction)
  const random = randomFrom(seed)
  const most = count * 4
  let kills = 0
  let amid = 0
  let insideStep = 0
  for (; amid < count && kills < most; kills += 1) {
    const fraction = random()
    const why =
      `${engine.name}, ${direction}(), kill ${kills + 1}, ${(fraction * durationMs).toFixed(1)} ms after the barrier ` +
      `(${fraction.toFixed(3)} of the run); SM2KIT_TEST_SEED=${seed}`
    await withDatabase(engine, async (database) => {
      const sequelize = await prepare(database, direction)
      const delayMs = fraction * durationMs
      const result = await killAt({ ...childOf(database, direction), from: 'barrier', delayMs })
      expect(result.stderr, why).toBe('')
      const lines = linesOf(result)
      const events = (event: Line['event']): number => lines.filter((line) => line.event === event).length
      const done = lines.find(({ event }) => event === 'done')
      if (done?.ms !== undefined) durationMs = (durationMs + done.ms) / 2
      else if (result.signal === 'SIGKILL' && events('begin') > 0) {
        amid += 1
        if (events('begin') > events('end')) insideStep += 1
      }
      await untilServerNoticed(sequelize)
      await aftermath(sequelize, why, kills)
    })
  }
  console.info(
    `${engine.name}: ${kills} processes killed around ${direction}(), ${amid} of them amid the run, ` +
      `${insideStep} inside a step (SM2KIT_TEST_SEED=${seed})`,
  )
  // Otherwise the delays have missed what they were to hit, and the test has shown little.
  expect(amid, `kills amid the run, of ${kills}; SM2KIT_TEST_SEED=${seed}`).toBe(count)
}

const timeout = scaled(120_000, 1_800_000)

describeEngines(
  'a process that is killed leaves nothing of a step, or all of it and its record:',
  (engine) => {
    const count = scaled(5, 100)
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
  },
  ({ dialect, isShared }) => isShared && dialect !== 'mysql',
)

describeEngines(
  'a process that is killed where DDL commits by itself is gone on from:',
  (engine) => {
    const count = scaled(4, 30)

    test(
      'during up(), by the next up() or down()',
      () =>
        killMany(engine, {
          count,
          direction: 'up',
          aftermath: async (sequelize, why, index) => {
            const migrator = createMigrator({ sequelize, migrations: history(), lock: { timeoutMs: 10_000 } })
            // Every third: what was begun going up is ended before it goes down.
            if (index % 3 === 2) await migrator.down({ to: 0 })
            else await migrator.up()
            const applied = await expectAgreement(sequelize, why)
            expect(applied, why).toBe(index % 3 === 2 ? 0 : last)
            // Not twice and reverted once, either.
            const { log } = await readState(sequelize)
            expect(log, why).toEqual([...new Set(log)])
          },
        }),
      timeout,
    )

    test(
      'during down(), by the next down() or up()',
      () =>
        killMany(engine, {
          count,
          direction: 'down',
          aftermath: async (sequelize, why, index) => {
            const migrator = createMigrator({ sequelize, migrations: history(), lock: { timeoutMs: 10_000 } })
            const finish = index % 2 === 0 ? 'down' : 'up'
            if (finish === 'down') await migrator.down({ to: 0 })
            else await migrator.up()
            const applied = await expectAgreement(sequelize, why)
            expect(applied, why).toBe(finish === 'down' ? 0 : last)
            const { log } = await readState(sequelize)
            const downs = log.filter((entry) => entry.startsWith('down'))
            expect(downs, why).toEqual([...new Set(downs)])
          },
        }),
      timeout,
    )
  },
  ({ dialect }) => dialect === 'mysql',
)
