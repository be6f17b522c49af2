import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { platform, tmpdir } from 'node:os'
import { join } from 'node:path'
import { QueryTypes, type Sequelize } from 'sequelize'
import { createMigrator } from 'sm2kit/migrator'
import { expect, onTestFinished, test } from 'vitest'
import { childEnv, describeEngines, type TestDatabase, withDatabase } from '../support/engines/index.js'
import { killAt, runProcesses } from '../support/processes.js'
import { randomFrom, scaled, seed } from './support/scale.js'

const script = new URL('./support/backup.script.ts', import.meta.url)
const kills = scaled(4, 100)
const ROWS = 20_000

const fill = async (sequelize: Sequelize): Promise<void> => {
  await sequelize.query('CREATE TABLE words (id INTEGER PRIMARY KEY, word VARCHAR(200) NOT NULL)')
  for (let from = 0; from < ROWS; from += 1_000) {
    const rows = Array.from({ length: 1_000 }, (_, n) => `(${from + n}, '${`word ${from + n} `.repeat(12)}')`)
    await sequelize.query(`INSERT INTO words VALUES ${rows.join(', ')}`)
  }
}

/** How many rows there are, and how many of them were changed after the backup. */
const countsOf = async (sequelize: Sequelize): Promise<readonly [all: number, changed: number]> => {
  const [row] = await sequelize.query<{ n: unknown; changed: unknown }>(
    "SELECT count(*) AS n, count(CASE word WHEN 'changed' THEN 1 END) AS changed FROM words",
    { type: QueryTypes.SELECT },
  )
  return [Number(row?.n), Number(row?.changed)]
}

const childOf = (database: TestDatabase, verb: 'backup' | 'restore', path: string) => ({
  script,
  env: { ...childEnv(database), BACKUP_VERB: verb, BACKUP_PATH: path },
})

const timeOf = async (database: TestDatabase, verb: 'backup' | 'restore', path: string): Promise<number> => {
  const [result] = await runProcesses({ ...childOf(database, verb, path), count: 1 })
  expect(result).toMatchObject({ exitCode: 0, stderr: '' })
  return JSON.parse(result?.stdout ?? '').ms
}

const newFolder = (): string => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sm2kit-backup-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

describeEngines(
  `killed ${kills} times`,
  (engine) => {
    test(
      'a backup leaves no file that is not whole, and the next one nothing of it',
      { timeout: 60_000 + kills * 5_000 },
      () =>
        withDatabase(engine, async (database) => {
          const folder = newFolder()
          const sequelize = database.connect()
          await fill(sequelize)
          const migrator = createMigrator({ sequelize, baseline: false })
          const ms = await timeOf(database, 'backup', join(folder, 'first.bak'))
          const random = randomFrom(seed)
          console.info(`${engine}: SM2KIT_TEST_SEED=${seed}`)
          let cut = 0
          for (let kill = 0; kill < kills; kill += 1) {
            const path = join(folder, `${kill}.bak`)
            const killed = await killAt({
              ...childOf(database, 'backup', path),
              delayMs: random() * ms,
              from: 'barrier',
            })
            if (killed.signal === 'SIGKILL') cut += 1
            // A program of the engine's own needs a moment to see that nobody reads what it writes.
            await migrator.backup({ to: join(folder, 'next.bak') })
            if (platform() === 'linux')
              expect(readdirSync(folder).filter((name) => !name.endsWith('.bak'))).toEqual([])
            rmSync(join(folder, 'next.bak'))
            if (!readdirSync(folder).includes(`${kill}.bak`)) continue
            await migrator.restore(path)
            expect(await countsOf(sequelize)).toEqual([ROWS, 0])
          }
          expect(cut).toBeGreaterThan(0)
        }),
    )

    test(
      'a restore leaves one database or the other, or can be run again',
      { timeout: 60_000 + kills * 5_000 },
      () =>
        withDatabase(engine, async (database) => {
          const path = join(newFolder(), 'a.bak')
          const sequelize = database.connect()
          await fill(sequelize)
          const migrator = createMigrator({ sequelize, baseline: false })
          await migrator.backup({ to: path })
          const ms = await timeOf(database, 'restore', path)
          const random = randomFrom(seed)
          console.info(`${engine}: SM2KIT_TEST_SEED=${seed}`)
          for (let kill = 0; kill < kills; kill += 1) {
            await sequelize.query("UPDATE words SET word = 'changed'")
            await killAt({ ...childOf(database, 'restore', path), delayMs: random() * ms, from: 'barrier' })
            if (engine.dialect !== 'mysql') {
              const [all, changed] = await countsOf(sequelize)
              expect([all, changed === 0 || changed === ROWS]).toEqual([ROWS, true])
            }
            if (engine.dialect === 'sqlite')
              expect(await sequelize.query('PRAGMA integrity_check', { type: QueryTypes.SELECT })).toEqual([
                { integrity_check: 'ok' },
              ])
            await migrator.restore(path)
            expect(await countsOf(sequelize)).toEqual([ROWS, 0])
          }
        }),
    )
  },
  // PostgreSQL 18 comes from npm, without pg_dump.
  ({ isShared, name }) => isShared && name !== 'postgres18',
)
