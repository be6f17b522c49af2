import { DataTypes, type Sequelize } from 'sequelize'
import { createMigrator } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import { rowsOf } from '../migrator/support.js'
import { childEnv, describeEngines, withDatabase } from '../support/engines/index.js'
import { runProcesses } from '../support/processes.js'

const shadowsOf = async (sequelize: Sequelize): Promise<readonly unknown[]> =>
  (
    await rowsOf(
      sequelize,
      "SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE 'sm2kit\\_shadow%'",
    )
  ).map(({ name }) => name)

describeEngines(
  'the shadow of a process that was killed',
  (engine) => {
    test('is dropped by the next one, and that of one that lives is not', () =>
      withDatabase(engine, async (database) => {
        const script = new URL('./support/compare.script.ts', import.meta.url)
        const [killed] = await runProcesses({ script, count: 1, env: childEnv(database) })
        expect(killed?.signal, killed?.stderr).toBe('SIGKILL')
        const stale = killed?.stdout.trim()
        const sequelize = database.connect()
        expect(await shadowsOf(sequelize)).toContain(stale)

        // Its lock is held by a connection, as by a process at work.
        const living = 'sm2kit_shadow_00000000000000ff'
        const other = database.connect({ pool: { max: 1, min: 1, idle: 60_000 } })
        await other.query(`CREATE DATABASE ${living}`)
        await rowsOf(other, `SELECT GET_LOCK('${living}', 0) AS taken`)
        sequelize.define('word', { text: DataTypes.STRING(40) })
        const compare = async (): Promise<number> =>
          (await createMigrator({ sequelize, baseline: false }).differences()).length
        try {
          expect(await compare()).toBe(1)
          expect(await shadowsOf(sequelize)).not.toContain(stale)
          expect(await shadowsOf(sequelize)).toContain(living)
          await rowsOf(other, `SELECT RELEASE_LOCK('${living}') AS released`)
          expect(await compare()).toBe(1)
          expect(await shadowsOf(sequelize)).not.toContain(living)
        } finally {
          await other.query(`DROP DATABASE IF EXISTS ${living}`)
        }
      }))
  },
  ({ dialect }) => dialect === 'mysql',
)
