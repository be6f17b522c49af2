import type { Sequelize } from 'sequelize'
import { CardsError } from './errors.js'

/** What the functions of this room must know about a database; the only file here that knows engines by name. */
export interface Engine {
  /** The whole database has one writer at a time: a transaction takes the write lock when it begins. */
  readonly oneWriter: boolean
  /** Every transaction runs on the same connection. */
  readonly oneConnection: boolean
  /** SQL of a type for texts that are equal only when they are the same, where `DataTypes.STRING` is none. */
  readonly exactText?: string
  /** The driver returns 64-bit integers without loss. */
  readonly exactBigints: boolean
  /** Doing the whole transaction again may succeed: a deadlock, a conflict of snapshots, a lock held by another. */
  isTransient(error: unknown): boolean
  /** A table of ours is not there. */
  isMissingTable(error: unknown): boolean
}

const postgres: Engine = {
  oneWriter: false,
  oneConnection: false,
  exactBigints: true,
  // serialization_failure, deadlock_detected, lock_not_available
  isTransient: (error) => ['40001', '40P01', '55P03'].includes(String(driverError(error)?.code)),
  isMissingTable: (error) => driverError(error)?.code === '42P01',
}

const mariadb: Engine = {
  // As the baseline makes it: the usual collations take "a" for "A", and for "á".
  exactText: 'VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
  oneWriter: false,
  oneConnection: false,
  exactBigints: true,
  // ER_LOCK_WAIT_TIMEOUT, ER_LOCK_DEADLOCK, ER_CHECKREAD (MariaDB ≥ 11.6: the record has changed since the snapshot)
  isTransient: (error) => [1205, 1213, 1020].includes(Number(driverError(error)?.errno)),
  isMissingTable: (error) => driverError(error)?.errno === 1146,
}

const sqliteFile: Engine = {
  oneWriter: true,
  oneConnection: false,
  // The driver reads integers as doubles: exact only up to 2^53.
  exactBigints: false,
  isTransient: (error) =>
    ['SQLITE_BUSY', 'SQLITE_LOCKED'].includes(String(driverError(error)?.code)) ||
    // In memory: the host has a transaction open on the one connection.
    /within a transaction/.test(driverError(error)?.message ?? ''),
  isMissingTable: (error) => /no such table/.test(driverError(error)?.message ?? ''),
}

/**
 * The engine behind an instance of Sequelize.
 *
 * @throws {@link CardsError} `UNSUPPORTED_ENGINE`.
 */
export function engineOf(sequelize: Sequelize): Engine {
  switch (sequelize.getDialect()) {
    case 'sqlite': {
      const { storage, host } = (sequelize as unknown as WithOptions).options
      return (storage ?? host ?? ':memory:') === ':memory:'
        ? { ...sqliteFile, oneConnection: true }
        : sqliteFile
    }
    case 'postgres':
      return postgres
    case 'mysql':
    case 'mariadb':
      return mariadb
    default:
      throw new CardsError(
        'UNSUPPORTED_ENGINE',
        '',
        `sm2kit/cards works on SQLite, PostgreSQL, MariaDB and MySQL, not on "${sequelize.getDialect()}".`,
      )
  }
}

interface DriverError {
  readonly code?: unknown
  readonly errno?: unknown
  readonly message?: string
}

/** The driver's own error inside the one that Sequelize throws. */
function driverError(error: unknown): DriverError | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  if ('original' in error && typeof error.original === 'object' && error.original !== null)
    return error.original
  return error
}

/** Sequelize's types leave the options out. */
interface WithOptions {
  readonly options: { readonly storage?: string; readonly host?: string }
}
