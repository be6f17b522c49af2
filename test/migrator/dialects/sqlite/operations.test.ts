import { DataTypes, Deferrable, literal, Op as Operators, type Sequelize } from 'sequelize'
import { createMigrator, type Op } from 'sm2kit/migrator'
import { describe, expect, test } from 'vitest'
import { describeEngines, type Engine, withDatabase } from '../../../support/engines/index.js'
import { failure, revisionOf, rowsOf } from '../../support.js'
import { contentsOf, given, step } from './support.js'

const isSqlite = (engine: Engine): boolean => engine.dialect === 'sqlite'

/** The stored text of a table after a step. */
const textAfter = async (
  engine: Engine,
  statements: readonly string[],
  up: (op: Op) => Promise<unknown>,
  table = 't',
): Promise<string | undefined> =>
  withDatabase(engine, async (database) => {
    const sequelize = database.connect()
    await given(sequelize, ...statements)
    await step(sequelize, up)
    return (await contentsOf(sequelize)).objects[`table ${table}`]
  })

/** The message of a step that is refused; fails when anything changed. */
const refusal = async (
  engine: Engine,
  statements: readonly string[],
  up: (op: Op) => Promise<unknown>,
): Promise<string> =>
  withDatabase(engine, async (database) => {
    const sequelize = database.connect()
    await given(sequelize, ...statements)
    const before = await contentsOf(sequelize)
    const error = await failure(step(sequelize, up))
    expect(error.code).toBe('UNSAFE_OPERATION')
    expect(await contentsOf(sequelize)).toEqual(before)
    const [, message = ''] = /at statement \d+: (.*)\. Nothing of it remains/su.exec(error.message) ?? []
    return message
  })

const T = "CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT NOT NULL DEFAULT 'a', z INTEGER CHECK (z > 0))"
const KID = 'CREATE TABLE kid (id INTEGER PRIMARY KEY, tid INTEGER REFERENCES t ON DELETE CASCADE)'

