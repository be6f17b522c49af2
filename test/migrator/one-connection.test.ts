import { AsyncResource } from 'node:async_hooks'
import type { Sequelize } from 'sequelize'
import { createMigrator, type Migration } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import { describeEngines, type Engine, withDatabase } from '../support/engines/index.js'
import { revisionOf } from './support.js'

/** Runs a step for each function, in one `up()`. */
const run = (
  engine: Engine,
  steps: (sequelize: Sequelize) => readonly Migration[],
  use: (given: {
    readonly migrator: ReturnType<typeof createMigrator>
    readonly query: (sql: string) => Promise<unknown>
    readonly connections: () => number
  }) => Promise<void>,
): Promise<void> =>
  withDatabase(engine, async (database) => {
    const sequelize = database.connect()
    let connections = 0
    const manager = sequelize.connectionManager
    const getConnection = manager.getConnection.bind(manager)
    manager.getConnection = (options) => {
      connections += 1
      return getConnection(options)
    }
    const migrations = steps(sequelize).map((up, index) =>
      revisionOf(`step${index}`, index === 0 ? null : `step${index - 1}`, up),
    )
    const migrator = createMigrator({ sequelize, baseline: false, migrations, lock: { timeoutMs: 2000 } })
    await use({ migrator, query: (sql) => sequelize.query(sql), connections: () => connections })
  })

const sql =
  (...statements: readonly string[]): Migration =>
  async ({ context: op }) => {
    for (const statement of statements) await op.sequelize.query(statement)
  }

describeEngines('the steps of a run', (engine) => {
  const isFile = engine.name === 'sqlite'

  test.runIf(isFile)('share a connection', () =>
    run(
      engine,
      () => ['a', 'b', 'c'].map((name) => sql(`CREATE TABLE ${name} (x)`)),
      async (given) => {
        await given.migrator.up()
        // The file is not there before the run, and is not looked into.
        expect(given.connections()).toBe(1)
      },
    ),
  )

  // In memory there is one connection for everything.
  test.runIf(engine.isShared)('find no temporary table of the one before', () =>
    run(
      engine,
      () => [
        sql('CREATE TEMPORARY TABLE scratch (x INTEGER)'),
        sql('CREATE TEMPORARY TABLE scratch (x INTEGER)'),
      ],
      async ({ migrator }) => {
        expect(await migrator.up()).toHaveLength(2)
      },
    ),
  )

  test.runIf(isFile)('find no pragma of the one before, also behind a comment', () =>
    run(
      engine,
      () => [
        sql('/* as a dump has it */ PRAGMA case_sensitive_like = ON', 'CREATE TABLE found (n INTEGER)'),
        sql("INSERT INTO found SELECT 'a' LIKE 'A'"),
      ],
      async ({ migrator, query }) => {
        await migrator.up()
        expect(((await query('SELECT n FROM found')) as unknown[])[0]).toEqual([{ n: 1 }])
      },
    ),
  )

  test('let others write between them', () =>
    run(
      engine,
      () => [sql('CREATE TABLE log (x INTEGER)'), sql('INSERT INTO log VALUES (2)')],
      async (given) => {
        const { migrator, query } = given
        migrator.on('migrated', ({ name }) => query(`INSERT INTO log VALUES (${name === 'step0' ? 1 : 3})`))
        await migrator.up()
        expect(((await query('SELECT x FROM log ORDER BY x')) as unknown[])[0]).toEqual([
          { x: 1 },
          { x: 2 },
          { x: 3 },
        ])
      },
    ))

  test('do not take what one of them left running for a part of the next', () => {
    let later: () => Promise<unknown> = async () => {}
    return run(
      engine,
      (sequelize) => [
        async ({ context: op }) => {
          await op.sequelize.query('CREATE TABLE log (x INTEGER)')
          later = AsyncResource.bind(() => sequelize.query('SELECT 1'))
        },
        async ({ context: op }) => {
          await later()
          await op.sequelize.query('INSERT INTO log VALUES (2)')
        },
      ],
      async ({ migrator, query }) => {
        expect(await migrator.up()).toHaveLength(2)
        expect(((await query('SELECT x FROM log')) as unknown[])[0]).toEqual([{ x: 2 }])
      },
    )
  })
})
