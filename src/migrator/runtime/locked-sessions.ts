import type { Deadline } from '../dialect.js'
import type { MigratorError } from '../errors.js'
import { databaseError } from './database-error.js'
import { deadlineAfter } from './deadline.js'
import type { MigratorEvents } from './events.js'
import { redact } from './redact.js'
import { PinnedSession } from './session.js'
import type { VersionTable } from './version-table.js'

/** A connection that is used by one step after another, and closed at the end of the run. */
export class KeptConnection {
  #session: PinnedSession | undefined

  /** The session; it is not kept any more, until it is put back. */
  take(): PinnedSession | undefined {
    const session = this.#session
    this.#session = undefined
    return session
  }

  put(session: PinnedSession): void {
    this.#session = session.renewed()
  }

  async close(): Promise<void> {
    await this.take()
      ?.release()
      .catch(() => {})
  }
}

/** Connections that hold the migrator's lock while they are used. Each wait, for the lock or at COMMIT, has the whole time. */
export class LockedSessions {
  constructor(
    readonly table: VersionTable,
    readonly lockTimeoutMs: number,
    readonly events: MigratorEvents,
  ) {}

  /** Of a wait that begins now, and is told when it is a long one. */
  deadline(): Deadline {
    return deadlineAfter(this.lockTimeoutMs, (wait) =>
      this.events.waiting({ ...wait, holder: redact(wait.holder, this.table.sequelize) }),
    )
  }

  /**
   * Uses a connection in a transaction that holds the lock. `use` commits by the function that it is given; if it
   * returns without, or throws, everything is rolled back.
   *
   * @param kept - Where to take the connection from, and to leave it for the next step.
   */
  async inTransaction<T>(
    use: (session: PinnedSession, commit: () => Promise<void>) => Promise<T>,
    kept?: KeptConnection,
  ): Promise<T> {
    const transaction = this.table.dialect.stepTransaction
    if (transaction === undefined)
      throw new TypeError(`${this.table.dialect.label} has no transactions for DDL`)
    return this.#withSession(async (session) => {
      await transaction.begin(session, this.table.name, this.deadline())
      let open = true
      const commit = async (): Promise<void> => {
        await transaction.commit(session, this.deadline())
        open = false
        this.table.committed(session)
      }
      // The engine may have ended it already; a second rollback is then an error of no interest.
      const rollback = (): Promise<void> =>
        transaction.rollback(session).catch(() => {
          session.isChanged = true
        })
      try {
        return await use(session, commit)
      } finally {
        if (open) await rollback()
      }
    }, kept)
  }

  /** Uses a connection that holds the lock without a transaction. */
  async locked<T>(use: (session: PinnedSession) => Promise<T>): Promise<T> {
    const { dialect, name } = this.table
    return this.#withSession(async (session) => {
      await dialect.lockSession(session, name, this.deadline())
      try {
        return await use(session)
      } finally {
        await dialect.unlockSession(session, name).catch(() => {})
      }
    })
  }

  /** Writes rows of the version table, all or none, while nobody else can. */
  async write(work: (session: PinnedSession) => Promise<void>): Promise<void> {
    if (this.table.dialect.stepTransaction === undefined) {
      await this.locked(async (session) => {
        await this.table.ensure(session)
        await inTransaction(session, () => work(session))
      })
      return
    }
    await this.inTransaction(async (session, commit) => {
      await this.table.ensure(session)
      await work(session)
      await commit()
    })
  }

  async #withSession<T>(use: (session: PinnedSession) => Promise<T>, kept?: KeptConnection): Promise<T> {
    const { sequelize, dialect } = this.table
    const toUser = (error: unknown): MigratorError =>
      databaseError(error, sequelize, dialect, this.lockTimeoutMs)
    let session: PinnedSession
    try {
      session = kept?.take() ?? (await PinnedSession.open(sequelize))
    } catch (error) {
      throw toUser(error)
    }
    let result: T
    try {
      result = await use(session)
    } catch (error) {
      // Its state may be anything: nobody must inherit it. One that is not pooled may be the only one there is.
      if (!dialect.capabilities.pooled) await session.run('ROLLBACK').catch(() => {})
      await session.destroy(dialect.capabilities.pooled).catch(() => {})
      throw toUser(error)
    }
    // Each one that is opened reads the whole schema again. A pool does this by itself, and others may wait for it.
    if (kept !== undefined && !dialect.capabilities.pooled && !session.isChanged) {
      kept.put(session)
      return result
    }
    // The work is committed: a connection that breaks only now is no failure of it.
    await (session.isChanged ? session.destroy(dialect.capabilities.pooled) : session.release()).catch(
      () => {},
    )
    return result
  }
}

/** A plain transaction on a session, for rows of the migrator's own. */
export const inTransaction = async (session: PinnedSession, work: () => Promise<void>): Promise<void> => {
  await session.run('BEGIN')
  try {
    await work()
    await session.run('COMMIT')
  } catch (error) {
    await session.run('ROLLBACK').catch(() => {})
    throw error
  }
}
