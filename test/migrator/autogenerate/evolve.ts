// A database whose models change: generate, upgrade, compare, downgrade, compare.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { QueryTypes, type Sequelize } from 'sequelize'
import { type MigratorOptions, type Operation, reflect, type Schema, type Table } from 'sm2kit/migrator'
import { expect } from 'vitest'
import type { TestDatabase } from '../../support/engines/index.js'
import { hostOf } from '../commands/host.js'
import { native } from '../support.js'

const { createMigrator } = await native()

type Define = (sequelize: Sequelize) => void

/** From one set of models to another. */
export interface Evolution {
  /** Defines the models that the database is made from, by `sync()`; or makes it by itself. */
  readonly before: Define | ((sequelize: Sequelize) => Promise<void>)
  /** Defines the models that are wanted. */
  readonly after: Define
  /** Run when the database is made. */
  readonly statements?: readonly string[]
  readonly options?: Partial<MigratorOptions>
  /** Completes the text of the generated file. */
  readonly complete?: (text: string) => string
  /** Run before the upgrade, with its promise of failure awaited. */
  readonly mend?: (sequelize: Sequelize) => Promise<void>
  readonly schemas?: readonly string[]
}

/** What came of it. */
export interface Outcome {
  readonly operations: readonly Operation[]
  /** Of the generated file; empty where nothing was generated. */
  readonly text: string
}

/** Columns in the order of their names: an engine that cannot put a column back in its place is not at fault. */
export const withoutOrder = (schema: Schema): Schema => ({
  ...schema,
  tables: schema.tables.map(
    (table): Table => ({ ...table, columns: [...table.columns].sort((a, b) => (a.name < b.name ? -1 : 1)) }),
  ),
})

/**
 * Fails unless the generated revision converges (applied, then compared again: nothing) and returns (its `down` gives the
 * former schema back, exactly).
 */
export const evolve = async (database: TestDatabase, evolution: Evolution): Promise<Outcome> => {
  const { before, after, statements = [], options = {}, schemas } = evolution
  const first = database.connect()
  const made = before(first)
  if (made === undefined) await first.sync()
  else await made
  for (const sql of statements) await first.query(sql, { type: QueryTypes.RAW })
  const read = async (): Promise<Schema> =>
    withoutOrder(await reflect(first, schemas === undefined ? {} : { schemas }))
  const former = await read()
  const second = database.connect()
  after(second)
  const host = hostOf({ 'package.json': '{"type":"module"}' })
  const migrator = createMigrator({
    baseline: false,
    migrations: join(host, 'migrations'),
    models: second.models,
    ...options,
    sequelize: second,
  })
  const operations = await migrator.differences()
  expect(await read(), 'comparing changes nothing').toEqual(former)
  if (operations.length === 0) return { operations, text: '' }
  const { path } = await migrator.revision({ message: 'evolve', autogenerate: true, format: 'mjs' })
  const text = readFileSync(path, 'utf8')
  if (evolution.complete !== undefined) writeFileSync(path, evolution.complete(text))
  const explained = async <T>(what: string, task: Promise<T>): Promise<T> =>
    task.catch((error: unknown) => {
      throw new Error(`${what} failed: ${String(error)}\n${text}`, { cause: error })
    })
  if (evolution.mend !== undefined) {
    await expect(migrator.upgrade('head')).rejects.toThrow()
    await evolution.mend(first)
  }
  await explained('The upgrade', migrator.upgrade('head'))
  const again = await explained('The second comparison', migrator.differences())
  expect(again, `converges:\n${text}`).toEqual([])
  await explained('The downgrade', migrator.downgrade('base'))
  expect(await read(), `returns:\n${text}`).toEqual(former)
  await explained('The second upgrade', migrator.upgrade('head'))
  expect(await migrator.differences(), `converges again:\n${text}`).toEqual([])
  return { operations, text }
}
