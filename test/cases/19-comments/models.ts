import { DataTypes, type Sequelize } from 'sequelize'
import type { Case } from '../case.js'

const define = (sequelize: Sequelize, text: string): void => {
  sequelize.define(
    'word',
    {
      text: { type: DataTypes.STRING(40), comment: text, allowNull: false, defaultValue: 'x' },
      stars: DataTypes.INTEGER,
    },
    { timestamps: false, comment: text },
  )
}

export const change: Case = {
  title: 'comments of a table and of a column, with quotes in them',
  engines: ['postgres', 'mysql'],
  before: (sequelize) => define(sequelize, `what it's "about"`),
  after: (sequelize) => define(sequelize, `what it's \\ "not" about`),
}
