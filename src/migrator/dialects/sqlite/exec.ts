import { type Deadline, poll, type Session } from '../../dialect.js'
import { driverCode } from '../driver-error.js'

interface SqliteConnection {
  exec(sql: string, callback: (error: Error | null) => void): void
}

/** Sent on the driver's connection: Sequelize would keep a transaction for ever whose COMMIT met a busy file. */
export const exec = (session: Session, sql: string): Promise<void> =>
  new Promise((resolve, reject) => {
    ;(session.connection as SqliteConnection).exec(sql, (error) =>
      error === null ? resolve() : reject(error),
    )
  })

/** What an error says; empty for what is none. */
export const textOf = (error: unknown): string => (error instanceof Error ? error.message : '')

/**
 * Runs a statement, and again while the file is busy, until the deadline.
 *
 * @param holder - Who is waited for, for whoever is to be told meanwhile.
 */
export const whileBusy = (
  session: Session,
  sql: () => string,
  deadline: Deadline,
  holder?: string,
): Promise<boolean> => {
  const attempt = async (): Promise<boolean> => {
    try {
      await exec(session, sql())
      return true
    } catch (error) {
      if (driverCode(error) === 'SQLITE_BUSY' || driverCode(error) === 'SQLITE_LOCKED') return false
      // In memory: the host has a transaction open on the one connection.
      if (textOf(error).includes('within a transaction')) return false
      throw error
    }
  }
  return poll(deadline, attempt, holder === undefined ? undefined : () => holder)
}
