import { DataTypes } from 'sequelize'
import type { Case } from '../case.js'

const plain = { timestamps: false }

export const change: Case = {
  title: 'unique constraints of one column and of several come and go',
  before: (sequelize) => {
    sequelize.define(
      'word',
      {
        a: { type: DataTypes.INTEGER, unique: true },
        b: { type: DataTypes.INTEGER, unique: 'pair' },
        c: { type: DataTypes.INTEGER, unique: 'pair' },
      },
      plain,
    )
  },
  after: (sequelize) => {
    sequelize.define(
      'word',
      {
        a: DataTypes.INTEGER,
        b: { type: DataTypes.INTEGER, unique: true },
        c: { type: DataTypes.INTEGER, unique: 'other' },
        d: { type: DataTypes.INTEGER, unique: 'other' },
      },
      plain,
    )
  },
}
