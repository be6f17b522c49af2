import { DataTypes } from 'sequelize'
import type { Case } from '../case.js'

const plain = { timestamps: false }

export const change: Case = {
  title: 'values of an enum are added in the middle, at the end, with a quote, and put in another order',
  before: (sequelize) => {
    sequelize.define(
      'word',
      {
        level: { type: DataTypes.ENUM('low', 'high'), allowNull: false, defaultValue: 'low' },
        kind: DataTypes.ENUM('noun', 'verb', 'other'),
        same: DataTypes.ENUM('a', 'b'),
      },
      plain,
    )
  },
  after: (sequelize) => {
    sequelize.define(
      'word',
      {
        level: {
          type: DataTypes.ENUM('low', 'middle', 'high', `it's "it"`),
          allowNull: false,
          defaultValue: 'low',
        },
        kind: DataTypes.ENUM('verb', 'other', 'noun'),
        same: DataTypes.ENUM('a', 'b'),
      },
      plain,
    )
  },
}
