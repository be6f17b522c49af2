import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Options, QueryTypes, Sequelize } from 'sequelize'
import type { EngineDialect, ServerAccount } from './types.js'

/** All that another process needs to connect to a test database; plain JSON. Holds the password. */
export type DatabaseSpec =
  | { readonly dialect: 'sqlite'; readonly storage: string }
  | {
      readonly dialect: 'postgres' | 'mysql'
      readonly host: string
      readonly port: number
      readonly username: string
      readonly password: string
      readonly database: string
    }

/** A database that belongs to one test. */
export interface TestDatabase {
  /** As a user would write it; the password is percent-encoded. */
  readonly url: string
  /** What {@link TestDatabase.connect} gives to Sequelize: fresh at each reading. */
  readonly options: Options
  readonly spec: DatabaseSpec
  /** A new instance of Sequelize; {@link TestDatabase.drop} closes it if nobody else has. */
  connect(extra?: Partial<Options>): Sequelize
  /** Closes all instances made by `connect` and removes the database, whoever is still connected to it. */
  drop(): Promise<void>
}

/** The variable that carries a {@link DatabaseSpec} to a child process. */
const specVariable = 'SM2KIT_TEST_DATABASE'

/** The environment with which {@link databaseOfParent} finds `database` in a child process. */
export function childEnv(database: TestDatabase): Record<string, string> {
  return { [specVariable]: JSON.stringify(database.spec) }
}

/** In a child process: the database that its parent has given it by {@link childEnv}. */
export function databaseOfParent(): DatabaseSpec {
  const value = process.env[specVariable]
  if (value === undefined)
    throw new Error(`${specVariable} is not set: start this script with childEnv(database)`)
  return JSON.parse(value)
}

/** Connects to the database that a spec describes; in a child process too. */
export function connectSpec(spec: DatabaseSpec, extra: Partial<Options> = {}): Sequelize {
  return new Sequelize({ ...optionsOf(spec), ...extra })
}

/** A database in a file of its own, or in memory, where each instance of Sequelize has one for itself. */
export function createSqliteDatabase(folder: string, where: 'file' | 'memory'): TestDatabase {
  const storage = where === 'memory' ? ':memory:' : join(folder, `${randomName()}.sqlite`)
  return testDatabase({ dialect: 'sqlite', storage }, async () => {
    if (where === 'memory') return
    for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(`${storage}${suffix}`, { force: true })
  })
}

/** A new database on a server. */
export async function createServerDatabase(
  dialect: Exclude<EngineDialect, 'sqlite'>,
  account: ServerAccount,
): Promise<TestDatabase> {
  const { host, port, username, password, maintenanceDatabase } = account
  const database = randomName()
  const spec: DatabaseSpec = { dialect, host, port, username, password, database }
  const statements =
    dialect === 'postgres'
      ? { create: `CREATE DATABASE ${database}`, drop: `DROP DATABASE IF EXISTS ${database} WITH (FORCE)` }
      : {
          create: `CREATE DATABASE ${database} CHARACTER SET utf8mb4`,
          drop: `DROP DATABASE IF EXISTS ${database}`,
        }
  const administrator = administratorOf({ ...spec, database: maintenanceDatabase })
  const administer = async (statement: string): Promise<void> => {
    await administrator.query(statement, { type: QueryTypes.RAW })
  }
  await administer(statements.create)
  return testDatabase(spec, () => administer(statements.drop))
}

const administrators = new Map<string, Sequelize>()

/** One for all databases of a server: its connection, which takes longer than the statement, ends by itself when it is idle. */
function administratorOf(spec: Exclude<DatabaseSpec, { readonly dialect: 'sqlite' }>): Sequelize {
  const server = `${spec.host}:${spec.port}`
  const known = administrators.get(server) ?? connectSpec(spec)
  administrators.set(server, known)
  return known
}

function testDatabase(spec: DatabaseSpec, remove: () => Promise<void>): TestDatabase {
  const open = new Set<Sequelize>()
  return {
    url: urlOf(spec),
    spec,
    get options() {
      return optionsOf(spec)
    },
    connect(extra) {
      const sequelize = connectSpec(spec, extra)
      open.add(sequelize)
      return sequelize
    },
    async drop() {
      // An instance that the test has closed, or whose connection it has killed, may refuse to be closed again.
      await Promise.allSettled([...open].map((sequelize) => sequelize.close()))
      open.clear()
      await remove()
    },
  }
}

function optionsOf(spec: DatabaseSpec): Options {
  const { dialect } = spec
  // min 0 and no eviction delay beyond a second: an idle pool must not hold a database that is to be dropped.
  const pool = { min: 0, max: 5, idle: 1_000, acquire: 20_000 }
  if (spec.dialect === 'sqlite') return { dialect, storage: spec.storage, logging: false, pool }
  const { host, port, username, password, database } = spec
  return { dialect, host, port, username, password, database, logging: false, pool }
}

function urlOf(spec: DatabaseSpec): string {
  if (spec.dialect === 'sqlite') return `sqlite:${spec.storage === ':memory:' ? ':memory:' : spec.storage}`
  const user = `${encodeURIComponent(spec.username)}:${encodeURIComponent(spec.password)}`
  return `${spec.dialect}://${user}@${spec.host}:${spec.port}/${spec.database}`
}

/** Lower case and digits: the same name with and without quotes on every engine. */
function randomName(): string {
  return `sm2kit_${randomBytes(8).toString('hex')}`
}
