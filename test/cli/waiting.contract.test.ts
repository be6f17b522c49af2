import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { describeNewest, type Engine, withDatabase } from '../support/engines/index.js'
import { project, revisionFile, sm2kit, tableRevision } from './support/sm2kit.js'

/** A revision that says by a file that it is under way, and waits for another file. */
const historyOf = (rest = '') => ({
  'migrations/20260101000000_create_notes.js': tableRevision('51b0c3d9a7e4', null, 'notes'),
  'migrations/20260102000000_slow.js': `${revisionFile(
    '8c1d0a5be2f7',
    '51b0c3d9a7e4',
    `const fs = require('node:fs')
     await op.createTable('slow', { id: { type: DataTypes.INTEGER, primaryKey: true } })
     fs.writeFileSync('arrived', '')
     while (!fs.existsSync('go-on')) await new Promise((resolve) => setTimeout(resolve, 20))`,
    "await op.dropTable('slow')",
  )}${rest}`,
  'migrations/20260103000000_last.js': tableRevision('9d2e1b6cf308', '8c1d0a5be2f7', 'last'),
  'sm2kit.config.json': '{ "migrations": "./migrations", "lock": { "timeoutMs": 30000 } }',
})

const HOLDER: Readonly<Record<Engine['dialect'], string>> = {
  sqlite: 'another connection that (?:is writing to the file|keeps the database locked)',
  postgres: 'backend \\d+ \\(user "[^"]+".*, connected since [\\d: -]+ UTC\\)',
  mysql: 'connection \\d+ \\(user "[^"]+" from [^)]+\\)',
}

const lineOf = (engine: Engine): RegExp =>
  new RegExp(
    `^Waiting for the lock, held by ${HOLDER[engine.dialect]}: waited [12]\\.\\d s of at most 30\\.0 s \\(\`lock\\.timeoutMs\`\\)\\.$`,
    'mu',
  )

/** Two processes at once: the second one is let go on when it has said that it waits. */
const runTwo = async (engine: Engine, flags: readonly string[], rest?: string) =>
  withDatabase(engine, async (database) => {
    const folder = await project(historyOf(rest))
    const env = { DATABASE_URL: database.url }
    const first = sm2kit(folder, ['upgrade'], { env })
    while (!existsSync(join(folder, 'arrived'))) await sleep(20)
    const second = await sm2kit(folder, ['upgrade', ...flags], {
      env,
      onStart: (child) => {
        let said = ''
        child.stderr?.on('data', (text: string) => {
          said += text
          if (/^Waiting .*\n/mu.test(said)) writeFileSync(join(folder, 'go-on'), '')
        })
      },
    })
    return { first: await first, second }
  })

describeNewest(
  'a command that waits for another process',
  (engine) => {
    test('says on the standard error who holds the lock, how long it has waited and will, and then goes on', async () => {
      const { first, second } = await runTwo(engine, [])
      expect(first).toMatchObject({ exitCode: 0, stderr: '' })
      expect(second).toMatchObject({ exitCode: 0, stderr: expect.stringMatching(lineOf(engine)) })
      expect(second.stderr.match(/Waiting for the lock/gu)).toHaveLength(1)
      expect(second.stdout).not.toContain('Waiting')
      expect(second.stdout).toContain('the database is at 9d2e1b6cf308 (head)')
    })

    test('under --json as well, where the standard output is the result alone', async () => {
      // A lock of the session, without a transaction.
      const { second } = await runTwo(engine, ['--json'], '\nexports.transaction = false\n')
      expect(second).toMatchObject({ exitCode: 0, stderr: expect.stringMatching(lineOf(engine)) })
      expect(JSON.parse(second.stdout)).not.toHaveProperty('error')
    })
  },
  ({ isShared }) => isShared,
)
