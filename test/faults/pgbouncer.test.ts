import { createMigrator } from 'sm2kit/migrator'
import { describe, expect, test } from 'vitest'
import { connectSpec } from '../support/engines/database.js'
import { type Engine, engines, isNewest, type TestDatabase, withDatabase } from '../support/engines/index.js'
import { killAt, type ProcessResult, runProcesses } from '../support/processes.js'
import { expectedSnapshot } from './support/expected.js'
import { allRevisions, CREATE_RUN_LOG, history } from './support/history.js'
import { hasPgbouncer, type Pooler, startPooler } from './support/pgbouncer.js'
import { randomFrom, scaled, seed } from './support/scale.js'
import { expectAgreement, readState } from './support/state.js'

const script = new URL('./support/migrate.script.ts', import.meta.url)
const last = allRevisions.length
const remedy = 'install PgBouncer, `apt-get install pgbouncer` on Debian'

const withPooler = (
  engine: Engine,
  use: (database: TestDatabase, pooler: Pooler) => Promise<void>,
): Promise<void> =>
  withDatabase(engine, async (database) => {
    const pooler = await startPooler(database)
    try {
      await use(database, pooler)
    } finally {
      await pooler.stop()
    }
  })

const childOf = (pooler: Pooler, plan: object) => ({
  script,
  env: {
    SM2KIT_TEST_DATABASE: JSON.stringify(pooler.spec),
    FAULT_PLAN: JSON.stringify({ verbs: ['up'], pauseMs: 3, ...plan }),
  },
})

const lastLine = ({ stdout }: ProcessResult): { readonly event?: string; readonly message?: string } =>
  JSON.parse(stdout.trim().split('\n').at(-1) || '{}')

describe('behind PgBouncer in transaction mode', () => {
  const servers = engines.filter((engine) => engine.dialect === 'postgres' && isNewest(engine))

  if (!hasPgbouncer)
    test.skipIf(process.env['CI'] !== 'true')(`needs PgBouncer: ${remedy}`, () => {
      throw new Error(`PgBouncer was not found, and with CI=true it must be tested: ${remedy}`)
    })

  describe.skipIf(!hasPgbouncer).each(servers)('%s', (engine) => {
    test('twenty processes that start at once apply each revision once', { timeout: 240_000 }, () =>
      withPooler(engine, async (database, pooler) => {
        const sequelize = database.connect()
        await sequelize.query(CREATE_RUN_LOG)
        const results = await runProcesses({ ...childOf(pooler, {}), count: 20, timeoutMs: 200_000 })
        expect(results.map(({ exitCode, stderr }) => ({ exitCode, stderr }))).toEqual(
          Array(20).fill({ exitCode: 0, stderr: '' }),
        )
        expect(results.map((result) => lastLine(result).message ?? lastLine(result).event)).toEqual(
          Array(20).fill('done'),
        )
        const { recorded, schema } = await readState(sequelize)
        expect(schema).toEqual(expectedSnapshot(last))
        expect(recorded).toEqual(allRevisions.map((revision) => `${revision} applied`).sort())
      }),
    )

    test('a killed process leaves a schema that its record describes, and blocks nobody', {
      timeout: scaled(120_000, 1_800_000),
    }, async () => {
      const random = randomFrom(seed)
      const count = scaled(3, 50)
      for (let index = 0; index < count; index += 1)
        await withPooler(engine, async (database, pooler) => {
          const sequelize = database.connect()
          await sequelize.query(CREATE_RUN_LOG)
          const words = index % 2 === 0 ? 'umzug' : 'alembic'
          const delayMs = 5 + random() * 250
          await killAt({ ...childOf(pooler, { words }), from: 'barrier', delayMs })
          const why = `${engine.name}, kill ${index + 1} of ${count}, ${delayMs.toFixed(1)} ms; SM2KIT_TEST_SEED=${seed}`
          // The pooler sees the end of the client a moment later, and rolls back.
          const pooled = connectSpec(pooler.spec, { logging: false })
          const migrator = createMigrator({ sequelize: pooled, migrations: history() })
          await migrator.upgrade('heads')
          await pooled.close()
          expect(await expectAgreement(sequelize, why)).toBe(last)
        })
      console.info(
        `${engine.name} behind PgBouncer: ${count} processes killed during up() (SM2KIT_TEST_SEED=${seed})`,
      )
    })

    test('a step that needs a session of its own is refused, and says why', () =>
      withPooler(engine, async (database, pooler) => {
        const migrations = [
          {
            revision: 'aaaa1',
            transaction: false,
            up: async ({ context: op }: import('sm2kit/migrator').MigrationParams) => {
              await op.sequelize.query('CREATE TABLE a (x INTEGER)')
            },
          },
        ]
        // Other clients keep the pooler's connections moving, so that a session is not always the same one.
        const busy = connectSpec(pooler.spec, { logging: false, pool: { max: 8, min: 8 } })
        const load = Array.from({ length: 8 }, async () => {
          for (let turn = 0; turn < 40; turn += 1) await busy.query('SELECT pg_sleep(0.005)')
        })
        const pooled = connectSpec(pooler.spec, { logging: false })
        const migrator = createMigrator({ sequelize: pooled, baseline: false, migrations })
        const outcome = await migrator.upgrade().catch((error: unknown) => error)
        await Promise.all(load)
        await busy.close()
        await pooled.close()
        const tables = await database.connect().getQueryInterface().showAllTables()
        // On a session that happened to stay the same nothing is wrong; a changed one is told, and nothing is made.
        if (outcome instanceof Error) {
          expect(outcome).toMatchObject({ code: 'POOLED_SESSION' })
          expect(tables).not.toContain('a')
        } else expect(tables).toContain('a')
      }))
  })
})
