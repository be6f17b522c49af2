import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { Sequelize } from 'sequelize'
import { afterAll, describe, expect, test } from 'vitest'
import {
  type CreateTable,
  parseCreateTable,
  printCreateTable,
} from '../../../../src/migrator/dialects/sqlite/sql-text/create-table.js'
import { withPlainNames } from '../../../../src/migrator/dialects/sqlite/sql-text/plain-names.js'
import { nameOf, namesIn, tokenize } from '../../../../src/migrator/dialects/sqlite/sql-text/tokens.js'
import { rowsOf, runs } from '../../support.js'

const sequelize = new Sequelize('sqlite::memory:', { logging: false })
afterAll(() => sequelize.close())

const parse = (sql: string): CreateTable => {
  const table = parseCreateTable(sql)
  if (table === undefined) throw new Error(`not understood: ${sql}`)
  return table
}

describe('plain names', () => {
  const columns = ['a', 'B', 'order', 'with space', 'größe', 'abs']
  test.each([
    ['"a" > 0', 'a > 0'],
    ['`a`>[b]', 'a>b'],
    ['"a" <> \'"a"\'', 'a <> \'"a"\''],
    ['"order" + "with space" + "größe" > 0', '"order" + "with space" + "größe" > 0'],
    ['"c" = a', '"c" = a'],
    ['"abs"(a) > "abs"', '"abs"(a) > abs'],
    ['a IN("a")AND"a"', 'a IN(a)AND"a"'],
    ['a /* "a" */ > 0 -- "a"', 'a /* "a" */ > 0 -- "a"'],
  ])('%s', (sql, printed) => expect(withPlainNames(sql, columns)).toBe(printed))
})

describe('tokens', () => {
  test('are the text, whatever it is', () => {
    const hostile = fc.string({
      unit: fc.oneof(fc.constantFrom(...'\'"`[]()-*/;,.\n xX0e_é🂡ab$'), fc.string({ maxLength: 1 })),
      maxLength: 60,
    })
    fc.assert(
      fc.property(hostile, (sql) => {
        const tokens = tokenize(sql)
        expect(tokens.map(({ text }) => text).join('')).toBe(sql)
        expect(tokens.map(({ start }) => start)).toEqual(
          tokens.map((_, index) =>
            tokens.slice(0, index).reduce((length, { text }) => length + text.length, 0),
          ),
        )
      }),
      runs(500, 20_000),
    )
  })

  test('have a kind', () => {
    const kinds = (sql: string): string[] =>
      tokenize(sql)
        .filter(({ kind }) => kind !== 'space')
        .map(({ kind, text }) => `${kind} ${text}`)
    expect(kinds(`x'0F' 'it''s' "a""b" [c d] \`e\`\`f\` 1.5e-3 0xFF .5 é$1 a.b -- c`)).toEqual([
      "blob x'0F'",
      "string 'it''s'",
      'quoted "a""b"',
      'quoted [c d]',
      'quoted `e``f`',
      'number 1.5e-3',
      'number 0xFF',
      'number .5',
      'word é$1',
      'word a',
      'symbol .',
      'word b',
      'comment -- c',
    ])
    expect(kinds('/* not ended')).toEqual(['comment /* not ended'])
  })

  test('give the name that they write', () => {
    const names = ['"a""b"', '`e``f`', '[c d]', "'it''s'", 'Plain', '"é"'].flatMap(tokenize).map(nameOf)
    expect(names).toEqual(['a"b', 'e`f', 'c d', "it's", 'Plain', 'é'])
  })

  test('tell which names an expression may use', () => {
    expect([...namesIn(`lower("The Name") > [x] AND y IN ('z') -- w`)]).toEqual([
      ...['lower', 'the name', 'x', 'and', 'y', 'in', 'z'],
    ])
  })
})

const features: readonly { readonly id: string; readonly what: string; readonly sql: readonly string[] }[] =
  JSON.parse(readFileSync(new URL('./preserve.json', import.meta.url), 'utf8'))

const ODD: readonly string[] = [
  ...features.flatMap(({ sql }) => sql).filter((sql) => sql.startsWith('CREATE TABLE')),
  'CREATE TABLE t(a)',
  'CREATE TABLE "odd ""table"" (x"(a INT, [b,)] TEXT, `c``d` , \'e\' REAL)',
  'create temp table if not exists main_t ( -- one (\n a /* , */ int , -- two, )\n b text\n) -- end',
  "CREATE TABLE t (a DEFAULT 'x, )', b DEFAULT (1 + (2 * 3)), c DEFAULT -1.5, d DEFAULT +2, e DEFAULT x'00', f DEFAULT CURRENT_TIMESTAMP, g DEFAULT NULL NOT NULL, h DEFAULT word)",
  'CREATE TABLE t (a INTEGER CONSTRAINT pk PRIMARY KEY DESC ON CONFLICT FAIL, b CONSTRAINT one CONSTRAINT two CHECK (b > 0) CONSTRAINT lone)',
  'CREATE TABLE t (a DECIMAL(10, 2) NOT NULL ON CONFLICT IGNORE UNIQUE ON CONFLICT REPLACE COLLATE NOCASE, b VARCHAR ( 5 ) NULL)',
  'CREATE TABLE t (a, b, CHECK (a > 0) CHECK (b > 0) CONSTRAINT u UNIQUE (a COLLATE NOCASE DESC, b) ON CONFLICT ROLLBACK)',
  "CREATE TABLE t (a PRIMARY KEY, b AS (a || 'x'), c GENERATED ALWAYS AS (a + 1) STORED, d INT GENERATED ALWAYS AS (a) VIRTUAL NOT NULL) STRICT, WITHOUT ROWID".replace(
    /a PRIMARY|c GEN|b AS/gu,
    (found) => found.replace(' ', ' INT '),
  ),
  'CREATE TABLE t (a INTEGER, b REFERENCES "p q" (x) ON DELETE SET NULL ON UPDATE CASCADE MATCH FULL NOT DEFERRABLE INITIALLY IMMEDIATE NOT NULL, FOREIGN KEY (a, b) REFERENCES r (c, d) ON DELETE SET DEFAULT DEFERRABLE INITIALLY DEFERRED)',
  'CREATE TABLE t (a INTEGER, b, PRIMARY KEY (a AUTOINCREMENT))',
  'CREATE TABLE t (a CHECK (a IN (SELECT 1)), "check" TEXT, "primary" INT, [unique] INT)'.replace(
    'a IN (SELECT 1)',
    "a <> ')'",
  ),
  'CREATE TABLE Ünïcode (größe INT, "größe 2" TEXT DEFAULT \'ß\')',
  'CREATE TABLE t (generated TEXT, always INT, a TEXT DEFAULT "double quoted")',
]

