import { DataTypes, type Sequelize } from 'sequelize'
import { createMigrator, type Migration, type Migrator, type Op } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import { describeNewest, type Engine, withDatabase } from '../support/engines/index.js'
import { failure, revisionOf, rowsOf } from './support.js'

const withSequelize = <T>(engine: Engine, use: (sequelize: Sequelize) => Promise<T>): Promise<T> =>
  withDatabase(engine, (database) => use(database.connect()))

const migratorOf = (
  sequelize: Sequelize,
  work: (op: Op) => Promise<unknown>,
  transaction = true,
): Migrator => {
  const up: Migration = async ({ context }) => void (await work(context))
  return createMigrator({
    sequelize,
    baseline: false,
    migrations: [revisionOf('step', null, up, { transaction })],
  })
}

/** The time-outs of the step's connection, as the engine tells them. */
const settingsOf = async ({ sequelize }: Op, { dialect }: Engine): Promise<readonly unknown[]> => {
  const names: Readonly<Record<Engine['dialect'], string>> = {
    postgres: "SELECT current_setting('lock_timeout') AS a, current_setting('statement_timeout') AS b",
    mysql: 'SELECT @@lock_wait_timeout AS a, @@innodb_lock_wait_timeout AS b, @@max_statement_time AS c',
    sqlite: 'PRAGMA busy_timeout',
  }
  const [row = {}] = await rowsOf(sequelize, names[dialect])
  return Object.values(row).map(String)
}

const INSIDE: Readonly<Record<Engine['dialect'], readonly string[]>> = {
  postgres: ['2500ms', '1min'],
  mysql: ['3', '3', '60'],
  sqlite: ['2500'],
}

describeNewest('op.withTimeouts', (engine) => {
  test.each([true, false])('sets them inside and puts them back, with transaction = %s', (transaction) =>
    withSequelize(engine, async (sequelize) => {
      const seen: (readonly unknown[])[] = []
      const look = async (op: Op): Promise<void> => void seen.push(await settingsOf(op, engine))
      const migrator = migratorOf(
        sequelize,
        async (op) => {
          await look(op)
          const result = await op.withTimeouts({ lockMs: 2500, statementMs: 60_000 }, async () => {
            await look(op)
            await op.createTable('made', { id: DataTypes.INTEGER })
            return 'what it returns'
          })
          expect(result).toBe('what it returns')
          await look(op)
          await op.sequelize
            .transaction(() =>
              op.withTimeouts({ lockMs: 1000 }, async () => {
                throw new Error('not so')
              }),
            )
            .catch(() => {})
          await look(op)
          await op.withTimeouts({}, () => look(op))
        },
        transaction,
      )
      await migrator.up()
      const [before, inside, ...rest] = seen
      expect(inside).toEqual(INSIDE[engine.dialect])
      expect(before).not.toEqual(inside)
      expect(rest).toEqual([before, before, before])
    }),
  )

  test('leaves nothing behind on the connections of the host', () =>
    withDatabase(engine, async (database) => {
      const sequelize = database.connect({ pool: { max: 1, min: 0 } })
      const op = { sequelize } as Op
      const before = await settingsOf(op, engine)
      await failure(
        migratorOf(sequelize, (given) =>
          given.withTimeouts({ lockMs: 4000, statementMs: 4000 }, async () => {
            throw new Error('not so')
          }),
        ).up(),
      )
      if (engine.dialect !== 'sqlite') expect(await settingsOf(op, engine)).toEqual(before)
    }))

  test.each([
    [{ lockMs: 0 }, 'lockMs'],
    [{ lockMs: 1.5 }, 'lockMs'],
    [{ statementMs: -1 }, 'statementMs'],
    [{ statementMs: '2s' as never }, 'statementMs'],
    [{ lock: 3 } as never, 'lock'],
  ])('refuses %j', (timeouts, name) =>
    withSequelize(engine, async (sequelize) => {
      const error = await failure(migratorOf(sequelize, (op) => op.withTimeouts(timeouts, () => {})).up())
      expect(error).toMatchObject({ code: 'INVALID_OPTION' })
      expect(error.message).toContain(name)
    }),
  )

  test('stands in a script and in a plan', () =>
    withSequelize(engine, async (sequelize) => {
      const migrator = migratorOf(sequelize, (op) =>
        op.withTimeouts({ lockMs: 2000, statementMs: 4000 }, () => op.dropTable('gone')),
      )
      const [step] = (await migrator.plan()).steps
      const statements = step?.statements ?? []
      const expected: Readonly<Record<Engine['dialect'], readonly (string | RegExp)[]>> = {
        postgres: [
          "SET LOCAL lock_timeout = '2000ms'",
          "SET LOCAL statement_timeout = '4000ms'",
          /^DROP TABLE/u,
          'SET LOCAL lock_timeout TO DEFAULT',
          'SET LOCAL statement_timeout TO DEFAULT',
        ],
        mysql: [
          'SET SESSION lock_wait_timeout = 2',
          'SET SESSION innodb_lock_wait_timeout = 2',
          '/*M! SET SESSION max_statement_time = 4 */',
          /^DROP TABLE/u,
          'SET SESSION lock_wait_timeout = DEFAULT',
          'SET SESSION innodb_lock_wait_timeout = DEFAULT',
          '/*M! SET SESSION max_statement_time = DEFAULT */',
        ],
        sqlite: ['PRAGMA busy_timeout = 2000', /^DROP TABLE/u, 'PRAGMA busy_timeout = 1000'],
      }
      expect(statements).toEqual(
        expected[engine.dialect].map((text) =>
          typeof text === 'string' ? text : expect.stringMatching(text),
        ),
      )
      expect(await migrator.sql()).toContain(statements[0])
    }))
})

