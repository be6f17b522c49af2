import type { Sequelize } from 'sequelize'
import { type Deadline, LockNotTaken } from '../dialect.js'

const HOLDER = 'another run of this process'
const ASKED_EVERY_MS = 250

const last = new WeakMap<Sequelize, Promise<unknown>>()

/**
 * Runs one task after another on an instance: a second `up()` of this process waits here, not in the database, where
 * it would hold a connection, and a database in memory has only one.
 *
 * Rejects with {@link LockNotTaken} at the deadline; the task is then not run.
 */
export const inTurn = async <T>(
  sequelize: Sequelize,
  deadline: Deadline,
  task: () => Promise<T>,
): Promise<T> => {
  const before = last.get(sequelize)
  let finish = (): void => {}
  const mine = new Promise<void>((resolve) => {
    finish = resolve
  })
  last.set(sequelize, before === undefined ? mine : before.then(() => mine))
  try {
    if (before !== undefined) await withDeadline(before, deadline)
    return await task()
  } finally {
    finish()
  }
}

const withDeadline = async (before: Promise<unknown>, deadline: Deadline): Promise<void> => {
  let timer: NodeJS.Timeout | undefined
  let telling: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new LockNotTaken(HOLDER)), deadline.remainingMs())
    telling = setInterval(() => void deadline.waiting?.(() => HOLDER).catch(reject), ASKED_EVERY_MS)
  })
  try {
    await Promise.race([before, timeout])
  } finally {
    clearTimeout(timer)
    clearInterval(telling)
  }
}
