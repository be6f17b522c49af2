import { DataTypes, type Sequelize } from 'sequelize'
import type { Case } from '../case.js'

const plain = { timestamps: false }

const define = (sequelize: Sequelize, isLater: boolean): void => {
  sequelize.define(
    'word',
    { text: DataTypes.STRING(40), ...(isLater ? { note: DataTypes.STRING(40) } : {}) },
    plain,
  )
}

export const change: Case = {
  title: 'models that are broken are refused with their names, and beside them nothing is',
  before: (sequelize) => define(sequelize, false),
  after: (sequelize) => define(sequelize, true),
  broken: [
    {
      title: 'a key to a table that nobody has',
      define: (sequelize) =>
        void sequelize.define('card', {
          deckId: { type: DataTypes.INTEGER, references: { model: 'nowhere', key: 'id' } },
        }),
      code: 'INVALID_MODEL',
      subject: 'card',
      says: [/column "deckId" refers to the table "nowhere"/u, /no model and no database has/u],
    },
    {
      title: 'a key to a column that its target lacks',
      define: (sequelize) => {
        sequelize.define('deck', {}, plain)
        sequelize.define('card', {
          deckId: { type: DataTypes.INTEGER, references: { model: 'decks', key: 'uuid' } },
        })
      },
      code: 'INVALID_MODEL',
      subject: 'card',
      says: [/"deckId" refers to "uuid" of the table "decks", which has no such column/u],
    },
    {
      title: 'an index on a column that is not there',
      define: (sequelize) =>
        void sequelize.define('card', {}, { ...plain, indexes: [{ name: 'by_face', fields: ['face'] }] }),
      code: 'INVALID_MODEL',
      subject: 'card',
      says: [/the index "by_face" is on "face", which is no column/u],
    },
    {
      title: 'two models on one table that contradict each other',
      define: (sequelize) => {
        const options = { ...plain, tableName: 'cards' }
        sequelize.define('card', { face: DataTypes.STRING(40) }, options)
        sequelize.define('sheet', { face: DataTypes.INTEGER }, options)
      },
      code: 'INVALID_MODEL',
      subject: 'card',
      says: [/models "card" and "sheet"/u, /do not agree on its column "face"/u],
    },
    {
      title: 'a name of a generated column that is no attribute',
      define: (sequelize) =>
        void sequelize.define('card', {}, {
          ...plain,
          sm2kit: { generated: { double: { expression: '2', stored: true } } },
        } as object),
      code: 'INVALID_MODEL',
      subject: 'card',
      says: [/"sm2kit.generated" names "double"/u],
    },
    {
      title: 'a type that the engine does not have',
      engines: ['postgres', 'mysql'],
      define: (sequelize) => void sequelize.define('card', { face: 'NO_SUCH_TYPE' }, plain),
      code: 'MODEL_NOT_CREATABLE',
      subject: 'card',
      says: [/model "card" is refused/u, /no_such_type/iu],
    },
    {
      title: 'a key to a column of another kind',
      engines: ['postgres', 'mysql'],
      define: (sequelize) => {
        sequelize.define('deck', {}, plain)
        sequelize.define(
          'card',
          { deckId: { type: DataTypes.STRING(20), references: { model: 'decks', key: 'id' } } },
          plain,
        )
      },
      code: 'MODEL_NOT_CREATABLE',
      subject: 'card',
      says: [/model "card" is refused/u],
    },
  ],
}
