// Names that differ from the models' in the case of letters alone, where they are one name to the engine.

import { DataTypes, type QueryTypes, type Sequelize } from 'sequelize'
import { describeOperation } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import { describeEngines } from '../../support/engines/index.js'
import { type GeneratingHost, generating, kindsOf } from '../commands/generating.js'
import { failure, rowsOf } from '../support.js'

const plain = { timestamps: false }

const run = async (sequelize: Sequelize, ...statements: readonly string[]): Promise<void> => {
  for (const sql of statements) await sequelize.query(sql, { type: 'RAW' as QueryTypes.RAW })
}

/** Tables of somebody else's hand: capitals everywhere. */
const CAPITALS = [
  'CREATE TABLE "Users" (id INTEGER PRIMARY KEY AUTOINCREMENT, "name" VARCHAR(255))',
  'CREATE TABLE "Posts" (id INTEGER PRIMARY KEY AUTOINCREMENT, "userId" INTEGER REFERENCES "USERS" (id) ON DELETE SET NULL ON UPDATE CASCADE)',
  'CREATE INDEX "Users_NAME" ON "Users" ("name")',
  `INSERT INTO "Users" (name) VALUES ('ann'), ('bob')`,
  'INSERT INTO "Posts" ("userId") VALUES (1), (2)',
]

const small = (sequelize: Sequelize, more: object = {}): void => {
  const User = sequelize.define(
    'user',
    { name: DataTypes.STRING, ...more },
    { ...plain, indexes: [{ name: 'users_name', fields: ['name'] }] },
  )
  const Post = sequelize.define('post', {}, plain)
  Post.belongsTo(User)
}

const found = async ({ migrator }: GeneratingHost): Promise<readonly string[]> =>
  (await migrator.differences()).map(describeOperation)

describeEngines(
  'columns and indexes whose names differ from the models’ in case alone',
  (engine) => {
    const isSqlite = engine.dialect === 'sqlite'
    const quoted = (sql: string): string => (isSqlite ? sql : sql.replaceAll('"', '`'))

    const stored = async ({ sequelize }: GeneratingHost): Promise<void> => {
      const id = isSqlite ? 'INTEGER PRIMARY KEY AUTOINCREMENT' : 'INTEGER AUTO_INCREMENT PRIMARY KEY'
      const key = 'REFERENCES words ("Id") ON DELETE SET NULL ON UPDATE CASCADE'
      const statements = [
        `CREATE TABLE words ("ID" ${id}, "Text" VARCHAR(255), "Stars" INTEGER)`,
        `CREATE TABLE notes (id ${id}, "WordId" INTEGER ${isSqlite ? key : ''}${isSqlite ? '' : `, FOREIGN KEY ("WordId") ${key}`})`,
        'CREATE UNIQUE INDEX "Words_Text" ON words ("Text")',
        'CREATE INDEX "WORDS_STARS" ON words ("Stars")',
        `INSERT INTO words ("Text", "Stars") VALUES ('perro', 3), ('gato', 5)`,
        'INSERT INTO notes ("WordId") VALUES (2), (NULL)',
      ]
      await run(sequelize, ...statements.map(quoted))
    }

    const models = (sequelize: Sequelize): void => {
      const Word = sequelize.define(
        'word',
        { text: DataTypes.STRING, stars: DataTypes.INTEGER },
        { ...plain, indexes: [{ fields: ['text'], unique: true }, { fields: ['stars'] }] },
      )
      sequelize.define('note', {}, plain).belongsTo(Word)
    }

    test('get their columns’ letters in place, and the former ones again: rows and keys stay', () =>
      generating(engine, async (host) => {
        await stored(host)
        const former = await host.look()
        host.models(models)
        const made = await host.generate()
        expect(made.operations.map(describeOperation)).toEqual([
          'rename column WordId of notes to wordId',
          'rename column ID of words to id',
          'rename column Text of words to text',
          'rename column Stars of words to stars',
        ])
        const { word, note } = host.sequelize.models
        expect(await word?.findAll({ raw: true, order: ['id'] })).toEqual([
          { id: 1, text: 'perro', stars: 3 },
          { id: 2, text: 'gato', stars: 5 },
        ])
        await word?.destroy({ where: { id: 2 } })
        expect(await note?.findAll({ raw: true, order: ['id'] })).toEqual([
          { id: 1, wordId: null },
          { id: 2, wordId: null },
        ])
        await host.back(former)
        expect(await rowsOf(host.sequelize, 'SELECT * FROM words')).toEqual([
          { ID: 1, Text: 'perro', Stars: 3 },
        ])
      }))

    test('have their indexes, whatever the letters of these, also where these are written by hand', () =>
      generating(engine, async (host) => {
        await stored(host)
        host.models((sequelize) => {
          sequelize.define(
            'word',
            {
              ID: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
              Text: DataTypes.STRING,
              Stars: DataTypes.INTEGER,
            },
            {
              ...plain,
              indexes: [
                { name: 'words_TEXT', fields: ['Text'], unique: true },
                { name: 'words_stars', fields: [{ name: 'Stars', order: 'DESC' }] },
              ],
            },
          )
          const WordId = { type: DataTypes.INTEGER, references: { model: 'words', key: 'ID' } }
          const actions = { onDelete: 'SET NULL', onUpdate: 'CASCADE' }
          sequelize.define('note', { WordId: { ...WordId, ...actions } }, plain)
        })
        const made = await host.generate()
        // Another order is another index, under the name that is there.
        expect(made.operations.map(describeOperation)).toEqual([
          'remove index WORDS_STARS (Stars) from words',
          'add index WORDS_STARS (Stars DESC) to words',
        ])
      }))
  },
  ({ dialect }) => dialect !== 'postgres',
)

