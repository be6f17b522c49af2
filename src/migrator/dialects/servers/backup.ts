import type { BackupRequest } from '../../dialect-backup.js'
import type { OwnedSession } from '../../dialect-session.js'
import { MigratorError } from '../../errors.js'

/** Where the programs of a server are to connect to, as the host's instance does. */
export interface ServerConnection {
  readonly host: string
  readonly port?: string | number
  readonly database?: string
  readonly username?: string
  /** A variable of a program's environment, where there is a password. */
  secretIn(variable: string): { readonly secret?: { readonly variable: string; readonly value: string } }
}

interface ConnectionConfig extends Partial<Omit<ServerConnection, 'secretIn'>> {
  readonly password?: string | null
}

/** The connection of a session; where there are replicas, that of the primary. */
export const connectionOf = ({ sequelize }: Pick<OwnedSession, 'sequelize'>): ServerConnection => {
  const { config, options } = sequelize as unknown as {
    readonly config: ConnectionConfig
    readonly options: { readonly replication?: { readonly write?: ConnectionConfig } | false }
  }
  const written = options.replication === false ? {} : options.replication?.write
  const { host, password, ...rest } = { ...config, ...written }
  const has = typeof password === 'string' && password !== ''
  return {
    ...rest,
    host: host || 'localhost',
    secretIn: (variable) => (has ? { secret: { variable, value: password } } : {}),
  }
}

/** Of a program that could not write the backup, or has not written all of it. */
export const backupFailed = ({ label, redact }: BackupRequest, what: string): MigratorError =>
  new MigratorError(
    'BACKUP_FAILED',
    `The backup "${label}" could not be made: ${redact(what)}. No backup was kept; the database is as it was.`,
    { subject: label },
  )
