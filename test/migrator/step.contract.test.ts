import { DataTypes, type QueryInterface, Sequelize, type Transaction } from 'sequelize'
import { createMigrator, type Migration, type MigratorOptions, type Op, StepError } from 'sm2kit/migrator'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { describeEngines, type Engine, withDatabase } from '../support/engines/index.js'
import { failure, recordingLogger, revisionOf, rowsOf, tablesOf } from './support.js'

// What a rollback takes back; on MariaDB a step has none, see test/faults for what it has instead.
const hasTransactions = (engine: Engine): boolean => engine.dialect !== 'mysql'

const withSequelize = <T>(engine: Engine, use: (sequelize: Sequelize) => Promise<T>): Promise<T> =>
  withDatabase(engine, (database) => use(database.connect()))

/** Runs one step, and tells what is there afterwards. */
const runStep = async (sequelize: Sequelize, up: Migration, options: Partial<MigratorOptions> = {}) => {
  const events: string[] = []
  const migrator = createMigrator({
    sequelize,
    baseline: false,
    migrations: [revisionOf('step', null, up)],
    ...options,
  })
  migrator.on('migrated', () => void events.push('migrated'))
  const error = await migrator.up().then(
    () => undefined,
    (reason: unknown) => reason as StepError,
  )
  return { error, events, tables: await tablesOf(sequelize), executed: await migrator.executed() }
}

const NOTHING = { events: [], tables: [], executed: [] }

const create = (op: QueryInterface, name: string): Promise<void> =>
  op.createTable(name, { id: { type: 'INTEGER' } })

/** Lets everything run that was begun and forgotten. */
const settle = (ms = 60): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const unhandled: unknown[] = []
const note = (reason: unknown): void => void unhandled.push(reason)
beforeEach(() => {
  unhandled.length = 0
  process.on('unhandledRejection', note)
})
afterEach(async () => {
  await settle(20)
  process.off('unhandledRejection', note)
  expect(unhandled).toEqual([])
})

const ways: readonly (readonly [string, (op: Op, sequelize: Sequelize) => Promise<unknown>])[] = [
  ['op', async (op) => create(op, 'made')],
  ['op.sequelize.query', async (op) => op.sequelize.query('CREATE TABLE made (id INTEGER)')],
  ["the host's sequelize.query", async (_op, sequelize) => sequelize.query('CREATE TABLE made (id INTEGER)')],
  [
    "the host's model",
    async (_op, sequelize) => {
      const Word = sequelize.define('made', { text: DataTypes.STRING }, { tableName: 'made' })
      await Word.sync()
      await Word.create({ text: 'hund' })
      await Word.bulkCreate([{ text: 'katze' }, { text: 'maus' }])
      expect(await Word.count()).toBe(3)
    },
  ],
  [
    'a QueryInterface that was captured before',
    async (_op, sequelize) => create(sequelize.getQueryInterface(), 'made'),
  ],
  [
    'Promise.all',
    async (op, sequelize) => {
      await Promise.all([
        create(op, 'made'),
        sequelize.query('CREATE TABLE other (id INTEGER)'),
        create(op, 'third'),
      ])
    },
  ],
  [
    'nested functions',
    async (op) => {
      const deeper = async (): Promise<void> => {
        await settle(1)
        await (async () => create(op, 'made'))()
      }
      await deeper()
    },
  ],
  [
    'an emitter and a timer that are awaited',
    async (op) => {
      await new Promise(
        (resolve, reject) => void setTimeout(() => create(op, 'made').then(resolve, reject), 5),
      )
    },
  ],
  [
    'a transaction of its own',
    async (_op, sequelize) => {
      await sequelize.transaction(async (transaction) => {
        await sequelize.query('CREATE TABLE made (id INTEGER)', { transaction })
      })
    },
  ],
  [
    'op.sequelize.transaction without giving it on',
    async (op) => {
      await op.sequelize.transaction(async () => create(op, 'made'))
    },
  ],
  [
    'a transaction without a callback',
    async (op) => {
      const transaction = await op.sequelize.transaction()
      await op.createTable('made', { id: { type: 'INTEGER' } }, { transaction })
      await transaction.commit()
    },
  ],
]

