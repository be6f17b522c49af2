import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Sequelize } from 'sequelize'
import { type Check, ok, warning, wrong } from './check.js'

const DRIVERS: Readonly<Record<string, string>> = {
  sqlite: 'sqlite3',
  postgres: 'pg',
  mysql: 'mysql2',
  mariadb: 'mariadb',
}

/** Whether Node is new enough. */
export const checkNode = (version: string): Check => {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 20 || (major === 20 && minor >= 17)
    ? ok('node', version)
    : wrong('node', `${version}; sm2kit needs 20.17`, 'Install a newer Node.')
}

/** Whether the instance is of a Sequelize that the migrator knows. */
export const checkSequelize = (sequelize: Sequelize): Check => {
  const version = String(
    (sequelize.constructor as unknown as { readonly version?: unknown }).version ?? 'unknown',
  )
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major !== 6)
    return wrong('sequelize', `${version}; sm2kit works with version 6`, 'npm install sequelize@6')
  return minor >= 37
    ? ok('sequelize', version)
    : warning('sequelize', `${version}; sm2kit is tested with 6.37 and later`, 'npm install sequelize@6')
}

/** Which version of its driver the instance has. */
export const checkDriver = (sequelize: Sequelize, folders: readonly string[]): Check => {
  const name = DRIVERS[sequelize.getDialect()]
  if (name === undefined) {
    return wrong(
      'driver',
      `the engine "${sequelize.getDialect()}" is none that sm2kit migrates`,
      'Use SQLite, PostgreSQL, MariaDB or MySQL.',
    )
  }
  const version = folders.map((folder) => versionOf(name, folder)).find((found) => found !== undefined)
  return version === undefined
    ? warning('driver', `${name} is not in the packages of this folder`, `npm install ${name}`)
    : ok('driver', `${name} ${version}`)
}

/** By the package.json above its main file: not every package lets it be required. */
const versionOf = (name: string, folder: string): string | undefined => {
  try {
    let at = dirname(createRequire(join(folder, 'package.json')).resolve(name))
    for (; at !== dirname(at); at = dirname(at)) {
      const path = join(at, 'package.json')
      if (!existsSync(path)) continue
      const manifest = JSON.parse(readFileSync(path, 'utf8')) as {
        readonly name?: unknown
        readonly version?: unknown
      }
      if (manifest.name === name) return String(manifest.version)
    }
  } catch {
    // It is not there, or what is there is no package.
  }
  return undefined
}
