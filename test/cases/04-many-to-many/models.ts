import { DataTypes, type Sequelize } from 'sequelize'
import type { Case } from '../case.js'

const plain = { timestamps: false }

const define = (sequelize: Sequelize, unique: boolean): void => {
  const Word = sequelize.define('word', { text: DataTypes.STRING(40) }, plain)
  const Tag = sequelize.define('tag', { name: DataTypes.STRING(40) }, plain)
  const Rating = sequelize.define(
    'rating',
    { id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true }, stars: DataTypes.INTEGER },
    plain,
  )
  Word.belongsToMany(Tag, { through: 'word_tags' })
  Tag.belongsToMany(Word, { through: 'word_tags' })
  Word.belongsToMany(Tag, { through: { model: Rating, unique }, as: 'rated' })
  Word.belongsToMany(Word, {
    through: 'synonyms',
    as: 'synonym',
    foreignKey: 'wordId',
    otherKey: 'synonymId',
    timestamps: false,
  })
}

export const change: Case = {
  title:
    'tables between others: implicit, declared with an id of its own, unique or not, from a table to itself',
  before: (sequelize) => define(sequelize, false),
  after: (sequelize) => define(sequelize, true),
}