describeEngines(
  'a call that forgets { transaction }',
  (engine) => {
    test.each(ways)('is in the step all the same: %s', (_way, work) =>
      withSequelize(engine, async (sequelize) => {
        const failed = await runStep(sequelize, async ({ context: op }) => {
          await work(op, sequelize)
          throw new Error('no such word')
        })
        expect(failed.error).toBeInstanceOf(StepError)
        expect(failed.error).toMatchObject({ code: 'STEP_FAILED', revision: 'step', direction: 'up' })
        expect(failed).toMatchObject(NOTHING)
        const done = await runStep(sequelize, async ({ context: op }) => void (await work(op, sequelize)))
        expect(done.error).toBeUndefined()
        expect(done.tables).toContain('made')
        expect(done).toMatchObject({ events: ['migrated'], executed: [{ name: 'step' }] })
      }),
    )

    test('is a savepoint where it is a transaction of its own: what it rolls back is gone, the rest stays', () =>
      withSequelize(engine, async (sequelize) => {
        const done = await runStep(sequelize, async ({ context: op }) => {
          await create(op, 'before')
          await op.sequelize
            .transaction(async () => {
              await create(op, 'inside')
              throw new Error('not so')
            })
            .catch(() => {})
          const mine: Transaction = await sequelize.transaction()
          await op.createTable('mine', { id: { type: 'INTEGER' } }, { transaction: mine })
          await mine.rollback()
          // PostgreSQL ends a transaction with its first failure; inside a savepoint it goes on.
          await op.sequelize
            .transaction(async () => op.sequelize.query('SELECT * FROM nowhere'))
            .catch(() => {})
          await create(op, 'later')
        })
        expect(done.error).toBeUndefined()
        expect(done.tables).toEqual(['before', 'later', 'sm2kit_revisions'])
      }))

    test('is in the step where it begins only when what the step returns is awaited', () =>
      withSequelize(engine, async (sequelize) => {
        const lazy: object = {
          // biome-ignore lint/suspicious/noThenProperty: as the builders of queries have it.
          then: (resolve: () => void, reject: (reason: unknown) => void) => {
            const begun = create(sequelize.getQueryInterface(), 'made').then(() => {
              throw new Error('no such word')
            })
            begun.then(resolve, reject)
          },
        }
        const failed = await runStep(sequelize, () => lazy as Promise<void>)
        expect(failed.error).toMatchObject({ code: 'STEP_FAILED' })
        expect(failed).toMatchObject(NOTHING)
      }))

    test('is of methods that op says it has', () =>
      withSequelize(engine, async (sequelize) => {
        const found: Record<string, boolean> = {}
        const names = ['createTable', 'createEnum', 'batch', 'alterTable', 'sequelize', 'noSuchThing']
        const done = await runStep(sequelize, async ({ context: op }) => {
          for (const name of names) found[name] = name in op
          expect(op.sequelize.getQueryInterface().createTable).toBeTypeOf('function')
        })
        expect(done.error).toBeUndefined()
        expect(found).toEqual({
          ...{ createTable: true, createEnum: true, batch: true, alterTable: true },
          ...{ sequelize: true, noSuchThing: false },
        })
      }))

    test('sees what the step has done', () =>
      withSequelize(engine, async (sequelize) => {
        const done = await runStep(sequelize, async ({ context: op }) => {
          await create(op, 'made')
          await op.bulkInsert('made', [{ id: 7 }])
          const [rows] = await sequelize.query('SELECT id FROM made')
          expect(rows).toEqual([{ id: 7 }])
          expect(Object.keys(await op.describeTable('made'))).toEqual(['id'])
        })
        expect(done.error).toBeUndefined()
      }))
  },
  hasTransactions,
)

