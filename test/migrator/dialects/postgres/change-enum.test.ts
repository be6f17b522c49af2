import { DataTypes } from 'sequelize'
import { createMigrator } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import { describeEngines } from '../../../support/engines/index.js'
import { failure, revisionOf, rowsOf } from '../../support.js'
import { isPostgres, ODD_TEXTS, on, refusal, schemaOf, step } from './support.js'

/** An enum in another schema, used by two tables, in arrays, in checks, keys, conditions and defaults. */
const SHARED = [
  'CREATE SCHEMA "S x"',
  `CREATE TYPE "S x"."My mood" AS ENUM ('sad', 'ok', 'it''s "great"\\')`,
  `COMMENT ON TYPE "S x"."My mood" IS 'of moods'`,
  `CREATE TABLE t (id serial PRIMARY KEY, m "S x"."My mood" NOT NULL DEFAULT 'ok', list "S x"."My mood"[] DEFAULT '{sad,ok}',
     CONSTRAINT t_m CHECK (m <> 'sad' OR id < 100), CONSTRAINT t_m_key UNIQUE (m, id), CONSTRAINT t_m_other UNIQUE (m))`,
  'COMMENT ON CONSTRAINT t_m ON t IS \'a "check"\'',
  `CREATE TABLE "S x"."U t" (id int PRIMARY KEY, m "S x"."My mood" CONSTRAINT u_m REFERENCES t (m) ON UPDATE CASCADE DEFERRABLE)`,
  `CREATE UNIQUE INDEX t_part ON t (id, (m = 'ok')) WHERE m > 'sad'`,
  `COMMENT ON INDEX t_part IS 'of ok'`,
  'CREATE INDEX t_plain ON t (m DESC)',
  `INSERT INTO t (m, list) VALUES ('sad', '{sad,ok}'), ('ok', NULL)`,
  `INSERT INTO "S x"."U t" VALUES (1, 'sad'), (2, NULL)`,
]

