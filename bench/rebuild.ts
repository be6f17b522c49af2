// A table rebuilt by `op.changeColumn`, beside the bare statements that do the same without looking after anything:
// CREATE, INSERT … SELECT, DROP, RENAME, CREATE INDEX. Both on files of their own, in turns; the ratio counts.
//
//   npm run bench:rebuild -- --rows 1000000

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Sequelize } from 'sequelize'
import { createMigrator } from 'sm2kit/migrator'

const { values } = parseArgs({
  options: { rows: { type: 'string', default: '100000' }, rounds: { type: 'string', default: '5' } },
})
const rows = Number(values.rows)
const rounds = Number(values.rounds)
const folder = mkdtempSync(join(tmpdir(), 'sm2kit-bench-'))

const TABLE = (name: string, type: string): string =>
  `CREATE TABLE ${name} (id INTEGER PRIMARY KEY, deck INTEGER NOT NULL, word ${type} NOT NULL, ease REAL, due TEXT, CHECK (deck > 0))`
const INDEXES = [
  'CREATE INDEX cards_deck_due ON cards (deck, due)',
  'CREATE INDEX cards_word ON cards (word)',
]

let files = 0
/** A database with the table, its rows and its indexes, and the time that some work on it takes. */
const timed = async (work: (sequelize: Sequelize) => Promise<unknown>): Promise<number> => {
  files += 1
  const storage = join(folder, `${files}.sqlite`)
  const sequelize = new Sequelize({ dialect: 'sqlite', storage, logging: false })
  await sequelize.query(TABLE('cards', 'TEXT'))
  await sequelize.query(
    `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
     INSERT INTO cards SELECT i, 1 + i % 50, printf('word %d of the deck', i * 7919 % ${rows}), 2.5, date('2026-01-01', (i % 365) || ' days') FROM n`,
  )
  for (const index of INDEXES) await sequelize.query(index)
  const startedAt = performance.now()
  await work(sequelize)
  const ms = performance.now() - startedAt
  await sequelize.close()
  rmSync(storage)
  return ms
}

const bare = (): Promise<number> =>
  timed((sequelize) =>
    sequelize.transaction(async (transaction) => {
      const statements = [
        TABLE('cards_new', 'VARCHAR(255)'),
        'INSERT INTO cards_new (id, deck, word, ease, due) SELECT id, deck, word, ease, due FROM cards',
        'DROP TABLE cards',
        'ALTER TABLE cards_new RENAME TO cards',
        ...INDEXES,
      ]
      for (const sql of statements) await sequelize.query(sql, { transaction })
    }),
  )

const ours = (): Promise<number> =>
  timed((sequelize) =>
    createMigrator({
      sequelize,
      baseline: false,
      migrations: [
        {
          revision: 'wider',
          downRevision: null,
          up: ({ context: op }) => op.changeColumn('cards', 'word', { type: 'VARCHAR(255)' }),
        },
      ],
    }).up(),
  )

const megabytes = (): number => Math.round(process.memoryUsage().rss / 1e6)
const median = (times: readonly number[]): number => [...times].sort((a, b) => a - b)[times.length >> 1] ?? 0

try {
  await createMigrator({ sequelize: new Sequelize('sqlite::memory:', { logging: false }) }).up()
  const before = megabytes()
  let peak = before
  const timer = setInterval(() => {
    peak = Math.max(peak, megabytes())
  }, 20)
  const times = { bare: [] as number[], ours: [] as number[] }
  for (let round = 0; round < rounds; round += 1) {
    // Who goes first changes: the file system's cache is warmer for the second.
    const order = round % 2 === 0 ? ([bare, ours] as const) : ([ours, bare] as const)
    for (const run of order) times[run === bare ? 'bare' : 'ours'].push(await run())
  }
  clearInterval(timer)
  const [bareMs, oursMs] = [median(times.bare), median(times.ours)]
  console.log(`${rows} rows, median of ${rounds}`)
  console.log(`bare statements   ${bareMs.toFixed(0)} ms`)
  console.log(`op.changeColumn   ${oursMs.toFixed(0)} ms   ratio ${(oursMs / bareMs).toFixed(2)}`)
  console.log(`memory            ${before} MB before, ${peak} MB at most`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
