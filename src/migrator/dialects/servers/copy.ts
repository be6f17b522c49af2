import type { Sequelize } from 'sequelize'
import { randomBytes } from '../../crypto.js'
import { type Copying, type CopyRequest, columnsToDigest, prefixOf, siblingOf } from '../../dialect-copy.js'
import type { Table } from '../../schema/schema.js'

/** A database that is being made for a copy. */
export interface NewDatabase {
  readonly request: CopyRequest
  /** From here it is made. */
  readonly admin: Sequelize
  /** What it is to be called. */
  readonly name: string
  /** To be called once it is there: from then on it has to be dropped. */
  readonly made: () => void
}

/** What copies need of a server with several databases. */
export interface CopyServer {
  /** Options of a query that is sent as it is, and seen by nobody. */
  readonly raw: object
  /** Names, as `name`, of the databases that are called as our own copies are. */
  readonly copiesSql: string
  /** A connection from which databases are made and dropped; it holds the locks of those that it makes. */
  openAdmin(source: Sequelize): Promise<Sequelize>
  /** A lock of the whole server, which ends with its connection. */
  tryLock(admin: Sequelize, name: string): Promise<boolean>
  unlock(admin: Sequelize, name: string): Promise<unknown>
  /** @param isOurs - Made by this process; what a dead one has left is only dropped where nobody is connected. */
  dropSql(name: string, isOurs: boolean): string
  /** Makes the database and fills it; gives what it lacks. */
  make(database: NewDatabase): Promise<readonly string[]>
  /** A sum, as text, over all rows of a digest of these cells. */
  sumSql(columns: readonly string[]): string
  /** The rows of the table, and of no table that inherits from it. */
  rowsSql(table: Table): string
}

/** Rows of a query that is sent as it is. */
export const selectRaw = async <Row extends object>(
  sequelize: Sequelize,
  sql: string,
  raw: object,
): Promise<readonly Row[]> =>
  (await sequelize.query(sql, { ...raw, type: 'SELECT' as never })) as unknown as readonly Row[]

/** Drops the copies of dead processes: of our own name only, and only where nobody holds the lock. */
const dropLeftovers = async (server: CopyServer, admin: Sequelize): Promise<void> => {
  for (const { name } of await selectRaw<{ name: string }>(admin, server.copiesSql, server.raw)) {
    if (!(await server.tryLock(admin, name))) continue
    // Another user's, or another rehearsal has just dropped it.
    await admin.query(server.dropSql(name, false), server.raw).catch(() => {})
    await server.unlock(admin, name)
  }
}

/** Copies of the databases of a server. */
export const copyingOn = (server: CopyServer): Copying => ({
  async copy(request) {
    const { source, checkpoint } = request
    const name = `${prefixOf(request)}${randomBytes(8).toString('hex')}`
    const admin = await server.openAdmin(source)
    const sequelize = siblingOf(source, { database: name })
    let isMade = false
    const made = (): void => {
      isMade = true
    }
    const close = async (): Promise<void> => {
      await sequelize.close()
      await admin.close()
    }
    const drop = async (): Promise<void> => {
      await sequelize.close().catch(() => {})
      try {
        if (isMade) await admin.query(server.dropSql(name, true), server.raw)
      } finally {
        await admin.close().catch(() => {})
      }
    }
    try {
      await dropLeftovers(server, admin)
      checkpoint()
      await server.tryLock(admin, name)
      const lacks = await server.make({ request, admin, name, made })
      return { sequelize, place: name, lacks, close, drop }
    } catch (error) {
      await drop().catch(() => {})
      throw error
    }
  },

  async digests(reader, table) {
    const { key, columns } = columnsToDigest(table)
    if (columns.length === 0) return new Map()
    const sums = columns.map((name, index) => `${server.sumSql([...key, name])} AS c${index}`)
    const [row = {}] = await reader.select<Record<string, unknown>>(
      `SELECT ${sums.join(', ')} FROM ${server.rowsSql(table)}`,
    )
    return new Map(columns.map((name, index) => [name, String(row[`c${index}`])]))
  },
})
