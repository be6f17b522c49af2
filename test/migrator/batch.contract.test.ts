import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { DataTypes, type Model, type ModelStatic, Op as Operators, type Sequelize } from 'sequelize'
import {
  type BatchOptions,
  type BatchResult,
  type BatchRow,
  createMigrator,
  type Migration,
  type Migrator,
  type Op,
  type ProgressEvent,
} from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import { describeNewest, type Engine, withDatabase } from '../support/engines/index.js'
import { failure, revisionOf, rowsOf } from './support.js'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

const withSequelize = <T>(engine: Engine, use: (sequelize: Sequelize) => Promise<T>): Promise<T> =>
  withDatabase(engine, (database) => use(database.connect()))

const migratorOf = (sequelize: Sequelize, up: Migration, transaction = true): Migrator =>
  createMigrator({
    sequelize,
    baseline: false,
    migrations: [revisionOf('step', null, up, { transaction })],
  })

const runStep = (
  sequelize: Sequelize,
  work: (op: Op) => Promise<unknown>,
  transaction = true,
): Promise<unknown> =>
  migratorOf(sequelize, async ({ context }) => void (await work(context)), transaction).up()

/** Pages as they were handed over. */
const pagesOf = async (
  sequelize: Sequelize,
  table: string,
  options: BatchOptions,
  transaction = true,
): Promise<{ readonly pages: BatchRow[][]; readonly result: BatchResult | undefined }> => {
  const pages: BatchRow[][] = []
  let result: BatchResult | undefined
  await runStep(
    sequelize,
    async (op) => {
      result = await op.batch(table, options, (rows) => void pages.push([...rows]))
    },
    transaction,
  )
  return { pages, result }
}

const quoted = (sequelize: Sequelize, name: string): string =>
  sequelize.getQueryInterface().quoteIdentifier(name, true)

const counted = async (sequelize: Sequelize, count: number): Promise<void> => {
  const queryInterface = sequelize.getQueryInterface()
  await queryInterface.createTable('notes', {
    id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: false },
    title: DataTypes.STRING(20),
    times: { type: DataTypes.INTEGER, allowNull: false, defaultValue: 0 },
  })
  for (let from = 1; from <= count; from += 5000) {
    const rows = Array.from({ length: Math.min(5000, count - from + 1) }, (_, index) => ({
      id: from + index,
    }))
    await queryInterface.bulkInsert('notes', rows)
  }
}

/** How often each row was handed over, as it counted itself. */
const timesOf = async (sequelize: Sequelize): Promise<readonly unknown[]> => {
  const rows = await rowsOf(sequelize, 'SELECT times, count(*) AS n FROM notes GROUP BY times ORDER BY times')
  return rows.map(({ times, n }) => [Number(times), Number(n)])
}

const countThem = async (op: Op, rows: readonly BatchRow[]): Promise<void> => {
  const ids = rows.map(({ id }) => Number(id)).join(', ')
  await op.sequelize.query(`UPDATE notes SET times = times + 1 WHERE id IN (${ids})`)
}

/** Tables whose keys compare in ways of their own: the columns, the key, and rows in any order. */
interface KeyCase {
  readonly columns: Partial<Record<Engine['dialect'] | 'any', string>>
  readonly key: string
  /** SQL values by column. */
  readonly rows: readonly (readonly string[])[]
}

const texts = [
  "''",
  "'a'",
  "'B'",
  "'c '",
  "'é'",
  "'ß'",
  "'Z'",
  "'z1'",
  "'''quoted'''",
  "'back\\slash'",
  "'$1 :name ?'",
  "'日本'",
]
const mysqlTexts = texts.map((text) => text.replaceAll('\\', '\\\\'))

