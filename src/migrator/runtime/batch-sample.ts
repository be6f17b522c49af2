import type { Sequelize } from 'sequelize'
import { MigratorError, messageOf } from '../errors.js'
import { advance, type BatchCall, type BatchProgress, type Page, START } from './batch.js'
import { redact } from './redact.js'

/** Rows that a plan hands to the function of a batch: enough to see what is sent for each. */
const SAMPLE_ROWS = 5

/**
 * What a plan tells of a batch: what is sent for the first rows, between comments that say so. The whole table may have
 * millions.
 *
 * @param statements - Those of the plan, which comments are put between.
 */
export const sampleBatch = async (
  call: BatchCall,
  statements: string[],
  sequelize: Sequelize,
): Promise<BatchProgress> => {
  const what = `-- ${call.method} over "${call.table}"`
  const pages = `pages of up to ${call.size}`
  let page: Page
  try {
    await call.prepare(false)
    page = await call.read(null, Math.min(call.size, SAMPLE_ROWS))
  } catch (error) {
    if (error instanceof MigratorError) throw error
    // The table or a column is of an earlier statement, perhaps, and not there yet.
    const why = redact(messageOf(error), sequelize).replaceAll(/\s+/gu, ' ')
    statements.push(`${what}, in ${pages}: what it sends cannot be told before the rest has run (${why})`)
    return START
  }
  if (page.rows.length === 0) {
    statements.push(`${what}, in ${pages}: it finds no row in the database as it is now`)
    return { ...START, done: true }
  }
  statements.push(`${what}, in ${pages}: what it sends for the first ${page.rows.length} of the rows`)
  const progress = await advance({ ...call, read: async () => page }, START)
  statements.push(`${what}: ${page.isLast ? 'these are all rows' : 'and so on, for the rows behind them'}`)
  return progress
}
