import fc from 'fast-check'
import { DataTypes, QueryTypes, Sequelize } from 'sequelize'
import { createMigrator, type Op } from 'sm2kit/migrator'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { readStored } from '../../../../src/migrator/dialects/sqlite/pragmas.js'
import { reflectSqlite, tableOf } from '../../../../src/migrator/dialects/sqlite/reflect.js'
import { beyondPragmas } from '../../../../src/migrator/dialects/sqlite/sql-text/beyond-pragmas.js'
import { parseCreateTable } from '../../../../src/migrator/dialects/sqlite/sql-text/create-table.js'
import { sqliteTranslator } from '../../../../src/migrator/dialects/sqlite/translator.js'
import { modelTablesOf } from '../../../../src/migrator/models/model-tables.js'
import { selectWith } from '../../../../src/migrator/runtime/session.js'
import { canonicalSchema, canonicalTable } from '../../../../src/migrator/schema/canonical.js'
import type { Table } from '../../../../src/migrator/schema/schema.js'
import { runs } from '../../support.js'

const sequelize = new Sequelize('sqlite::memory:', { logging: false })
afterAll(() => sequelize.close())

const reader = { select: <Row extends object>(sql: string) => selectWith<Row>(sequelize, sql, null) }

const emptied = async (): Promise<void> => {
  const tables = await sequelize.query<{ name: string }>(
    `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`,
    { type: QueryTypes.SELECT },
  )
  await sequelize.query('PRAGMA foreign_keys = OFF')
  for (const { name } of tables) await sequelize.query(`DROP TABLE "${name.replaceAll('"', '""')}"`)
}

describe('what only the text of a table says', () => {
  test.each([
    ['CREATE TABLE t (a INTEGER PRIMARY KEY, b VARCHAR(5) UNIQUE DEFAULT 1 REFERENCES p (id))', false, false],
    ['CREATE TABLE t (a INTEGER PRIMARY KEY AUTOINCREMENT)', true, false],
    ['CREATE TABLE t (a integer primary key autoincrement, check(a>1))', true, true],
    [`CREATE TABLE t ("check" TEXT DEFAULT 'COLLATE', \`desc\` TEXT, [match] TEXT)`, false, false],
    [
      `CREATE TABLE "AUTOINCREMENT" (a TEXT DEFAULT 'it''s AUTOINCREMENT' -- CHECK\n/* STRICT */)`,
      false,
      false,
    ],
    ['CREATE TABLE t (description TEXT, checked TEXT, strictly TEXT)', false, false],
    ["CREATE TABLE t (a TEXT DEFAULT ''CHECK(a<>'x'))", false, true],
    ['CREATE TABLE t (a TEXT)STRICT', false, true],
  ])('%s', (sql, isNumbered, isMore) => expect(beyondPragmas(sql)).toEqual({ isNumbered, isMore }))

  const pieces = fc.constantFrom(
    ...['NOT NULL', 'UNIQUE', 'DEFAULT 0', 'DEFAULT -1.5', "DEFAULT 'CHECK'", 'DEFAULT word', 'DEFAULT "w"'],
    ...[
      'DEFAULT true',
      'DEFAULT current_date',
      'DEFAULT (word2)',
      'DEFAULT (1 + 1)',
      'DEFAULT NULL',
      "DEFAULT x'00'",
    ],
    ...['COLLATE NOCASE', 'CHECK (1 > 0)', 'REFERENCES p', 'REFERENCES p (id) ON DELETE CASCADE'],
    ...[
      'REFERENCES p DEFERRABLE INITIALLY DEFERRED',
      'CONSTRAINT named UNIQUE',
      '/* CHECK */',
      'NOT NULL ON CONFLICT IGNORE',
    ],
    ...['AS (1)', 'GENERATED ALWAYS AS (2) STORED'],
  )
  const column = fc.record({
    type: fc.constantFrom('INTEGER', 'VARCHAR(80)', 'decimal( 10, 2 )', 'Double  Precision', ''),
    pieces: fc.uniqueArray(pieces, { maxLength: 3, selector: (piece) => piece.slice(0, 3) }),
  })
  const table = fc.record({
    columns: fc.array(column, { minLength: 1, maxLength: 4 }),
    key: fc.constantFrom('', 'PRIMARY KEY', 'PRIMARY KEY AUTOINCREMENT', 'PRIMARY KEY DESC'),
    constraint: fc.constantFrom(
      '',
      ', UNIQUE (id, "check")',
      ', UNIQUE (id DESC)',
      ', CONSTRAINT c FOREIGN KEY (id) REFERENCES p',
    ),
    options: fc.constantFrom('', ' WITHOUT ROWID', ' STRICT'),
    index: fc.constantFrom(
      '',
      '(id)',
      '(id DESC, "check" COLLATE NOCASE)',
      '(lower("check"))',
      '(id) WHERE id > 0',
    ),
  })
  const names = ['"check"', 'b', '`auto increment`', '[d]']

  test('is the same whether the text was split or not, for random tables', async () => {
    const seen = { legal: 0, unsplit: 0 }
    await fc.assert(
      fc.asyncProperty(table, async ({ columns, key, constraint, options, index }) => {
        await emptied()
        await sequelize.query('CREATE TABLE p (id INTEGER PRIMARY KEY)')
        const list = columns.map(({ type, pieces: own }, at) => `${names[at]} ${type} ${own.join(' ')}`)
        const sql = `CREATE TABLE t (id INTEGER ${key}, ${list.join(', ')}${constraint})${options}`
        // Not all that comes together is legal.
        if (
          await sequelize.query(sql).then(
            () => false,
            () => true,
          )
        )
          return
        if (index !== '') await sequelize.query(`CREATE INDEX i ON t ${index}`).catch(() => undefined)
        const { tables, indexTexts } = await readStored(reader)
        const find = (name: string) => tables.find((one) => one.name === name)
        const split = tables.map((stored) =>
          canonicalTable(tableOf({ stored, text: parseCreateTable(stored.sql) }, indexTexts, find)),
        )
        expect((await reflectSqlite(reader)).tables).toEqual(split)
        seen.legal += 1
        if (!beyondPragmas(tables[1]?.sql ?? '').isMore) seen.unsplit += 1
      }),
      runs(150, 3000),
    )
    expect(seen.legal).toBeGreaterThan(30)
    expect(seen.unsplit).toBeGreaterThan(3)
  })
})