describeEngines(
  'a forgotten await',
  (engine) => {
    test.each<[string, (op: Op, sequelize: Sequelize) => unknown]>([
      [
        'of the first call',
        async (op) => {
          void create(op, 'a')
          await create(op, 'b')
        },
      ],
      [
        'in the middle',
        async (op) => {
          await create(op, 'a')
          void create(op, 'b')
          await create(op, 'c')
        },
      ],
      [
        'of the last call',
        async (op) => {
          await create(op, 'a')
          void create(op, 'b')
        },
      ],
      [
        'of the only call, without async',
        (op) => {
          void create(op, 'a')
        },
      ],
      [
        'of a chain of two',
        async (op) => {
          void (async () => {
            await create(op, 'a')
            await create(op, 'b')
          })()
        },
      ],
      [
        'of a chain of then',
        async (op) => {
          void create(op, 'a').then(() => create(op, 'b'))
        },
      ],
      [
        'of a call that fails',
        async (op) => {
          void op.sequelize.query('SELECT * FROM nowhere')
          await create(op, 'a').catch(() => {})
        },
      ],
      [
        'of a last call that fails',
        async (op) => {
          await create(op, 'a')
          void op.dropTable('nowhere')
          void op.sequelize.query('nonsense')
        },
      ],
      [
        'of a query of the host',
        async (_op, sequelize) => {
          void sequelize.query('CREATE TABLE a (id INTEGER)')
        },
      ],
      [
        "of a call of the host's model",
        async (op, sequelize) => {
          const Word = sequelize.define('words', { text: DataTypes.STRING })
          await create(op, 'a')
          void Word.sync()
        },
      ],
      [
        'in a loop over a list',
        async (op) => {
          for (const name of ['a', 'b', 'c']) void create(op, name)
        },
      ],
      [
        'in forEach',
        async (op) => {
          ;['a', 'b'].forEach(async (name) => {
            await create(op, name)
          })
        },
      ],
      [
        'of a transaction',
        async (op) => {
          void op.sequelize.transaction(async () => create(op, 'a'))
        },
      ],
    ])('%s is an error, and nothing remains', (_where, up) =>
      withSequelize(engine, async (sequelize) => {
        const result = await runStep(sequelize, async ({ context: op }) => void (await up(op, sequelize)))
        expect(result.error).toMatchObject({ code: 'FORGOTTEN_AWAIT', revision: 'step' })
        expect(result).toMatchObject(NOTHING)
        await settle()
        expect(await tablesOf(sequelize)).toEqual([])
        expect((await runStep(sequelize, async ({ context: op }) => create(op, 'fine'))).executed).toEqual([
          { name: 'step' },
        ])
      }),
    )

    test('of a timer that fires after the step leaves nothing of what it calls, and is refused', () =>
      withSequelize(engine, async (sequelize) => {
        let late: Promise<unknown> = Promise.resolve()
        const result = await runStep(sequelize, async ({ context: op }) => {
          await create(op, 'made')
          setTimeout(() => {
            late = create(op, 'late').then(
              () => 'done',
              (error: { code?: unknown }) => error.code,
            )
          }, 150)
        })
        expect(result.error).toBeUndefined()
        await settle(400)
        expect(await late).toBe('FORGOTTEN_AWAIT')
        expect(await tablesOf(sequelize)).toEqual(['made', 'sm2kit_revisions'])
      }))

    test('is not what a call is taken for whose failure is handled', () =>
      withSequelize(engine, async (sequelize) => {
        const result = await runStep(sequelize, async ({ context: op }) => {
          await op.sequelize
            .transaction(async () => {
              await op.sequelize.query('SELECT * FROM nowhere')
            })
            .catch(() => {})
          await Promise.allSettled([create(op, 'a'), create(op, 'b')])
          for await (const name of ['c', 'd'].map(async (one) => {
            await create(op, one)
            return one
          }))
            expect(name).toBeDefined()
          return create(op, 'e')
        })
        expect(result.error).toBeUndefined()
        expect(result.tables).toEqual(['a', 'b', 'c', 'd', 'e', 'sm2kit_revisions'])
      }))
  },
  hasTransactions,
)

