import type { Sequelize, Transaction } from 'sequelize'

/** Whatever can send a typed SELECT: a session, or an instance on any connection of its pool. */
export interface Reader {
  select<Row extends object>(sql: string): Promise<readonly Row[]>
}

/** One pinned connection, with the queries that the migrator itself sends on it. */
export interface Session extends Reader {
  readonly sequelize: Sequelize
  /** Give it to Sequelize as `{ transaction }`: the query then runs on this connection. */
  readonly transaction: Transaction
  /** The driver's own connection. */
  readonly connection: unknown
  run(sql: string): Promise<void>
}

/** A session that ends with its connection: nobody else gets what is left on it. */
export interface OwnedSession extends Session {
  close(): Promise<void>
}

/** A point in time up to which something may wait, in milliseconds of `performance.now()`. */
export interface Deadline {
  /** Milliseconds left, never below 0. */
  remainingMs(): number
  /**
   * To be called whenever something was waited for in vain once more; tells it now and then, where somebody wants to know.
   *
   * @param holder - Finds out who is waited for, as part of a sentence; only called when it is told.
   */
  waiting?(holder: () => string | Promise<string>): Promise<void>
}
