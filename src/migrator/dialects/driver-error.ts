import type { MigratorErrorCode } from '../errors.js'

/** What a driver's error means to the migrator, by the driver's code. */
export type DriverCodes = Readonly<Record<string, MigratorErrorCode | 'MISSING_TABLE'>>

/** The code that the driver gave its error, also where Sequelize has put an error around it; empty without one. */
export const driverCode = (error: unknown): string => {
  const { code, parent } = (error ?? {}) as { code?: unknown; parent?: unknown }
  if (typeof code === 'string') return code
  return parent === undefined ? '' : driverCode(parent)
}

/** What Node answers when a server is not there. */
export const NETWORK_CODES: DriverCodes = {
  ECONNREFUSED: 'CANNOT_CONNECT',
  ECONNRESET: 'CANNOT_CONNECT',
  EHOSTUNREACH: 'CANNOT_CONNECT',
  ENETUNREACH: 'CANNOT_CONNECT',
  ENOENT: 'CANNOT_CONNECT',
  ENOTFOUND: 'CANNOT_CONNECT',
  ETIMEDOUT: 'CANNOT_CONNECT',
}