describeEngines(
  "the author's own transaction statements",
  (engine) => {
    test.each([
      'COMMIT',
      'commit;',
      ' \n BEGIN',
      'BEGIN IMMEDIATE',
      'START TRANSACTION',
      'ROLLBACK',
      'ROLLBACK WORK',
      'END',
      'ABORT',
      '-- done\nCOMMIT',
      '/* done */ COMMIT',
      '/* a */ -- b\n/* c */ ROLLBACK',
      ';COMMIT',
    ])('%j is refused, and nothing remains', (sql) =>
      withSequelize(engine, async (sequelize) => {
        const result = await runStep(sequelize, async ({ context: op }) => {
          await create(op, 'a')
          await op.sequelize.query(sql)
        })
        expect(result.error).toMatchObject({ code: 'TRANSACTION_CONTROL' })
        expect(result).toMatchObject(NOTHING)
      }),
    )

    test.each([
      'CREATE TABLE b (id INTEGER); COMMIT; CREATE TABLE c (id INTEGER)',
      "SELECT 'it''s; fine'; COMMIT",
    ])('also among several: %j', (sql) =>
      withSequelize(engine, async (sequelize) => {
        const result = await runStep(sequelize, async ({ context: op }) => {
          await create(op, 'a')
          await op.sequelize.query(sql)
          throw new Error('later')
        })
        expect(result.error).toMatchObject({ code: 'TRANSACTION_CONTROL' })
        expect(result).toMatchObject(NOTHING)
      }),
    )

    test('are not what looks like one inside another statement', () =>
      withSequelize(engine, async (sequelize) => {
        const result = await runStep(sequelize, async ({ context: op }) => {
          await op.createTable('a', { id: { type: 'INTEGER' }, note: { type: 'VARCHAR(40)' } })
          await op.sequelize.query("INSERT INTO a (id, note) VALUES (1, '; COMMIT; ')")
          await op.sequelize.query(
            "/* ; COMMIT */ -- ; COMMIT\nINSERT INTO a (id, note) VALUES (2, 'x') /* ; COMMIT */",
          )
          if (engine.dialect === 'sqlite') {
            await op.sequelize.query('CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET note = note; END')
          } else {
            await op.sequelize.query(
              'CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $x$ BEGIN RETURN NEW; END $x$',
            )
            await op.sequelize.query('DO $$ BEGIN PERFORM 1; END $$')
          }
          await op.sequelize.query('SAVEPOINT mine')
          await op.sequelize.query('ROLLBACK TO SAVEPOINT mine')
          await op.sequelize.query('ROLLBACK TO mine')
          await op.sequelize.query('RELEASE SAVEPOINT mine')
        })
        expect(result.error).toBeUndefined()
        expect(await rowsOf(sequelize, 'SELECT count(*) AS n FROM a')).toEqual([
          { n: engine.dialect === 'sqlite' ? 2 : '2' },
        ])
      }))

    test('a connection of its own is refused', () =>
      withSequelize(engine, async (sequelize) => {
        const result = await runStep(sequelize, async ({ context: op }) => {
          await create(op, 'a')
          await sequelize.connectionManager.getConnection({ type: 'write' } as never)
        })
        expect(result.error).toMatchObject({ code: 'OUTSIDE_TRANSACTION' })
        expect(result).toMatchObject(NOTHING)
      }))
  },
  hasTransactions,
)