describeEngines(
  'op.changeEnum on PostgreSQL',
  (engine) => {
    const schemas = async (sequelize: Parameters<typeof schemaOf>[0]) => {
      const { reflect } = await import('sm2kit/migrator')
      const schema = await reflect(sequelize, { schemas: ['public', 'S x'] })
      return { ...schema, tables: schema.tables.filter(({ name }) => !name.startsWith('sm2kit_revisions')) }
    }
    const rows = async (sequelize: Parameters<typeof schemaOf>[0]) => [
      await rowsOf(sequelize, 'SELECT id, m, list::text[] FROM t ORDER BY id'),
      await rowsOf(sequelize, 'SELECT * FROM "S x"."U t" ORDER BY id'),
    ]

    test('adds, renames, removes and orders values; everything that uses the type stays, in every table', () =>
      on(engine, SHARED, async (sequelize) => {
        const before = await schemas(sequelize)
        const values = ['new; \n', 'fine', 'sad', ...ODD_TEXTS]
        await step(sequelize, async (op) => {
          await op.changeEnum('t', 'm', values, { rename: { ok: 'fine' }, map: { 'it\'s "great"\\': 'sad' } })
          // New values can be used at once.
          await op.sequelize.query(
            `INSERT INTO t (m, list) VALUES (E'new; \\n', ARRAY['\\', 'fine']::"S x"."My mood"[])`,
          )
        })
        const after = await schemas(sequelize)
        const renamed = JSON.parse(
          JSON.stringify(before.tables).replaceAll(`'ok'`, `'fine'`).replaceAll('{sad,ok}', '{sad,fine}'),
        )
        expect(after.tables).toEqual(renamed)
        expect(after.enums).toEqual([{ ...before.enums[0], values }])
        expect(await rows(sequelize)).toEqual([
          [
            { id: 1, m: 'sad', list: ['sad', 'fine'] },
            { id: 2, m: 'fine', list: null },
            { id: 3, m: 'new; \n', list: [ODD_TEXTS[3], 'fine'] },
          ],
          [
            { id: 1, m: 'sad' },
            { id: 2, m: null },
          ],
        ])
        expect(
          await rowsOf(
            sequelize,
            `SELECT count(*)::int AS n FROM pg_description WHERE description IN ('a "check"', 'of ok', 'of moods')`,
          ),
        ).toEqual([{ n: 3 }])
        expect((await failure(sequelize.query(`UPDATE t SET m = 'sad' WHERE id = 2`))).name).toBe(
          'SequelizeUniqueConstraintError',
        )
      }))

    test('a removed value that rows hold is refused with their number, unless it is mapped', () =>
      on(engine, SHARED, async (sequelize) => {
        const great = 'it\'s "great"\\'
        const refused = await refusal(sequelize, (op) => op.changeEnum('t', 'm', ['ok', great]))
        expect(refused).toMatchObject({ code: 'UNSAFE_OPERATION' })
        expect(refused.message).toMatch(
          /1 row, that with id = 1, of (?:t|"S x"."U t") hold in "(?:m|list)" a value that is removed \("sad"\)/u,
        )
        const checked = await refusal(sequelize, (op) =>
          op.changeEnum('t', 'm', ['ok', great], { map: { sad: 'ok' } }),
        )
        expect(checked.message).toContain('constraint t_m of t has the value "sad" in it, which is removed')
        await step(sequelize, async (op) => {
          await op.sequelize.query('DELETE FROM "S x"."U t"')
          await op.removeConstraint('t', 't_m')
          await op.removeIndex('t', 't_part')
          await op.changeEnum('t', 'm', ['other', great], { map: { sad: great, ok: 'other' } })
        })
        expect((await rows(sequelize))[0]).toEqual([
          { id: 1, m: great, list: [great, 'other'] },
          { id: 2, m: 'other', list: null },
        ])
        await step(sequelize, async (op) => {
          await op.changeColumn('t', 'm', { allowNull: true })
          await op.changeEnum('t', 'm', [great], { map: { other: null } })
        })
        expect((await rows(sequelize))[0]).toEqual([
          { id: 1, m: great, list: [great, null] },
          { id: 2, m: null, list: null },
        ])
      }))

    test('a default with a removed value is refused, unless the value is mapped', () =>
      on(
        engine,
        [
          `CREATE TYPE e AS ENUM ('a', 'b"')`,
          `CREATE TABLE t (e e DEFAULT 'b"', l e[] DEFAULT '{a,"b\\""}', m e[] DEFAULT ARRAY['b"'::e])`,
        ],
        async (sequelize) => {
          const error = await refusal(sequelize, (op) => op.changeEnum('t', 'e', ['a']))
          expect(error.message).toContain(`the default of column t."e" is 'b"'::e, and "b\\"" is removed`)
          const defaults = async (): Promise<unknown> =>
            (await schemaOf(sequelize)).tables[0]?.columns.map((column) => column.default)
          await step(sequelize, (op) => op.changeEnum('t', 'e', ['a', 'c'], { map: { 'b"': 'c' } }))
          expect(await defaults()).toEqual([`'c'::e`, `'{a,c}'::e[]`, `ARRAY['c'::e]`])
          await step(sequelize, (op) => op.changeEnum('t', 'e', ['a'], { map: { c: null } }))
          expect(await defaults()).toEqual([null, `'{a,NULL}'::e[]`, 'ARRAY[NULL::e]'])
        },
      ))

    test('wrong requests are refused and change nothing', () =>
      on(engine, [...SHARED, 'CREATE TABLE plain (x text)'], async (sequelize) => {
        const great = 'it\'s "great"\\'
        const wrong: readonly (readonly [
          Parameters<Parameters<typeof step>[1]>[0]['changeEnum'] extends (...args: infer A) => unknown
            ? A
            : never,
          string,
        ])[] = [
          [['plain', 'x', ['a']], 'no such column, or its type is no enum'],
          [['t', 'nosuch', ['a']], 'no such column, or its type is no enum'],
          [['t', 'm', []], 'an enum needs a value'],
          [['t', 'm', ['a', 'a']], 'given twice'],
          [['t', 'm', ['x'.repeat(64)]], 'up to 63 bytes'],
          [['t', 'm', ['sad', 'ok'], { rename: { nosuch: 'ok' } }], 'no value "nosuch" to rename'],
          [['t', 'm', ['sad', 'ok'], { rename: { [great]: 'other' } }], 'none of the new values'],
          [['t', 'm', ['sad', 'ok'], { rename: { [great]: 'ok' } }], 'which it has already'],
          [['t', 'm', ['sad', 'ok'], { map: { sad: 'ok' } }], 'no value that is removed'],
          [['t', 'm', ['sad', 'ok'], { map: { [great]: 'x' } }], 'none of the new values'],
        ]
        for (const [args, message] of wrong) {
          const error = await refusal(sequelize, (op) => op.changeEnum(...args))
          expect(error).toMatchObject({ code: 'UNSAFE_OPERATION' })
          expect(error.message).toContain(message)
        }
      }))

    test('values that swap their names', () =>
      on(
        engine,
        [`CREATE TYPE e AS ENUM ('a', 'b')`, 'CREATE TABLE t (e e)', `INSERT INTO t VALUES ('a'), ('b')`],
        async (sequelize) => {
          await step(sequelize, (op) => op.changeEnum('t', 'e', ['b', 'a'], { rename: { a: 'b', b: 'a' } }))
          expect(await rowsOf(sequelize, 'SELECT e FROM t')).toEqual([{ e: 'b' }, { e: 'a' }])
          expect((await schemaOf(sequelize)).enums[0]?.values).toEqual(['b', 'a'])
        },
      ))

    test('what holds the type is named; values are added all the same, and renamed', () =>
      on(
        engine,
        [
          `CREATE TYPE e AS ENUM ('a', 'b')`,
          'CREATE TABLE t (id int, e e, g boolean)',
          'CREATE VIEW "a view" AS SELECT e FROM t',
          'CREATE FUNCTION takes(x e) RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
          'CREATE DOMAIN d AS e',
        ],
        async (sequelize) => {
          const error = await refusal(sequelize, (op) => op.changeEnum('t', 'e', ['a']))
          expect(error.message).toContain('function takes(e), type d, view "a view"')
          await step(sequelize, (op) =>
            op.changeEnum('t', 'e', ['0', 'a', 'x', 'c', 'z'], { rename: { b: 'c' } }),
          )
          expect((await schemaOf(sequelize)).enums[0]?.values).toEqual(['0', 'a', 'x', 'c', 'z'])
        },
      ))

    test('changeColumn gives its own enum other values, and one that is shared up', () =>
      on(engine, [], async (sequelize) => {
        await step(sequelize, async (op) => {
          await op.createTable('t', {
            id: { type: DataTypes.INTEGER, primaryKey: true },
            e: { type: DataTypes.ENUM('a', 'b'), allowNull: false, defaultValue: 'a' },
          })
          await op.bulkInsert('t', [{ id: 1, e: 'b' }])
          await op.changeColumn('t', 'e', { type: DataTypes.ENUM('b', 'a', 'c') })
          await op.createTable('u', { e: { type: 'enum_t_e', defaultValue: 'c' } })
          await op.bulkInsert('u', [{ e: 'c' }])
          await op.changeColumn('u', 'e', { type: DataTypes.ENUM('c') })
        })
        const { enums, tables } = await schemaOf(sequelize)
        expect(enums.map(({ name, values }) => [name, values])).toEqual([
          ['enum_t_e', ['b', 'a', 'c']],
          ['enum_u_e', ['c']],
        ])
        expect(tables[0]?.columns[1]).toMatchObject({ nullable: false, default: `'a'::enum_t_e` })
        expect(tables[1]?.columns[0]?.default).toBe(`'c'::enum_u_e`)
        expect(await rowsOf(sequelize, 'SELECT * FROM t')).toEqual([{ id: 1, e: 'b' }])
        const error = await refusal(sequelize, (op) =>
          op.changeColumn('t', 'e', { type: DataTypes.ENUM('a', 'c') }),
        )
        expect(error.message).toContain('1 row, that with id = 1,')
      }))

    test('without a transaction, a run that was interrupted goes on behind what is done', () =>
      on(
        engine,
        [
          `CREATE TYPE e AS ENUM ('a', 'b')`,
          'CREATE TABLE t (id serial PRIMARY KEY, e e)',
          `INSERT INTO t (e) VALUES ('a'), ('b')`,
        ],
        async (sequelize) => {
          let fails = 5
          const revision = revisionOf(
            'aaaa1',
            null,
            async ({ context: op }) => {
              const stop = (place: number): void => {
                if (fails === place) throw new Error(`stopped at ${place}`)
              }
              stop(5)
              await op.changeEnum('t', 'e', ['new', 'c', 'b'], { rename: { a: 'c' } })
              stop(4)
              await op.changeEnum('t', 'e', ['b'], { map: { c: 'b', new: 'b' } })
              stop(3)
              await op.changeColumn('t', 'e', { type: DataTypes.STRING(3), defaultValue: 'x', unique: false })
              await op.changeColumn('t', 'id', {
                type: DataTypes.BIGINT,
                autoIncrement: true,
                autoIncrementIdentity: true,
              })
              stop(2)
              await op.createTable('u', { e: { type: DataTypes.ENUM('z') } })
              await op.dropTable('u')
              stop(1)
              await op.changeColumn('t', 'id', { autoIncrement: false })
            },
            { transaction: false },
          )
          const migrator = createMigrator({ sequelize, baseline: false, migrations: [revision] })
          for (; fails > 0; fails -= 1)
            expect((await failure(migrator.up())).message).toContain(`stopped at ${fails}`)
          await migrator.up()
          const { tables, enums } = await schemaOf(sequelize)
          expect(enums).toEqual([])
          expect(tables[0]?.columns).toMatchObject([
            { name: 'id', type: 'bigint', autoIncrement: null },
            { name: 'e', type: 'character varying(3)', default: `'x'::character varying` },
          ])
          expect(await rowsOf(sequelize, 'SELECT e FROM t ORDER BY id')).toEqual([{ e: 'b' }, { e: 'b' }])
        },
      ))
  },
  isPostgres,
)
