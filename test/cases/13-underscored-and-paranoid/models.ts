import { DataTypes, type Sequelize } from 'sequelize'
import type { Case } from '../case.js'

const define = (sequelize: Sequelize, paranoid: boolean): void => {
  const options = { underscored: true, paranoid, createdAt: 'bornAt' }
  const Deck = sequelize.define('WordDeck', { ownName: DataTypes.STRING(40) }, options)
  const Word = sequelize.define(
    'DeckWord',
    { theText: DataTypes.STRING(40) },
    // On a column that the association adds.
    { ...options, indexes: [{ fields: ['word_deck_id', 'the_text'] }] },
  )
  Word.belongsTo(Deck)
}

export const change: Case = {
  title: 'underscored names, renamed times, and the column of a paranoid model',
  before: (sequelize) => define(sequelize, false),
  after: (sequelize) => define(sequelize, true),
}