const keyCases: Readonly<Record<string, KeyCase>> = {
  'negative and large integers': {
    columns: { any: 'id BIGINT NOT NULL' },
    key: 'id',
    rows: [
      '9223372036854775807',
      '-9223372036854775807',
      '0',
      '-1',
      '9007199254740993',
      '9007199254740992',
    ].map((id) => [id]),
  },
  texts: {
    columns: { any: 'id VARCHAR(40) NOT NULL' },
    key: 'id',
    rows: texts.map((text) => [text]),
  },
  'texts whose collation ignores case': {
    columns: {
      mysql: 'id VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NOT NULL',
      sqlite: 'id VARCHAR(40) NOT NULL COLLATE NOCASE',
      postgres: 'id VARCHAR(40) COLLATE "C" NOT NULL',
    },
    key: 'id',
    rows: texts.map((text) => [text]),
  },
  'texts of another character set': {
    columns: {
      mysql: 'id VARCHAR(40) CHARACTER SET latin1 COLLATE latin1_german2_ci NOT NULL',
      sqlite: 'id TEXT NOT NULL',
      postgres: 'id CHAR(40) NOT NULL',
    },
    key: 'id',
    rows: ["'a'", "'B'", "'ä'", "'ad'", "'af'", "'z'", "'Ö'"].map((text) => [text]),
  },
  bytes: {
    columns: {
      mysql: 'id VARBINARY(16) NOT NULL',
      sqlite: 'id BLOB NOT NULL',
      postgres: 'id BYTEA NOT NULL',
    },
    key: 'id',
    rows: ['00', '0000', 'ff', '27', '5c', '7f80', 'c3a9'].map((hex) => [hex]),
  },
  'numbers with a point': {
    columns: {
      mysql: 'id DOUBLE NOT NULL',
      sqlite: 'id REAL NOT NULL',
      postgres: 'id DOUBLE PRECISION NOT NULL',
    },
    key: 'id',
    rows: ['0.1', '0.30000000000000004', '0.3', '-1e300', '1e-300', '3.3333333333333335'].map((id) => [id]),
  },
  'short numbers with a point': {
    columns: { mysql: 'id FLOAT NOT NULL', sqlite: 'id REAL NOT NULL', postgres: 'id REAL NOT NULL' },
    key: 'id',
    rows: ['0.1', '0.2', '16777217', '16777219', '0.3', '1.23456789'].map((id) => [id]),
  },
  decimals: {
    columns: { any: 'id DECIMAL(20, 5) NOT NULL' },
    key: 'id',
    rows: ['1.00001', '-1.00001', '12345.67891', '12345.6789', '0'].map((id) => [id]),
  },
  'days and moments': {
    columns: {
      mysql: 'day DATE NOT NULL, at DATETIME(6) NOT NULL',
      sqlite: 'day DATE NOT NULL, at DATETIME NOT NULL',
      postgres: 'day DATE NOT NULL, at TIMESTAMPTZ NOT NULL',
    },
    key: 'day, at',
    rows: [
      ["'2026-03-29'", "'2026-03-29 01:59:59.999999'"],
      ["'2026-03-29'", "'2026-03-29 01:59:59.999998'"],
      ["'1969-12-31'", "'1969-12-31 23:00:00'"],
      ["'2026-10-25'", "'2026-10-25 00:30:00'"],
      ["'2026-10-25'", "'2026-10-25 01:30:00'"],
      ["'2026-10-25'", "'2026-10-25 02:30:00'"],
    ],
  },
  'moments of a clock that is put back': {
    columns: {
      mysql: 'at TIMESTAMP(3) NOT NULL',
      sqlite: 'at TIMESTAMP NOT NULL',
      postgres: 'at TIMESTAMPTZ NOT NULL',
    },
    key: 'at',
    rows: ['00:30:00', '00:30:01.5', '01:30:00', '01:30:01', '02:30:00'].map((time) => [
      `'2026-10-25 ${time}'`,
    ]),
  },
  'several columns, the first one seldom different': {
    columns: { any: 'a INTEGER NOT NULL, b VARCHAR(20) NOT NULL, c INTEGER NOT NULL' },
    key: 'a, b, c',
    rows: [1, 2].flatMap((a) =>
      ["'x'", "'Y'", "'z'"].flatMap((b) => [3, 1, 2].map((c) => [String(a), b, String(c)])),
    ),
  },
  'names of a list': {
    columns: {
      mysql: "id ENUM('zeta', 'alpha', 'mid') NOT NULL",
      sqlite: 'id TEXT NOT NULL',
      postgres: 'id mood NOT NULL',
    },
    key: 'id',
    rows: ["'alpha'", "'zeta'", "'mid'"].map((id) => [id]),
  },
  uuids: {
    columns: { mysql: 'id UUID NOT NULL', sqlite: 'id UUID NOT NULL', postgres: 'id UUID NOT NULL' },
    key: 'id',
    rows: [
      "'f47ac10b-58cc-1372-8567-0e02b2c3d479'",
      "'00000000-0000-0000-0000-000000000001'",
      "'6ba7b810-9dad-11d1-80b4-00c04fd430c8'",
      "'6ba7b811-9dad-11d1-80b4-00c04fd430c8'",
      "'018f0000-0000-7000-8000-000000000000'",
    ].map((id) => [id]),
  },
  'values of every kind in one column': {
    columns: { sqlite: 'id NOT NULL', mysql: 'id BIT(8) NOT NULL', postgres: 'id INTERVAL NOT NULL' },
    key: 'id',
    rows: [],
  },
}

const mixed: Readonly<Record<Engine['dialect'], readonly string[]>> = {
  sqlite: ['1', "'1'", '2.5', "x'31'", "'text'", '-9223372036854775808', '9e999', "''", "x''"],
  mysql: ["b'1'", "b'10000000'", "b'0'", "b'11111111'", '65'],
  postgres: ["'1 day'", "'25 hours'", "'1 mon'", "'-1 year'", "'0.000001 sec'"],
}