describe('a table that was made by the statements of its model', () => {
  beforeEach(async () => {
    await emptied()
    sequelize.define(
      'note',
      { text: { type: DataTypes.STRING(80), allowNull: false, defaultValue: 'a' }, due: DataTypes.DATEONLY },
      { timestamps: false, indexes: [{ fields: ['due'] }, { unique: true, fields: ['text', 'due'] }] },
    )
  })

  const actual = async (): Promise<Table> => {
    const found = canonicalSchema(await reflectSqlite(reader)).tables.find(({ name }) => name === 'notes')
    if (found === undefined) throw new Error('It is not there')
    return found
  }

  const translated = (there: Table): Table | undefined => {
    const [model] = modelTablesOf(sequelize.models, sequelize)
    if (model === undefined) throw new Error('There is no model')
    return sqliteTranslator(sequelize).translate(model, there)?.table
  }

  const differences = () => createMigrator({ sequelize, migrations: [], baseline: false }).differences()

  test('is what the model wants, as it stands', async () => {
    await sequelize.sync()
    const there = await actual()
    expect(translated(there)).toBe(there)
    expect(await differences()).toEqual([])
  })

  test('may have been made by a revision', async () => {
    const migrator = createMigrator({
      sequelize,
      baseline: false,
      migrations: [
        {
          revision: '0123456789ab',
          downRevision: null,
          up: async ({ context: op }: { context: Op }) => {
            await op.createTable('notes', {
              id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
              text: { type: DataTypes.STRING(80), allowNull: false, defaultValue: 'a' },
              due: DataTypes.DATEONLY,
            })
            await op.addIndex('notes', ['due'])
            await op.addIndex('notes', ['text', 'due'], { unique: true })
          },
          down: ({ context: op }: { context: Op }) => op.dropTable('notes'),
        },
      ],
    })
    await migrator.upgrade()
    const there = await actual()
    expect(translated(there)).toBe(there)
    await migrator.downgrade('base')
  })

  test.each([
    ['DROP INDEX notes_due', 'addIndex'],
    ['CREATE INDEX more ON notes (id, due)', 'removeIndex'],
    ['ALTER TABLE notes ADD COLUMN more TEXT', 'removeColumn'],
    ['ALTER TABLE notes RENAME COLUMN due TO until', 'addColumn'],
  ])('is compared when it has changed since: %s', async (sql, kind) => {
    await sequelize.sync()
    await sequelize.query(sql)
    const there = await actual()
    expect(translated(there)).not.toBe(there)
    expect((await differences()).map((operation) => operation.kind)).toContain(kind)
  })
})
