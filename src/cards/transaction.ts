import { setTimeout as sleep } from 'node:timers/promises'
import { type Sequelize, Transaction, UniqueConstraintError } from 'sequelize'
import { type Engine, engineOf } from './engine.js'
import { CardsError } from './errors.js'
import type { Sm2Models } from './model-types.js'

/** How long own transactions wait for others, all attempts together. */
const patienceMs = 15_000
/** How often an own transaction is done again after a deadlock or a conflict of snapshots. */
const maxAttempts = 12
/**
 * How long SQLite itself waits for a lock. Short, because it waits on one of the few threads that all database files
 * of the process share: the holder may need that very thread to finish. The rest of the waiting is done here.
 */
const busyTimeoutMs = 100

/**
 * Runs `work` in a transaction: the one given (or the current one of a host that uses CLS), which the host commits and
 * repeats as it likes, or an own one, which is done again when it meets a deadlock or a lock.
 *
 * @param work - Is told whether the transaction is an own one: then each statement sees what others have committed before it.
 * @param mode - `write`, or `read` for one consistent view without locks.
 * @throws {@link CardsError} `BUSY` when others held the locks for too long, `TABLES_MISSING`.
 */
export async function inTransaction<Result>(
  models: Sm2Models,
  given: Transaction | null | undefined,
  work: (transaction: Transaction, isOwn: boolean) => Promise<Result>,
  mode: 'write' | 'read' = 'write',
): Promise<Result> {
  const { sequelize } = models
  const engine = engineOf(sequelize)
  const outer = given ?? currentOfCls(sequelize)
  if (outer !== undefined && outer !== null) return explaining(models, engine, () => work(outer, false))
  const own = (transaction: Transaction) => work(transaction, true)
  const run = engine.oneWriter
    ? () => inTurn(sequelize, () => ownOnOneWriter(sequelize, engine, own, mode))
    : () => sequelize.transaction({ isolationLevel: isolation[mode] }, own)
  return explaining(models, engine, () => again(engine, run))
}

// READ COMMITTED: after the wait for a card's lock, the next statement sees what its holder has committed.
const isolation = {
  write: Transaction.ISOLATION_LEVELS.READ_COMMITTED,
  read: Transaction.ISOLATION_LEVELS.REPEATABLE_READ,
} as const

/** Names what the host can do about two kinds of errors of the database; all others go through as they are. */
export async function explaining<Result>(
  { Card, Review }: Sm2Models,
  engine: Engine,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (!engine.isMissingTable(error)) throw error
    const names = [Card, Review].map((model) => nameOf(model.getTableName())).join(' and ')
    throw new CardsError(
      'TABLES_MISSING',
      '',
      `The tables ${names} are not in the database. Create them with \`createMigrator({ sequelize }).up()\` of sm2kit/migrator, with the prefix, schema and ids given to defineSm2Models.`,
      { cause: error },
    )
  }
}

function nameOf(table: string | { tableName: string; schema: string }): string {
  return typeof table === 'string' ? table : `${table.schema}.${table.tableName}`
}

/** Does an own transaction again, a bounded number of times, when another one was in its way. */
async function again<Result>(engine: Engine, run: () => Promise<Result>): Promise<Result> {
  const deadline = Date.now() + patienceMs
  for (let attempt = 1; ; attempt++) {
    try {
      return await run()
    } catch (error) {
      // Unique: another device has stored the same review since it was looked for; the next attempt finds it.
      if (!engine.isTransient(error) && !(error instanceof UniqueConstraintError)) throw error
      if (attempt >= maxAttempts || Date.now() >= deadline) {
        throw new CardsError(
          'BUSY',
          '',
          `Other transactions were in the way ${attempt} times. Nothing was stored; try again.`,
          { cause: error },
        )
      }
      await sleep(Math.random() * Math.min(10 * 2 ** attempt, 250))
    }
  }
}

// The last own transaction of each instance, whatever became of it.
const turns = new WeakMap<Sequelize, Promise<unknown>>()

/** One after the other: two transactions of this process must not wait for each other inside SQLite. */
function inTurn<Result>(sequelize: Sequelize, run: () => Promise<Result>): Promise<Result> {
  const result = (turns.get(sequelize) ?? Promise.resolve()).then(run)
  turns.set(
    sequelize,
    result.catch(() => undefined),
  )
  return result
}

/**
 * A transaction on SQLite, begun with the write lock.
 *
 * Not `sequelize.transaction()`: where BEGIN or COMMIT meet a lock it repeats them with the driver's whole timeout each,
 * warns on the console, and keeps the connection, and with it the lock.
 */
async function ownOnOneWriter<Result>(
  sequelize: Sequelize,
  engine: Engine,
  work: (transaction: Transaction) => Promise<Result>,
  mode: 'write' | 'read',
): Promise<Result> {
  const transaction = new Transaction(sequelize, {}) as unknown as OpenTransaction
  const connection = await connectionsOf(sequelize).getConnection({ uuid: transaction.id })
  transaction.connection = connection
  connection.uuid = transaction.id
  const run = (sql: string) =>
    sequelize.query(sql, { transaction: transaction as unknown as Transaction, raw: true, retry: { max: 1 } })
  try {
    if (!engine.oneConnection) await run(`PRAGMA busy_timeout = ${busyTimeoutMs}`)
    await waitingForLock(engine, () => run(mode === 'write' ? 'BEGIN IMMEDIATE' : 'BEGIN'))
    try {
      const result = await work(transaction as unknown as Transaction)
      // A reader can hold the commit up; what was written stays until it is gone.
      await waitingForLock(engine, () => run('COMMIT'))
      return result
    } catch (error) {
      // After some errors SQLite has rolled back by itself.
      await run('ROLLBACK').catch(() => undefined)
      throw error
    }
  } finally {
    transaction.finished = 'commit'
    transaction.cleanup()
  }
}

/** Repeats a statement that only waits for a lock. */
async function waitingForLock(engine: Engine, run: () => Promise<unknown>): Promise<void> {
  const deadline = Date.now() + patienceMs
  for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, 50)) {
    try {
      await run()
      return
    } catch (error) {
      if (!engine.isTransient(error)) throw error
      if (Date.now() >= deadline) {
        throw new CardsError(
          'BUSY',
          '',
          `The database was locked for ${patienceMs / 1000} seconds. Nothing was stored; try again.`,
          { cause: error },
        )
      }
      await sleep(Math.random() * pauseMs)
    }
  }
}

// Parts of Sequelize that its types leave out; the names are those of 6.37, whose code is frozen.

interface Connection {
  uuid?: string
}

interface OpenTransaction {
  readonly id: string
  connection: Connection
  finished: string | undefined
  cleanup(): void
}

function connectionsOf(sequelize: Sequelize): {
  getConnection(options: { uuid: string }): Promise<Connection>
} {
  return (sequelize as unknown as { connectionManager: ReturnType<typeof connectionsOf> }).connectionManager
}

function currentOfCls(sequelize: Sequelize): Transaction | null | undefined {
  const { _cls } = sequelize.constructor as {
    _cls?: { get(key: 'transaction'): Transaction | null | undefined }
  }
  return _cls?.get('transaction')
}
