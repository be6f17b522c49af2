import type { Sequelize } from 'sequelize'
import { reflect, type Table } from 'sm2kit/migrator'
import { describe, expect, test } from 'vitest'
import { engines, withDatabase } from '../../support/engines/index.js'
import { expectRoundTrip } from './create/index.js'
import {
  by,
  checkOf,
  columnOf,
  foreignKeyOf,
  indexOf,
  on,
  primaryKeyOf,
  tableOf,
  uniqueOf,
} from './values.js'

const [engine] = engines.filter(({ name }) => name === 'sqlite')
if (engine === undefined) throw new Error('SQLite is always there')

const withSqlite = (use: (sequelize: Sequelize) => Promise<void>): Promise<void> =>
  withDatabase(engine, (database) => use(database.connect()))

/** The one table that these statements make, which comes back when it is made from its value. */
const tableFrom = async (sequelize: Sequelize, ...statements: readonly string[]): Promise<Table> => {
  for (const sql of statements) await sequelize.query(sql)
  const { tables } = await expectRoundTrip(engine, sequelize)
  const [table] = tables
  if (table === undefined || tables.length !== 1) throw new Error(`${tables.length} tables`)
  return table
}

describe('SQLite', () => {
  test('what has got another name and its own again is what it was, though SQLite writes names in quotes then', () =>
    withSqlite(async (sequelize) => {
      for (const sql of [
        'CREATE TABLE t (a INTEGER, b INTEGER AS (a + 1), CHECK (a > 0), CONSTRAINT c CHECK (`a` < 9))',
        "CREATE INDEX i ON t (abs(a)) WHERE `a` > 1 AND 'a' <> b",
      ])
        await sequelize.query(sql)
      const former = await reflect(sequelize)
      expect(former.tables[0]?.indexes[0]?.where).toBe("a > 1 AND 'a' <> b")
      for (const sql of ['RENAME COLUMN a TO z', 'RENAME COLUMN z TO a', 'RENAME TO other'])
        await sequelize.query(`ALTER TABLE t ${sql}`)
      await sequelize.query('ALTER TABLE other RENAME TO t')
      expect(await reflect(sequelize)).toEqual(former)
    }))

  test('columns: types in capitals, nullability, defaults, collations, generated ones', () =>
    withSqlite(async (sequelize) => {
      const table = await tableFrom(
        sequelize,
        `CREATE TABLE t (
          a integer not null default -1, b Varchar ( 20 ) default 'it''s; "x" \\ ' collate nocase,
          c decimal( 10 , 2 ) default (1 + 2), d, e datetime default current_timestamp, f text default NULL,
          g text default word, h text default "quoted word", i boolean default true, j blob default x'00ff',
          k int as (a * 2), l text GENERATED ALWAYS AS (b || ')') STORED, m text default '
' COLLATE "RTRIM" constraint named NOT NULL)`,
      )
      expect(table).toEqual(
        tableOf('t', [
          columnOf('a', 'INTEGER', { nullable: false, default: '-1' }),
          columnOf('b', 'VARCHAR(20)', { default: `'it''s; "x" \\ '`, collation: 'NOCASE' }),
          columnOf('c', 'DECIMAL(10,2)', { default: '1 + 2' }),
          columnOf('d', ''),
          columnOf('e', 'DATETIME', { default: 'CURRENT_TIMESTAMP' }),
          columnOf('f', 'TEXT'),
          columnOf('g', 'TEXT', { default: "'word'" }),
          columnOf('h', 'TEXT', { default: "'quoted word'" }),
          columnOf('i', 'BOOLEAN', { default: 'TRUE' }),
          columnOf('j', 'BLOB', { default: "x'00ff'" }),
          columnOf('k', 'INT', { generated: { expression: 'a * 2', stored: false } }),
          columnOf('l', 'TEXT', { generated: { expression: "b || ')'", stored: true } }),
          columnOf('m', 'TEXT', { default: "'\n'", collation: 'RTRIM', nullable: false }),
        ]),
      )
    }))

  test('keys: names, order, collation, conflict clauses, AUTOINCREMENT', () =>
    withSqlite(async (sequelize) => {
      expect(
        await tableFrom(
          sequelize,
          'CREATE TABLE t (id INTEGER CONSTRAINT "the key" PRIMARY KEY AUTOINCREMENT)',
        ),
      ).toEqual(
        tableOf(
          't',
          [columnOf('id', 'INTEGER', { autoIncrement: { kind: 'autoincrement', sequence: null } })],
          {
            primaryKey: primaryKeyOf(['id'], { name: 'the key' }),
          },
        ),
      )
      await sequelize.query('DROP TABLE t')
      const table = await tableFrom(
        sequelize,
        `CREATE TABLE t (a TEXT COLLATE NOCASE, b INT UNIQUE ON CONFLICT REPLACE, c INT, "d e" INT,
          PRIMARY KEY (c DESC, a COLLATE BINARY) ON CONFLICT IGNORE, CONSTRAINT u1 UNIQUE ("d e", b), UNIQUE (a, c), UNIQUE (c, a COLLATE binary)
        ) WITHOUT ROWID`,
      )
      const binary = { column: 'a', direction: 'asc', collation: 'BINARY', prefixLength: null } as const
      const descending = { column: 'c', direction: 'desc', collation: null, prefixLength: null } as const
      expect(table.primaryKey).toEqual(
        primaryKeyOf([], { parts: [descending, binary], onConflict: 'IGNORE' }),
      )
      expect(table.uniques).toEqual([
        uniqueOf(['d e', 'b'], { name: 'u1' }),
        uniqueOf(['a', 'c']),
        uniqueOf(['b'], { onConflict: 'REPLACE' }),
      ])
      expect(table.options).toEqual({ withoutRowid: true })
    }))

  test('STRICT, also with WITHOUT ROWID', () =>
    withSqlite(async (sequelize) => {
      const table = await tableFrom(sequelize, 'CREATE TABLE t (id ANY PRIMARY KEY) STRICT, WITHOUT ROWID')
      expect(table.options).toEqual({ strict: true, withoutRowid: true })
    }))

  test('foreign keys: names, actions, match, deferrable; a target without columns is its primary key', () =>
    withSqlite(async (sequelize) => {
      await sequelize.query('CREATE TABLE "Parent" (x INT, y INT, PRIMARY KEY (y, x))')
      await sequelize.query(
        `CREATE TABLE t (a INT REFERENCES "Parent" (x) ON DELETE CASCADE, b INT CONSTRAINT second REFERENCES parent (y) ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED,
          c INT, CONSTRAINT third FOREIGN KEY (b, c) REFERENCES Parent MATCH FULL ON DELETE RESTRICT ON UPDATE SET DEFAULT,
          FOREIGN KEY (c) REFERENCES missing DEFERRABLE)`,
      )
      const { tables } = await reflect(sequelize)
      expect(tables.find(({ name }) => name === 't')?.foreignKeys).toEqual([
        foreignKeyOf(['b'], 'Parent', ['y'], {
          name: 'second',
          onUpdate: 'SET NULL',
          deferrable: 'deferred',
        }),
        foreignKeyOf(['b', 'c'], 'Parent', ['y', 'x'], {
          name: 'third',
          match: 'full',
          onDelete: 'RESTRICT',
          onUpdate: 'SET DEFAULT',
        }),
        foreignKeyOf(['a'], 'Parent', ['x'], { onDelete: 'CASCADE' }),
        foreignKeyOf(['c'], 'missing', [], { deferrable: 'immediate' }),
      ])
      await expectRoundTrip(engine, sequelize)
    }))

  test('checks: of columns and of the table, named or not, word for word', () =>
    withSqlite(async (sequelize) => {
      const table = await tableFrom(
        sequelize,
        "CREATE TABLE t (a INT CHECK (a > 0), b TEXT CONSTRAINT \"b check\" CHECK ( b <> 'it''s)' /* why */ ), CHECK (a < 9 OR b IS NULL))",
      )
      expect(table.checks).toEqual([
        checkOf("b <> 'it''s)' /* why */", { name: 'b check' }),
        checkOf('a < 9 OR b IS NULL'),
        checkOf('a > 0'),
      ])
    }))

  test('indexes: order, collation, expressions, conditions, unique', () =>
    withSqlite(async (sequelize) => {
      const table = await tableFrom(
        sequelize,
        'CREATE TABLE t (a TEXT COLLATE NOCASE, b INT, "c d" TEXT)',
        'CREATE INDEX plain ON t (b)',
        'CREATE INDEX many ON t (a COLLATE RTRIM DESC, a, "c d" ASC)',
        `CREATE UNIQUE INDEX IF NOT EXISTS "odd (name)" ON "t" (lower("c d" || ',)') COLLATE nocase desc, (b + 1)) WHERE b > 1 AND a <> ' where '`,
      )
      expect(table.indexes).toEqual([
        indexOf('many', [on('a', { collation: 'RTRIM', direction: 'desc' }), on('a'), on('c d')]),
        indexOf(
          'odd (name)',
          [by(`lower("c d" || ',)')`, { collation: 'NOCASE', direction: 'desc' }), by('(b + 1)')],
          { unique: true, where: "b > 1 AND a <> ' where '" },
        ),
        indexOf('plain', [on('b')]),
      ])
    }))

  test('a table that was altered, or made from a query, or is called like a keyword', () =>
    withSqlite(async (sequelize) => {
      await sequelize.query('CREATE TABLE "order" (id INTEGER PRIMARY KEY, "group" TEXT)')
      await sequelize.query("ALTER TABLE \"order\" ADD COLUMN x TEXT NOT NULL DEFAULT 'y' CHECK (x <> '')")
      await sequelize.query('ALTER TABLE "order" RENAME COLUMN "group" TO "from"')
      await sequelize.query('CREATE TABLE copy AS SELECT * FROM "order"')
      const { tables } = await expectRoundTrip(engine, sequelize)
      expect(tables).toEqual([
        tableOf('copy', [columnOf('id', 'INT'), columnOf('from', 'TEXT'), columnOf('x', 'TEXT')]),
        tableOf(
          'order',
          [
            columnOf('id', 'INTEGER'),
            columnOf('from', 'TEXT'),
            columnOf('x', 'TEXT', { nullable: false, default: "'y'" }),
          ],
          { primaryKey: primaryKeyOf(['id']), checks: [checkOf("x <> ''")] },
        ),
      ])
    }))

  test('virtual tables and their shadows, temporary tables and triggers are left out', () =>
    withSqlite(async (sequelize) => {
      await sequelize.query('CREATE VIRTUAL TABLE search USING fts5 (body)')
      await sequelize.query('CREATE TEMP TABLE passing (id INT)')
      await sequelize.query('CREATE TABLE kept (id INT)')
      await sequelize.query('CREATE TRIGGER after_insert AFTER INSERT ON kept BEGIN SELECT 1; END')
      expect(await reflect(sequelize)).toEqual({
        tables: [tableOf('kept', [columnOf('id', 'INT')])],
        enums: [],
      })
    }))
})
