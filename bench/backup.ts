// A backup of an SQLite database that another process writes into, beside a plain copy of its file in the same run. The ratio
// counts, and the memory. A plain copy of a database that is written into is no backup: it may be of no moment at all.
//
//   npm run bench:backup -- --megabytes 1000

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { copyFile, open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Sequelize } from 'sequelize'
import { createMigrator } from 'sm2kit/migrator'

const LIMIT = 5

const { values } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '3' },
    write: { type: 'string' },
  },
})

/** The other process: writes until it is ended. */
const writeInto = async (storage: string): Promise<void> => {
  const sequelize = new Sequelize({ dialect: 'sqlite', storage, logging: false })
  for (let n = 0; ; n += 1)
    await sequelize.query(`UPDATE cards SET due = due + 1 WHERE id = ${1 + (n % 1000)}`)
}

const megabytes = (): number => Math.round(process.memoryUsage().rss / 1e6)
const median = (times: readonly number[]): number => [...times].sort((a, b) => a - b)[times.length >> 1] ?? 0

const main = async (): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'sm2kit-bench-'))
  try {
    const storage = join(folder, 'app.sqlite')
    const sequelize = new Sequelize({ dialect: 'sqlite', storage, logging: false })
    await sequelize.query('PRAGMA journal_mode = WAL')
    await sequelize.query(
      'CREATE TABLE cards (id INTEGER PRIMARY KEY, due INTEGER NOT NULL, word TEXT NOT NULL)',
    )
    await sequelize.query('CREATE INDEX cards_due ON cards (due)')
    while (statSync(storage).size < Number(values.megabytes) * 1e6) {
      await sequelize.query(
        `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000)
         INSERT INTO cards (due, word) SELECT i % 365, hex(randomblob(100)) FROM n`,
      )
      await sequelize.query('PRAGMA wal_checkpoint(TRUNCATE)')
    }
    const other = spawn(process.execPath, [
      ...process.execArgv,
      fileURLToPath(import.meta.url),
      '--write',
      storage,
    ])
    const migrator = createMigrator({ sequelize, baseline: false })
    await migrator.backup({ to: join(folder, 'first.sqlite') })
    const before = megabytes()
    let peak = before
    const timer = setInterval(() => {
      peak = Math.max(peak, megabytes())
    }, 20)
    const times = { copy: [] as number[], ours: [] as number[] }
    const copy = async (path: string): Promise<void> => {
      await copyFile(storage, path)
      const file = await open(path, 'r+')
      await file.sync()
      await file.close()
    }
    for (let round = 0; round < Number(values.rounds); round += 1) {
      for (const name of round % 2 === 0 ? (['copy', 'ours'] as const) : (['ours', 'copy'] as const)) {
        const path = join(folder, `${name}.sqlite`)
        const startedAt = performance.now()
        await (name === 'copy' ? copy(path) : migrator.backup({ to: path }))
        times[name].push(performance.now() - startedAt)
        rmSync(path)
      }
    }
    clearInterval(timer)
    const isWriting = other.exitCode === null
    other.kill()
    if (isWriting) await once(other, 'exit')
    await sequelize.close()
    const [copyMs, oursMs] = [median(times.copy), median(times.ours)]
    const ratio = oursMs / copyMs
    console.log(
      `${Math.round(statSync(storage).size / 1e6)} MB, median of ${values.rounds}, another process writing: ${isWriting}`,
    )
    console.log(`copy of the file    ${copyMs.toFixed(0)} ms, on the disk; not read again`)
    console.log(
      `migrator.backup()   ${oursMs.toFixed(0)} ms, on the disk and read again   ratio ${ratio.toFixed(2)}, limit ${LIMIT}`,
    )
    console.log(`memory              ${before} MB before, ${peak} MB at most`)
    if (ratio > LIMIT || !isWriting) process.exitCode = 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

await (values.write === undefined ? main() : writeInto(values.write))
