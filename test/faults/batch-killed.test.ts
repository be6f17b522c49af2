import { QueryTypes, type Sequelize } from 'sequelize'
import { createMigrator } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import {
  childEnv,
  describeNewest,
  type Engine,
  type TestDatabase,
  withDatabase,
} from '../support/engines/index.js'
import { killAt, runProcesses } from '../support/processes.js'
import { AFTERWARDS, BEFORE, batchRevision } from './support/batch-revision.js'
import { randomFrom, scaled, seed } from './support/scale.js'

const script = new URL('./support/batch.script.ts', import.meta.url)

const prepare = async (database: TestDatabase): Promise<Sequelize> => {
  const sequelize = database.connect({ pool: { max: 1, min: 0, idle: 10_000 } })
  for (const statement of BEFORE) await sequelize.query(statement)
  return sequelize
}

/** What the rows say of how often each was handed over. */
const look = async (sequelize: Sequelize) => {
  const select = (sql: string) => sequelize.query<Record<string, unknown>>(sql, { type: QueryTypes.SELECT })
  const entries = await select('SELECT entry, count(*) AS n FROM run_log GROUP BY entry')
  const [notes = {}] = await select(
    `SELECT count(*) AS rows_, sum(CASE WHEN times = 1 THEN 1 ELSE 0 END) AS once,
            sum(CASE WHEN again = 1 THEN 1 ELSE 0 END) AS again, sum(CASE WHEN title = 'new' THEN 1 ELSE 0 END) AS filled FROM notes`,
  )
  return {
    log: Object.fromEntries(entries.map(({ entry, n }) => [String(entry), Number(n)])),
    notes: {
      rows: Number(notes['rows_']),
      once: Number(notes['once']),
      again: Number(notes['again']),
      filled: Number(notes['filled']),
    },
  }
}

/** Ends what the killed ones have begun, and looks at every row. */
const expectOnce = async (sequelize: Sequelize, why: string): Promise<void> => {
  const migrator = createMigrator({ sequelize, baseline: false, migrations: [batchRevision] })
  await migrator.up().catch((error: unknown) => {
    throw new Error(why, { cause: error })
  })
  expect(
    (await migrator.current()).map(({ revision }) => revision),
    why,
  ).toEqual(['batches'])
  expect(await look(sequelize), why).toEqual(AFTERWARDS)
}

const measure = (engine: Engine): Promise<{ readonly statements: number; readonly ms: number }> =>
  withDatabase(engine, async (database) => {
    const sequelize = await prepare(database)
    const [child] = await runProcesses({ script, count: 1, env: childEnv(database) })
    expect(child).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await look(sequelize)).toEqual(AFTERWARDS)
    return JSON.parse(child?.stdout ?? '{}')
  })

describeNewest(
  'op.batch in a process that is killed',
  (engine) => {
    const timeout = scaled(120_000, 1_800_000)

    test('at random moments, several times in a row, hands over each row once', { timeout }, async () => {
      let { ms } = await measure(engine)
      const random = randomFrom(seed)
      let amid = 0
      const count = scaled(2, 60)
      // Until enough of them were hit amid the run.
      for (let round = 1; round <= count || (amid <= count && round <= 5 * count); round += 1) {
        await withDatabase(engine, async (database) => {
          const sequelize = await prepare(database)
          const delays: number[] = []
          for (let kill = 0; kill < 3; kill += 1) {
            const delayMs = random() * ms * (kill === 0 ? 0.9 : 0.5)
            delays.push(Math.round(delayMs))
            const child = await killAt({ script, env: childEnv(database), from: 'barrier', delayMs })
            expect(child.stderr).toBe('')
            if (child.signal === 'SIGKILL') amid += 1
            // The machine is faster than it was: the window follows what is seen.
            else if (kill === 0) ms = (ms + Number(JSON.parse(child.stdout).ms)) / 2
          }
          await expectOnce(sequelize, `${engine.name}, killed after ${delays} ms; SM2KIT_TEST_SEED=${seed}`)
        })
      }
      console.info(`${engine.name}: ${amid} processes killed amid batches (SM2KIT_TEST_SEED=${seed})`)
      expect(amid).toBeGreaterThan(count)
    })

    test('before a statement, whichever it is, hands over each row once', { timeout }, async () => {
      const { statements } = await measure(engine)
      expect(statements).toBeGreaterThan(150)
      const pace = Math.max(1, Math.floor(statements / scaled(3, 120)))
      const first = 1 + Math.floor(randomFrom(seed)() * pace)
      for (let last = first; last <= statements; last += pace) {
        await withDatabase(engine, async (database) => {
          const sequelize = await prepare(database)
          const env = { ...childEnv(database), LAST_STATEMENT: String(last) }
          const [child] = await runProcesses({ script, count: 1, env })
          expect(child).toMatchObject({ signal: 'SIGKILL', stderr: '' })
          await expectOnce(sequelize, `${engine.name}, killed before statement ${last} of ${statements}`)
        })
      }
    })
  },
  ({ isShared }) => isShared,
)
