import { inspect } from 'node:util'
import { DataTypes, type Sequelize, type Transaction } from 'sequelize'
import { expect, test } from 'vitest'
import {
  createMigrator,
  type Migrator,
  type MigratorOptions,
  type Revision,
} from '../../src/migrator/index.js'
import { describeEngines, withDatabase } from '../support/engines/index.js'

const migratorOf = (
  sequelize: Sequelize,
  revision: Omit<Revision, 'revision'>,
  options: Partial<MigratorOptions> = {},
): Migrator =>
  createMigrator({ sequelize, baseline: false, migrations: [{ revision: 'a', ...revision }], ...options })

const makeTable = (sequelize: Sequelize): Promise<void> =>
  sequelize.getQueryInterface().createTable('n', { x: { type: DataTypes.INTEGER } })

const rowsOf = async (sequelize: Sequelize): Promise<number[]> => {
  const rows = await sequelize.query<{ x: number }>('SELECT x FROM n ORDER BY x', { type: 'SELECT' } as never)
  return (rows as unknown as { x: number }[]).map(({ x }) => x)
}

const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'nothing thrown',
    (error: unknown) => (error as { code?: unknown }).code ?? error,
  )

describeEngines('a step outside a transaction that was interrupted', (engine) => {
  const insert = (x: number) => `INSERT INTO n (x) VALUES (${x})`
  /** Two inserts that are done and noted, and a failure. */
  const interrupt = async (sequelize: Sequelize): Promise<void> => {
    await makeTable(sequelize)
    const migrator = migratorOf(sequelize, {
      transaction: false,
      up: async ({ context: op }) => {
        await op.sequelize.query(insert(2))
        await op.sequelize.query(insert(3))
        throw new Error('no further')
      },
    })
    expect(await codeOf(migrator.up())).toBe('STEP_FAILED')
  }
  const mended = (statements: readonly string[], transaction = false): Omit<Revision, 'revision'> => ({
    transaction,
    up: async ({ context: op }) => {
      for (const sql of statements) await op.sequelize.query(sql)
    },
    down: async () => {},
  })

  test('goes on behind what is done, and is recorded once', () =>
    withDatabase(engine, async (database) => {
      const sequelize = database.connect()
      await interrupt(sequelize)
      const migrator = migratorOf(sequelize, mended([insert(2), insert(3), insert(4)]))
      expect(await migrator.up()).toEqual([{ name: 'a' }])
      expect(await rowsOf(sequelize)).toEqual([2, 3, 4])
      expect(await migrator.executed()).toEqual([{ name: 'a' }])
    }))

  test('goes on in its journal also when the file no longer says that it has one', () =>
    withDatabase(engine, async (database) => {
      const sequelize = database.connect()
      await interrupt(sequelize)
      const migrator = migratorOf(sequelize, mended([insert(2), insert(3), insert(4)], true))
      expect(await migrator.up()).toEqual([{ name: 'a' }])
      expect(await rowsOf(sequelize)).toEqual([2, 3, 4])
      expect(await migrator.down()).toEqual([{ name: 'a' }])
      expect(await migrator.up()).toEqual([{ name: 'a' }])
    }))

  test('does nothing twice when a statement that is done was edited, whatever the operator says', () =>
    withDatabase(engine, async (database) => {
      const sequelize = database.connect()
      await interrupt(sequelize)
      const migrator = migratorOf(sequelize, mended([insert(22), insert(3)]))
      expect(await codeOf(migrator.up())).toBe('INTERRUPTED')
      expect(await codeOf(migrator.resolve('a', 'not-applied'))).toBe('INTERRUPTED')
      expect(await codeOf(migrator.up())).toBe('INTERRUPTED')
      expect(await rowsOf(sequelize)).toEqual([2, 3])
      await migrator.resolve('a', 'applied')
      expect(await migrator.up()).toEqual([{ name: 'a' }])
      expect(await rowsOf(sequelize)).toEqual([2, 3])
    }))

  test('begins anew when its record was taken away, and is recorded then', () =>
    withDatabase(engine, async (database) => {
      const sequelize = database.connect()
      await interrupt(sequelize)
      await sequelize.query('DELETE FROM sm2kit_revisions')
      await sequelize.query('DELETE FROM n')
      const migrator = migratorOf(sequelize, mended([insert(5)]))
      expect(await migrator.up()).toEqual([{ name: 'a' }])
      expect(await migrator.executed()).toEqual([{ name: 'a' }])
      expect(await rowsOf(sequelize)).toEqual([5])
    }))

  test('leaves no journal behind a purge by code that does not know it', () =>
    withDatabase(engine, async (database) => {
      const sequelize = database.connect()
      await interrupt(sequelize)
      const stranger = createMigrator({ sequelize, baseline: false })
      await stranger.stamp('base', { purge: true })
      const left = await sequelize.query('SELECT step FROM sm2kit_revisions_journal', {
        type: 'SELECT',
      } as never)
      expect(left).toEqual([])
    }))

  test('has savepoints for transactions inside transactions', () =>
    withDatabase(engine, async (database) => {
      const sequelize = database.connect()
      await makeTable(sequelize)
      const migrator = migratorOf(sequelize, {
        transaction: false,
        up: async ({ context: op }) => {
          const outer = op.sequelize.transaction(async () => {
            await op.sequelize.query(insert(1))
            await op.sequelize.transaction(async () => {
              await op.sequelize.query(insert(2))
            })
            throw new Error('take it back')
          })
          await outer.catch(() => {})
          await op.sequelize.transaction(async () => {
            await op.sequelize.query(insert(3))
            const inner = op.sequelize.transaction(async () => {
              await op.sequelize.query(insert(4))
              throw new Error('take that back')
            })
            await inner.catch(() => {})
          })
        },
      })
      expect(await migrator.up()).toEqual([{ name: 'a' }])
      expect(await rowsOf(sequelize)).toEqual([3])
    }))

  test('leaves no transaction of the author’s open on the connection', () =>
    withDatabase(engine, async (database) => {
      const sequelize = database.connect()
      await makeTable(sequelize)
      const up: Revision['up'] = async ({ context: op }) => {
        await op.sequelize.query('BEGIN')
        throw new Error('and no end')
      }
      expect(await codeOf(migratorOf(sequelize, { transaction: false, up }).up())).toBe('STEP_FAILED')
      await sequelize.transaction(async (transaction) => {
        await sequelize.query(insert(7), { transaction })
      })
      expect(await rowsOf(sequelize)).toEqual([7])
    }))
})

