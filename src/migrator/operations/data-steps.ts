import type { Model, ModelStatic, TableName, WhereOptions } from 'sequelize'

/** How `op.batch` goes through a table. */
export interface BatchOptions {
  /** Rows of a batch, 1 to 100 000. Default 1000. */
  readonly size?: number
  /** Which rows: as Sequelize's `where`. Default: all. */
  readonly where?: WhereOptions
  /** Columns that are read; of a model, its attributes. Default: all. The key's are always among them. */
  readonly attributes?: readonly string[]
  /** Tells several batches of one step from each other, when it goes on after an interruption. Default: the table's name. */
  readonly name?: string
}

/** What `op.batch` has done. */
export interface BatchResult {
  /** Rows that were handed to the function, those before an interruption too. */
  readonly rows: number
  /** Batches, those before an interruption too. */
  readonly batches: number
}

/** How `op.fill` goes through a table, where it does so in batches. */
export interface FillOptions {
  /** Rows of a batch, 1 to 100 000. Default 1000. */
  readonly size?: number
  /** Which rows of those that are empty: as Sequelize's `where`. Default: all. */
  readonly where?: WhereOptions
  /** As of {@link BatchOptions}. Default: the names of the table and the column. */
  readonly name?: string
}

/** How long a statement may wait and run, for `op.withTimeouts`. */
export interface TimeoutOptions {
  /** For a lock that another connection holds; whole milliseconds, at least 1. MariaDB and MySQL round up to seconds. */
  readonly lockMs?: number
  /** In all; whole milliseconds, at least 1. SQLite and MySQL have no such limit, and take no notice. */
  readonly statementMs?: number
}

/** A row of a table without a model: values by column name, as Sequelize's typed SELECT gives them. */
export type BatchRow = Record<string, unknown>

/** What `op` does with the rows of large tables. */
export interface DataSteps {
  /**
   * Hands over the rows of a table, a page at a time, in the order of its primary key.
   *
   * What the function does through `op`, `op.sequelize.query` or the models belongs to the batch. In a revision that is one
   * transaction, all batches are part of it. In one with `transaction = false`, and always on MariaDB and MySQL, each batch is
   * a transaction of its own that holds the place it came to: a run after a crash goes on behind the last batch that was
   * committed. See docs/data-migrations.md.
   *
   * @param source - A model of the same instance, whose instances are then handed over, whatever its scopes hide; or a table.
   * @param options - See {@link BatchOptions}.
   * @param each - Is given one page of rows, and awaited.
   * @throws MigratorError `NO_PRIMARY_KEY` when the table has no key to page by (SQLite: then it is the rowid), or NULLs in
   *   it; `INVALID_OPTION`; `TRANSACTION_CONTROL` when a statement of the function would end the batch's transaction.
   *
   * @example
   * ```ts
   * import { createMigrator, type Op } from 'sm2kit/migrator'
   * import { DataTypes, Sequelize } from 'sequelize'
   *
   * const up = async ({ context: op }: { context: Op }) => {
   *   await op.createTable('notes', { id: { type: DataTypes.INTEGER, primaryKey: true }, title: DataTypes.STRING })
   *   await op.bulkInsert('notes', [{ id: 1, title: 'Casa' }, { id: 2, title: 'Perro' }, { id: 3, title: 'Gato' }])
   *   await op.batch('notes', { size: 2 }, async (rows) => {
   *     for (const { id, title } of rows) await op.bulkUpdate('notes', { title: `${title}!` }, { id: Number(id) })
   *   })
   * }
   * const sequelize = new Sequelize('sqlite::memory:', { logging: false })
   * const migrations = [{ revision: 'notes', downRevision: null, up }]
   * await createMigrator({ sequelize, baseline: false, migrations }).up() // => [{ name: 'notes' }]
   * const [rows] = await sequelize.query('SELECT title FROM notes')
   * rows // => [{ title: 'Casa!' }, { title: 'Perro!' }, { title: 'Gato!' }]
   * ```
   */
  batch<M extends Model>(
    source: ModelStatic<M>,
    options: BatchOptions,
    each: (rows: readonly M[]) => unknown,
  ): Promise<BatchResult>
  /** The same for a table of no model: rows are plain objects, by column. */
  batch(
    source: TableName,
    options: BatchOptions,
    each: (rows: readonly BatchRow[]) => unknown,
  ): Promise<BatchResult>