describe('the text of a table', () => {
  test.each(ODD)('is kept, character for character: %s', (sql) => {
    expect(printCreateTable(parse(sql))).toBe(sql)
  })

  test.each(ODD)('is split as the engine splits it: %s', async (sql) => {
    const table = parse(sql)
    const schema = /temp/u.test(sql) ? 'temp' : 'main'
    await sequelize.query(sql)
    try {
      const columns = await rowsOf(
        sequelize,
        `SELECT * FROM pragma_table_xinfo('${table.name.replaceAll("'", "''")}', '${schema}')`,
      )
      expect(table.columns.map(({ name }) => name)).toEqual(columns.map(({ name }) => name))
      // SQLite gives its own types in capitals.
      const flat = (type: unknown): string => String(type).replace(/\s+/gu, ' ').toUpperCase()
      expect(table.columns.map(({ type }) => flat(type))).toEqual(columns.map(({ type }) => flat(type)))
      const isRequired = (constraints: readonly { readonly kind: string }[]): number =>
        constraints.some(({ kind }) => kind === 'not null') ? 1 : 0
      if (!table.isWithoutRowid)
        expect(table.columns.map(({ constraints }) => isRequired(constraints))).toEqual(
          columns.map(({ notnull }) => notnull),
        )
      expect(
        table.columns.map(
          ({ constraints }) => constraints.findLast(({ kind }) => kind === 'default')?.expression ?? null,
        ),
      ).toEqual(columns.map(({ dflt_value: value }) => bracketed(value, table)))
      const keys = await rowsOf(
        sequelize,
        `SELECT DISTINCT id FROM pragma_foreign_key_list('${table.name.replaceAll("'", "''")}', '${schema}')`,
      )
      const all = [...table.columns.flatMap(({ constraints }) => constraints), ...table.constraints]
      expect(all.filter(({ kind }) => kind === 'foreign key')).toHaveLength(keys.length)
    } finally {
      await sequelize.query(`DROP TABLE "${table.name.replaceAll('"', '""')}"`)
    }
  })

  /** The pragma takes the brackets of a default away. */
  const bracketed = (value: unknown, table: CreateTable): unknown => {
    const written = table.columns
      .flatMap(({ constraints }) => constraints)
      .filter(({ kind }) => kind === 'default')
      .map(({ expression }) => expression ?? '')
    return typeof value === 'string' && written.includes(`(${value})`) ? `(${value})` : value
  }

  test('tells what each constraint says', () => {
    const table = parse(
      'CREATE TABLE t (a INTEGER CONSTRAINT pk PRIMARY KEY AUTOINCREMENT, b TEXT COLLATE "NOCASE" REFERENCES [p] (x) ON DELETE SET NULL INITIALLY DEFERRED NOT NULL, ' +
        'c AS (a + 1) STORED, CONSTRAINT "the u" UNIQUE (a DESC, b COLLATE RTRIM) ON CONFLICT FAIL, CHECK ( a > 0 )) STRICT, WITHOUT ROWID',
    )
    const [a, b, c] = table.columns.map(({ constraints }) =>
      constraints.map(({ before: _before, text: _text, ...rest }) => rest),
    )
    expect(a).toEqual([{ kind: 'primary key', name: 'pk', isAutoincrement: true }])
    expect(b).toEqual([
      { kind: 'collate', collation: 'NOCASE' },
      {
        kind: 'foreign key',
        references: { table: 'p', columns: ['x'], onDelete: 'SET NULL', initially: 'DEFERRED' },
      },
      { kind: 'not null' },
    ])
    expect(c).toEqual([{ kind: 'generated', expression: 'a + 1', isStored: true }])
    expect(table.constraints).toMatchObject([
      {
        kind: 'unique',
        name: 'the u',
        columns: [
          { name: 'a', order: 'DESC' },
          { name: 'b', collation: 'RTRIM' },
        ],
        onConflict: 'FAIL',
      },
      { kind: 'check', expression: 'a > 0', text: 'CHECK ( a > 0 )' },
    ])
    expect([table.isStrict, table.isWithoutRowid]).toEqual([true, true])
  })

  test('is none where it is no table', () => {
    const others = [
      'CREATE VIRTUAL TABLE t USING fts5(a, b)',
      'CREATE TABLE t AS SELECT 1',
      'CREATE INDEX i ON t (a)',
      'CREATE TABLE t (a, b',
      '',
    ]
    expect(others.map(parseCreateTable)).toEqual(others.map(() => undefined))
  })
})
