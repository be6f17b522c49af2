// The revision of batch-killed.test.ts, in this process and in children: no import of vitest here.

import { DataTypes } from 'sequelize'
import type { Revision } from 'sm2kit/migrator'

/** Rows of the table that is gone through. */
export const ROWS = 60
const SIZE = 7

/** What the host has made before. */
export const BEFORE: readonly string[] = [
  'CREATE TABLE notes (deck INTEGER NOT NULL, id VARCHAR(20) NOT NULL, times INTEGER NOT NULL, again INTEGER NOT NULL, PRIMARY KEY (deck, id))',
  'CREATE TABLE run_log (entry VARCHAR(20))',
  `INSERT INTO notes VALUES ${Array.from({ length: ROWS }, (_, index) => `(${index % 3}, 'note ${index}', 0, 0)`).join(', ')}`,
]

/** What is to be there afterwards, whatever has happened on the way. */
export const AFTERWARDS = {
  log: { before: 1, page: Math.ceil(ROWS / SIZE), between: 1, behind: 1 },
  notes: { rows: ROWS, once: ROWS, again: ROWS, filled: ROWS },
}

/** One revision without a transaction: two batches and a fill, with DDL and other statements around them. */
export const batchRevision: Revision = {
  revision: 'batches',
  downRevision: null,
  transaction: false,
  async up({ context: op }) {
    const log = (entry: string): Promise<unknown> =>
      op.sequelize.query(`INSERT INTO run_log (entry) VALUES ('${entry}')`)
    await log('before')
    await op.addColumn('notes', 'title', { type: DataTypes.STRING(20) })
    await op.batch('notes', { size: SIZE }, async (rows) => {
      for (const { deck, id } of rows)
        await op.sequelize.query(
          `UPDATE notes SET times = times + 1 WHERE deck = ${Number(deck)} AND id = '${id}'`,
        )
      await log('page')
    })
    await log('between')
    await op.fill('notes', 'title', 'new', { size: 25 })
    await op.addIndex('notes', ['title'], { name: 'notes_title' })
    await op.batch('notes', { size: 30, name: 'again' }, async (rows) => {
      await op.sequelize.transaction(async () => {
        for (const { deck, id } of rows)
          await op.sequelize.query(
            `UPDATE notes SET again = again + 1 WHERE deck = ${Number(deck)} AND id = '${id}'`,
          )
      })
    })
    await log('behind')
  },
}
