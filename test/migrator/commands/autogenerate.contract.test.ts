import { readdirSync } from 'node:fs'
import { DataTypes, type Sequelize } from 'sequelize'
import { expect, test } from 'vitest'
import { describeEngines } from '../../support/engines/index.js'
import { failure } from '../support.js'
import { type Define, generating, kindsOf } from './generating.js'

const levels = ['beginner', 'advanced']

/** Two models. */
const first: Define = (sequelize) => {
  const Deck = sequelize.define('deck', {
    name: { type: DataTypes.STRING(80), allowNull: false, unique: true },
  })
  const Word = sequelize.define(
    'word',
    {
      text: { type: DataTypes.STRING(80), allowNull: false },
      level: { type: DataTypes.ENUM(...levels), allowNull: false, defaultValue: 'beginner' },
      stars: { type: DataTypes.INTEGER, allowNull: false, defaultValue: 0 },
    },
    { indexes: [{ name: 'words_text', fields: ['text'] }] },
  )
  Word.belongsTo(Deck, { foreignKey: { name: 'deckId', allowNull: false }, onDelete: 'CASCADE' })
}

/** A column, a value of an enum, and rows that an index leaves out. */
const second =
  (hasPartialIndexes: boolean): Define =>
  (sequelize) => {
    const Deck = sequelize.define('deck', {
      name: { type: DataTypes.STRING(80), allowNull: false, unique: true },
    })
    const Word = sequelize.define(
      'word',
      {
        text: { type: DataTypes.STRING(80), allowNull: false },
        level: { type: DataTypes.ENUM(...levels, 'master'), allowNull: false, defaultValue: 'beginner' },
        stars: { type: DataTypes.INTEGER, allowNull: false, defaultValue: 0 },
        note: { type: DataTypes.STRING(100) },
      },
      {
        indexes: [
          {
            name: 'words_text',
            ...(hasPartialIndexes
              ? { fields: ['text'], where: { stars: 0 } }
              : { fields: ['text', 'stars'] }),
          },
        ],
      },
    )
    Word.belongsTo(Deck, { foreignKey: { name: 'deckId', allowNull: false }, onDelete: 'CASCADE' })
  }

/** A column with another name, no index any more, and a value of an enum with quotes in it. */
const third: Define = (sequelize) => {
  const Deck = sequelize.define('deck', {
    name: { type: DataTypes.STRING(80), allowNull: false, unique: true },
  })
  const Word = sequelize.define('word', {
    text: { type: DataTypes.STRING(80), allowNull: false },
    level: {
      type: DataTypes.ENUM(...levels, 'master', `it's "all"`),
      allowNull: false,
      defaultValue: 'beginner',
    },
    stars: { type: DataTypes.INTEGER, allowNull: false, defaultValue: 0 },
    remark: { type: DataTypes.STRING(100) },
  })
  Word.belongsTo(Deck, { foreignKey: { name: 'deckId', allowNull: false }, onDelete: 'CASCADE' })
}

const insertWord = async (sequelize: Sequelize): Promise<void> => {
  const deck = await sequelize.models['deck']?.create({ name: 'verbs' })
  await sequelize.models['word']?.create({ text: `être, "it's"`, deckId: deck?.get('id'), level: 'advanced' })
}

