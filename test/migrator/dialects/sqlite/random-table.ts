import fc from 'fast-check'
import { DataTypes, literal, Op as Operators } from 'sequelize'
import type { Op, TableChanges } from 'sm2kit/migrator'
import { identifier, text } from './support.js'

/** A column of a random table: its name, its definition to the letter, and whether a value can be inserted. */
export interface RandomColumn {
  readonly name: string
  readonly sql: string
  readonly isGenerated: boolean
}

/** A random database around one table, `t`. */
export interface RandomTable {
  readonly columns: readonly RandomColumn[]
  readonly statements: readonly string[]
  readonly changes: readonly RandomChange[]
}

/** A random change, and which columns it may touch. */
export interface RandomChange {
  readonly about: readonly string[]
  readonly describe: string
  apply(table: TableChanges): void
}

const NAMES = ['a', 'B b', 'c"c', 'd;d', "e'e", 'ö', 'select', 'g-g'] as const
const TYPES = [
  'INTEGER',
  'TEXT',
  'REAL',
  'BLOB',
  'NUMERIC',
  'VARCHAR(10)',
  'UNSIGNED BIG INT',
  'odd_type',
  '',
] as const

const column = (name: string, others: readonly string[]): fc.Arbitrary<RandomColumn> =>
  fc
    .record({
      type: fc.constantFrom(...TYPES),
      quote: fc.constantFrom('"', '`', '['),
      pieces: fc.uniqueArray(
        fc.constantFrom(
          'NOT NULL DEFAULT 7',
          "DEFAULT 'it''s; x'",
          'DEFAULT CURRENT_TIMESTAMP',
          'COLLATE NOCASE',
          'UNIQUE ON CONFLICT REPLACE',
          `CONSTRAINT "ck ${name.replaceAll('"', '')}" CHECK (${identifier(name)} IS NOT 'never')`,
          '/* a, comment ( */ NULL',
          'REFERENCES p (id) ON DELETE SET NULL',
        ),
        {
          maxLength: 3,
          selector: (piece) => /DEFAULT/u.exec(piece)?.[0] ?? (/NULL$/u.test(piece) ? 'null' : piece),
        },
      ),
      generated: fc.option(fc.constantFrom('STORED', 'VIRTUAL'), { freq: 6 }),
      note: fc.constantFrom('', '', '\n  ', ' -- a note, with )\n '),
    })
    .map(({ type, quote, pieces, generated, note }) => {
      const plain = quote !== '"' && !/["`[\]]/u.test(name)
      const quoted = plain ? `${quote}${name}${quote === '[' ? ']' : quote}` : identifier(name)
      const [other] = others
      const isGenerated = generated !== null && other !== undefined
      const rest = isGenerated
        ? [`AS (coalesce(${identifier(other)}, 1) || 'x') ${generated}`]
        : pieces.filter(
            (piece) => !(piece.startsWith('/*') && pieces.some((one) => one.startsWith('NOT NULL'))),
          )
      return {
        name,
        sql: note + [quoted, type, ...rest].filter((part) => part !== '').join(' '),
        isGenerated,
      }
    })

const key = fc.constantFrom(
  { sql: 'id INTEGER PRIMARY KEY', tail: '' },
  { sql: 'id INTEGER PRIMARY KEY AUTOINCREMENT', tail: '' },
  { sql: 'id TEXT PRIMARY KEY NOT NULL', tail: ' WITHOUT ROWID' },
  { sql: 'id INT UNIQUE', tail: '' },
)

const value = fc.constantFrom(
  'NULL',
  '1',
  '-5',
  '2.5',
  "'word'",
  "'it''s \\ \"q\"; x'",
  "x'00ff'",
  "'12'",
  '9007199254740993',
)

/** Arbitrary tables with everything that SQLite can hang on one. */
export const randomTable: fc.Arbitrary<RandomTable> = fc
  .record({ count: fc.integer({ min: 1, max: 5 }), key, rowCount: fc.integer({ min: 0, max: 4 }) })
  .chain(({ count, key: keyColumn, rowCount }) => {
    const names = NAMES.slice(0, count)
    return fc.record({
      keyColumn: fc.constant(keyColumn),
      columns: fc.tuple(...names.map((name, at) => column(name, names.slice(0, at).slice(0, 1)))),
      rows: fc.array(fc.array(value, { minLength: count, maxLength: count }), {
        minLength: rowCount,
        maxLength: rowCount,
      }),
      constraint: fc.constantFrom(
        '',
        ', CHECK (id IS NOT NULL)',
        `, CONSTRAINT "u u" UNIQUE (id, "a")`,
        ', CONSTRAINT self FOREIGN KEY ("a") REFERENCES t (id) ON DELETE RESTRICT',
      ),
      index: fc.constantFrom(
        '',
        'CREATE INDEX i1 ON t (lower("a"))',
        'CREATE INDEX i1 ON "t" (a DESC, id) WHERE t.a > 5',
        'CREATE UNIQUE INDEX i1 ON t (a COLLATE NOCASE, id)',
      ),
      trigger: fc.constantFrom(
        '',
        `CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE t SET a = new.a WHERE id = new.id; INSERT INTO log VALUES ('a;b'); END`,
        'CREATE TRIGGER g BEFORE UPDATE OF a ON t WHEN new.id > 0 BEGIN SELECT 1; END',
      ),
      view: fc.constantFrom(
        '',
        'CREATE VIEW v AS SELECT id, "a" FROM t',
        'CREATE VIEW v AS SELECT * FROM t -- all',
      ),
      action: fc.constantFrom('CASCADE', 'SET NULL', 'RESTRICT', 'NO ACTION', 'SET DEFAULT'),
      deferred: fc.constantFrom('', ' DEFERRABLE INITIALLY DEFERRED'),
      changes: fc.array(change(['id', ...names]), { minLength: 1, maxLength: 3 }),
    })
  })
  .map(({ keyColumn, columns, rows, constraint, index, trigger, view, action, deferred, changes }) => {
    const writable = columns.filter(({ isGenerated }) => !isGenerated)
    const list = ['id', ...writable.map(({ name }) => identifier(name))].join(', ')
    return {
      columns: [{ name: 'id', sql: keyColumn.sql, isGenerated: false }, ...columns],
      changes,
      statements: [
        'CREATE TABLE p (id INTEGER PRIMARY KEY)',
        'CREATE TABLE log (word TEXT)',
        'INSERT INTO p VALUES (1)',
        `CREATE TABLE t (${[keyColumn.sql, ...columns.map(({ sql }) => sql)].join(', ')}${constraint})${keyColumn.tail}`,
        `CREATE TABLE kid (id INTEGER PRIMARY KEY, tid REFERENCES t (id) ON DELETE ${action}${deferred})`,
        ...rows.map(
          (row, at) =>
            `INSERT OR IGNORE INTO t (${list}) VALUES (${[at + 1, ...row.slice(0, writable.length)].join(', ')})`,
        ),
        ...(keyColumn.sql.includes('AUTOINCREMENT')
          ? ['INSERT OR IGNORE INTO t (id) VALUES (90)', 'DELETE FROM t WHERE id = 90']
          : []),
        'INSERT INTO kid (tid) SELECT id FROM t',
        ...[index, trigger, view].filter((sql) => sql !== ''),
      ],
    }
  })

const change = (names: readonly string[]): fc.Arbitrary<RandomChange> => {
  const name = fc.constantFrom(...names)
  const attribute = fc.record(
    {
      type: fc.constantFrom<unknown>(DataTypes.BIGINT, DataTypes.TEXT, DataTypes.STRING(9), 'REAL', 'BLOB'),
      allowNull: fc.boolean(),
      defaultValue: fc.constantFrom<unknown>(null, 5, `it's "; \\`, literal('(1 + 1)')),
      unique: fc.boolean(),
    },
    { requiredKeys: [] },
  )
  const made = (
    about: readonly string[],
    describe: string,
    apply: (table: TableChanges) => void,
  ): RandomChange => ({ about, describe, apply })
  return fc.oneof(
    fc
      .tuple(name, attribute)
      .map(([on, to]) =>
        made([on], `change ${on} ${JSON.stringify(to)}`, (table) => table.changeColumn(on, to as never)),
      ),
    name.map((on) => made([on], `remove ${on}`, (table) => table.removeColumn(on))),
    attribute.map((to) =>
      made([], `add ${JSON.stringify(to)}`, (table) =>
        table.addColumn('added', { type: DataTypes.INTEGER, ...to } as never),
      ),
    ),
    name.map((on) =>
      made([], `unique ${on}`, (table) =>
        table.addConstraint({ fields: [on], type: 'unique', name: 'the unique' }),
      ),
    ),
    name.map((on) =>
      made([], `check ${on}`, (table) =>
        table.addConstraint({ fields: [on], type: 'check', where: { [on]: { [Operators.ne]: 'word' } } }),
      ),
    ),
    name.map((on) =>
      made([], `key ${on}`, (table) =>
        table.addConstraint({
          fields: [on],
          type: 'foreign key',
          name: 'the key',
          references: { table: 'p', field: 'id' },
          onDelete: 'cascade',
          onUpdate: 'cascade',
        }),
      ),
    ),
    fc
      .constantFrom('self', 'u u', 'ck a', 'nothing')
      .map((gone) => made([...names], `drop ${gone}`, (table) => table.removeConstraint(gone))),
  )
}

/** Makes the changes, in one rebuild or each on its own. */
export const makeChanges = async (
  op: Op,
  changes: readonly RandomChange[],
  isTogether: boolean,
): Promise<void> => {
  if (isTogether) await op.alterTable('t', (table) => changes.forEach((one) => void one.apply(table)))
  else for (const one of changes) await op.alterTable('t', (table) => one.apply(table))
}

/** Each row of a table as the values of some columns. */
export const valuesSql = (columns: readonly string[]): string =>
  `SELECT json_array(${columns.map((name) => `typeof(${identifier(name)}) || quote(${identifier(name)})`).join(', ')}) AS "row" FROM t ORDER BY id, 1`

/** The names of the columns of `t`. */
export const columnsSql = `SELECT name FROM pragma_table_xinfo(${text('t')})`