const sqlRows = (name: string, { dialect }: Engine): readonly (readonly string[])[] => {
  const { rows } = keyCases[name] as KeyCase
  if (rows.length === 0) return mixed[dialect].map((value) => [value])
  if (name === 'bytes') {
    return rows.map(([hex]) => [dialect === 'postgres' ? `'\\x${hex}'` : `x'${hex}'`])
  }
  return dialect === 'mysql' && rows.length === texts.length ? mysqlTexts.map((text) => [text]) : rows
}

const makeKeyed = async (sequelize: Sequelize, name: string, engine: Engine): Promise<number> => {
  const { columns, key } = keyCases[name] as KeyCase
  if (engine.dialect === 'postgres')
    await sequelize.query("CREATE TYPE mood AS ENUM ('zeta', 'alpha', 'mid')")
  const definition = columns[engine.dialect] ?? columns.any
  await sequelize.query(`CREATE TABLE keyed (${definition}, place INTEGER, PRIMARY KEY (${key}))`)
  const rows = sqlRows(name, engine)
  const values = rows.map((row, place) => `(${[...row, place].join(', ')})`)
  await sequelize.query(`INSERT INTO keyed VALUES ${values.join(', ')}`)
  return rows.length
}

describeNewest('op.batch', (engine) => {
  test.each(Object.keys(keyCases))('hands over each row once, whatever its key is: %s', (name) =>
    withSequelize(engine, async (sequelize) => {
      const count = await makeKeyed(sequelize, name, engine)
      for (const size of [1, 2, 3]) {
        const { pages, result } = await pagesOf(sequelize, 'keyed', { size }).finally(() =>
          sequelize.query('DELETE FROM sm2kit_revisions'),
        )
        expect(pages.map((page) => page.length).every((length) => length <= size)).toBe(true)
        expect(
          pages
            .flat()
            .map(({ place }) => place)
            .sort((one, other) => Number(one) - Number(other)),
        ).toEqual(Array.from({ length: count }, (_, place) => place))
        expect(result).toEqual({ rows: count, batches: Math.ceil(count / size) })
      }
    }),
  )

  test('hands over plain rows in the order of the key, with the columns that are asked for, and only where wanted', () =>
    withSequelize(engine, async (sequelize) => {
      await counted(sequelize, 7)
      const { pages } = await pagesOf(sequelize, 'notes', {
        size: 3,
        attributes: ['times'],
        where: { id: { [Operators.gt]: 2 } },
      })
      expect(pages).toEqual([
        [3, 4, 5].map((id) => ({ id, times: 0 })),
        [6, 7].map((id) => ({ id, times: 0 })),
      ])
    }))

  test('goes through nothing where there is nothing', () =>
    withSequelize(engine, async (sequelize) => {
      await counted(sequelize, 0)
      expect(await pagesOf(sequelize, 'notes', {})).toEqual({ pages: [], result: { rows: 0, batches: 0 } })
    }))

  test('sees rows that are written ahead of it, and none behind', () =>
    withSequelize(engine, async (sequelize) => {
      await counted(sequelize, 4)
      const ids: unknown[] = []
      await runStep(sequelize, async (op) => {
        await op.batch('notes', { size: 2 }, async (rows) => {
          ids.push(...rows.map(({ id }) => id))
          if (ids.length === 2) await op.bulkInsert('notes', [{ id: 0 }, { id: 9 }])
        })
      })
      expect(ids).toEqual([1, 2, 3, 4, 9])
    }))

  test.each([true, false])(
    'hands over instances of a model, all of them, with transaction = %s',
    (transaction) =>
      withSequelize(engine, async (sequelize) => {
        await sequelize.query(
          `CREATE TABLE words (${quoted(sequelize, 'key')} INTEGER PRIMARY KEY, word VARCHAR(20), deleted_at ${
            engine.dialect === 'postgres' ? 'TIMESTAMPTZ' : 'DATETIME'
          }, id INTEGER)`,
        )
        await sequelize.query(
          "INSERT INTO words VALUES (1, 'uno', NULL, 9), (2, 'dos', '2026-01-01 00:00:00', 8), (3, 'tres', NULL, 7)",
        )
        const Word = sequelize.define(
          'Word',
          {
            id: { type: DataTypes.INTEGER, primaryKey: true, field: 'key' },
            text: { type: DataTypes.STRING, field: 'word' },
            deletedAt: { type: DataTypes.DATE, field: 'deleted_at' },
          },
          {
            tableName: 'words',
            timestamps: true,
            createdAt: false,
            updatedAt: false,
            paranoid: true,
            defaultScope: { where: { text: 'uno' } },
          },
        )
        const seen: unknown[] = []
        await runStep(
          sequelize,
          async (op) => {
            await op.batch(
              Word as ModelStatic<Model<{ id: number; text: string }>>,
              { size: 2 },
              async (rows) => {
                for (const row of rows) {
                  expect(row).toBeInstanceOf(Word)
                  const { deletedAt: _at, ...values } = row.get() as { deletedAt?: unknown }
                  seen.push(values)
                  await row.update({ text: `${row.get('text')}!` }, { paranoid: false } as object)
                }
              },
            )
          },
          transaction,
        )
        expect(seen).toEqual([
          { id: 1, text: 'uno' },
          { id: 2, text: 'dos' },
          { id: 3, text: 'tres' },
        ])
        const column = quoted(sequelize, 'key')
        expect(
          (await rowsOf(sequelize, `SELECT word FROM words ORDER BY ${column}`)).map(({ word }) => word),
        ).toEqual(['uno!', 'dos!', 'tres!'])
      }),
  )

  test('refuses a model of another instance, and one with a scope', () =>
    withDatabase(engine, async (database) => {
      const [sequelize, other] = [database.connect(), database.connect()]
      await counted(sequelize, 1)
      const attributes = { id: { type: DataTypes.INTEGER, primaryKey: true } }
      const Own = sequelize.define('Note', attributes, { tableName: 'notes', scopes: { some: { limit: 1 } } })
      const Other = other.define('Note', attributes, { tableName: 'notes' })
      for (const model of [Other, Own.scope('some')]) {
        const error = await failure(runStep(sequelize, (op) => op.batch(model, {}, () => {})))
        expect(error).toMatchObject({ code: 'INVALID_OPTION' })
        expect(error.message).toContain('Note')
      }
    }))

  test.each([0, 1.5, 100_001, -1, Number.NaN])('refuses %s as a size', (size) =>
    withSequelize(engine, async (sequelize) => {
      expect(await failure(runStep(sequelize, (op) => op.batch('notes', { size }, () => {})))).toMatchObject({
        code: 'INVALID_OPTION',
      })
    }),
  )

  test('says so when there is no such table', () =>
    withSequelize(engine, async (sequelize) => {
      const error = await failure(runStep(sequelize, (op) => op.batch('nothing', {}, () => {})))
      expect(error.message).toContain('there is no table "nothing"')
    }))

  test('is rolled back with its step, or with its page where each is committed', () =>
    withSequelize(engine, async (sequelize) => {
      await counted(sequelize, 10)
      const step =
        (transaction: boolean) =>
        (failing: boolean): Promise<unknown> =>
          runStep(
            sequelize,
            (op) =>
              op.batch('notes', { size: 3 }, async (rows) => {
                await countThem(op, rows)
                if (failing && rows.some(({ id }) => id === 5))
                  throw new Error('a row that nobody thought of')
              }),
            transaction,
          )
      if (engine.dialect !== 'mysql') {
        await failure(step(true)(true))
        expect(await timesOf(sequelize)).toEqual([[0, 10]])
      }
      expect((await failure(step(false)(true))).message).toContain('a row that nobody thought of')
      expect(await timesOf(sequelize)).toEqual([
        [0, 7],
        [1, 3],
      ])
      // Mended: it goes on behind the page that was committed.
      await step(false)(false)
      expect(await timesOf(sequelize)).toEqual([[1, 10]])
    }))

  test('tells listeners of progress, each batch once', () =>
    withSequelize(engine, async (sequelize) => {
      await counted(sequelize, 5)
      if (engine.dialect !== 'sqlite')
        await sequelize.query(engine.dialect === 'postgres' ? 'ANALYZE notes' : 'ANALYZE TABLE notes')
      const events: ProgressEvent[] = []
      const migrator = migratorOf(sequelize, async ({ context: op }) => {
        await op.batch('notes', { size: 2, name: 'count' }, () => {})
      })
      migrator.on('progress', (event) => void events.push(event))
      await migrator.up()
      expect(events.map(({ elapsedMs: _ms, ...rest }) => rest)).toEqual(
        [2, 4, 5].map((rows, index) => ({
          revision: 'step',
          name: 'step',
          table: 'notes',
          batch: 'count',
          rows,
          batches: index + 1,
          ...(engine.dialect === 'sqlite' ? {} : { total: 5 }),
        })),
      )
      expect(events.every(({ elapsedMs }) => Number.isInteger(elapsedMs))).toBe(true)
    }))

  test('stops when a listener fails, and says so', () =>
    withSequelize(engine, async (sequelize) => {
      await counted(sequelize, 5)
      const migrator = migratorOf(sequelize, async ({ context: op }) => {
        await op.batch('notes', { size: 2 }, () => {})
      })
      migrator.on('progress', () => {
        throw new Error('nobody listens')
      })
      expect(await failure(migrator.up())).toMatchObject({ code: 'LISTENER_FAILED' })
    }))

  test.each([true, false])(
    'keeps the memory flat over 200,000 rows, with transaction = %s',
    { timeout: 300_000 },
    (transaction) =>
      withSequelize(engine, async (sequelize) => {
        await counted(sequelize, 0)
        const digits =
          '(SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)'
        await sequelize.query(
          `INSERT INTO notes (id, title) SELECT a.d + 10 * b.d + 100 * c.d + 1000 * d.d + 10000 * e.d + 100000 * f.d, 'a title'
         FROM ${digits} a, ${digits} b, ${digits} c, ${digits} d, ${digits} e, (SELECT 0 AS d UNION ALL SELECT 1) f`,
        )
        const heapMiB: number[] = []
        let rows = 0
        let pages = 0
        await runStep(
          sequelize,
          (op) =>
            op.batch('notes', {}, async (page) => {
              rows += page.length
              pages += 1
              await op.sequelize.query(
                `UPDATE notes SET times = times + 1 WHERE id = ${Number(page[0]?.['id'])}`,
              )
              if (pages % 20 !== 0) return
              collectGarbage()
              heapMiB.push(process.memoryUsage().heapUsed / 1024 / 1024)
            }),
          transaction,
        )
        expect({ rows, pages }).toEqual({ rows: 200_000, pages: 200 })
        // Kept, the rows are 20 MiB and more.
        expect((heapMiB.at(-1) ?? 0) - (heapMiB[0] ?? 0)).toBeLessThan(4)
      }),
  )
})

