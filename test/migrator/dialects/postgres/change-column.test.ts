import { DataTypes, literal } from 'sequelize'
import { createMigrator, type Schema } from 'sm2kit/migrator'
import { describe, expect, test } from 'vitest'
import { describeNewest, type Engine, withDatabase } from '../../../support/engines/index.js'
import { failure, revisionOf, rowsOf } from '../../support.js'
import { isPostgres, ODD_NAMES, ODD_TEXTS, on, refusal, schemaOf, step } from './support.js'

/** A table with everything that may hang on a column. */
const FULL = [
  `CREATE TYPE mood AS ENUM ('sad', 'ok')`,
  'CREATE TABLE parents (id int PRIMARY KEY, code text UNIQUE)',
  `INSERT INTO parents VALUES (1, 'a'), (2, 'b')`,
  `CREATE TABLE t (id serial PRIMARY KEY, c varchar(20) COLLATE "C" NOT NULL DEFAULT 'abc', n numeric(12, 4), i integer, b boolean,
     m mood DEFAULT 'ok', j json, l text[], parent int CONSTRAINT t_parent REFERENCES parents (id) ON DELETE CASCADE ON UPDATE SET NULL DEFERRABLE,
     CONSTRAINT t_c CHECK (c <> ''), CONSTRAINT t_c_key UNIQUE (c))`,
  `COMMENT ON COLUMN t.c IS 'of c'`,
  `CREATE INDEX t_c_lower ON t (lower(c) DESC) WHERE c <> 'x'`,
  `INSERT INTO t (c, n, i, b, m, j, l, parent) VALUES ('12', 1.5, 1, true, 'sad', '{"a":1}', '{1,2}', 1), ('7', 2, 0, false, 'ok', '[]', NULL, 2)`,
]

const columnOf = ({ tables }: Schema, name: string, table = 't') =>
  tables.find((one) => one.name === table)?.columns.find((column) => column.name === name)

/** The schema with one column of t left out. */
const without = (schema: Schema, name: string): unknown => ({
  ...schema,
  tables: schema.tables.map((table) =>
    table.name === 't'
      ? { ...table, columns: table.columns.filter((column) => column.name !== name) }
      : table,
  ),
})

/** Changes a column, and tells what has become of it; fails when anything else changed. */
const changed = (engine: Engine, name: string, attribute: object, statements = FULL) =>
  on(engine, statements, async (sequelize) => {
    const before = await schemaOf(sequelize)
    await step(sequelize, (op) => op.changeColumn('t', name, attribute))
    const after = await schemaOf(sequelize)
    const values = (await rowsOf(sequelize, `SELECT "${name}" AS v FROM t ORDER BY ctid`)).map(({ v }) => v)
    return { before, after, values, column: columnOf(after, name), former: columnOf(before, name) }
  })