describeNewest(
  'a statement that waits too long for a lock',
  (engine) => {
    /** Another connection has a row and the table in its hands meanwhile. */
    const whileHeld = (
      use: (sequelize: Sequelize, release: () => Promise<void>) => Promise<void>,
    ): Promise<void> =>
      withDatabase(engine, async (database) => {
        const [sequelize, other] = [database.connect(), database.connect()]
        await sequelize.query('CREATE TABLE notes (id INTEGER PRIMARY KEY, times INTEGER)')
        await sequelize.query('INSERT INTO notes VALUES (1, 0)')
        const held = await other.transaction()
        await other.query('UPDATE notes SET times = 7 WHERE id = 1', { transaction: held })
        let isOpen = true
        const release = async (): Promise<void> => {
          if (isOpen) await held.rollback()
          isOpen = false
        }
        try {
          await use(sequelize, release)
        } finally {
          await release()
        }
      })

    const cases: readonly (readonly [string, string, boolean])[] = [
      ['ALTER TABLE notes ADD more INTEGER', 'ALTER TABLE notes ADD', true],
      ['ALTER TABLE notes ADD more INTEGER', 'ALTER TABLE notes ADD', false],
      ['UPDATE notes SET times = 1', 'UPDATE notes SET times', true],
      ['UPDATE notes SET times = 1', 'UPDATE notes SET times', false],
    ]
    test.each(cases)('is a LOCK_TIMEOUT that names it: %s', (statement, named, transaction) =>
      whileHeld(async (sequelize, release) => {
        const inner: unknown[] = []
        const migrator = migratorOf(
          sequelize,
          async (op) => {
            const waiting = op.withTimeouts({ lockMs: 300 }, () => op.sequelize.query(statement))
            await waiting.catch((error: unknown) => {
              inner.push(error)
              throw error
            })
          },
          transaction,
        )
        const error = await failure(migrator.up())
        expect(error).toMatchObject({ name: 'StepError', code: 'LOCK_TIMEOUT', revision: 'step' })
        expect(error.message).toContain(`the statement "${named}" waited for a lock`)
        expect(inner).toEqual([expect.objectContaining({ name: 'MigratorError', code: 'LOCK_TIMEOUT' })])
        // Nothing of it has happened: it runs when the other one is done.
        await release()
        expect(await migrator.up()).toEqual([{ name: 'step' }])
      }),
    )

    test('is one as well where the revision has set the time-out by itself', () =>
      whileHeld(async (sequelize) => {
        const set =
          engine.dialect === 'postgres'
            ? "SET LOCAL lock_timeout = '200ms'"
            : 'SET SESSION innodb_lock_wait_timeout = 1'
        const migrator = migratorOf(sequelize, async (op) => {
          await op.sequelize.query(set)
          await op.bulkUpdate('notes', { times: 3 }, { id: 1 })
        })
        const error = await failure(migrator.up())
        expect(error).toMatchObject({ code: 'LOCK_TIMEOUT' })
        expect(error.message).toMatch(/the statement "UPDATE .notes. SET/u)
      }))

    test('takes back the batch that it is in, and that alone', () =>
      whileHeld(async (sequelize, release) => {
        await sequelize.query('INSERT INTO notes VALUES (0, 0), (2, 0)')
        const migrator = migratorOf(
          sequelize,
          (op) =>
            op.withTimeouts({ lockMs: 300 }, () =>
              op.batch('notes', { size: 1 }, async ([row]) => {
                await op.sequelize.query(
                  `UPDATE notes SET times = times + 1 WHERE id = ${Number(row?.['id'])}`,
                )
              }),
            ),
          false,
        )
        expect(await failure(migrator.up())).toMatchObject({ code: 'LOCK_TIMEOUT' })
        const times = async (): Promise<unknown> =>
          (await rowsOf(sequelize, 'SELECT times FROM notes ORDER BY id')).map((row) => row['times'])
        expect(await times()).toEqual([1, 0, 0])
        await release()
        await migrator.up()
        expect(await times()).toEqual([1, 1, 1])
      }))
  },
  ({ dialect }) => dialect !== 'sqlite',
)