describeNewest('op.batch in a step without a transaction', (engine) => {
  test('keeps the numbers of the statements around it, and is skipped when it is done', () =>
    withSequelize(engine, async (sequelize) => {
      await counted(sequelize, 5)
      await sequelize.query('CREATE TABLE log (entry VARCHAR(20))')
      const calls: string[] = []
      const results: BatchResult[] = []
      let failAt = 'first'
      const step = (): Promise<unknown> =>
        runStep(
          sequelize,
          async (op) => {
            await op.sequelize.query("INSERT INTO log VALUES ('before')")
            results.push(
              await op.batch('notes', { size: 2 }, async (rows) => {
                calls.push(`first ${rows.length}`)
                await countThem(op, rows)
                await op.sequelize.transaction(async () => {
                  await op.sequelize.query("INSERT INTO log VALUES ('inside')")
                })
                if (failAt === 'first' && calls.length === 2) throw new Error('first')
              }),
            )
            await op.addColumn('notes', 'more', { type: DataTypes.INTEGER })
            if (failAt === 'between') throw new Error('between')
            results.push(
              await op.batch('notes', { size: 4, name: 'again' }, async (rows) => {
                calls.push(`again ${rows.length}`)
                await countThem(op, rows)
              }),
            )
            await op.sequelize.query("INSERT INTO log VALUES ('behind')")
            if (failAt === 'end') throw new Error('end')
          },
          false,
        )
      for (const where of ['first', 'between', 'end']) {
        failAt = where
        expect((await failure(step())).message).toContain(`: ${where}.`)
      }
      failAt = ''
      await step()
      expect(await timesOf(sequelize)).toEqual([[2, 5]])
      expect(calls).toEqual(['first 2', 'first 2', 'first 2', 'first 1', 'again 4', 'again 1'])
      expect(results.at(-1)).toEqual({ rows: 5, batches: 2 })
      expect(results.at(-2)).toEqual({ rows: 5, batches: 3 })
      const log = await rowsOf(
        sequelize,
        'SELECT entry, count(*) AS n FROM log GROUP BY entry ORDER BY entry',
      )
      expect(log.map(({ entry, n }) => `${entry} ${n}`)).toEqual(['before 1', 'behind 1', 'inside 3'])
      expect(await rowsOf(sequelize, 'SELECT * FROM sm2kit_revisions_journal')).toEqual([])
    }))

  test('goes on where it was, also with an operator’s word on the statements before it', () =>
    withSequelize(engine, async (sequelize) => {
      await counted(sequelize, 6)
      await sequelize.query('CREATE TABLE log (entry VARCHAR(40))')
      let run = 0
      const up: Migration = async ({ context: op }) => {
        run += 1
        await op.sequelize.query(`INSERT INTO log VALUES ('run ${run}')`)
        let page = 0
        await op.batch('notes', { size: 2 }, async (rows) => {
          page += 1
          await countThem(op, rows)
          if (run === 1 && page === 2) throw new Error('not yet')
        })
      }
      const migrator = migratorOf(sequelize, up, false)
      await failure(migrator.up())
      expect(await failure(migrator.up())).toMatchObject({ code: 'INTERRUPTED' })
      expect(await failure(migrator.resolve('step', 'not-applied'))).toMatchObject({ code: 'INTERRUPTED' })
      await migrator.resolve('step', 'applied')
      expect(await migrator.up()).toEqual([{ name: 'step' }])
      expect(await timesOf(sequelize)).toEqual([[1, 6]])
      expect(await rowsOf(sequelize, 'SELECT entry FROM log')).toEqual([{ entry: 'run 1' }])
    }))

  test('stops when another batch stands where one was interrupted', () =>
    withSequelize(engine, async (sequelize) => {
      await counted(sequelize, 4)
      const step = (name: string, failing: boolean): Promise<unknown> =>
        runStep(
          sequelize,
          (op) =>
            op.batch('notes', { size: 2, name }, (rows) => {
              if (failing && rows[0]?.['id'] === 3) throw new Error('not yet')
            }),
          false,
        )
      await failure(step('one', true))
      const error = await failure(step('other', false))
      expect(error).toMatchObject({ code: 'INTERRUPTED' })
      expect(error.message).toContain('op.batch other')
      await step('one', false)
    }))

  const commits: readonly (readonly [string, string])[] = [
    ['COMMIT', 'TRANSACTION_CONTROL'],
    ['ROLLBACK', 'TRANSACTION_CONTROL'],
    ['BEGIN', 'TRANSACTION_CONTROL'],
    ...(engine.dialect === 'mysql'
      ? ([
          ['CREATE TABLE made (id INTEGER)', 'TRANSACTION_CONTROL'],
          ['LOCK TABLES notes WRITE', 'TRANSACTION_CONTROL'],
          ['SET autocommit = 1', 'TRANSACTION_CONTROL'],
        ] as const)
      : ([['VACUUM', 'TRANSACTION_CONTROL']] as const)),
  ]
  test.each(commits)('refuses what would commit half a batch: %s', (statement, code) =>
    withSequelize(engine, async (sequelize) => {
      await counted(sequelize, 3)
      const error = await failure(
        runStep(
          sequelize,
          (op) =>
            op.batch('notes', {}, async (rows) => {
              await countThem(op, rows)
              await op.sequelize.query(statement)
            }),
          false,
        ),
      )
      expect(error).toMatchObject({ code })
      expect(await timesOf(sequelize)).toEqual([[0, 3]])
    }),
  )

  test('refuses to be called inside a transaction of the author’s', () =>
    withSequelize(engine, async (sequelize) => {
      await counted(sequelize, 3)
      const error = await failure(
        runStep(sequelize, (op) => op.sequelize.transaction(() => op.batch('notes', {}, () => {})), false),
      )
      expect(error).toMatchObject({ code: 'TRANSACTION_CONTROL' })
    }))

  test('takes back a batch whose function has forgotten an await', () =>
    withSequelize(engine, async (sequelize) => {
      await counted(sequelize, 3)
      const step = runStep(
        sequelize,
        (op) => op.batch('notes', {}, (rows) => void countThem(op, rows)),
        false,
      )
      expect(await failure(step)).toMatchObject({ code: 'FORGOTTEN_AWAIT' })
      expect(await timesOf(sequelize)).toEqual([[0, 3]])
    }))

  test('goes through a table inside a batch of another as a part of that', () =>
    withSequelize(engine, async (sequelize) => {
      await counted(sequelize, 3)
      let inner = 0
      await runStep(
        sequelize,
        (op) =>
          op.batch('notes', { size: 2 }, async () => {
            await op.batch('notes', { size: 1 }, async (rows) => {
              inner += rows.length
              await countThem(op, rows)
            })
          }),
        false,
      )
      expect(inner).toBe(6)
      expect(await timesOf(sequelize)).toEqual([[2, 3]])
    }))

  test('runs in turn with a statement that was sent at the same time, or refuses it', () =>
    withSequelize(engine, async (sequelize) => {
      await counted(sequelize, 4)
      const error = await failure(
        runStep(
          sequelize,
          async (op) => {
            let other: Promise<unknown> | undefined
            const outside = new Promise<void>((resolve) => {
              const timer = setInterval(() => {
                if (entered === 0) return
                clearInterval(timer)
                other = op.sequelize.query('DELETE FROM notes WHERE id = 4')
                other.catch(() => {})
                resolve()
              }, 1)
            })
            let entered = 0
            await op.batch('notes', { size: 2 }, async () => {
              entered += 1
              await outside
            })
            await other
          },
          false,
        ),
      )
      expect(error).toMatchObject({ code: 'FORGOTTEN_AWAIT' })
      expect((await rowsOf(sequelize, 'SELECT id FROM notes')).length).toBe(4)
    }))
})

