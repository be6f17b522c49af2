import { expect, test } from 'vitest'
import { randomFrom, scaled, seed } from '../../../faults/support/scale.js'
import { childEnv, describeEngines, type TestDatabase, withDatabase } from '../../../support/engines/index.js'
import { killAt, runProcesses } from '../../../support/processes.js'
import { rowsOf } from '../../support.js'
import { type Contents, contentsOf, given } from './support.js'

const script = new URL('./rebuild.script.ts', import.meta.url)

const prepare = async (database: TestDatabase): Promise<void> => {
  const sequelize = database.connect()
  await given(
    sequelize,
    'CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, x TEXT, z INTEGER CHECK (z >= 0))',
    'CREATE TABLE kid (id INTEGER PRIMARY KEY, tid INTEGER REFERENCES t ON DELETE CASCADE)',
    'CREATE INDEX i ON t (z)',
    'CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE t SET z = 1 WHERE id = new.id; END',
    'CREATE VIEW v AS SELECT x FROM t',
    `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS})
     INSERT INTO t (id, x, z) SELECT i, printf('%s-%032d', i, i), i FROM n`,
    'INSERT INTO kid (tid) SELECT id FROM t WHERE id % 10 = 0',
  )
  await sequelize.close()
}

const ROWS = 20_000

/** What was found, without the rows: they are many. */
const stateOf = async (
  database: TestDatabase,
): Promise<Pick<Contents, 'objects'> & { readonly rows: unknown; readonly isRecorded: boolean }> => {
  const sequelize = database.connect()
  try {
    const { objects, sequence } = await contentsOf(sequelize)
    const [rows] = await rowsOf(
      sequelize,
      'SELECT (SELECT count(*) FROM t) AS t, (SELECT sum(id * length(x)) FROM t) AS sum, (SELECT count(tid) FROM kid) AS kid',
    )
    expect(await rowsOf(sequelize, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
    const isRecorded =
      (await sequelize.getQueryInterface().tableExists('sm2kit_revisions')) &&
      (await rowsOf(sequelize, 'SELECT revision FROM sm2kit_revisions')).length === 1
    return { objects, rows: { rows, sequence }, isRecorded }
  } finally {
    await sequelize.close()
  }
}

describeEngines(
  'a rebuild that is killed on SQLite',
  (engine) => {
    test('leaves the table as it was or as it should be, nothing beside it, and the record agrees', async () => {
      const database = await engine.createDatabase()
      await prepare(database)
      const former = await stateOf(database)
      const [done] = await runProcesses({ script, count: 1, env: childEnv(database) })
      expect(done).toMatchObject({ exitCode: 0, stderr: '' })
      const { statements, ms } = JSON.parse(done?.stdout ?? '') as { statements: number; ms: number }
      const wanted = await stateOf(database)
      expect(wanted.objects['table t']).toContain('x VARCHAR(20) UNIQUE')
      await database.drop()

      const random = randomFrom(seed)
      let [before, after] = [0, 0]
      const kills = scaled(8, 300)
      for (let kill = 0; kill < kills; kill += 1) {
        await withDatabase(engine, async (next) => {
          await prepare(next)
          // By the statement, then by the clock: within a statement, and while it commits.
          const env = {
            ...childEnv(next),
            LAST_STATEMENT: String(kill % 2 === 0 ? 1 + Math.floor(random() * statements) : 0),
          }
          const delayMs = kill % 2 === 0 ? 60_000 : random() * ms * 1.2
          await killAt({ script, env, delayMs, from: 'barrier' })
          const found = await stateOf(next)
          expect(found).toEqual(found.isRecorded ? wanted : former)
          if (found.isRecorded) after += 1
          else before += 1
        })
      }
      console.log(
        `${kills} kills: ${before} left the old table, ${after} the new one (SM2KIT_TEST_SEED=${seed})`,
      )
    }, 7_200_000)
  },
  (engine) => engine.name === 'sqlite',
)
