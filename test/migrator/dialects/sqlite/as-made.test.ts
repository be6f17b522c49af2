// What is found out from the stored statements alone, and what is read.

import { DataTypes, QueryTypes, Sequelize } from 'sequelize'
import { createMigrator, type MigratorOptions } from 'sm2kit/migrator'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { failure } from '../../support.js'

let sequelize: Sequelize
let sent: string[]

const defineNotes = (instance: Sequelize): void => {
  instance.define('deck', { name: DataTypes.STRING }, { timestamps: false })
  instance.define(
    'note',
    {
      text: { type: DataTypes.STRING(80), allowNull: false, defaultValue: 'a' },
      deckId: { type: DataTypes.INTEGER, references: { model: 'decks', key: 'id' } },
    },
    { timestamps: false, indexes: [{ name: 'notes_text', fields: ['text'] }] },
  )
}

beforeEach(async () => {
  sent = []
  sequelize = new Sequelize('sqlite::memory:', { logging: (sql) => sent.push(sql) })
  defineNotes(sequelize)
  await sequelize.sync()
  sent.length = 0
})
afterEach(() => sequelize.close())

const run = async (sql: string): Promise<void> => {
  await sequelize.query(sql, { type: QueryTypes.RAW })
  sent.length = 0
}

const differences = async (options: Partial<MigratorOptions> = {}): Promise<readonly string[]> => {
  const migrator = createMigrator({ sequelize, migrations: [], baseline: false, ...options })
  return (await migrator.differences()).map(({ kind }) => kind)
}

const wasRead = (): boolean => sent.some((sql) => sql.includes('pragma_table_xinfo'))

describe('a database that is as sync() makes it', () => {
  test('is known by one statement, and nothing else is read', async () => {
    expect(await differences()).toEqual([])
    expect(sent).toHaveLength(1)
    expect(wasRead()).toBe(false)
  })

  test.each([
    ['the record of another tool', 'CREATE TABLE SequelizeMeta (name TEXT PRIMARY KEY)'],
    ['the version table', 'CREATE TABLE sm2kit_revisions (revision TEXT PRIMARY KEY)'],
    ['statistics', 'ANALYZE'],
    ['a view', 'CREATE VIEW seen AS SELECT * FROM notes'],
    ['a trigger', 'CREATE TRIGGER t AFTER DELETE ON notes BEGIN SELECT 1; END'],
    ['a virtual table with its own', 'CREATE VIRTUAL TABLE found USING fts5(text)'],
  ])('is known so beside %s', async (_, sql) => {
    await run(sql)
    expect(await differences()).toEqual([])
    expect(wasRead()).toBe(false)
  })

  test.each([
    ['another table', 'CREATE TABLE more (a)', 'dropTable'],
    ['a table less', 'DROP TABLE notes', 'createTable'],
    ['an index less', 'DROP INDEX notes_text', 'addIndex'],
    ['an index more', 'CREATE INDEX more ON notes (deckId)', 'removeIndex'],
    ['a column more', 'ALTER TABLE notes ADD more TEXT', 'removeColumn'],
  ])('is read, and differs, with %s', async (_, sql, kind) => {
    await run('PRAGMA foreign_keys = OFF')
    await run(sql)
    expect(await differences()).toContain(kind)
    expect(wasRead()).toBe(true)
  })

  test.each([
    ['a table in other letters', 'ALTER TABLE notes RENAME TO other; ALTER TABLE other RENAME TO NOTES'],
    ['an index in other letters', 'DROP INDEX notes_text; CREATE INDEX NOTES_TEXT ON notes (text)'],
  ])('is read, and does not differ, with %s', async (_, sql) => {
    for (const one of sql.split(';')) await run(one)
    expect(await differences()).toEqual([])
    expect(wasRead()).toBe(true)
  })

  test('is compared anew with models that have changed since, by the same migrator', async () => {
    const migrator = createMigrator({ sequelize, migrations: [], baseline: false })
    expect(await migrator.differences()).toEqual([])
    sequelize.define('deck', { name: DataTypes.STRING(40) }, { timestamps: false })
    expect(await migrator.differences()).toMatchObject([{ kind: 'changeColumn' }])
    sequelize.define('deck', { name: DataTypes.STRING }, { timestamps: false })
    expect(await migrator.differences()).toEqual([])
  })

  test('is read for functions of the host, which are told what is there', async () => {
    const seen: string[] = []
    await differences({
      processOperations: (_, { actual, wanted }) => {
        seen.push(...actual.tables.map(({ name }) => name), ...wanted.tables.map(({ name }) => name))
      },
    })
    expect(seen).toEqual(['decks', 'notes', 'decks', 'notes'])
    const asked: string[] = []
    await differences({ include: ({ kind, name }) => asked.push(`${kind} ${name}`) > 0 })
    expect(asked).toContain('index notes_text')
    const compared: string[] = []
    await differences({ compareType: ({ actual }) => void compared.push(actual.name) })
    expect(compared).toContain('text')
    expect((await failure(differences({ renames: { nothing: 'notes' } }))).message).toContain('nothing')
  })

  test('is no answer for a key to a table that nobody has', async () => {
    sequelize.define(
      'lost',
      { toId: { type: DataTypes.INTEGER, references: { model: 'gone', key: 'id' } } },
      { timestamps: false },
    )
    await sequelize.sync()
    expect(await failure(differences())).toMatchObject({ code: 'INVALID_MODEL' })
  })
})