describeNewest('op.batch on a table that it cannot page', (engine) => {
  test('has no primary key', () =>
    withSequelize(engine, async (sequelize) => {
      await sequelize.query('CREATE TABLE keyless (word VARCHAR(20), rowid INTEGER)')
      await sequelize.query("INSERT INTO keyless (word, rowid) VALUES ('uno', 7), ('dos', 7), ('tres', 7)")
      const pages = pagesOf(sequelize, 'keyless', { size: 2 })
      if (engine.dialect === 'sqlite') {
        expect((await pages).pages).toEqual([
          [
            { _rowid_: 1, word: 'uno', rowid: 7 },
            { _rowid_: 2, word: 'dos', rowid: 7 },
          ],
          [{ _rowid_: 3, word: 'tres', rowid: 7 }],
        ])
        return
      }
      const error = await failure(pages)
      expect(error).toMatchObject({ code: 'NO_PRIMARY_KEY' })
      expect(error.message).toContain('"keyless" has no primary key')
    }))

  test('is a view', () =>
    withSequelize(engine, async (sequelize) => {
      await counted(sequelize, 1)
      await sequelize.query('CREATE VIEW seen AS SELECT * FROM notes')
      expect(await failure(pagesOf(sequelize, 'seen', {}))).toMatchObject({ code: 'NO_PRIMARY_KEY' })
    }))
})

