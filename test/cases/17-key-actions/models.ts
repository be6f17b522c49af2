import type { Sequelize } from 'sequelize'
import type { Case } from '../case.js'

const define = (sequelize: Sequelize, isLater: boolean): void => {
  const Deck = sequelize.define('deck', {}, { timestamps: false })
  const Word = sequelize.define('word', {}, { timestamps: false })
  const actions = ['CASCADE', 'RESTRICT', 'NO ACTION', 'SET NULL'] as const
  for (const [index, onDelete] of actions.entries()) {
    const onUpdate = actions[(index + (isLater ? 1 : 2)) % 4] ?? 'CASCADE'
    Word.belongsTo(Deck, { as: `deck${index}`, foreignKey: `deck${index}Id`, onDelete, onUpdate })
  }
  Word.belongsTo(Deck, { as: 'plain', foreignKey: 'plainId' })
  Word.belongsTo(Deck, { as: 'bare', foreignKey: 'bareId', constraints: isLater })
}

export const change: Case = {
  title: 'the actions of foreign keys change, and a key comes',
  before: (sequelize) => define(sequelize, false),
  after: (sequelize) => define(sequelize, true),
}
