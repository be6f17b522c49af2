import type { Sequelize } from 'sequelize'
import { type Dialect, LockNotTaken } from '../dialect.js'
import { MigratorError, type MigratorErrorCode, messageOf } from '../errors.js'
import { redact, redactCause } from './redact.js'

const ADVICE: Partial<Record<MigratorErrorCode, string>> = {
  CANNOT_CONNECT:
    'Look whether the server runs, and at the host and port (or the file) that Sequelize was given.',
  ACCESS_DENIED:
    'Look at the user and the password that Sequelize was given, and at the rights of that user.',
  DATABASE_NOT_FOUND: 'Create it, or correct the name that Sequelize was given.',
  READ_ONLY_DATABASE:
    'Connect to a database that can be written to: the primary, or a file with write permission.',
}

const REFUSAL: Partial<Record<MigratorErrorCode, string>> = {
  CANNOT_CONNECT: 'cannot be reached',
  ACCESS_DENIED: 'denies access',
  DATABASE_NOT_FOUND: 'has no such database',
  READ_ONLY_DATABASE: 'is read-only',
}

const NO_CONNECTION: ReadonlySet<MigratorErrorCode> = new Set([
  'CANNOT_CONNECT',
  'ACCESS_DENIED',
  'DATABASE_NOT_FOUND',
])

/**
 * What a failed query or connection is to the user; errors of ours pass through.
 *
 * @param error - As thrown by the driver, Sequelize or a dialect.
 * @param waitedMs - What to name in a time-out of the lock.
 * @returns A MigratorError without a password in any text of it.
 */
export const databaseError = (
  error: unknown,
  sequelize: Sequelize,
  dialect: Dialect,
  waitedMs: number,
): MigratorError => {
  if (error instanceof MigratorError) return error
  if (error instanceof LockNotTaken) {
    return new MigratorError(
      'LOCK_TIMEOUT',
      `Another process holds the lock: ${redact(error.holder, sequelize)}. Waited ${waitedMs} ms; nothing more was run. ` +
        'Run again when it is done, or raise `lock.timeoutMs`.',
      { cause: error },
    )
  }
  const classified = dialect.classify(error)
  const code = classified === undefined || classified === 'MISSING_TABLE' ? 'DATABASE_ERROR' : classified
  if (NO_CONNECTION.has(code)) dialect.afterFailedConnection?.(sequelize)
  const said = redact(messageOf(error), sequelize)
  const refusal = REFUSAL[code] ?? 'answered with an error'
  const advice = ADVICE[code]
  return new MigratorError(
    code,
    `${dialect.label} ${refusal}: ${said}. Nothing more was run.${advice === undefined ? '' : ` ${advice}`}`,
    { cause: redactCause(error, sequelize) },
  )
}
