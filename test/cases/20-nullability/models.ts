import { DataTypes } from 'sequelize'
import type { Case } from '../case.js'

const plain = { timestamps: false }

export const change: Case = {
  title: 'a required column comes, another becomes required, a third no longer is',
  before: (sequelize) => {
    sequelize.define(
      'word',
      { text: DataTypes.STRING(40), stars: { type: DataTypes.INTEGER, allowNull: false } },
      plain,
    )
  },
  after: (sequelize) => {
    sequelize.define(
      'word',
      {
        text: { type: DataTypes.STRING(40), allowNull: false },
        stars: DataTypes.INTEGER,
        level: { type: DataTypes.INTEGER, allowNull: false },
        grade: { type: DataTypes.INTEGER, allowNull: false, defaultValue: 1 },
      },
      plain,
    )
  },
}
