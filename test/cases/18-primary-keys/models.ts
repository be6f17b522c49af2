import { DataTypes } from 'sequelize'
import type { Case } from '../case.js'

const plain = { timestamps: false }

export const change: Case = {
  title: 'primary keys: of a text, of two columns, another column, more columns',
  before: (sequelize) => {
    sequelize.define('texts', { code: { type: DataTypes.STRING(20), primaryKey: true } }, plain)
    sequelize.define(
      'pairs',
      { a: { type: DataTypes.INTEGER, primaryKey: true }, b: { type: DataTypes.INTEGER, allowNull: false } },
      plain,
    )
    sequelize.define(
      'uuids',
      { id: { type: DataTypes.UUID, primaryKey: true, defaultValue: DataTypes.UUIDV4 } },
      plain,
    )
  },
  after: (sequelize) => {
    sequelize.define('texts', { code: { type: DataTypes.STRING(40), primaryKey: true } }, plain)
    sequelize.define(
      'pairs',
      { a: { type: DataTypes.INTEGER, primaryKey: true }, b: { type: DataTypes.INTEGER, primaryKey: true } },
      plain,
    )
    sequelize.define(
      'uuids',
      { id: { type: DataTypes.UUID, primaryKey: true, defaultValue: DataTypes.UUIDV4 }, n: DataTypes.BIGINT },
      plain,
    )
  },
}
