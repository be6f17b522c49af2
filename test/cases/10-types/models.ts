import { DataTypes } from 'sequelize'
import type { Case } from '../case.js'

const plain = { timestamps: false }

export const change: Case = {
  title: 'types change: wider, narrower, to another kind',
  before: (sequelize) => {
    sequelize.define(
      'word',
      {
        wider: DataTypes.STRING(40),
        narrower: DataTypes.STRING(80),
        number: DataTypes.INTEGER,
        long: DataTypes.STRING(100),
        exact: DataTypes.FLOAT,
        raw: 'VARCHAR(30)',
        kept: DataTypes.DECIMAL(8, 2),
        day: DataTypes.DATEONLY,
      },
      plain,
    )
  },
  after: (sequelize) => {
    sequelize.define(
      'word',
      {
        wider: DataTypes.STRING(80),
        narrower: DataTypes.STRING(40),
        number: DataTypes.BIGINT,
        long: DataTypes.TEXT,
        exact: DataTypes.DOUBLE,
        raw: 'VARCHAR(31)',
        kept: DataTypes.DECIMAL(8, 2),
        day: DataTypes.DATE,
      },
      plain,
    )
  },
}