describeNewest(
  'op.batch on SQLite',
  (engine) => {
    test.each([
      'id INTEGER PRIMARY KEY',
      'id TEXT, b INTEGER, PRIMARY KEY (id, b)',
      'id TEXT COLLATE NOCASE PRIMARY KEY',
      'id TEXT COLLATE NOCASE, b INTEGER, PRIMARY KEY (id, b)',
    ])('finds each page by the index of the key, and sorts nothing: %s', (columns) =>
      withDatabase(engine, async (database) => {
        const sent: string[] = []
        const logging = (text: string): void => void sent.push(text.replace(/^Executing \([^)]*\): /u, ''))
        const sequelize = database.connect({ logging })
        await sequelize.query(`CREATE TABLE keyed (title TEXT, ${columns})`)
        const values = columns.includes('b INTEGER')
          ? '(NULL, 1, 1), (NULL, 2, 1), (NULL, 2, 2)'
          : '(NULL, 1), (NULL, 2), (NULL, 3)'
        await sequelize.query(`INSERT INTO keyed VALUES ${values}`)
        await runStep(
          sequelize,
          async (op) => {
            await op.batch('keyed', { size: 2 }, () => {})
            await op.fill('keyed', 'title', 'x', { size: 1 })
          },
          false,
        )
        const paged = [...sent].filter((text) => /^(?:SELECT \*.*WHERE|UPDATE .keyed.*>)/u.test(text))
        expect(paged.length).toBeGreaterThan(2)
        for (const text of paged) {
          const plan = await rowsOf(sequelize, `EXPLAIN QUERY PLAN ${text}`)
          expect(plan.map(({ detail }) => detail)).toEqual([expect.stringMatching(/^SEARCH keyed/u)])
        }
      }),
    )

    test('refuses NULL in the key', () =>
      withSequelize(engine, async (sequelize) => {
        await sequelize.query('CREATE TABLE keyed (id TEXT PRIMARY KEY)')
        await sequelize.query("INSERT INTO keyed VALUES ('a'), (NULL)")
        const error = await failure(pagesOf(sequelize, 'keyed', {}))
        expect(error).toMatchObject({ code: 'NO_PRIMARY_KEY' })
        expect(error.message).toContain('"keyed" has NULL in its primary key')
      }))

    test('compares as the index of the key does, not as the column', () =>
      withSequelize(engine, async (sequelize) => {
        await sequelize.query(
          'CREATE TABLE keyed (id TEXT COLLATE NOCASE NOT NULL, b INTEGER NOT NULL, PRIMARY KEY (id COLLATE BINARY, b DESC)) WITHOUT ROWID',
        )
        await sequelize.query("INSERT INTO keyed VALUES ('a', 1), ('A', 1), ('a', 2), ('A', 2), ('b', 1)")
        const { pages } = await pagesOf(sequelize, 'keyed', { size: 1 })
        expect(pages.length).toBe(5)
      }))
  },
  ({ dialect }) => dialect === 'sqlite',
)