describeEngines(
  'tables whose names differ from the models’ in case alone',
  (engine) => {
    test('are theirs, with their keys and indexes', () =>
      generating(engine, async (host) => {
        await run(host.sequelize, ...CAPITALS)
        host.models(small)
        expect(await found(host)).toEqual([])
      }))

    test('get new columns, keys and indexes, keep their rows, and lose these again', () =>
      generating(engine, async (host) => {
        const { sequelize } = host
        await run(sequelize, ...CAPITALS)
        const former = await host.look()
        host.models((instance) => {
          small(instance, { stars: { type: DataTypes.INTEGER, unique: true } })
          const Note = instance.define('note', {}, plain)
          Note.belongsTo(instance.model('user'))
        })
        const made = await host.generate()
        expect(kindsOf(made)).toEqual(['createTable notes', 'addColumn Users', 'addConstraint Users'])
        const { tables } = await host.look()
        expect(tables.map(({ name }) => name)).toEqual(['Posts', 'Users', 'notes'])
        const { user } = sequelize.models
        expect((await user?.findAll({ raw: true }))?.length).toBe(2)
        expect(await rowsOf(sequelize, 'SELECT "userId" FROM posts')).toEqual([{ userId: 1 }, { userId: 2 }])
        await host.back(former)
        expect(await rowsOf(sequelize, 'SELECT name FROM users')).toEqual([{ name: 'ann' }, { name: 'bob' }])
      }))

    test('are refused where two models mean two of them', () =>
      generating(engine, async (host) => {
        host.models((sequelize) => {
          sequelize.define('one', { a: DataTypes.INTEGER }, { ...plain, tableName: 'Words' })
          sequelize.define('other', { a: DataTypes.INTEGER }, { ...plain, tableName: 'words' })
        })
        const error = await failure(host.migrator.differences())
        expect(error).toMatchObject({ code: 'INVALID_MODEL' })
        expect(error.message).toContain('"one" and "other"')
        expect(error.message).toContain('"Words" and "words" differ in case alone')
      }))
  },
  ({ dialect }) => dialect === 'sqlite',
)
