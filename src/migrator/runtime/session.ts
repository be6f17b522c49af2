import type { Sequelize, Transaction } from 'sequelize'
import type { Session } from '../dialect.js'
import { outsideStep } from './scope.js'

/** The parts of Sequelize 6 that its declarations leave out, in this one place. */
interface SequelizeInternals {
  readonly connectionManager: {
    getConnection(options: { uuid?: string; useMaster?: boolean }): Promise<PinnedConnection>
    releaseConnection(connection: PinnedConnection, force?: boolean): void | Promise<void>
    destroyConnection(connection: PinnedConnection): Promise<void>
  }
  readonly Sequelize: {
    readonly Transaction: new (sequelize: Sequelize, options: object) => Transaction
  }
}

interface PinnedConnection {
  uuid?: string | undefined
}

interface TransactionInternals {
  id: string
  connection?: unknown
  finished?: 'commit' | 'rollback'
}

/** {@link SequelizeInternals} of an instance. */
const internalsOf = (sequelize: Sequelize): SequelizeInternals => sequelize as unknown as SequelizeInternals

/** What the host may have set for all its queries is none of ours. */
const OWN = { raw: true, nest: false, plain: false, retry: { max: 1 } } as const

/** One connection of the host's pool, pinned: every query of the session runs on it and on no other. */
export class PinnedSession implements Session {
  private constructor(
    readonly sequelize: Sequelize,
    readonly transaction: Transaction,
    readonly connection: PinnedConnection,
  ) {}

  /** Takes a connection from the host's pool. Begins nothing. */
  static async open(sequelize: Sequelize): Promise<PinnedSession> {
    const { connectionManager, Sequelize: SequelizeClass } = internalsOf(sequelize)
    const transaction = new SequelizeClass.Transaction(sequelize, {})
    const state = transaction as unknown as TransactionInternals
    const connection = await connectionManager.getConnection({ uuid: state.id, useMaster: true })
    // Sequelize finds the connection of a transaction by this mark, and releases it by it.
    connection.uuid = state.id
    state.connection = connection
    return new PinnedSession(sequelize, transaction, connection)
  }

  /**
   * The same connection as another session, with another transaction: whatever still names this one's is refused, or
   * none of the step's, from now on.
   */
  renewed(): PinnedSession {
    this.#end()
    const transaction = new (internalsOf(this.sequelize).Sequelize.Transaction)(this.sequelize, {})
    const state = transaction as unknown as TransactionInternals
    // Sequelize knows the connection by the first one's id.
    state.id = (this.transaction as unknown as TransactionInternals).id
    state.connection = this.connection
    return new PinnedSession(this.sequelize, transaction, this.connection)
  }

  async run(sql: string): Promise<void> {
    await runWith(this.sequelize, sql, this.transaction)
  }

  async select<Row extends object>(sql: string): Promise<readonly Row[]> {
    return selectWith<Row>(this.sequelize, sql, this.transaction)
  }

  /** Its settings may differ from what the pool expects: it is then closed, not given back. */
  isChanged = false

  /** Gives the connection back to the pool; a query that still names this session's transaction is refused from now on. */
  async release(): Promise<void> {
    this.#end()
    await internalsOf(this.sequelize).connectionManager.releaseConnection(this.connection)
    this.connection.uuid = undefined
  }

  /** Closes the connection instead of giving it back: for one whose state is not known. */
  async destroy(pooled: boolean): Promise<void> {
    this.#end()
    const { connectionManager } = internalsOf(this.sequelize)
    if (pooled) await connectionManager.destroyConnection(this.connection)
    else await connectionManager.releaseConnection(this.connection)
    this.connection.uuid = undefined
  }

  #end(): void {
    ;(this.transaction as unknown as TransactionInternals).finished = 'commit'
  }
}

type StandIn = (sequelize: Sequelize) => Sequelize | undefined

const standIns = new WeakMap<Sequelize, StandIn>()

/** Has what reads outside a transaction leave a database alone that is not there yet, where the engine would make it. */
export const readWithoutMaking = (
  sequelize: Sequelize,
  { standIn }: { readonly standIn?: StandIn },
): void => {
  if (standIn !== undefined) standIns.set(sequelize, standIn)
}

/** Where to read from. */
export const readable = (sequelize: Sequelize): Sequelize => standIns.get(sequelize)?.(sequelize) ?? sequelize

/** A statement of the migrator's own, on the connection of a transaction. */
export const runWith = async (sequelize: Sequelize, sql: string, transaction: Transaction): Promise<void> => {
  await outsideStep(() => sequelize.query(sql, { ...OWN, transaction }))
}

/**
 * A typed SELECT that no CLS transaction of the host, no read replica and no retry of Sequelize's comes into.
 *
 * @param transaction - `null`: on any connection of the pool.
 */
export const selectWith = async <Row extends object>(
  sequelize: Sequelize,
  sql: string,
  transaction: Transaction | null,
): Promise<readonly Row[]> => {
  // Sequelize would ask SQLite for the types of the columns, for parsers that raw rows do not go through.
  const options = { ...OWN, transaction, type: 'SELECT', useMaster: true, tableNames: [] }
  const from = transaction === null ? readable(sequelize) : sequelize
  const rows: unknown = await outsideStep(() => from.query(sql, options as object))
  return rows as readonly Row[]
}
