// What random-models.contract.test.ts has found, made small.

import { DataTypes, type Sequelize } from 'sequelize'
import { expect, test } from 'vitest'
import { describeNewest, withDatabase } from '../../support/engines/index.js'
import { evolve } from './evolve.js'

const plain = { timestamps: false, freezeTableName: true }

describeNewest(
  'autogenerate',
  (engine) => {
    test('drops tables of a circle, one of which refers to itself, and makes them again', () =>
      withDatabase(engine, async (database) => {
        const circle = (sequelize: Sequelize): void => {
          const [one, two] = ['one', 'two'].map((name) => sequelize.define(name, {}, plain))
          if (one === undefined || two === undefined) throw new Error('There are two')
          one.belongsTo(two, { foreignKey: 'twoId', onDelete: 'CASCADE' })
          one.belongsTo(one, { foreignKey: 'ownId', onDelete: 'CASCADE' })
          two.belongsTo(one, { foreignKey: 'oneId', onDelete: 'CASCADE' })
          two.belongsTo(two, { foreignKey: 'ownId', onDelete: 'CASCADE' })
        }
        const other = (sequelize: Sequelize): void => void sequelize.define('other', {}, plain)
        const { operations } = await evolve(database, { before: other, after: circle })
        expect(operations.filter(({ kind }) => kind === 'createTable')).toHaveLength(2)
      }))

    test('drops a table that refers to what is the primary key of another no longer', () =>
      withDatabase(engine, async (database) => {
        const define =
          (isLater: boolean) =>
          (sequelize: Sequelize): void => {
            const key = { type: DataTypes.INTEGER, primaryKey: true }
            const attributes = { id: { ...key }, ...(isLater ? { part: { ...key } } : {}) }
            const one = sequelize.define('one', attributes, plain)
            if (!isLater) sequelize.define('two', {}, plain).belongsTo(one, { foreignKey: 'oneId' })
          }
        await evolve(database, { before: define(false), after: define(true) })
      }))

    test('a UUID that becomes a text compares as the texts that refer to it', () =>
      withDatabase(engine, async (database) => {
        const define = (isLater: boolean) => (sequelize: Sequelize) => {
          const id = { type: isLater ? DataTypes.STRING(36) : DataTypes.UUID, primaryKey: true }
          const word = sequelize.define('word', { id }, plain)
          if (isLater) word.belongsTo(word, { foreignKey: 'otherId' })
        }
        await evolve(database, { before: define(false), after: define(true) })
      }))

    test('gives the index behind a key its name back when the key is made again', () =>
      withDatabase(engine, async (database) => {
        const define = (onDelete: string) => (sequelize: Sequelize) => {
          const deck = sequelize.define('deck', {}, plain)
          // On MariaDB sync() names its index after the column, and a key that is added later after the key.
          sequelize.define('word', {}, plain).belongsTo(deck, { foreignKey: 'deckId', onDelete })
        }
        const { text } = await evolve(database, { before: define('CASCADE'), after: define('RESTRICT') })
        expect(text).toContain('removeConstraint(')
      }))
  },
  ({ isShared }) => isShared,
)
