import { DataTypes, type Sequelize } from 'sequelize'
import type { Case } from '../case.js'

const define = (sequelize: Sequelize, isLater: boolean): void => {
  const sm2kit = {
    checks: [{ name: 'words_stars_check', expression: isLater ? 'stars < 6' : 'stars >= 0' }],
    generated: { double: { expression: 'stars * 2', stored: true } },
  }
  sequelize.define(
    'word',
    {
      text: DataTypes.STRING(40),
      stars: { type: DataTypes.INTEGER, allowNull: false, defaultValue: 0 },
      double: DataTypes.INTEGER,
      virtual: DataTypes.VIRTUAL,
    },
    { timestamps: false, sm2kit } as object,
  )
}

export const change: Case = {
  title: 'checks and generated columns that the models say in sm2kit',
  isSynced: false,
  before: (sequelize) => define(sequelize, false),
  after: (sequelize) => define(sequelize, true),
}