describeNewest(
  'op.batch on PostgreSQL',
  (engine) => {
    test('goes through a table of another schema, and refuses one with child tables', () =>
      withSequelize(engine, async (sequelize) => {
        await sequelize.query('CREATE SCHEMA "Other"')
        await sequelize.query('CREATE TABLE "Other"."Notes" ("Id" INTEGER PRIMARY KEY)')
        await sequelize.query('INSERT INTO "Other"."Notes" VALUES (1), (2), (3)')
        await sequelize.query('CREATE TABLE child () INHERITS ("Other"."Notes")')
        const table = { tableName: 'Notes', schema: 'Other' }
        const step = (ids: unknown[]): Promise<unknown> =>
          runStep(sequelize, (op) =>
            op.batch(table, { size: 2 }, (rows) => void ids.push(...rows.map(({ Id }) => Id))),
          )
        const error = await failure(step([]))
        expect(error.message).toContain('"Other.Notes" has child tables')
        await sequelize.query('DROP TABLE child')
        const ids: unknown[] = []
        await step(ids)
        expect(ids).toEqual([1, 2, 3])
      }))
  },
  ({ dialect }) => dialect === 'postgres',
)

describeNewest(
  'op.batch on MariaDB',
  (engine) => {
    test('refuses a table whose engine knows no transactions', () =>
      withSequelize(engine, async (sequelize) => {
        await sequelize.query('CREATE TABLE keyed (id INTEGER PRIMARY KEY) ENGINE = MyISAM')
        const error = await failure(pagesOf(sequelize, 'keyed', {}))
        expect(error).toMatchObject({ code: 'NOT_TRANSACTIONAL' })
        expect(error.message).toContain('MyISAM')
      }))
  },
  ({ dialect }) => dialect === 'mysql',
)

