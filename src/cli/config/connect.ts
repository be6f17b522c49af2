import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Options, Sequelize } from 'sequelize'
import { CliError, messageOf } from '../cli-error.js'

/** The driver of each engine, by the beginning of a URL. */
const DRIVERS: Readonly<Record<string, string>> = {
  sqlite: 'sqlite3',
  postgres: 'pg',
  postgresql: 'pg',
  mysql: 'mysql2',
  mariadb: 'mariadb',
}

type Require = (id: string) => unknown
interface SequelizeClass {
  new (url: string, options: Options): Sequelize
  new (options: Options): Sequelize
}

/**
 * An instance for a URL, made with the host's own copy of Sequelize, silent.
 *
 * @param source - Where the URL came from, for messages.
 * @param folders - Absolute; the packages of the first one that has them are used.
 * @throws CliError `INVALID_URL`, `MISSING_PACKAGE`.
 */
export const connect = (url: string, source: string, folders: readonly string[]): Sequelize => {
  const scheme = /^([a-z][a-z0-9+.-]*):/iu.exec(url)?.[1]?.toLowerCase() ?? ''
  const driver = Object.hasOwn(DRIVERS, scheme) ? DRIVERS[scheme] : undefined
  if (driver === undefined) {
    throw new CliError(
      'INVALID_URL',
      `The URL of ${source} begins with ${scheme === '' ? 'no engine' : `"${scheme.slice(0, 20)}:"`}; it must begin with ` +
        `${Object.keys(DRIVERS)
          .map((name) => `${name}:`)
          .join(
            ', ',
          )}, such as sqlite:app.sqlite or postgres://user:password@host/database. Nothing was run.`,
      { subject: source },
    )
  }
  // A "/", "?" or "#" in a password ends the host's part: what stands behind it would be shown as the name of a host.
  if (driver !== 'sqlite3' && /^[^:]*:\/\/[^/?#]*[/?#].*@/su.test(url)) {
    throw new CliError(
      'INVALID_URL',
      `The URL of ${source} has "@" behind its host. Nothing was run. Write the special characters of user and password in ` +
        'percent form: "/" is %2F, "@" is %40, "#" is %23, "?" is %3F.',
      { subject: source },
    )
  }
  const require = requireFrom(folders)
  const Sequelize = loadSequelize(require)
  // mysql2 speaks to MariaDB too: whoever has it need not install another driver for the name in the URL.
  const isMariaDbByMysql2 = driver === 'mariadb' && !isThere(require, 'mariadb') && isThere(require, 'mysql2')
  // A command needs few connections, and none of them when it is done.
  const options: Options = { logging: false, pool: { min: 0, max: 5, idle: 1_000 } }
  try {
    if (scheme === 'sqlite')
      return new Sequelize({ ...options, dialect: 'sqlite', storage: storageOf(url, source) })
    return new Sequelize(isMariaDbByMysql2 ? url.replace(/^mariadb:/iu, 'mysql:') : url, options)
  } catch (cause) {
    if (cause instanceof CliError) throw cause
    const message = messageOf(cause)
    if (/install .* manually/iu.test(message)) throw missing(driver, `${scheme}: databases`, cause)
    throw new CliError(
      'INVALID_URL',
      `Sequelize refuses the URL of ${source}: ${message}. Nothing was run.`,
      {
        cause,
        subject: source,
      },
    )
  }
}

/** Closes an instance. Whatever the end of a connection has to say comes too late to matter. */
export const close = async (sequelize: Sequelize): Promise<void> => {
  // Sequelize keeps the connection to a file that SQLite could not open; closing that one waits for ever.
  const { connections = {} } = sequelize.connectionManager as unknown as {
    readonly connections?: Record<string, { readonly open?: boolean }>
  }
  for (const [name, { open }] of Object.entries(connections)) if (open === false) delete connections[name]
  await sequelize.close().catch(() => {})
}

/**
 * The file of `sqlite:app.sqlite`, `sqlite://app.sqlite`, `sqlite:///var/app.sqlite`, or `:memory:`. Sequelize itself takes the
 * first folder for the name of a host, and makes its letters small.
 */
const storageOf = (url: string, source: string): string => {
  const path = url.slice('sqlite:'.length)
  if (path === ':memory:' || path === '//:memory:') return ':memory:'
  const storage = path.startsWith('//') ? decoded(path.slice(2)) : path
  if (storage !== '' && !/[?#\0]/u.test(storage)) return storage
  throw new CliError(
    'INVALID_URL',
    `The URL of ${source} must name a file, without anything behind it, such as sqlite:app.sqlite. Nothing was run.`,
    { subject: source },
  )
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Requires from the first folder that has the package, and last from beside the command line itself. */
export const requireFrom = (folders: readonly string[]): Require => {
  const requires = [
    ...folders.map((folder) => createRequire(join(folder, 'package.json'))),
    createRequire(import.meta.url),
  ]
  return (id) => {
    const found = requires.find((require) => canResolve(require, id)) ?? requires[0]
    return found?.(id)
  }
}

const canResolve = (require: NodeJS.Require, id: string): boolean => {
  try {
    require.resolve(id)
    return true
  } catch {
    return false
  }
}

const isThere = (require: Require, id: string): boolean => {
  try {
    require(id)
    return true
  } catch {
    return false
  }
}

const loadSequelize = (require: Require): SequelizeClass => {
  try {
    const module = require('sequelize')
    const { Sequelize } = module as { readonly Sequelize?: SequelizeClass }
    if (typeof Sequelize === 'function') return Sequelize
  } catch (cause) {
    throw missing('sequelize@6', 'the command line', cause)
  }
  throw missing('sequelize@6', 'the command line', undefined)
}

const missing = (name: string, what: string, cause: unknown): CliError =>
  new CliError(
    'MISSING_PACKAGE',
    `The package ${name.replace(/@.*/u, '')}, which ${what} need${what.endsWith('s') ? '' : 's'}, is not installed here. Nothing was run. Install it: npm install ${name}`,
    { cause, subject: name.replace(/@.*/u, '') },
  )
