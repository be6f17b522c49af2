// The databases that tests run on. All of them are real: SQLite always, and every server that was found.
//
//   describeEngines('creates a table', (engine) => {
//     test('twice', () => withDatabase(engine, async (database) => { … database.connect() … }))
//   })

import { join } from 'node:path'
import { describe, inject, test } from 'vitest'
import { createServerDatabase, createSqliteDatabase, type TestDatabase } from './database.js'
import { askKeeper } from './keeper-client.js'
import type { EngineDialect, EngineName } from './types.js'

// A child process imports `connectSpec` and `databaseOfParent` from './database.js': this file needs vitest.
export { childEnv, type TestDatabase } from './database.js'
export type { EngineDialect, EngineName } from './types.js'

/** A kind of database that is available in this run. */
export interface Engine {
  readonly name: EngineName
  /** For people: with the version and where it came from. */
  readonly label: string
  readonly dialect: EngineDialect
  /** Whether several connections, and other processes, can share one database: false for `:memory:` alone. */
  readonly isShared: boolean
  /** An empty database of its own for one test. The first call starts the server, which takes about two seconds. */
  createDatabase(): Promise<TestDatabase>
  toString(): string
}

const { keeper, servers, missing } = inject('engines')
const files = join(keeper.folder, 'files')

function engine(
  name: EngineName,
  label: string,
  dialect: EngineDialect,
  createDatabase: () => Promise<TestDatabase>,
): Engine {
  return { name, label, dialect, isShared: name !== 'sqlite-memory', createDatabase, toString: () => name }
}

/** The engines of this run, known when test files are collected. */
export const engines: readonly Engine[] = [
  engine('sqlite', 'SQLite', 'sqlite', async () => createSqliteDatabase(files, 'file')),
  engine('sqlite-memory', 'SQLite (:memory:)', 'sqlite', async () => createSqliteDatabase(files, 'memory')),
  ...servers.map(({ name, label, dialect }) =>
    engine(name, label, dialect, async () => {
      if (dialect === 'sqlite') throw new Error('SQLite has no server')
      return createServerDatabase(dialect, await askKeeper(keeper, name))
    }),
  ),
]

/**
 * Registers `body` once for each available engine that `where` accepts.
 *
 * An engine that was not found appears as a skipped test with the way to get it, and as a failed one where `CI` is
 * `true`: there all engines must be present.
 */
export function describeEngines(
  title: string,
  body: (engine: Engine) => void,
  where: (engine: Engine) => boolean = () => true,
): void {
  describe(title, () => {
    for (const engine of engines.filter(where)) describe(engine.name, () => body(engine))
    for (const { label, remedy } of missing) {
      test.skipIf(process.env['CI'] !== 'true')(`on ${label} — ${remedy}`, () => {
        throw new Error(`${label} was not found, and with CI=true every engine must be tested: ${remedy}`)
      })
    }
  })
}

const isFull = process.env['SM2KIT_TEST_SCALE'] === 'full'

/** What takes long and is the same on both is run on the newer PostgreSQL alone, and in the full run on both. */
export const isNewest = ({ name }: Engine): boolean => isFull || name !== 'postgres15'

/** As {@link describeEngines}, on those that are {@link isNewest}. */
export const describeNewest: typeof describeEngines = (title, body, where = () => true) =>
  describeEngines(title, body, (engine) => where(engine) && isNewest(engine))

/** Runs `use` on an empty database that exists for so long only. */
export async function withDatabase<Result>(
  engine: Engine,
  use: (database: TestDatabase) => Promise<Result>,
): Promise<Result> {
  const database = await engine.createDatabase()
  try {
    return await use(database)
  } finally {
    await database.drop()
  }
}