describeNewest(
  'op.changeColumn on PostgreSQL',
  (engine) => {
    describe('changes what it names and keeps the rest', () => {
      test.each<readonly [what: string, column: string, attribute: object, wanted: object]>([
        [
          'a longer type',
          'c',
          { type: DataTypes.STRING(80) },
          { type: 'character varying(80)', default: `'abc'::character varying` },
        ],
        ['text', 'c', { type: DataTypes.TEXT }, { type: 'text', default: `'abc'::text` }],
        ['a raw type', 'c', { type: 'character varying(3)' }, { type: 'character varying(3)' }],
        ['allowNull', 'c', { allowNull: true }, { nullable: true }],
        ['NOT NULL', 'n', { allowNull: false }, { nullable: false }],
        ['a default', 'n', { defaultValue: 5 }, { default: '5' }],
        [
          'an odd default',
          'c',
          { defaultValue: `it's "; \\ NOT NULL` },
          { default: `'it''s "; \\ NOT NULL'::character varying` },
        ],
        ['no default', 'c', { defaultValue: null }, { default: null }],
        [
          'a literal default',
          'c',
          { defaultValue: literal('upper(CURRENT_USER)') },
          { default: 'upper((CURRENT_USER)::text)' },
        ],
        ['a default of JavaScript', 'c', { defaultValue: DataTypes.UUIDV4 }, {}],
        ['a comment', 'c', { comment: ODD_TEXTS.join('\n') }, { comment: ODD_TEXTS.join('\n') }],
        ['no comment', 'c', { comment: null }, { comment: null }],
        ['an empty comment', 'c', { comment: '' }, { comment: null }],
        ['a collation', 'c', { collation: 'POSIX' }, { collation: '"POSIX"' }],
        ['no collation', 'c', { collation: null }, { collation: null }],
        ['nothing', 'c', { allowNull: undefined }, {}],
        [
          'everything as it is',
          'c',
          { type: DataTypes.STRING(20), allowNull: false, defaultValue: 'abc', unique: true },
          {},
        ],
        [
          'autoIncrement as it is',
          'id',
          { type: DataTypes.INTEGER, autoIncrement: true, primaryKey: true, allowNull: false },
          {},
        ],
        [
          'integer',
          'c',
          { type: DataTypes.INTEGER, defaultValue: 3 },
          { type: 'integer', default: '3', collation: null },
        ],
        ['jsonb', 'j', { type: DataTypes.JSONB }, { type: 'jsonb' }],
        ['an array of integers', 'l', { type: DataTypes.ARRAY(DataTypes.INTEGER) }, { type: 'integer[]' }],
        [
          'text from an enum',
          'm',
          { type: DataTypes.TEXT },
          { type: 'text', enumType: null, default: `'ok'::text` },
        ],
      ])('%s', async (_what, name, attribute, wanted) => {
        const dropsChecks = name === 'c' && JSON.stringify(wanted).includes('integer')
        const given = dropsChecks
          ? [...FULL, 'ALTER TABLE t DROP CONSTRAINT t_c', 'DROP INDEX t_c_lower']
          : FULL
        const { before, after, column, former } = await changed(engine, name, attribute, given)
        expect(column).toEqual({ ...former, ...wanted })
        const rest = without(after, name) as Schema
        const dropsEnum = name === 'm'
        const expected = without(before, name) as Schema
        const tables = rest.tables.map(({ checks: _checks, indexes, ...table }) => ({
          ...table,
          indexes: indexes.map(({ parts: _parts, where: _where, ...index }) => index),
        }))
        // PostgreSQL prints the casts of checks and conditions anew, with the new type.
        expect({ ...rest, tables }).toEqual({
          enums: dropsEnum ? [] : expected.enums,
          tables: expected.tables.map(({ checks: _checks, indexes, ...table }) => ({
            ...table,
            indexes: indexes.map(({ parts: _parts, where: _where, ...index }) => index),
          })),
        })
        const checks = (schema: Schema) =>
          schema.tables.flatMap((table) => table.checks.map((check) => check.name))
        expect(checks(after)).toEqual(checks(before))
      })
    })

    test.each<
      readonly [
        from: string,
        values: readonly string[],
        type: unknown,
        wanted: readonly unknown[],
        byDefault: string | null,
      ]
    >([
      ['text', ['12', ' -7 '], DataTypes.INTEGER, [12, -7], null],
      ['text', ['12.5', '1e3'], DataTypes.DECIMAL(10, 2), ['12.50', '1000.00'], null],
      ['text', ['yes', 'f'], DataTypes.BOOLEAN, [true, false], null],
      ['text', ['2026-01-31'], DataTypes.DATEONLY, ['2026-01-31'], null],
      ['text', ['2026-01-31 10:00:00Z'], DataTypes.DATE, [new Date('2026-01-31T10:00:00Z')], null],
      [
        'text',
        ['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
        DataTypes.UUID,
        ['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
        null,
      ],
      ['text', ['{"a": 1}'], DataTypes.JSON, [{ a: 1 }], null],
      ['text', ['{"a": 1}'], DataTypes.JSONB, [{ a: 1 }], null],
      ['varchar(9)', ["it's", '\\'], DataTypes.ENUM('\\', "it's"), ["it's", '\\'], null],
      ["text DEFAULT 'b'", ['a'], DataTypes.ENUM('b', 'a'), ['a'], `'b'::enum_t_x`],
      ["text DEFAULT '5'", ['1'], DataTypes.INTEGER, [1], '5'],
      ['text DEFAULT NULL', ['1'], DataTypes.INTEGER, [1], null],
      ["text DEFAULT lower('7')", ['1'], DataTypes.INTEGER, [1], `(lower('7'::text))::integer`],
      ['integer DEFAULT 1', ['1', '0'], DataTypes.BOOLEAN, [true, false], 'true'],
      ['bigint', ['1', '0'], DataTypes.BOOLEAN, [true, false], null],
      ['boolean DEFAULT true', ['true', 'false'], DataTypes.INTEGER, [1, 0], '1'],
      ['boolean', ['true'], DataTypes.DECIMAL(3, 1), ['1.0'], null],
      ['bigint', ['12'], DataTypes.SMALLINT, [12], null],
      ['numeric', ['12'], DataTypes.INTEGER, [12], null],
      ['numeric(10,4)', ['12.5'], DataTypes.DECIMAL(5, 1), ['12.5'], null],
      ['integer', ['12'], DataTypes.STRING(2), ['12'], null],
      ["text[] DEFAULT '{1}'", ['{1,2}'], DataTypes.ARRAY(DataTypes.INTEGER), [[1, 2]], `'{1}'::integer[]`],
      ['text[]', ['{b,a}'], DataTypes.ARRAY(DataTypes.ENUM('a', 'b')), [['b', 'a']], null],
      ['timestamptz', ['2026-01-31 00:00:00Z'], DataTypes.DATEONLY, ['2026-01-31'], null],
    ])('%s with %j becomes another type by itself', (from, values, type, wanted, byDefault) =>
      on(engine, [`CREATE TABLE t (id int PRIMARY KEY, x ${from})`], async (sequelize) => {
        const rows = values.map((value, id) => `(${id}, ${sequelize.escape(value)})`)
        await sequelize.query(`INSERT INTO t VALUES ${rows.join(', ')}, (99, NULL)`)
        await step(sequelize, (op) => op.changeColumn('t', 'x', { type: type as never }))
        const found = (await rowsOf(sequelize, 'SELECT x FROM t ORDER BY id')).map(({ x }) => x)
        expect(found).toEqual([...wanted, null])
        expect(columnOf(await schemaOf(sequelize), 'x')?.default).toBe(byDefault)
      }),
    )

    test('a default of NULL, which the server keeps with a cast to the former type, is none', () =>
      on(
        engine,
        ['CREATE TABLE t (id int PRIMARY KEY, x numeric(10, 3) DEFAULT NULL)'],
        async (sequelize) => {
          const type = DataTypes.RANGE(DataTypes.BIGINT)
          await step(sequelize, (op) =>
            op.changeColumn('t', 'x', { type, using: 'x::text::int8range' } as never),
          )
          expect(columnOf(await schemaOf(sequelize), 'x')).toMatchObject({ type: 'int8range', default: null })
        },
      ))

    test.each<readonly [from: string, bad: readonly string[], good: string, type: unknown]>([
      ['text', ['abc', '3'.repeat(20), '1.5'], '1', DataTypes.INTEGER],
      ['text', ['nope'], '2026-01-31', DataTypes.DATEONLY],
      ['text', ['{'], '{}', DataTypes.JSONB],
      ['text', ['x'], 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', DataTypes.UUID],
      ['text', ['1.555', '99999', 'abc'], '1.5', DataTypes.DECIMAL(5, 2)],
      ['text', ['c', ''], 'a', DataTypes.ENUM('a', 'b')],
      ['text', ['maybe'], 'on', DataTypes.BOOLEAN],
      ['varchar(9)', ['123456'], '12345', DataTypes.STRING(5)],
      ['text', ['123456'], '12345', 'char(5)'],
      ['integer', ['123'], '12', DataTypes.STRING(2)],
      ['integer', ['2', '-1'], '1', DataTypes.BOOLEAN],
      ['bigint', ['2147483648', '-2147483649'], '2147483647', DataTypes.INTEGER],
      ['integer', ['40000'], '-32768', DataTypes.SMALLINT],
      ['numeric', ['1.5', '1e30'], '1', DataTypes.BIGINT],
      ['double precision', ['1.5', '1e300', 'NaN'], '3', DataTypes.INTEGER],
      ['numeric', ['1.25', '1000'], '1.2', DataTypes.DECIMAL(3, 1)],
      ['numeric(10,4)', ['1.25'], '1.2', DataTypes.DECIMAL(7, 1)],
      ['double precision', ['0.1'], '0.5', DataTypes.REAL],
      ['timestamptz', ['2026-01-31 10:00Z'], '2026-01-31 00:00Z', DataTypes.DATEONLY],
      ['text[]', ['{1,b}'], '{1,2}', DataTypes.ARRAY(DataTypes.INTEGER)],
      ['text[]', ['{a,z}'], '{a}', DataTypes.ARRAY(DataTypes.ENUM('a', 'b'))],
    ])('%s with %j is refused, and the rows are counted and named', (from, bad, good, type) =>
      on(engine, [`CREATE TABLE t ("the id" int PRIMARY KEY, x ${from})`], async (sequelize) => {
        const rows = [...bad, good].map((value, id) => `(${id + 5}, ${sequelize.escape(value)})`)
        await sequelize.query(`INSERT INTO t VALUES ${rows.join(', ')}`)
        const error = await refusal(sequelize, (op) => op.changeColumn('t', 'x', { type: type as never }))
        expect(error).toMatchObject({ code: 'UNSAFE_OPERATION' })
        const counts = [...error.message.matchAll(/(\d+) rows?, (?:among them )?that with the id = 5,/gu)]
        expect(counts.map(([, rows]) => Number(rows))).toEqual([bad.length])
        await step(sequelize, (op) =>
          op.changeColumn('t', 'x', { type: type as never, using: 'NULL' } as never),
        )
        expect(await rowsOf(sequelize, 'SELECT count(x)::int AS n FROM t')).toEqual([{ n: 0 }])
      }),
    )

    test('what PostgreSQL cannot do is said, with the names of what stands in the way', () =>
      on(
        engine,
        [
          'CREATE TABLE t (id int PRIMARY KEY, x text, y int, g int GENERATED ALWAYS AS (y + 1) STORED)',
          'CREATE VIEW "My view" AS SELECT x FROM t',
          'CREATE MATERIALIZED VIEW mv AS SELECT id FROM t',
        ],
        async (sequelize) => {
          const refused = async (column: string, attribute: object): Promise<string> => {
            const error = await refusal(sequelize, (op) => op.changeColumn('t', column, attribute))
            expect(error.code).toBe('UNSAFE_OPERATION')
            return error.message
          }
          expect(await refused('x', { type: DataTypes.INTEGER })).toContain('used by view "My view"')
          expect(await refused('id', { type: DataTypes.BIGINT })).toContain('used by materialized view mv')
          expect(await refused('y', { type: DataTypes.BIGINT })).toContain(
            'column g, which is computed from it',
          )
          expect(await refused('y', { primaryKey: true })).toContain('the primary key "t_pkey" on "id"')
          expect(await refused('y', { onDelete: 'CASCADE' })).toContain('it has no foreign key')
          // The type as it is stands in nobody's way.
          await step(sequelize, (op) => op.changeColumn('t', 'x', { type: DataTypes.TEXT, allowNull: false }))
          await step(sequelize, (op) => op.changeColumn('t', 'g', { generated: null }))
          expect(columnOf(await schemaOf(sequelize), 'g')).toMatchObject({ generated: null, type: 'integer' })
        },
      ))

    test('autoIncrement makes a sequence that goes on behind the rows, and takes it away; identities likewise', () =>
      on(
        engine,
        ['CREATE TABLE "T x" (id int PRIMARY KEY, v int)', 'INSERT INTO "T x" VALUES (41, 1)'],
        async (sequelize) => {
          const kind = async () => columnOf(await schemaOf(sequelize), 'id', 'T x')?.autoIncrement ?? null
          const change = async (attribute: object) => {
            await step(sequelize, (op) => op.changeColumn('T x', 'id', attribute))
            return kind()
          }
          const next = async () => (await sequelize.query('INSERT INTO "T x" (v) VALUES (1) RETURNING id'))[0]
          expect(await change({ autoIncrement: true })).toEqual({ kind: 'serial', sequence: null })
          expect(await next()).toEqual([{ id: 42 }])
          expect(await change({ type: DataTypes.BIGINT })).toEqual({ kind: 'serial', sequence: null })
          expect(await change({ autoIncrement: true, autoIncrementIdentity: true })).toEqual({
            kind: 'identity by default',
            sequence: null,
          })
          expect(await next()).toEqual([{ id: '43' }])
          expect(await change({ type: DataTypes.INTEGER })).toEqual({
            kind: 'identity by default',
            sequence: null,
          })
          expect(await change({ autoIncrement: true, autoIncrementIdentity: false })).toEqual({
            kind: 'serial',
            sequence: null,
          })
          expect(await next()).toEqual([{ id: 44 }])
          expect(await change({ autoIncrement: false })).toBeNull()
          expect(await change({ autoIncrement: true, autoIncrementIdentity: true })).toMatchObject({
            kind: 'identity by default',
          })
          expect(await next()).toEqual([{ id: 45 }])
          expect(await change({ autoIncrement: false })).toBeNull()
          expect(await rowsOf(sequelize, `SELECT 1 FROM pg_class WHERE relkind = 'S'`)).toEqual([])
        },
      ))

    test('unique, primary key and foreign key are made, replaced and taken away', () =>
      on(engine, FULL, async (sequelize) => {
        const t = async () => (await schemaOf(sequelize)).tables.find(({ name }) => name === 't')
        const before = await t()
        await step(sequelize, async (op) => {
          await op.changeColumn('t', 'c', { unique: false })
          await op.changeColumn('t', 'i', { unique: true })
          await op.changeColumn('t', 'i', { unique: true })
          await op.changeColumn('t', 'parent', { onDelete: 'RESTRICT' })
          await op.changeColumn('t', 'id', { primaryKey: false })
          await op.changeColumn('t', 'i', { primaryKey: true })
        })
        const after = await t()
        expect(after?.uniques.map(({ name }) => name)).toEqual(['t_i_key'])
        expect(after?.primaryKey?.parts.map(({ column }) => column)).toEqual(['i'])
        const [key] = before?.foreignKeys ?? []
        expect(after?.foreignKeys).toEqual([{ ...key, onDelete: 'RESTRICT' }])
        await step(sequelize, async (op) => {
          await op.changeColumn('t', 'parent', {
            type: DataTypes.TEXT,
            using: `chr(96 + parent)`,
            references: null as never,
          })
          await op.changeColumn('t', 'parent', { references: { model: 'parents', key: 'code' } })
        })
        const replaced = (await t())?.foreignKeys[0]
        expect(replaced).toMatchObject({
          targetColumns: ['code'],
          onDelete: 'NO ACTION',
          name: 't_parent_fkey',
        })
        await step(sequelize, (op) => op.changeColumn('t', 'parent', { references: null as never }))
        expect((await t())?.foreignKeys).toEqual([])
      }))

    test('computed columns: another expression where the server can', () =>
      on(
        engine,
        ['CREATE TABLE t (id int, g int GENERATED ALWAYS AS (id + 1) STORED)', 'INSERT INTO t VALUES (1)'],
        async (sequelize) => {
          const change = { generated: { expression: 'id + 5', stored: true } }
          const isNew = engine.name === 'postgres18'
          if (isNew) {
            await step(sequelize, (op) => op.changeColumn('t', 'g', change))
            expect(await rowsOf(sequelize, 'SELECT g FROM t')).toEqual([{ g: 6 }])
          } else {
            const error = await refusal(sequelize, (op) => op.changeColumn('t', 'g', change))
            expect(error.message).toContain('from version 17 on')
          }
          await step(sequelize, (op) =>
            op.changeColumn('t', 'g', {
              checks: [{ name: 'g_check', expression: 'g > 0' }],
              generated: null,
            }),
          )
          const [table] = (await schemaOf(sequelize)).tables
          expect(table?.checks.map(({ name }) => name)).toEqual(['g_check'])
          expect(table?.columns[1]?.generated).toBeNull()
        },
      ))

    test('odd names of tables and columns are no obstacle', () =>
      on(engine, ['CREATE SCHEMA "S x"'], async (sequelize) => {
        for (const name of ODD_NAMES) {
          const table = { tableName: name, schema: 'S x' }
          await step(sequelize, async (op) => {
            await op.createTable(table, { id: { type: 'int', primaryKey: true }, [name]: { type: 'text' } })
            await op.changeColumn(table, name, {
              type: DataTypes.INTEGER,
              allowNull: false,
              defaultValue: 3,
              comment: name,
            })
            await op.changeColumn(table, name, { autoIncrement: true, defaultValue: null, unique: true })
            await op.changeColumn(table, 'id', {
              references: { model: table, key: name } as never,
              onDelete: 'CASCADE',
            })
            await op.changeColumn(table, name, { autoIncrement: false })
          })
        }
        const names = await rowsOf(
          sequelize,
          `SELECT attname AS n FROM pg_attribute WHERE attnotnull AND attnum = 2 AND attrelid IN
          (SELECT oid FROM pg_class WHERE relnamespace = '"S x"'::regnamespace AND relkind = 'r') ORDER BY attrelid`,
        )
        expect(names.map(({ n }) => n)).toEqual([...ODD_NAMES])
      }))

    test('a change in a script needs no database, as far as none is needed', () =>
      withDatabase(engine, async (database) => {
        const scriptOf = (attribute: object): Promise<string> => {
          const revision = revisionOf('aaaa1', null, async ({ context: op }) => {
            await op.changeColumn('t', 'x', attribute)
          })
          return createMigrator({
            sequelize: database.connect(),
            baseline: false,
            migrations: [revision],
          }).sql()
        }
        const all = { type: DataTypes.INTEGER, allowNull: false, defaultValue: 3, comment: "it's" }
        const script = await scriptOf(all)
        expect(script).toContain(
          'ALTER TABLE "t" ALTER COLUMN "x" TYPE INTEGER USING "x"::INTEGER, ALTER COLUMN "x" SET DEFAULT 3, ALTER COLUMN "x" SET NOT NULL;',
        )
        expect(script).toContain(`COMMENT ON COLUMN "t"."x" IS 'it''s';`)
        expect(await scriptOf({ type: DataTypes.ENUM('a') })).toContain('USING "x"::text::"enum_t_x"')
        expect(await scriptOf({ type: DataTypes.STRING(5), defaultValue: null })).toContain(
          'TYPE VARCHAR(5), ALTER COLUMN "x" DROP DEFAULT;',
        )
        for (const attribute of [{ unique: true }, { autoIncrement: true }, { onDelete: 'CASCADE' }])
          expect(await failure(scriptOf(attribute))).toMatchObject({ code: 'OFFLINE_READ' })
      }))

    test('a plan says the statements, against the database as it is', () =>
      on(engine, FULL, async (sequelize) => {
        const before = await schemaOf(sequelize)
        const revision = revisionOf('aaaa1', null, async ({ context: op }) => {
          await op.changeColumn('t', 'id', { type: DataTypes.BIGINT })
          await op.dropTable('t')
        })
        const migrator = createMigrator({ sequelize, baseline: false, migrations: [revision] })
        const [planned] = (await migrator.plan('head')).steps
        expect(planned?.statements).toEqual([
          'ALTER TABLE "t" ALTER COLUMN "id" TYPE BIGINT',
          'ALTER SEQUENCE t_id_seq AS BIGINT',
          'DROP TABLE IF EXISTS "t"',
          'DROP TYPE IF EXISTS mood',
        ])
        expect(await schemaOf(sequelize)).toEqual(before)
      }))
  },
  isPostgres,
)
