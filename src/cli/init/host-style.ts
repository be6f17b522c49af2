import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CliError } from '../cli-error.js'

/** How the files of a project are written. */
export interface HostStyle {
  readonly isTypeScript: boolean
  /** ES modules; CommonJS otherwise. */
  readonly isEsm: boolean
  /** Whether Node reads its `.js` files as ES modules. */
  readonly isEsmPackage: boolean
  /** Whether a file of SQLite is what to begin with: its driver is there, or none is. */
  readonly isSqlite: boolean
  /** What is still to be installed: Sequelize, and a driver where there is none. */
  readonly missing: readonly string[]
}

const DRIVERS = ['sqlite3', 'pg', 'mysql2', 'mariadb']

/**
 * What the package.json and tsconfig.json of a folder say; JavaScript in CommonJS where there are none.
 *
 * @throws CliError `CONFIG_NOT_LOADABLE` when the package.json cannot be read.
 */
export const hostStyle = async (folder: string): Promise<HostStyle> => {
  const manifest = await readManifest(join(folder, 'package.json'))
  const names = ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies'].flatMap(
    (field) => Object.keys((manifest[field] as object | undefined) ?? {}),
  )
  const drivers = DRIVERS.filter((name) => names.includes(name))
  const isEsmPackage = manifest['type'] === 'module'
  return {
    isTypeScript: existsSync(join(folder, 'tsconfig.json')) || names.includes('typescript'),
    isEsm: isEsmPackage,
    isEsmPackage,
    isSqlite: drivers.length === 0 || drivers.includes('sqlite3'),
    missing: [
      ...(names.includes('sequelize') ? [] : ['sequelize@6']),
      ...(drivers.length > 0 ? [] : ['sqlite3']),
    ],
  }
}

const readManifest = async (path: string): Promise<Readonly<Record<string, unknown>>> => {
  if (!existsSync(path)) return {}
  try {
    const manifest: unknown = JSON.parse(await readFile(path, 'utf8'))
    return typeof manifest === 'object' && manifest !== null ? { ...manifest } : {}
  } catch (cause) {
    throw new CliError(
      'CONFIG_NOT_LOADABLE',
      'The package.json of this folder cannot be read. Nothing was written.',
      {
        cause,
        subject: 'package.json',
      },
    )
  }
}
