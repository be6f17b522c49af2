// A child for zero-downtime.contract.test.ts: an application that reads and writes without a pause, and measures how long
// each of its statements takes. Its parent tells it which ones, as a deploy does, and when to stop.

import { setTimeout as sleep } from 'node:timers/promises'
import { connectSpec, databaseOfParent } from '../support/engines/database.js'

const { users, rows } = JSON.parse(process.env['APPLICATION'] ?? '{}') as { users: number; rows: number }
const spec = databaseOfParent()
const sequelize = connectSpec(spec, { pool: { max: users, min: users, idle: 60_000 } })
if (spec.dialect === 'sqlite') await sequelize.query('PRAGMA busy_timeout = 10000')

const seen = { statements: 0, errors: [] as string[], longestMs: 0, longest: '' }
let statements: readonly string[] = []
let next = rows
let isOver = false
/** Of the statements that are sent, those that were sent so far. */
let sent = new Set<string>()
let random = 1

const oneOf = (count: number): number => {
  random = (random * 48_271) % 2_147_483_647
  return 1 + (random % count)
}

const user = async (): Promise<void> => {
  for (let turn = 0; !isOver; turn += 1) {
    const sql = statements[turn % statements.length]
    if (sql !== undefined) {
      if (sql.includes(':new')) next += 1
      const start = performance.now()
      try {
        await sequelize.query(sql, { replacements: { id: oneOf(rows), new: next } })
      } catch (error) {
        seen.errors.push(`${sql}: ${error instanceof Error ? error.message : String(error)}`)
      }
      const took = performance.now() - start
      if (took > seen.longestMs) Object.assign(seen, { longestMs: took, longest: sql })
      seen.statements += 1
      sent.add(sql)
    }
    await sleep(2)
  }
}

process.on('message', async (message: readonly string[] | 'stop') => {
  if (message === 'stop') {
    isOver = true
    return
  }
  statements = message
  sent = new Set()
  // The deploy is over when the new code has served, each of its statements.
  while (sent.size < message.length && !isOver) await sleep(5)
  process.send?.('deployed')
})

process.send?.('ready')
await Promise.all(Array.from({ length: users }, user))
await sequelize.close()
process.send?.(seen, () => process.disconnect())
