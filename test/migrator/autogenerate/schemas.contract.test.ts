// Models in schemas that are not there yet: a revision makes them, and takes them away again.

import { DataTypes, type Sequelize } from 'sequelize'
import { describeOperation } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import { describeEngines } from '../../support/engines/index.js'
import { generating } from '../commands/generating.js'
import { failure, rowsOf } from '../support.js'
import { defineCrm } from './applications/crm.js'

const schemasOf = async (sequelize: Sequelize): Promise<readonly unknown[]> => {
  const rows = await rowsOf(
    sequelize,
    "SELECT nspname AS name FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema)' ORDER BY 1",
  )
  return rows.map(({ name }) => name)
}

const defineTwo = (sequelize: Sequelize): void => {
  const deck = sequelize.define('deck', {}, { schema: 'The "Decks"', timestamps: false })
  const word = sequelize.define(
    'word',
    { kind: DataTypes.ENUM('noun', 'verb') },
    { schema: 'words', timestamps: false },
  )
  word.belongsTo(deck)
}

describeEngines(
  'a schema that models are in',
  (engine) => {
    test('comes before its tables, and goes with them', () =>
      generating(engine, async ({ sequelize, models, migrator, generate }) => {
        const before = await schemasOf(sequelize)
        models(defineTwo)
        const { operations, text } = await generate()
        expect(operations.map(describeOperation).filter((line) => line.includes('schema'))).toEqual([
          'create schema The "Decks"',
          'create schema words',
        ])
        expect(text.indexOf('CREATE SCHEMA')).toBeLessThan(text.indexOf('createTable'))
        expect(await schemasOf(sequelize)).toEqual(['The "Decks"', ...before, 'words'])
        await migrator.downgrade('base')
        expect(await schemasOf(sequelize)).toEqual(before)
      }))

    test('is left alone where it was there before', () =>
      generating(engine, async ({ sequelize, models, migrator, generate }) => {
        await sequelize.query('CREATE SCHEMA words')
        models(defineTwo)
        const { operations } = await generate()
        expect(operations.filter(({ kind }) => kind === 'createSchema')).toHaveLength(1)
        await migrator.downgrade('base')
        expect(await schemasOf(sequelize)).toContain('words')
      }))

    test('does not go while something else is in it, and nothing else goes then', () =>
      generating(engine, async ({ sequelize, models, migrator, generate, look }) => {
        models(defineTwo)
        await generate()
        await sequelize.query('CREATE TABLE words.by_hand (id INTEGER)')
        const before = await look()
        expect((await failure(migrator.downgrade('base'))).message).toMatch(/words/u)
        expect(await look()).toEqual(before)
        await sequelize.query('DROP TABLE words.by_hand')
        await migrator.downgrade('base')
        expect(await schemasOf(sequelize)).not.toContain('words')
      }))

    test('may hold a large application', () =>
      generating(engine, async ({ sequelize, models, migrator, generate, look }) => {
        const [empty, before] = [await look(), await schemasOf(sequelize)]
        models((instance) => defineCrm(instance, 'crm'))
        await generate()
        await migrator.downgrade('base')
        expect([await look(), await schemasOf(sequelize)]).toEqual([empty, before])
      }))
  },
  ({ dialect }) => dialect === 'postgres',
)