describeEngines('a revision that is generated', (engine) => {
  const hasPartialIndexes = engine.dialect !== 'mysql'

  test('makes what the models say, in three stages, and each is taken back to exactly what was before', () =>
    generating(engine, async ({ sequelize, migrator, look, models, generate, back }) => {
      const empty = await look()
      expect(empty).toEqual({ tables: [], enums: [] })

      models(first)
      const created = await generate({ message: 'words and decks' })
      expect(kindsOf(created).filter((kind) => kind.startsWith('createTable'))).toEqual([
        'createTable decks',
        'createTable words',
      ])
      const afterFirst = await look()
      await insertWord(sequelize)

      models(second(hasPartialIndexes))
      const changed = await generate({ message: 'a note, a level, less in the index' })
      expect(kindsOf(changed)).toContain('addColumn words')
      expect(kindsOf(changed)).toEqual(expect.arrayContaining(['removeIndex words', 'addIndex words']))
      const afterSecond = await look()

      models(third)
      await sequelize.query(`UPDATE ${engine.dialect === 'mysql' ? 'words' : '"words"'} SET note = 'kept'`)
      const renamed = await generate({ message: 'remark', renames: { 'words.note': 'words.remark' } })
      expect(kindsOf(renamed)).toContain('renameColumn words')
      expect(kindsOf(renamed)).not.toContain('removeColumn words')
      expect(kindsOf(renamed)).toContain('removeIndex words')
      expect((await sequelize.models['word']?.findAll({ raw: true }))?.[0]).toMatchObject({
        text: `être, "it's"`,
        level: 'advanced',
        remark: 'kept',
      })
      const afterThird = await look()

      await back(afterSecond)
      await back(afterFirst)
      await back(empty)
      await migrator.upgrade('head')
      expect(await look()).toEqual(afterThird)
      await migrator.downgrade('base')
      expect(await look()).toEqual(empty)
    }))

  test('after sync() there is nothing to generate: the revision is empty, runs, and is taken back', () =>
    generating(engine, async ({ sequelize, migrator, look, models, generate }) => {
      models(second(hasPartialIndexes))
      await sequelize.sync()
      const synced = await look()
      expect(await migrator.differences()).toEqual([])
      const made = await generate()
      expect([made.operations, made.hazards, made.proposals]).toEqual([[], [], []])
      expect(made.text).not.toContain('await')
      expect(await look()).toEqual(synced)
      await migrator.downgrade('base')
      expect(await look()).toEqual(synced)
    }))

  test('what is said to be no rename is a drop and an add, with the hazard in the result and in the file', () =>
    generating(engine, async ({ models, generate }) => {
      models((sequelize) => {
        sequelize.define('word', { text: DataTypes.STRING(80), note: DataTypes.STRING(100) })
      })
      await generate()
      models((sequelize) => {
        sequelize.define('word', { text: DataTypes.STRING(80), remark: DataTypes.STRING(100) })
      })
      const made = await generate()
      expect([...kindsOf(made)].sort()).toEqual(['addColumn words', 'removeColumn words'])
      expect(made.proposals).toMatchObject([{ from: 'words.note', to: 'words.remark' }])
      expect(made.hazards.map(({ rule }) => rule)).toContain('drop-column')
      const [hazard] = made.hazards.filter(({ rule }) => rule === 'drop-column')
      expect(hazard?.operation).toContain('note')
      expect(made.text.replaceAll(/\n\s*\/\/ /gu, ' ')).toContain(hazard?.message)
    }))

  test('is refused while the database lacks a revision of the files, and goes on where that is allowed', () =>
    generating(engine, async ({ migrator, folder, models }) => {
      models(first)
      const { revision } = await migrator.revision({ message: 'first', autogenerate: true })
      const refused = await failure(migrator.revision({ message: 'second', autogenerate: true }))
      expect(refused).toMatchObject({ code: 'PENDING_REVISIONS', revisions: [revision] })
      expect(readdirSync(folder).filter((name) => name !== 'node_modules')).toHaveLength(1)
      const again = await migrator.revision({ message: 'second', autogenerate: true, allowPending: true })
      expect(again.downRevision).toEqual([revision])
      expect(again.operations.length).toBeGreaterThan(0)
    }))

  test('can be looked at without being written: as its text, and as SQL', () =>
    generating(engine, async ({ migrator, folder, look, models, generate }) => {
      models(first)
      const source = await migrator.revision({ message: 'm', autogenerate: true, preview: 'source' })
      expect(source.text).toMatch(/op\.createTable\(\s*'words'/u)
      const sql = await migrator.revision({ message: 'm', autogenerate: true, preview: 'sql' })
      expect(sql.statements?.filter((text) => text.startsWith('CREATE TABLE'))).toHaveLength(2)
      expect(await look()).toEqual({ tables: [], enums: [] })
      expect(readdirSync(folder).filter((name) => name !== 'node_modules')).toEqual([])
      expect((await generate({ message: 'm' })).text.replace(/(?<=revision = )'\w+'/u, '')).toBe(
        source.text?.replace(/(?<=revision = )'\w+'/u, ''),
      )
    }))

  test('imports what it uses and nothing else, in every format', () =>
    generating(engine, async ({ migrator, models, generate }) => {
      models(first)
      for (const format of ['ts', 'mjs', 'cjs'] as const) {
        const made = await generate({ format, message: format })
        const [, names = ''] = /(?:import|const) \{ (.+?) \}/u.exec(made.text) ?? []
        for (const name of names.split(', ')) expect(made.text.split(`${name}.`).length).toBeGreaterThan(1)
        await migrator.downgrade('base')
        const { unlinkSync } = await import('node:fs')
        unlinkSync(made.path)
      }
    }))

  test('the first of a host depends on the shipped tables, which are none of its business, nor their models', () =>
    generating(
      engine,
      async ({ sequelize, migrator, models, generate }) => {
        const { defineSm2Models } = await import('sm2kit/cards')
        models((instance) => {
          first(instance)
          defineSm2Models(instance)
        })
        // The shipped revision is pending, and that is no hindrance.
        const made = await generate()
        expect(made.text).toContain("dependsOn = ['f3e3ac684f8e']")
        expect(made.text).not.toContain('sm2_')
        expect(await migrator.differences()).toEqual([])
        await sequelize.getQueryInterface().createTable('SequelizeMeta', { name: { type: DataTypes.STRING } })
        expect(await migrator.differences()).toEqual([])
        expect(await migrator.check()).toMatchObject({ upToDate: true })
        await migrator.downgrade('base')
      },
      { baseline: true },
    ))
})
