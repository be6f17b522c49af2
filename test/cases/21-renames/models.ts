import { DataTypes } from 'sequelize'
import type { Case } from '../case.js'

const plain = { timestamps: false }

export const change: Case = {
  title: 'a table and a column get other names, with a key to the table',
  options: { renames: { words: 'terms', 'decks.title': 'decks.name' } },
  before: (sequelize) => {
    const Deck = sequelize.define('deck', { title: { type: DataTypes.STRING(40), unique: true } }, plain)
    const Word = sequelize.define(
      'word',
      { text: DataTypes.STRING(40) },
      { ...plain, indexes: [{ fields: ['text'] }] },
    )
    Word.belongsTo(Deck, { foreignKey: 'deckId' })
    Deck.belongsTo(Word, { foreignKey: 'firstId', as: 'first', constraints: false })
  },
  after: (sequelize) => {
    const Deck = sequelize.define('deck', { name: { type: DataTypes.STRING(40), unique: true } }, plain)
    const Word = sequelize.define(
      'term',
      { text: DataTypes.STRING(40) },
      { ...plain, indexes: [{ fields: ['text'] }] },
    )
    Word.belongsTo(Deck, { foreignKey: 'deckId' })
    Deck.belongsTo(Word, { foreignKey: 'firstId', as: 'first', constraints: false })
  },
}
