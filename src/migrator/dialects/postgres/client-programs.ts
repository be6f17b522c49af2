import { join } from 'node:path'
import type { OwnedSession } from '../../dialect-session.js'
import { foldersIn, type ToolCall, versionOf } from '../client-tool.js'
import { connectionOf } from '../servers/backup.js'

/** A program that comes with PostgreSQL. */
export type ToolName = 'pg_dump' | 'pg_restore' | 'psql'

/** PostgreSQL's programs of one version. */
export interface Programs {
  /** Empty: they are in `PATH`. */
  readonly folder: string
  readonly major: number
}

/** Those that are on this machine, where packages put them. */
export const programsOf = async (): Promise<readonly Programs[]> => {
  const brewed = /^(?:libpq|postgresql(?:@\d+)?)$/u
  const folders = [
    '',
    ...(await foldersIn('/usr/lib/postgresql', /^\d+$/u, 'bin')),
    ...(await foldersIn('/usr', /^pgsql-\d+$/u, 'bin')),
    ...(await foldersIn('/opt/homebrew/opt', brewed, 'bin')),
    ...(await foldersIn('/usr/local/opt', brewed, 'bin')),
  ]
  const found: Programs[] = []
  for (const folder of folders) {
    const said = await versionOf(folder === '' ? 'pg_dump' : join(folder, 'pg_dump'))
    const major = Number(/\(PostgreSQL\) (\d+)/u.exec(said ?? '')?.[1])
    if (major > 0) found.push({ folder, major })
  }
  return found
}

/**
 * What can read the server: of its version, or of the next one that is there.
 *
 * @param server - Its major version.
 * @returns Gives the path of a program; nothing where all are too old.
 */
export const fitFor = (
  server: number,
  found: readonly Programs[],
): ((name: ToolName) => string) | undefined => {
  const fit = found.filter(({ major }) => major >= server).sort((a, b) => a.major - b.major)
  const chosen = fit.find(({ folder }) => folder === '') ?? fit[0]
  if (chosen === undefined) return undefined
  return (name) => (chosen.folder === '' ? name : join(chosen.folder, name))
}

/** How PostgreSQL's programs connect as an instance does. */
export interface ClientWords {
  /** libpq's words, in one argument; a password has no place there. */
  readonly connection: string
  readonly secret: Pick<ToolCall, 'secret'>
}

/** @param more - Further words of libpq; those that are undefined are left out. */
export const clientWords = (
  on: Pick<OwnedSession, 'sequelize'>,
  more: Readonly<Record<string, string | undefined>> = {},
): ClientWords => {
  const { host, port, database, username, secretIn } = connectionOf(on)
  const connection = Object.entries({ host, port, dbname: database, user: username, ...more })
    .filter(([, value]) => value !== undefined && value !== null && value !== '')
    .map(([name, value]) => `${name}='${String(value).replaceAll(/[\\']/gu, '\\$&')}'`)
    .join(' ')
  return { connection, secret: secretIn('PGPASSWORD') }
}