  /**
   * Gives a value to the rows that have none: `UPDATE … SET column = value WHERE column IS NULL`. One statement in a
   * revision that is a transaction; in batches, as {@link DataSteps.batch}, where each statement commits by itself.
   *
   * @param table - A name, or `{ tableName, schema }`.
   * @param value - A value or `Sequelize.literal('…')`; an object is written as JSON. An array is PostgreSQL's ARRAY
   *   there, and JSON elsewhere.
   * @throws MigratorError `INCOMPLETE_REVISION` when the value is undefined.
   *
   * @example
   * ```ts
   * import { createMigrator, type Op } from 'sm2kit/migrator'
   * import { DataTypes, Sequelize } from 'sequelize'
   *
   * const up = async ({ context: op }: { context: Op }) => {
   *   await op.createTable('notes', { id: { type: DataTypes.INTEGER, primaryKey: true }, stars: DataTypes.INTEGER })
   *   await op.bulkInsert('notes', [{ id: 1, stars: null }, { id: 2, stars: 5 }])
   *   await op.fill('notes', 'stars', 0)
   * }
   * const sequelize = new Sequelize('sqlite::memory:', { logging: false })
   * const migrations = [{ revision: 'notes', downRevision: null, up }]
   * await createMigrator({ sequelize, baseline: false, migrations }).up() // => [{ name: 'notes' }]
   * const [rows] = await sequelize.query('SELECT stars FROM notes')
   * rows // => [{ stars: 0 }, { stars: 5 }]
   * ```
   */
  fill(table: TableName, column: string, value: unknown, options?: FillOptions): Promise<void>

  /**
   * The value itself. Called at the beginning of a revision, it refuses one whose author has not said yet what the rows
   * that are there get in a new column: nothing has run then.
   *
   * @throws MigratorError `INCOMPLETE_REVISION` when the value is undefined.
   *
   * @example
   * ```ts
   * import { createMigrator, type Op } from 'sm2kit/migrator'
   * import { Sequelize } from 'sequelize'
   *
   * const up = async ({ context: op }: { context: Op }) => void op.valueFor('notes', 'stars', undefined)
   * const sequelize = new Sequelize('sqlite::memory:', { logging: false })
   * const migrations = [{ revision: 'notes', downRevision: null, up }]
   * await createMigrator({ sequelize, baseline: false, migrations }).up() // throws INCOMPLETE_REVISION
   * ```
   */
  valueFor(table: string, column: string, value: unknown): unknown

  /**
   * Limits how long the statements inside may wait for locks, and run. What was set before is put back.
   *
   * On PostgreSQL `lock_timeout` and `statement_timeout`; on MariaDB `lock_wait_timeout`, `innodb_lock_wait_timeout` and
   * `max_statement_time`; on SQLite `busy_timeout`, which matters for attached files alone, as a step holds its own file's lock.
   *
   * @param timeouts - See {@link TimeoutOptions}; what is left out stays as it is.
   * @param use - What is done under them.
   * @returns What it returns.
   * @throws MigratorError `LOCK_TIMEOUT` naming the statement that waited too long; `INVALID_OPTION`.
   *
   * @example
   * ```ts
   * import { createMigrator, type Op } from 'sm2kit/migrator'
   * import { DataTypes, Sequelize } from 'sequelize'
   *
   * const up = ({ context: op }: { context: Op }) =>
   *   op.withTimeouts({ lockMs: 2000 }, () => op.createTable('notes', { id: DataTypes.INTEGER }))
   * const sequelize = new Sequelize('sqlite::memory:', { logging: false })
   * const migrations = [{ revision: 'notes', downRevision: null, up }]
   * await createMigrator({ sequelize, baseline: false, migrations }).up() // => [{ name: 'notes' }]
   * ```
   */
  withTimeouts<T>(timeouts: TimeoutOptions, use: () => T | Promise<T>): Promise<T>
}