describeNewest('op.fill', (engine) => {
  test.each([true, false])('gives a value to the rows that have none, with transaction = %s', (transaction) =>
    withSequelize(engine, async (sequelize) => {
      await counted(sequelize, 7)
      await sequelize.query("UPDATE notes SET title = 'kept' WHERE id IN (2, 5)")
      await sequelize.query('CREATE TABLE keyless (word VARCHAR(20))')
      await sequelize.query("INSERT INTO keyless VALUES (NULL), ('kept')")
      let progress = 0
      const migrator = migratorOf(
        sequelize,
        async ({ context: op }) => {
          await op.addColumn('notes', 'data', { type: DataTypes.JSON })
          await op.fill('notes', 'title', "it's $1 :x", { size: 2 })
          await op.fill('notes', 'data', { a: ["'"] }, { where: { id: { [Operators.lt]: 3 } } })
          await op.fill('notes', 'data', op.sequelize.literal(`'"rest"'`), { size: 3, name: 'rest' })
          await op.fill('keyless', 'word', 'given')
          await op.fill('notes', 'title', null)
        },
        transaction,
      )
      migrator.on('progress', () => {
        progress += 1
      })
      await migrator.up()
      const rows = await rowsOf(sequelize, 'SELECT id, title, data FROM notes ORDER BY id')
      // Some drivers have parsed it already.
      const parsed = (data: unknown): unknown =>
        typeof data === 'string' && /^["{]/u.test(data) ? JSON.parse(data) : data
      expect(rows.map(({ id, title, data }) => [id, title, parsed(data)])).toEqual(
        [1, 2, 3, 4, 5, 6, 7].map((id) => [
          id,
          id === 2 || id === 5 ? 'kept' : "it's $1 :x",
          id < 3 ? { a: ["'"] } : 'rest',
        ]),
      )
      expect(
        (await rowsOf(sequelize, 'SELECT word FROM keyless ORDER BY word')).map(({ word }) => word),
      ).toEqual(['given', 'kept'])
      const inBatches = engine.dialect === 'mysql' || !transaction
      expect(progress > 4).toBe(inBatches)
    }),
  )

  test('is one UPDATE in a script and in a plan', () =>
    withSequelize(engine, async (sequelize) => {
      const up: Migration = async ({ context: op }) => op.fill('notes', 'title', 'x')
      const migrator = migratorOf(sequelize, up, false)
      expect(await migrator.sql()).toMatch(/UPDATE .notes. SET .title. = 'x' WHERE .title. IS NULL;/u)
      const [step] = (await migrator.plan()).steps
      expect(step?.statements.length).toBe(1)
    }))

  test('and op.valueFor refuse undefined, before anything has run', () =>
    withSequelize(engine, async (sequelize) => {
      await counted(sequelize, 1)
      for (const work of [
        (op: Op) => op.fill('notes', 'title', undefined),
        async (op: Op) => op.valueFor('notes', 'title', undefined),
      ]) {
        const error = await failure(runStep(sequelize, work))
        expect(error).toMatchObject({ code: 'INCOMPLETE_REVISION', statement: 0 })
        expect(error.message).toContain('"notes"."title"')
      }
      await runStep(sequelize, async (op) => {
        for (const value of [0, '', false, null]) expect(op.valueFor('notes', 'title', value)).toBe(value)
      })
    }))
})

describeNewest('op.batch in a plan', (engine) => {
  const up: Migration = async ({ context: op }) => {
    await op.batch('notes', { size: 1000 }, async (rows) => countThem(op, rows))
  }

  test('is told for a few rows, between comments, and changes nothing', () =>
    withSequelize(engine, async (sequelize) => {
      await counted(sequelize, 20)
      for (const transaction of [true, false]) {
        const [step] = (await migratorOf(sequelize, up, transaction).plan()).steps
        expect(step?.statements).toEqual([
          '-- op.batch over "notes", in pages of up to 1000: what it sends for the first 5 of the rows',
          'UPDATE notes SET times = times + 1 WHERE id IN (1, 2, 3, 4, 5)',
          '-- op.batch over "notes": and so on, for the rows behind them',
        ])
      }
      expect(await timesOf(sequelize)).toEqual([[0, 20]])
    }))

  test('cannot be told where the table is not there yet', () =>
    withSequelize(engine, async (sequelize) => {
      const [step] = (await migratorOf(sequelize, up).plan()).steps
      expect(step?.statements).toEqual([
        '-- op.batch over "notes", in pages of up to 1000: what it sends cannot be told before the rest has run ' +
          '(there is no table "notes" to go through)',
      ])
    }))

  test('cannot be told in a script', () =>
    withSequelize(engine, async (sequelize) => {
      const error = await failure(migratorOf(sequelize, up).sql())
      expect(error).toMatchObject({ code: 'OFFLINE_READ' })
      expect(error.message).toContain('op.batch over "notes"')
    }))
})
