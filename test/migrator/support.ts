import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { QueryTypes, Sequelize } from 'sequelize'
import type { Migration, MigratorLogger, Revision } from 'sm2kit/migrator'
import { onTestFinished } from 'vitest'
import { bundleScript } from '../support/bundle.js'

/** How often random tests run: a few times at each run of the suite, often where it counts. */
export const isFull = process.env['SM2KIT_TEST_SCALE'] === 'full'

/**
 * `few` usually, `many` with SM2KIT_TEST_SCALE=full. The usual run has the same cases each time, so that what it fails on is a
 * change of the code; SM2KIT_TEST_SEED says others, and the full one looks for more.
 */
export const runs = (few: number, many: number): { readonly numRuns: number; readonly seed?: number } =>
  isFull ? { numRuns: many } : { numRuns: few, seed: Number(process.env['SM2KIT_TEST_SEED'] ?? 20_261_126) }

/** The migrator outside vitest's module system, so that it imports revision files as a host's process does. */
export const native = async (): Promise<typeof import('./native.script.js')> =>
  import(pathToFileURL(await bundleScript(new URL('./native.script.ts', import.meta.url))).href)

/** A folder with these files, as long as the test runs. */
export const folderOf = (files: Readonly<Record<string, string>>): string => {
  const folder = mkdtempSync(join(tmpdir(), 'sm2kit-migrations-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) write(join(folder, name), text)
  return folder
}

/** Writes a file, and the folders above it. */
export const write = (path: string, text: string): void => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

/** The error that a promise is rejected with; fails when it is not. */
export const failure = async (promise: Promise<unknown>): Promise<Error & { readonly code?: unknown }> => {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  if ('error' in outcome && outcome.error instanceof Error) return outcome.error
  throw new Error(`It should have been refused, and gave ${JSON.stringify(outcome)}`)
}

/** The error that a call throws; fails when it does not. */
export const thrown = (call: () => unknown): Error & { readonly code?: unknown } => {
  try {
    call()
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('It should have thrown')
}

/** A logger that remembers. */
export const recordingLogger = (): MigratorLogger & {
  readonly lines: (readonly [level: string, message: Record<string, unknown>])[]
} => {
  const lines: [string, Record<string, unknown>][] = []
  const at = (level: string) => (message: Record<string, unknown>) => void lines.push([level, message])
  return { lines, info: at('info'), warn: at('warn'), error: at('error'), debug: at('debug') }
}

/** A revision in memory that stands on the one before. */
export const revisionOf = (
  revision: string,
  downRevision: Revision['downRevision'],
  up: Migration = async () => {},
  rest: Partial<Revision> = {},
): Revision => ({ revision, downRevision: downRevision ?? null, up, down: async () => {}, ...rest })

/** The tables of a database, by name, in order; those of the migrator's own too. */
export const tablesOf = async (sequelize: Sequelize): Promise<readonly string[]> => {
  const names = (await sequelize.getQueryInterface().showAllTables()) as unknown as readonly (
    | string
    | { readonly tableName: string }
  )[]
  return names.map((name) => (typeof name === 'string' ? name : name.tableName)).sort()
}

/** Rows of a query. */
export const rowsOf = async (
  sequelize: Sequelize,
  sql: string,
): Promise<readonly Record<string, unknown>[]> =>
  sequelize.query<Record<string, unknown>>(sql, { type: 'SELECT' as QueryTypes.SELECT })

/** A name that no other test uses. */
export const uniqueName = (prefix: string): string => `${prefix}_${randomBytes(4).toString('hex')}`
