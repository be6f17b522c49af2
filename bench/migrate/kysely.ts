/** Kysely over the driver that the others use: its own dialect wants better-sqlite3, which is synchronous. */
import { promises } from 'node:fs'
import { join } from 'node:path'
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  FileMigrationProvider,
  Kysely,
  Migrator,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import sqlite3 from 'sqlite3'

const [task, storage = '', migrationFolder = ''] = process.argv.slice(2)

class Connection implements DatabaseConnection {
  constructor(readonly database: sqlite3.Database) {}

  executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    return new Promise((resolve, reject) => {
      this.database.all<Row>(sql, parameters, (error, rows) =>
        error === null ? resolve({ rows }) : reject(error),
      )
    })
  }

  streamQuery(): never {
    throw new TypeError('Nothing is streamed here')
  }
}

class SingleConnectionDriver implements Driver {
  #connection: Connection | undefined

  async init(): Promise<void> {
    this.#connection = new Connection(new sqlite3.Database(storage))
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    if (this.#connection === undefined) throw new TypeError('Not opened')
    return this.#connection
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin'))
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'))
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('rollback'))
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {
    this.#connection?.database.close()
  }
}

const dialect: Dialect = {
  createAdapter: () => new SqliteAdapter(),
  createDriver: () => new SingleConnectionDriver(),
  createIntrospector: (db) => new SqliteIntrospector(db),
  createQueryCompiler: () => new SqliteQueryCompiler(),
}
const db = new Kysely<unknown>({ dialect })
const migrator = new Migrator({
  db,
  provider: new FileMigrationProvider({ fs: promises, path: { join }, migrationFolder }),
})
if (task === 'status') await migrator.getMigrations()
else {
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw error
}
await db.destroy()
