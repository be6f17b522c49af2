import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { copiesOf } from '../migrator/commands/copies.js'
import { tablesOf } from '../migrator/support.js'
import { describeNewest, withDatabase } from '../support/engines/index.js'
import { project, revisionFile, sm2kit, tableRevision } from './support/sm2kit.js'

const FIRST = { 'migrations/20260101000000_create_notes.js': tableRevision('51b0c3d9a7e4', null, 'notes') }
const CONFIG = { 'sm2kit.config.json': '{ "migrations": "./migrations" }' }
const SLOW = {
  'migrations/20260102000000_slow.js': revisionFile(
    '8c1d0a5be2f7',
    '51b0c3d9a7e4',
    `const fs = require('node:fs')
     fs.writeFileSync('arrived', '')
     while (!fs.existsSync('go-on')) await new Promise((resolve) => setTimeout(resolve, 20))`,
    '',
  ),
}

describeNewest(
  'sm2kit rehearse',
  (engine) => {
    test('says what it has tried, and 1 where there is a problem', () =>
      withDatabase(engine, async (database) => {
        const env = { DATABASE_URL: database.url }
        const folder = await project({ ...FIRST, ...CONFIG })
        const good = await sm2kit(folder, ['rehearse'], { env })
        // The estimate; without tables MariaDB has nothing on the disk, and a new file of SQLite neither.
        expect(good.stderr).toMatch(/^(?:Copying the database … about [\d.]+ [kM]?B\n)?$/u)
        if (engine.dialect === 'postgres') expect(good.stderr).not.toBe('')
        expect(good.stdout).toMatch(/^Copied in /u)
        expect(good.stdout).toMatch(/^Up {3}51b0c3d9a7e4 … .*; rows: notes no table -> 0$/mu)
        expect(good.stdout).toMatch(/^Down 51b0c3d9a7e4 … /mu)
        expect(good.stdout).toMatch(/Rehearsed: no problem; the way back gives the former schema/u)
        expect(good.exitCode).toBe(0)
        expect(await tablesOf(database.connect())).toEqual([])
        const broken = revisionFile(
          '8c1d0a5be2f7',
          '51b0c3d9a7e4',
          "await op.sequelize.query('SELECT nonsense')",
          '',
        )
        const other = await project({ ...FIRST, ...CONFIG, 'migrations/20260102000000_broken.js': broken })
        const bad = await sm2kit(other, ['rehearse', '--json'], { env })
        expect(bad.exitCode).toBe(1)
        expect(JSON.parse(bad.stdout)).toMatchObject({
          ok: false,
          problems: [{ kind: 'up-failed', revision: '8c1d0a5be2f7' }],
        })
      }))

    test.each([
      ['SIGINT', 130],
      ['SIGTERM', 143],
      ['SIGKILL', null],
    ] as const)(
      '%s while a step runs: no copy is left, at the latest after the next rehearsal',
      (signal, code) =>
        withDatabase(engine, async (database) => {
          const before = await copiesOf(database)
          const env = { DATABASE_URL: database.url }
          const folder = await project({ ...FIRST, ...SLOW, ...CONFIG })
          const arrived = async (): Promise<void> => {
            while (!existsSync(join(folder, 'arrived'))) await sleep(20)
          }
          const goOn = async (): Promise<void> =>
            (await import('node:fs/promises')).writeFile(join(folder, 'go-on'), '')
          let seen: readonly string[] = []
          const ended = await sm2kit(folder, ['rehearse'], {
            env,
            onStart: (child) =>
              void arrived().then(async () => {
                seen = await copiesOf(database, before)
                child.kill(signal)
                if (signal !== 'SIGKILL') await goOn()
              }),
          })
          expect(seen.length).toBeGreaterThan(0)
          expect(ended.exitCode).toBe(code)
          if (signal === 'SIGKILL') {
            await goOn()
            // The server notices the end of a connection in its own time, and the next rehearsal may come before.
            for (let left = 20; left > 0 && (await copiesOf(database, before)).length > 0; left -= 1)
              expect((await sm2kit(folder, ['rehearse'], { env })).exitCode).toBe(0)
          } else expect(ended.stderr).toContain('The database was only read')
          await expect.poll(() => copiesOf(database, before), { timeout: 10_000 }).toEqual([])
        }),
    )
  },
  (engine) => engine.isShared,
)

test('--rows takes a number', async () => {
  const folder = await project({ ...FIRST, 'sm2kit.config.json': '{ "url": "sqlite:app.sqlite" }' })
  expect(await sm2kit(folder, ['rehearse', '--rows', 'many'])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('"--rows many" is no number of rows.'),
  })
})