describeEngines('a step and the rest of the process', (engine) => {
  test.skipIf(!engine.isShared)('refuses a transaction that is not its own', () =>
    withDatabase(engine, async (database) => {
      // A second file connection could not write while the step does; the refusal must come before it tries.
      const sequelize = database.connect()
      await makeTable(sequelize)
      const other: Transaction = await sequelize.transaction()
      const migrator = migratorOf(sequelize, {
        up: async ({ context: op }) => {
          await op.sequelize.query('INSERT INTO n (x) VALUES (1)', { transaction: other })
        },
      })
      expect(await codeOf(migrator.up())).toBe('OUTSIDE_TRANSACTION')
      await other.rollback()
      expect([await rowsOf(sequelize), await migrator.executed()]).toEqual([[], []])
    }),
  )

  test('goes on when somebody has wrapped the instance’s query meanwhile', () =>
    withDatabase(engine, async (database) => {
      const sequelize = database.connect()
      await makeTable(sequelize)
      const first = migratorOf(sequelize, { up: async () => {} })
      first.on('migrating', () => {
        const query = sequelize.query
        Object.assign(sequelize, {
          query: (...args: Parameters<typeof query>) => query.apply(sequelize, args),
        })
      })
      await first.up()
      const second = createMigrator({
        sequelize,
        baseline: false,
        versionTable: 'second',
        migrations: [
          {
            revision: 'b',
            transaction: false,
            up: async ({ context: op }) => {
              await op.sequelize.query('INSERT INTO n (x) VALUES (1)')
            },
          },
        ],
      })
      expect(await second.up()).toEqual([{ name: 'b' }])
      expect(await rowsOf(sequelize)).toEqual([1])
    }))

  test('says what is true when a listener fails', () =>
    withDatabase(engine, async (database) => {
      const sequelize = database.connect()
      const migrator = migratorOf(sequelize, { up: async () => {} })
      const off = migrator.on('migrating', () => {
        throw new Error('before')
      })
      await expect(migrator.up()).rejects.toMatchObject({ code: 'LISTENER_FAILED', subject: 'migrating' })
      expect(await migrator.executed()).toEqual([])
      off()
      migrator.on('migrated', () => {
        throw new Error('after')
      })
      await expect(migrator.up()).rejects.toThrow('The revision is applied all the same')
      expect(await migrator.executed()).toEqual([{ name: 'a' }])
    }))

  test('does not show the password by an error of Umzug’s', () =>
    withDatabase(engine, async (database) => {
      const migrator = migratorOf(database.connect(), {
        up: async () => {
          throw new Error('no')
        },
      })
      const error: unknown = await migrator.umzug.up().catch((reason: unknown) => reason)
      const { password } = database.spec as { readonly password?: string }
      for (const depth of [2, 4, 6, 8, 12]) {
        expect(inspect(error, { depth })).toContain('no')
        if (password !== undefined) expect(inspect(error, { depth })).not.toContain(password)
      }
    }))
})
