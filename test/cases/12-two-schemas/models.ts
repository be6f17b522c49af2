import { DataTypes, type Sequelize } from 'sequelize'
import type { Case } from '../case.js'

const define = (sequelize: Sequelize, isMore: boolean): void => {
  const here = sequelize.define(
    'here',
    { text: DataTypes.STRING(40), ...(isMore ? { more: DataTypes.INTEGER } : {}) },
    { tableName: 'words', timestamps: false },
  )
  const there = sequelize.define(
    'there',
    { text: DataTypes.STRING(40), level: DataTypes.ENUM('low', ...(isMore ? ['high'] : [])) },
    { tableName: 'words', schema: 'other', timestamps: false },
  )
  there.belongsTo(here, { foreignKey: 'hereId' })
}

export const change: Case = {
  title: 'two schemas have a table of the same name, with a key from one to the other',
  engines: ['postgres'],
  isSynced: false,
  prepare: ['CREATE SCHEMA other'],
  before: (sequelize) => define(sequelize, false),
  after: (sequelize) => define(sequelize, true),
}
