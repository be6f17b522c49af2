import { lstatSync, mkdtempSync, readdirSync, realpathSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMigrator } from 'sm2kit/migrator'
import { expect, onTestFinished, test } from 'vitest'
import { copiesOf } from '../migrator/commands/copies.js'
import { rowsOf } from '../migrator/support.js'
import { childEnv, describeNewest, type TestDatabase, withDatabase } from '../support/engines/index.js'
import { killAt, runProcesses } from '../support/processes.js'
import { randomFrom, scaled, seed } from './support/scale.js'

const script = new URL('./support/rehearse.script.ts', import.meta.url)
const kills = scaled(2, 100)
const ROWS = 2_000

/** A folder for temporary files that no other test uses, in this process and its children. */
const ownTemporaryFolder = (): string => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sm2kit-temporary-')))
  const former = process.env['TMPDIR']
  process.env['TMPDIR'] = folder
  onTestFinished(() => {
    if (former === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = former
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}

const everythingIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name)))

const childOf = (database: TestDatabase, folder: string) => ({
  script,
  env: { ...childEnv(database), TMPDIR: folder },
})

describeNewest(
  `a rehearsal that is killed ${kills} times`,
  (engine) => {
    test(
      'leaves the database as it was, and no copy after the next one; what it leaves meanwhile is private',
      { timeout: 60_000 + kills * 10_000 },
      () =>
        withDatabase(engine, async (database) => {
          const folder = ownTemporaryFolder()
          const sequelize = database.connect()
          await sequelize.query('CREATE TABLE words (id INTEGER PRIMARY KEY, word VARCHAR(200) NOT NULL)')
          const rows = Array.from({ length: ROWS }, (_, n) => `(${n}, '${`word ${n} `.repeat(12)}')`)
          await sequelize.query(`INSERT INTO words VALUES ${rows.join(', ')}`)
          const before = await copiesOf(database)
          const contents = await rowsOf(sequelize, 'SELECT * FROM words ORDER BY id')
          const migrator = createMigrator({ sequelize, baseline: false })
          const [whole] = await runProcesses({ ...childOf(database, folder), count: 1 })
          expect(whole).toMatchObject({ exitCode: 0, stderr: '' })
          const { ok, ms } = JSON.parse(whole?.stdout ?? '') as { ok: boolean; ms: number }
          expect(ok).toBe(true)

          const random = randomFrom(seed)
          console.info(`${engine}: SM2KIT_TEST_SEED=${seed}`)
          let [cut, left] = [0, 0]
          for (let kill = 0; kill < kills; kill += 1) {
            const killed = await killAt({
              ...childOf(database, folder),
              delayMs: random() * ms,
              from: 'barrier',
            })
            if (killed.signal === 'SIGKILL') cut += 1
            for (const path of everythingIn(folder)) {
              const found = lstatSync(path)
              expect([path, (found.mode & 0o077).toString(8)]).toEqual([path, '0'])
              // A folder that is not owned yet is only taken for a dead one's when it is a minute old.
              if (found.isDirectory()) utimesSync(path, 0, 0)
            }
            if ((await copiesOf(database, before)).length > 0) left += 1
            // A server notices the end of a connection in its own time.
            await expect
              .poll(
                async () => {
                  await migrator.rehearse('head')
                  return copiesOf(database, before)
                },
                { timeout: 20_000, interval: 20 },
              )
              .toEqual([])
            expect(everythingIn(folder)).toEqual([])
          }
          expect(await rowsOf(sequelize, 'SELECT * FROM words ORDER BY id')).toEqual(contents)
          expect(cut).toBeGreaterThan(0)
          console.info(`${engine}: ${cut} rehearsals killed, ${left} left a copy, which the next one removed`)
        }),
    )
  },
  ({ isShared }) => isShared,
)