describeEngines(
  'a commit that fails',
  (engine) => {
    test('is the error of the step, and nothing remains', () =>
      withSequelize(engine, async (sequelize) => {
        await sequelize.query('CREATE TABLE parent (id INTEGER PRIMARY KEY)')
        await sequelize.query(
          'CREATE TABLE child (parent_id INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)',
        )
        const result = await runStep(sequelize, async ({ context: op }) => {
          await create(op, 'made')
          await op.bulkInsert('child', [{ parent_id: 5 }])
        })
        expect(result.error).toBeInstanceOf(StepError)
        expect(result.error).toMatchObject({ code: 'STEP_FAILED', revision: 'step' })
        expect(result).toMatchObject({ events: [], tables: ['child', 'parent'], executed: [] })
        expect(await rowsOf(sequelize, 'SELECT * FROM child')).toEqual([])
        expect(
          (await runStep(sequelize, async ({ context: op }) => create(op, 'made'))).error,
        ).toBeUndefined()
      }))
  },
  hasTransactions,
)

describeEngines("the host's instance", (engine) => {
  test('is as it was after a run: no models, not closed, its methods its own', () =>
    withSequelize(engine, async (sequelize) => {
      const manager = sequelize.connectionManager
      const shape = () => ({
        query: Object.getOwnPropertyDescriptor(sequelize, 'query'),
        transaction: Object.getOwnPropertyDescriptor(sequelize, 'transaction'),
        getConnection: Object.getOwnPropertyDescriptor(manager, 'getConnection'),
        keys: Object.keys(sequelize),
        models: Object.keys(sequelize.models),
        hooks: JSON.stringify((sequelize as unknown as { options: { hooks: object } }).options.hooks),
      })
      const before = shape()
      await createMigrator({
        sequelize,
        migrations: [revisionOf('a', null, async ({ context: op }) => create(op, 'a'))],
      }).up()
      expect(shape()).toEqual(before)
      await failure(
        createMigrator({
          sequelize,
          migrations: [
            revisionOf('a', null),
            revisionOf('b', 'a', async () => {
              throw new Error('no')
            }),
          ],
        }).up(),
      )
      expect(shape()).toEqual(before)
      await createMigrator({ sequelize, migrations: [revisionOf('a', null), revisionOf('b', 'a')] }).down({
        to: 0,
      })
      expect(shape()).toEqual(before)
      expect(await sequelize.query('SELECT 1 AS one')).toBeDefined()
    }))

  test('keeps a query method of its own that it had before', () =>
    withSequelize(engine, async (sequelize) => {
      const seen: unknown[] = []
      const original = sequelize.query
      const mine = function (this: Sequelize, ...args: Parameters<typeof original>) {
        seen.push(args[0])
        return original.apply(this, args)
      }
      Object.assign(sequelize, { query: mine })
      await runStep(sequelize, async ({ context: op }) => create(op, 'made'))
      expect(sequelize.query).toBe(mine)
      expect(seen.join('\n')).toContain('CREATE TABLE')
    }))

  test('has its pool whole again, also after many failures', () =>
    withDatabase(engine, async (database) => {
      const sequelize = database.connect({ pool: { max: 2, min: 0, idle: 1_000, acquire: 3_000 } })
      const migrator = createMigrator({
        sequelize,
        baseline: false,
        migrations: [
          revisionOf(
            'a',
            null,
            async () => {
              throw new Error('no')
            },
            engine.dialect === 'mysql' ? {} : {},
          ),
        ],
      })
      for (let round = 0; round < 6; round += 1)
        expect(await failure(migrator.up())).toMatchObject({ code: 'STEP_FAILED' })
      const one = await sequelize.query('SELECT 1 AS one', { plain: true, type: 'SELECT' })
      expect(Number((one as { one?: unknown } | null)?.one)).toBe(1)
      await Promise.all([sequelize.query('SELECT 1'), sequelize.query('SELECT 2')])
    }))

  test('may be of a Sequelize that uses CLS elsewhere, and a second instance inside a step is not touched', () =>
    withDatabase(engine, (database) =>
      withDatabase(engine, async (elsewhere) => {
        const sequelize = database.connect()
        const second = elsewhere.connect()
        expect((Sequelize as unknown as { _cls?: unknown })._cls).toBeUndefined()
        const result = await runStep(sequelize, async ({ context: op }) => {
          await create(op, 'first')
          await create(second.getQueryInterface(), 'second')
          await second.transaction(async (transaction) => {
            await second.query('CREATE TABLE third (id INTEGER)', { transaction })
          })
          throw new Error('no')
        })
        expect(result.error).toMatchObject({ code: 'STEP_FAILED' })
        expect(await tablesOf(second)).toEqual(['second', 'third'])
        expect(
          (await tablesOf(sequelize)).filter((name) => name !== 'first' || hasTransactions(engine)),
        ).toEqual(hasTransactions(engine) ? [] : expect.any(Array))
        expect((Sequelize as unknown as { _cls?: unknown })._cls).toBeUndefined()
      }),
    ))
})