describeEngines(
  'an operation on SQLite',
  (engine) => {
    describe('changeColumn changes what it names and keeps the rest', () => {
      test.each<readonly [what: string, attribute: object | string, wanted: string]>([
        ['a type', { type: DataTypes.STRING(80) }, "x VARCHAR(80) NOT NULL DEFAULT 'a'"],
        ['a type alone', DataTypes.BIGINT as never, "x BIGINT NOT NULL DEFAULT 'a'"],
        ['a type as a text', 'MONEY(1, 2)', "x MONEY(1, 2) NOT NULL DEFAULT 'a'"],
        ['allowNull', { allowNull: true }, "x TEXT DEFAULT 'a'"],
        ['a default', { defaultValue: `it's "; \\\n` }, `x TEXT NOT NULL DEFAULT 'it''s "; \\\n'`],
        ['no default', { defaultValue: null }, 'x TEXT NOT NULL'],
        [
          'a computed default',
          { defaultValue: literal('CURRENT_TIMESTAMP') },
          'x TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP',
        ],
        ['unique', { unique: true }, "x TEXT NOT NULL DEFAULT 'a' UNIQUE"],
        [
          'references',
          { references: { model: 'p', key: 'word' }, onDelete: 'set null' },
          "x TEXT NOT NULL DEFAULT 'a' REFERENCES `p` (`word`) ON DELETE SET NULL",
        ],
        ['nothing', { comment: 'a word', unique: false, type: undefined }, "x TEXT NOT NULL DEFAULT 'a'"],
        [
          'several',
          { type: DataTypes.TEXT, allowNull: true, defaultValue: null, unique: true },
          'x TEXT UNIQUE',
        ],
      ])('%s', async (_what, attribute, wanted) => {
        const found = await textAfter(
          engine,
          [
            'CREATE TABLE p (word TEXT PRIMARY KEY)',
            T,
            "INSERT INTO p VALUES ('a')",
            "INSERT INTO t VALUES (1, 'a', 1)",
          ],
          (op) => op.changeColumn('t', 'x', attribute as never),
        )
        expect(found).toBe(T.replace("x TEXT NOT NULL DEFAULT 'a'", () => wanted))
      })

      test('actions of a key, the key itself left as it is', async () => {
        const found = await textAfter(
          engine,
          ['CREATE TABLE t (id INTEGER PRIMARY KEY)', KID],
          (op) => op.changeColumn('kid', 'tid', { onDelete: 'SET NULL' } as never),
          'kid',
        )
        expect(found).toContain('tid INTEGER REFERENCES `t` (`id`) ON DELETE SET NULL')
      })

      test('a default that older rows read from the text stays theirs', () =>
        withDatabase(engine, async (database) => {
          const sequelize = database.connect()
          await given(
            sequelize,
            'CREATE TABLE t (id INTEGER PRIMARY KEY)',
            'INSERT INTO t VALUES (1)',
            'ALTER TABLE t ADD COLUMN z INTEGER DEFAULT 5',
          )
          await step(sequelize, (op) => op.changeColumn('t', 'z', { defaultValue: 6 } as never))
          await given(sequelize, 'INSERT INTO t (id) VALUES (2)')
          expect(await rowsOf(sequelize, 'SELECT z FROM t ORDER BY id')).toEqual([{ z: 5 }, { z: 6 }])
        }))

      test('values follow the new type as they do when they are inserted', () =>
        withDatabase(engine, async (database) => {
          const sequelize = database.connect()
          await given(
            sequelize,
            'CREATE TABLE t (x TEXT)',
            "INSERT INTO t VALUES ('12'), ('1.5'), ('word'), (NULL)",
          )
          await step(sequelize, (op) => op.changeColumn('t', 'x', { type: DataTypes.INTEGER }))
          const found = await rowsOf(sequelize, 'SELECT rowid, typeof(x) AS type FROM t ORDER BY rowid')
          expect(found).toEqual([
            { rowid: 1, type: 'integer' },
            { rowid: 2, type: 'real' },
            { rowid: 3, type: 'text' },
            { rowid: 4, type: 'null' },
          ])
        }))

      test.each<readonly [what: string, column: string, attribute: object, message: string]>([
        [
          'NULL',
          'z',
          { allowNull: false },
          'op.changeColumn of "z" on "t" is refused: "z" is NULL in 2 rows (such as id 2). Fill it in first',
        ],
        [
          'equal values',
          'x',
          { unique: true },
          'op.changeColumn of "x" on "t" is refused: 3 rows share their (x) with another one (such as id 1)',
        ],
        [
          'orphans',
          'z',
          { references: { model: 'p', key: 'id' } },
          'op.changeColumn of "z" on "t" is refused: 1 row of "t" (such as rowid 1) refer to no row of "p"',
        ],
        [
          'no such column',
          'nope',
          { allowNull: false },
          'op.changeColumn of "nope" on "t" is refused: there is no column "nope"',
        ],
      ])('refuses rows that break it: %s', async (_what, column, attribute, message) => {
        const found = await refusal(
          engine,
          [
            'CREATE TABLE p (id INTEGER PRIMARY KEY)',
            T,
            'INSERT INTO t (id, z) VALUES (1, 3), (2, NULL), (3, NULL)',
          ],
          (op) => op.changeColumn('t', column, attribute as never),
        )
        expect(found).toBe(message)
      })
    })

    describe('removeColumn', () => {
      const TABLE =
        'CREATE TABLE t (id INTEGER PRIMARY KEY, a INT CHECK (a > 0), b INT REFERENCES p, c INT UNIQUE, d INT, e INT, f INT, g AS (f), h INT, i INT, j INT, k INT, ' +
        'CONSTRAINT only_d CHECK (d > 0), UNIQUE (e), CHECK (h > i), UNIQUE (j, i), FOREIGN KEY (k) REFERENCES p)'
      const ALL = [
        'CREATE TABLE p (id INTEGER PRIMARY KEY)',
        TABLE,
        'CREATE INDEX only_a ON t (a) WHERE a > 5',
        'CREATE INDEX a_and_b ON t (f, lower(g))',
        KID,
        'INSERT INTO t (id, a) VALUES (1, 1), (2, 2)',
        'INSERT INTO kid VALUES (1, 1)',
      ]
      test.each(['a', 'b', 'c', 'd', 'e', 'k'])('takes along what is about %s alone', (column) =>
        withDatabase(engine, async (database) => {
          const sequelize = database.connect()
          await given(sequelize, ...ALL)
          await step(sequelize, (op) => op.removeColumn('t', column))
          const after = await contentsOf(sequelize)
          const names = await rowsOf(sequelize, "SELECT name FROM pragma_table_xinfo('t')")
          expect(names.map(({ name }) => name)).toEqual(
            [...'abcdefghijk'].filter((name) => name !== column).toSpliced(0, 0, 'id'),
          )
          expect('index only_a' in after.objects).toBe(column !== 'a')
          expect(after.rows['kid']).toHaveLength(1)
          expect(after.rows['t']).toHaveLength(2)
        }),
      )

      test.each<readonly [column: string, why: string]>([
        ['id', 'the foreign key of "kid" refers to "id"'],
        ['f', 'AS (f) needs "f"'],
        ['g', 'the index "a_and_b" needs "g" beside other columns'],
        ['h', 'CHECK (h > i) needs "h"'],
        ['j', 'UNIQUE (j, i) needs "j"'],
        ['nope', 'there is no column "nope"'],
      ])('refuses %s: %s', async (column, why) => {
        const found = await refusal(engine, ALL, (op) => op.removeColumn('t', column))
        expect(found).toBe(
          `op.removeColumn of "${column}" on "t" is refused: ${why}. Remove or change that first`,
        )
      })

      test('refuses what a view or a trigger needs', async () => {
        const withUsers = [
          'CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b INT UNIQUE, c INT)',
          'CREATE VIEW v AS SELECT a, b FROM t',
          'CREATE TRIGGER g AFTER UPDATE OF "c" ON t BEGIN SELECT 1; END',
        ]
        const native = await withDatabase(engine, async (database) => {
          const sequelize = database.connect()
          await given(sequelize, ...withUsers)
          return failure(step(sequelize, (op) => op.removeColumn('t', 'a')))
        })
        expect(native.message).toContain('error in view v after drop column: no such column: a')
        expect(await refusal(engine, withUsers, (op) => op.removeColumn('t', 'b'))).toContain(
          'the view "v" names "b"',
        )
        expect(await refusal(engine, withUsers, (op) => op.removeColumn('t', 'c'))).toContain(
          'the trigger "g" is about updates of "c"',
        )
      })

      test('keeps a comment about another column', async () => {
        const found = await textAfter(
          engine,
          ['CREATE TABLE t (id INTEGER PRIMARY KEY, x INTEGER, -- note\n z INTEGER UNIQUE)'],
          (op) => op.removeColumn('t', 'z'),
        )
        expect(found).toBe('CREATE TABLE t (id INTEGER PRIMARY KEY, x INTEGER -- note\n )')
      })
    })

    test('renameColumn changes every text that names it, and keeps all rows', () =>
      withDatabase(engine, async (database) => {
        const sequelize = database.connect()
        await given(
          sequelize,
          'CREATE TABLE t (id INTEGER PRIMARY KEY, x INTEGER CHECK (x > 0), g AS (x + 1))',
          'CREATE TABLE kid (id INTEGER PRIMARY KEY, tid INTEGER REFERENCES t (id) ON DELETE CASCADE)',
          'CREATE INDEX i ON t (x) WHERE x > 5',
          'CREATE VIEW v AS SELECT x FROM t',
          'CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE t SET x = 1 WHERE x = new.x; END',
          'INSERT INTO t (id, x) VALUES (1, 2)',
          'INSERT INTO kid VALUES (1, 1)',
        )
        const { rows } = await contentsOf(sequelize)
        await step(sequelize, async (op) => {
          await op.renameColumn('t', 'x', 'the "y"')
          await op.renameColumn('t', 'id', 'key')
          await op.renameTable('t', 'The Table')
        })
        const after = await contentsOf(sequelize)
        expect(after.rows).toEqual({ kid: rows['kid'], 'The Table': rows['t'] })
        expect(after.objects['table kid']).toContain('REFERENCES "The Table" ("key")')
        for (const object of ['table The Table', 'index i', 'trigger g', 'view v'])
          expect(after.objects[object]).toContain('"the ""y"""')
      }))

    describe('addColumn', () => {
      test.each<readonly [what: string, attribute: object, definition: string, values: unknown]>([
        ['unique', { type: DataTypes.TEXT, unique: true }, '`c` TEXT UNIQUE', null],
        [
          'a computed default',
          { type: DataTypes.INTEGER, defaultValue: literal('(1 + 1)') },
          '`c` INTEGER DEFAULT (1 + 1)',
          2,
        ],
        [
          'required, with a default',
          { type: DataTypes.INTEGER, allowNull: false, defaultValue: 3 },
          '`c` INTEGER NOT NULL DEFAULT 3',
          3,
        ],
        [
          'a key with a default',
          { type: DataTypes.INTEGER, defaultValue: 1, references: { model: 't', key: 'id' } },
          '`c` INTEGER DEFAULT 1 REFERENCES `t` (`id`)',
          1,
        ],
        [
          'checks',
          {
            type: DataTypes.INTEGER,
            defaultValue: 1,
            unique: false,
            checks: [{ name: 'c check', expression: '"c" > 0' }],
          },
          '`c` INTEGER DEFAULT 1 CONSTRAINT `c check` CHECK ("c" > 0)',
          1,
        ],
        [
          'a stored computed column',
          { type: 'INTEGER GENERATED ALWAYS AS (id + 1) STORED' },
          '`c` INTEGER GENERATED ALWAYS AS (id + 1) STORED',
          2,
        ],
      ])('%s', (_what, attribute, definition, value) =>
        withDatabase(engine, async (database) => {
          const sequelize = database.connect()
          await given(sequelize, T, KID, 'INSERT INTO t (id) VALUES (1)', 'INSERT INTO kid VALUES (1, 1)')
          await step(sequelize, (op) => op.addColumn('t', 'c', attribute as never))
          const after = await contentsOf(sequelize)
          expect(after.objects['table t']).toBe(T.replace(/\)$/u, () => `, ${definition})`))
          expect(await rowsOf(sequelize, 'SELECT c FROM t')).toEqual([{ c: value }])
          expect(after.rows['kid']).toHaveLength(1)
        }),
      )

      test('is required without a default on an empty table only', async () => {
        const attribute = { type: DataTypes.INTEGER, allowNull: false }
        expect(await textAfter(engine, [T], (op) => op.addColumn('t', 'c', attribute))).toContain(
          '`c` INTEGER NOT NULL',
        )
        const found = await refusal(engine, [T, 'INSERT INTO t (id) VALUES (7)'], (op) =>
          op.addColumn('t', 'c', attribute),
        )
        expect(found).toContain(
          '"c" is NOT NULL and has no default, and 1 row (such as id 7) would have no value in it',
        )
      })
    })

    describe('addConstraint and removeConstraint', () => {
      const ROWS = [
        T,
        KID,
        'CREATE TABLE p (id INTEGER PRIMARY KEY)',
        'INSERT INTO p VALUES (1), (2)',
        "INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 2)",
        'INSERT INTO kid VALUES (1, 1)',
      ]
      test.each<readonly [what: string, options: object, text: string, name: string]>([
        [
          'check',
          { fields: ['z'], type: 'check', where: { z: { [Operators.lt]: 9 } } },
          'CONSTRAINT `t_z_ck` CHECK (`z` < 9)',
          't_z_ck',
        ],
        [
          'unique',
          { fields: ['x', 'z'], type: 'unique' },
          'CONSTRAINT `t_x_z_uk` UNIQUE (`x`, `z`)',
          't_x_z_uk',
        ],
        [
          'unique, with a name',
          { fields: ['x'], type: 'UNIQUE', name: "it's" },
          "CONSTRAINT `it's` UNIQUE (`x`)",
          "it's",
        ],
        [
          'foreign key',
          {
            fields: ['z'],
            type: 'foreign key',
            references: { table: 'p', field: 'id' },
            onDelete: 'cascade',
            deferrable: Deferrable.INITIALLY_DEFERRED,
          },
          'CONSTRAINT `t_z_p_fk` FOREIGN KEY (`z`) REFERENCES `p` (`id`) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED',
          't_z_p_fk',
        ],
      ])('%s: there and back', (_what, options, text, name) =>
        withDatabase(engine, async (database) => {
          const sequelize = database.connect()
          await given(sequelize, ...ROWS)
          const before = await contentsOf(sequelize)
          await step(sequelize, (op) => op.addConstraint('t', options as never))
          const after = await contentsOf(sequelize)
          expect(after.objects['table t']).toBe(T.replace(/\)$/u, () => `, ${text})`))
          expect(after.rows).toEqual(before.rows)
          await step(sequelize, (op) => op.removeConstraint('t', name))
          expect(await contentsOf(sequelize)).toEqual(before)
        }),
      )

      test('primary key: there and back', () =>
        withDatabase(engine, async (database) => {
          const sequelize = database.connect()
          await given(sequelize, 'CREATE TABLE t (id INTEGER, z)', 'INSERT INTO t VALUES (5, 1), (7, 2)')
          await step(sequelize, (op) =>
            op.addConstraint('t', { fields: ['id'], type: 'primary key', name: 'the key' }),
          )
          expect((await contentsOf(sequelize)).rows['t']?.map((row) => JSON.parse(row)[0])).toEqual([5, 7])
          await step(sequelize, (op) => op.removeConstraint('t', 'the key'))
          expect((await contentsOf(sequelize)).objects['table t']).toBe('CREATE TABLE t (id INTEGER, z)')
        }))

      test('one without a name answers to the name of the convention', async () => {
        const found = await textAfter(
          engine,
          [
            'CREATE TABLE t (id INTEGER PRIMARY KEY, x INT UNIQUE REFERENCES t, CHECK (x > 0), UNIQUE (id, x))',
          ],
          async (op) => {
            await op.removeConstraint('t', 't_x_uk')
            await op.removeConstraint('t', 't_id_x_uk')
            await op.removeConstraint('t', 't_x_t_fk')
          },
        )
        expect(found).toBe('CREATE TABLE t (id INTEGER PRIMARY KEY, x INT, CHECK (x > 0))')
      })

      test.each<readonly [what: string, up: (op: Op) => Promise<unknown>, why: string]>([
        [
          'a check that rows break',
          (op) =>
            op.addConstraint('t', { fields: ['z'], type: 'check', where: { z: { [Operators.gt]: 1 } } }),
          '1 row (such as id 1) do not meet CONSTRAINT `t_z_ck` CHECK (`z` > 1)',
        ],
        [
          'a second primary key',
          (op) => op.addConstraint('t', { fields: ['x'], type: 'primary key' }),
          'there is a primary key already (id)',
        ],
        [
          'an unknown column',
          (op) => op.addConstraint('t', { fields: ['nope'], type: 'unique' }),
          'there is no column "nope"',
        ],
        ['an unknown name', (op) => op.removeConstraint('t', 'nope'), 'there is no constraint "nope"'],
        [
          'the name of an index',
          (op) => op.removeConstraint('t', 'i'),
          'there is an index of this name, which op.removeIndex removes',
        ],
        ['a view', (op) => op.removeConstraint('v', 'nope'), '"v" is a view'],
        ['a virtual table', (op) => op.changeColumn('words', 'a', 'TEXT'), '"words" is a virtual table'],
        [
          'a shadow table',
          (op) => op.changeColumn('words_content', 'id', 'TEXT'),
          '"words_content" is a shadow table',
        ],
        ['an unknown table', (op) => op.changeColumn('nope', 'id', 'TEXT'), 'there is no table "nope"'],
        [
          'a key that others refer to',
          (op) => op.removeConstraint('u', 'u_word_uk'),
          'the foreign key of "ukid" would refer to no primary or unique key any more',
        ],
      ])('%s is refused', async (_what, up, why) => {
        const more = [
          'CREATE INDEX i ON t (z)',
          'CREATE VIEW v AS SELECT 1',
          'CREATE VIRTUAL TABLE words USING fts5(a)',
          'CREATE TABLE u (word TEXT UNIQUE)',
          'CREATE TABLE ukid (word TEXT REFERENCES u (word))',
        ]
        expect(await refusal(engine, [...ROWS, ...more], up)).toContain(why)
      })
    })

    describe('alterTable', () => {
      test('makes several changes in one rebuild', () =>
        withDatabase(engine, async (database) => {
          const statements: string[] = []
          const sequelize: Sequelize = database.connect({ logging: (sql) => statements.push(sql) })
          await given(
            sequelize,
            T,
            KID,
            'INSERT INTO t (id, z) VALUES (1, 1)',
            'INSERT INTO kid VALUES (1, 1)',
          )
          await step(sequelize, (op) =>
            op.alterTable('t', (t) => {
              t.addColumn('c', { type: DataTypes.INTEGER, unique: true })
              t.changeColumn('x', { type: DataTypes.STRING(5) })
              t.removeColumn('z')
              t.addConstraint({ fields: ['c'], type: 'check', where: { c: { [Operators.gt]: 0 } } })
              t.renameColumn('id', 'key')
            }),
          )
          const { objects, rows } = await contentsOf(sequelize)
          expect(objects['table t']).toBe(
            'CREATE TABLE t ("key" INTEGER PRIMARY KEY, x VARCHAR(5) NOT NULL DEFAULT \'a\', `c` INTEGER UNIQUE, CONSTRAINT `t_c_ck` CHECK (`c` > 0))',
          )
          expect(rows['kid']).toHaveLength(1)
          expect(statements.filter((sql) => sql.includes('INSERT OR ABORT'))).toHaveLength(1)
        }))

      test('uses statements of SQLite alone where they do', () =>
        withDatabase(engine, async (database) => {
          const statements: string[] = []
          const sequelize: Sequelize = database.connect({ logging: (sql) => statements.push(sql) })
          await given(sequelize, T, 'INSERT INTO t (id, z) VALUES (1, 1)')
          await step(sequelize, (op) =>
            op.alterTable('t', async (t) => {
              t.addColumn('c', { type: DataTypes.INTEGER })
              t.removeColumn('z')
              t.addColumn('z', { type: DataTypes.TEXT })
            }),
          )
          expect((await contentsOf(sequelize)).objects['table t']).toBe(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT NOT NULL DEFAULT 'a', `c` INTEGER, `z` TEXT)",
          )
          expect(statements.filter((sql) => /INSERT OR ABORT|writable_schema/u.test(sql))).toEqual([])
        }))
    })

    test.each([`it's`, 'a "b" `c` [d]', 'select', 'ünï.cöde 🂡', 'MiXed;--', 'new\nline', '$1 :x ?'])(
      'odd names hold: %j',
      (name) =>
        withDatabase(engine, async (database) => {
          const sequelize = database.connect()
          const [table, column] = [`T ${name}`, `c ${name}`]
          const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`
          await given(
            sequelize,
            `CREATE TABLE ${quote(table)} (id INTEGER PRIMARY KEY AUTOINCREMENT, ${quote(column)} TEXT DEFAULT 'a;''"')`,
            `CREATE TABLE kid (id INTEGER PRIMARY KEY, tid INTEGER REFERENCES ${quote(table)} ON DELETE CASCADE)`,
            `CREATE INDEX ${quote(`i ${name}`)} ON ${quote(table)} (${quote(column)})`,
            `CREATE TRIGGER ${quote(`g ${name}`)} AFTER INSERT ON kid BEGIN UPDATE ${quote(table)} SET ${quote(column)} = 'x'; END`,
            `INSERT INTO ${quote(table)} DEFAULT VALUES`,
            'INSERT INTO kid VALUES (1, 1)',
          )
          const before = await contentsOf(sequelize)
          await step(sequelize, async (op) => {
            await op.changeColumn(table, column, { type: DataTypes.STRING })
            // Sequelize, which writes the constraint, takes backticks out of names.
            if (!name.includes('`'))
              await op.addConstraint(table, { fields: [column], type: 'unique', name: `u ${name}` })
            await op.renameColumn(table, column, 'other')
            await op.renameColumn(table, 'other', column)
            if (!name.includes('`')) await op.removeConstraint(table, `u ${name}`)
            await op.changeColumn(table, column, { type: DataTypes.TEXT })
          })
          const after = await contentsOf(sequelize)
          expect(after.rows['kid']).toEqual(before.rows['kid'])
          expect(after.rows[table]).toEqual(before.rows[table])
          expect(Object.keys(after.objects)).toEqual(Object.keys(before.objects))
        }),
    )

    test.each<readonly [what: string, up: (op: Op) => Promise<unknown>]>([
      [
        'after the rebuild',
        (op) =>
          op.alterTable('t', (t) => {
            t.changeColumn('x', { type: DataTypes.STRING(4) })
            t.addConstraint({ fields: ['z'], type: 'check', where: { z: { [Operators.gt]: 5 } } })
          }),
      ],
      [
        'while rows are copied',
        (op) => op.addColumn('t', 'c', { type: DataTypes.INTEGER, unique: true, defaultValue: 1 }),
      ],
      [
        'between two statements',
        (op) =>
          op.alterTable('t', (t) => {
            t.renameColumn('z', 'y')
            t.changeColumn('nope', { allowNull: false })
          }),
      ],
    ])('an author who catches an error %s goes on with the table as it was', (_what, up) =>
      withDatabase(engine, async (database) => {
        const sequelize = database.connect()
        await given(
          sequelize,
          T,
          KID,
          'INSERT INTO t (id, z) VALUES (1, 1), (2, 2)',
          'INSERT INTO kid VALUES (1, 1)',
        )
        const before = await contentsOf(sequelize)
        let message = ''
        await step(sequelize, async (op) => {
          await up(op).catch((error: Error) => {
            message = error.message
          })
          await op.sequelize.query('INSERT INTO kid VALUES (2, 2)')
        })
        expect(message).not.toBe('')
        const after = await contentsOf(sequelize)
        expect(after.objects).toEqual(before.objects)
        expect(after.rows['t']).toEqual(before.rows['t'])
        expect(after.rows['kid']).toHaveLength(2)
        await step(sequelize, (op) => op.changeColumn('t', 'x', { type: DataTypes.BLOB }))
      }),
    )

    test('a plan tells the statements and changes nothing', () =>
      withDatabase(engine, async (database) => {
        const sequelize = database.connect()
        await given(sequelize, T, KID, 'INSERT INTO t (id, z) VALUES (1, 1)')
        const before = await contentsOf(sequelize)
        const migrator = createMigrator({
          sequelize,
          baseline: false,
          migrations: [
            revisionOf('a', null, async ({ context: op }) => {
              await op.changeColumn('t', 'z', { type: 'TEXT', allowNull: false })
            }),
          ],
        })
        const { steps } = await migrator.plan()
        expect(steps[0]?.statements?.some((sql) => sql.startsWith('INSERT OR ABORT INTO'))).toBe(true)
        expect(await contentsOf(sequelize)).toEqual(before)
      }))

    test('without a transaction, what has no statement is refused and the rest is one', () =>
      withDatabase(engine, async (database) => {
        const sequelize = database.connect()
        await given(sequelize, T)
        const run = (up: (op: Op) => Promise<unknown>, versionTable: string): Promise<unknown> =>
          createMigrator({
            sequelize,
            baseline: false,
            versionTable,
            migrations: [revisionOf('a', null, ({ context }) => up(context), { transaction: false })],
          }).up()
        await run(async (op) => {
          await op.addColumn('t', 'c', { type: DataTypes.INTEGER })
          await op.renameColumn('t', 'c', 'd')
          await op.removeColumn('t', 'd')
        }, 'sm2kit_revisions_a')
        const error = await failure(run((op) => op.changeColumn('t', 'z', 'TEXT'), 'sm2kit_revisions_b'))
        expect(error.code).toBe('UNSAFE_OPERATION')
        expect(error.message).toContain('it needs the transaction that this revision does without')
      }))
  },
  isSqlite,
)
