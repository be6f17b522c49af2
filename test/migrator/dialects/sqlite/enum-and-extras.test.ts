import { DataTypes, type Sequelize } from 'sequelize'
import { createMigrator, reflect } from 'sm2kit/migrator'
import { describe, expect, test } from 'vitest'
import { engines, withDatabase } from '../../../support/engines/index.js'
import { failure, rowsOf } from '../../support.js'
import { contentsOf, given, step } from './support.js'

for (const engine of engines.filter(({ dialect }) => dialect === 'sqlite')) {
  const on = (use: (sequelize: Sequelize) => Promise<unknown>) =>
    withDatabase(engine, (database) => use(database.connect()))

  describe(`op.changeEnum on ${engine.name}`, () => {
    const TABLES = [
      `CREATE TABLE notes (id INTEGER PRIMARY KEY AUTOINCREMENT, level TEXT NOT NULL DEFAULT 'low' /* how */ CHECK ("level" IN ('low','high')),
       title TEXT CHECK (title IN ('low')), CONSTRAINT levels CHECK ((level in ('low', 'high'))), CONSTRAINT both CHECK (level IN ('low','high') OR title IS NULL))`,
      "CREATE INDEX by_level ON notes (level) WHERE level IN ('low')",
      'CREATE TABLE parts (note INTEGER REFERENCES notes (id) ON DELETE CASCADE)',
      "INSERT INTO notes (id, level) VALUES (4, 'low'), (9, 'high')",
      'INSERT INTO parts VALUES (4)',
    ]

    test('puts the new list into the checks that say the values of the column and nothing else', () =>
      on(async (sequelize) => {
        await given(sequelize, ...TABLES)
        const before = await contentsOf(sequelize)
        await step(sequelize, (op) =>
          op.changeEnum('notes', 'level', ["it's", 'hi"gh', 'ne\\w'], {
            rename: { low: "it's", high: 'hi"gh' },
          }),
        )
        const after = await contentsOf(sequelize)
        const list = `('it''s', 'hi"gh', 'ne\\w')`
        expect(after.objects).toEqual({
          ...before.objects,
          'table notes': before.objects['table notes']
            ?.replace("DEFAULT 'low'", "DEFAULT 'it''s'")
            .replace(`("level" IN ('low','high'))`, `("level" IN ${list})`)
            .replace("((level in ('low', 'high')))", `((level in ${list}))`),
        })
        expect(after.sequence).toEqual(before.sequence)
        expect(after.rows['parts']).toEqual(before.rows['parts'])
        expect(await rowsOf(sequelize, 'SELECT id, level FROM notes ORDER BY id')).toEqual([
          { id: 4, level: "it's" },
          { id: 9, level: 'hi"gh' },
        ])
      }))

    test('adds a value where nothing moves, and takes it away again', () =>
      on(async (sequelize) => {
        await given(
          sequelize,
          "CREATE TABLE notes (id INTEGER PRIMARY KEY, level TEXT CHECK (level IN ('low', 'high')))",
        )
        const before = await contentsOf(sequelize)
        await step(sequelize, (op) => op.changeEnum('notes', 'level', ['low', 'mid', 'high']))
        await given(sequelize, "INSERT INTO notes VALUES (1, 'mid'), (2, NULL)")
        const error = await failure(step(sequelize, (op) => op.changeEnum('notes', 'level', ['low', 'high'])))
        expect(error.message).toContain('1 row has in "level" (such as id 1) a value that goes')
        await step(sequelize, (op) =>
          op.changeEnum('notes', 'level', ['low', 'high'], { map: { mid: null } }),
        )
        expect((await contentsOf(sequelize)).objects).toEqual(before.objects)
        expect(await rowsOf(sequelize, 'SELECT level FROM notes')).toEqual([{ level: null }, { level: null }])
      }))

    test('is refused without a transaction, and collected for a plan', () =>
      on(async (sequelize) => {
        await given(
          sequelize,
          "CREATE TABLE notes (id INTEGER PRIMARY KEY, level TEXT CHECK (level IN ('low', 'high')))",
        )
        const revision = {
          revision: 'a',
          downRevision: null,
          up: ({ context: op }: { context: import('sm2kit/migrator').Op }) =>
            op.changeEnum('notes', 'level', ['low', 'top'], { rename: { high: 'top' } }),
        }
        const numbered = createMigrator({
          sequelize,
          baseline: false,
          migrations: [{ ...revision, transaction: false }],
        })
        expect((await failure(numbered.up())).code).toBe('UNSAFE_OPERATION')
        const { steps } = await createMigrator({ sequelize, baseline: false, migrations: [revision] }).plan(
          'head',
        )
        for (const sql of steps[0]?.statements ?? []) await sequelize.query(sql)
        const [stored] = await rowsOf(sequelize, "SELECT sql FROM sqlite_schema WHERE name = 'notes'")
        expect(stored?.['sql']).toContain("CHECK (level IN ('low', 'top'))")
      }))
  })

  describe(`what Sequelize cannot say, on ${engine.name}`, () => {
    test('is made with a table, added, changed, and taken away', () =>
      on(async (sequelize) => {
        await step(sequelize, async (op) => {
          await op.createTable('notes', {
            id: { type: 'INTEGER', primaryKey: true, autoIncrement: true },
            title: { type: DataTypes.STRING, collation: 'NOCASE', allowNull: false },
            stars: { type: 'INT', checks: [{ name: 'few', expression: 'stars < 9' }] },
            twice: { type: 'INT', generated: { expression: 'stars * 2', stored: true } },
          })
          // On an empty table too SQLite adds no stored column.
          await op.addColumn('notes', 'four', {
            type: 'INT',
            generated: { expression: 'stars * 4', stored: true },
          })
          await op.bulkInsert('notes', [{ title: 'a', stars: 2 }])
          await op.addColumn('notes', 'thrice', {
            type: 'INT',
            generated: { expression: 'stars * 3', stored: false },
          })
          await op.addColumn('notes', 'five', {
            type: 'INT',
            generated: { expression: 'stars * 5', stored: true },
          })
          await op.addColumn('notes', 'lang', { type: 'TEXT', collation: 'RTRIM' })
          await op.addColumn('notes', 'kind', 'SMALLINT')
        })
        const told = async () =>
          ((await reflect(sequelize)).tables.find(({ name }) => name === 'notes')?.columns ?? []).map(
            ({ name, collation, generated }) => [name, collation, generated],
          )
        expect(await told()).toEqual([
          ['id', null, null],
          ['title', 'NOCASE', null],
          ['stars', null, null],
          ['twice', null, { expression: 'stars * 2', stored: true }],
          ['four', null, { expression: 'stars * 4', stored: true }],
          ['thrice', null, { expression: 'stars * 3', stored: false }],
          ['five', null, { expression: 'stars * 5', stored: true }],
          ['lang', 'RTRIM', null],
          ['kind', null, null],
        ])
        await step(sequelize, async (op) => {
          await op.changeColumn('notes', 'title', { collation: null })
          await op.changeColumn('notes', 'lang', { collation: 'NOCASE' })
          await op.changeColumn('notes', 'thrice', { generated: null })
          await op.changeColumn('notes', 'twice', { generated: { expression: 'stars * 20', stored: false } })
        })
        expect(await told()).toEqual([
          ['id', null, null],
          ['title', null, null],
          ['stars', null, null],
          ['twice', null, { expression: 'stars * 20', stored: false }],
          ['four', null, { expression: 'stars * 4', stored: true }],
          ['thrice', null, null],
          ['five', null, { expression: 'stars * 5', stored: true }],
          ['lang', 'NOCASE', null],
          ['kind', null, null],
        ])
        expect(await rowsOf(sequelize, 'SELECT twice, thrice, four, five FROM notes')).toEqual([
          { twice: 40, thrice: 6, four: 8, five: 10 },
        ])
        const broken = await failure(sequelize.query("INSERT INTO notes (title, stars) VALUES ('b', 9)"))
        expect(broken).toMatchObject({
          parent: { message: expect.stringContaining('CHECK constraint failed: few') },
        })
      }))

    test('a text that begins like a truth value stays the default that it is', () =>
      on(async (sequelize) => {
        await step(sequelize, async (op) => {
          await op.createTable('notes', { a: { type: DataTypes.STRING, defaultValue: 'falsehood' } })
          await op.addColumn('notes', 'b', { type: DataTypes.STRING, defaultValue: "true'ish" })
          await op
            .bulkInsert('notes', [{}])
            .catch(() => op.sequelize.query('INSERT INTO notes DEFAULT VALUES'))
        })
        expect(await rowsOf(sequelize, 'SELECT * FROM notes')).toEqual([{ a: 'falsehood', b: "true'ish" }])
      }))

    test('constraints and indexes get other names, and nothing else is changed', () =>
      on(async (sequelize) => {
        await given(
          sequelize,
          'CREATE TABLE users (id INTEGER PRIMARY KEY)',
          `CREATE TABLE notes (a INT CONSTRAINT few CHECK (a < 5), b INT REFERENCES users (id), c INT, CONSTRAINT "one c" UNIQUE (c))`,
          'CREATE UNIQUE INDEX IF NOT EXISTS by_a ON notes (a DESC) WHERE a > 1',
          'INSERT INTO notes VALUES (2, NULL, 3)',
        )
        const before = await contentsOf(sequelize)
        await step(sequelize, async (op) => {
          await op.renameConstraint('notes', 'few', 'not "many"')
          await op.renameConstraint('notes', 'notes_b_users_fk', 'owned')
          await op.renameConstraint('notes', 'one c', 'only_c')
          await op.renameIndex('notes', 'by_a', 'of "a"')
          await op.changeTable('notes', { comment: 'nowhere to be kept' })
        })
        const after = await contentsOf(sequelize)
        expect(after.rows).toEqual(before.rows)
        expect(after.objects).toEqual({
          'table users': before.objects['table users'],
          'table notes': `CREATE TABLE notes (a INT CONSTRAINT "not ""many""" CHECK (a < 5), b INT CONSTRAINT "owned" REFERENCES users (id), c INT, CONSTRAINT "only_c" UNIQUE (c))`,
          'index of "a"': 'CREATE UNIQUE INDEX "of ""a""" ON notes (a DESC) WHERE a > 1',
        })
        const missing = await failure(step(sequelize, (op) => op.renameIndex('notes', 'nosuch', 'x')))
        expect(missing.code).toBe('UNSAFE_OPERATION')
        const taken = await failure(step(sequelize, (op) => op.renameConstraint('notes', 'owned', 'only_c')))
        expect(taken.message).toContain('there is a constraint "only_c" already')
      }))
  })
}