describeEngines(
  'queries of the host beside a running step',
  (engine) => {
    test('are not in its transaction', () =>
      withSequelize(engine, async (sequelize) => {
        await create(sequelize.getQueryInterface(), 'log')
        let inside = (): void => {}
        const isInside = new Promise<void>((resolve) => {
          inside = resolve
        })
        let go = (): void => {}
        const mayGo = new Promise<void>((resolve) => {
          go = resolve
        })
        const running = runStep(sequelize, async ({ context: op }) => {
          await create(op, 'made')
          inside()
          await mayGo
          throw new Error('no')
        })
        await isInside
        await sequelize.query('INSERT INTO log (id) VALUES (1)')
        await sequelize.transaction(async (transaction) => {
          await sequelize.query('INSERT INTO log (id) VALUES (2)', { transaction })
        })
        const seen = await rowsOf(
          sequelize,
          `SELECT count(*)::int AS n FROM information_schema.tables WHERE table_name = 'made'`,
        )
        go()
        expect((await running).error).toMatchObject({ code: 'STEP_FAILED' })
        expect(seen).toEqual([{ n: 0 }])
        expect(await rowsOf(sequelize, 'SELECT id FROM log ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }])
      }))
  },
  (engine) => engine.dialect === 'postgres',
)

describeEngines('a failing step', (engine) => {
  test('says which revision, which file and which statement, carries the cause and the report, and logs no "migrated"', () =>
    withSequelize(engine, async (sequelize) => {
      const logger = recordingLogger()
      const cause = new TypeError('no such word')
      const migrator = createMigrator({
        sequelize,
        baseline: false,
        logger,
        migrations: [
          revisionOf('a', null, undefined, { message: 'add a' }),
          revisionOf(
            'b',
            'a',
            async ({ context: op }) => {
              await op.sequelize.query('SELECT 1')
              throw cause
            },
            { message: 'add b' },
          ),
          revisionOf('c', 'b'),
        ],
      })
      const error = await failure(migrator.up())
      expect(error).toBeInstanceOf(StepError)
      expect(error).toMatchObject({
        code: 'STEP_FAILED',
        revision: 'b',
        direction: 'up',
        statement: 1,
        revisions: ['b'],
      })
      expect(error.cause).toBe(cause)
      expect(error.message).toContain('b (add b)')
      expect(error.message).toContain('statement 1')
      expect(error.message).toContain('no such word')
      const { report } = error as StepError
      expect(report).toMatchObject({
        direction: 'up',
        steps: [
          { revision: 'a', name: 'a', direction: 'up', state: 'done' },
          { revision: 'b', state: 'failed', statements: 1 },
        ],
      })
      expect(logger.lines.map(([, line]) => [line['event'], line['name']])).toEqual([
        ['migrating', 'a'],
        ['migrated', 'a'],
        ['migrating', 'b'],
        ['failed', 'b'],
      ])
    }))
})
