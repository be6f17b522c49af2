import { DataTypes, type Sequelize } from 'sequelize'
import type { Case } from '../case.js'

const define = (sequelize: Sequelize, isMore: boolean): void => {
  const order = { tableName: 'order', timestamps: false }
  const User = sequelize.define(
    'User',
    { 'first name': DataTypes.STRING(40) },
    { ...order, tableName: 'user' },
  )
  const Order = sequelize.define(
    'Order',
    {
      select: DataTypes.INTEGER,
      camelCase: { type: DataTypes.STRING(9), unique: true },
      ...(isMore ? { größe: DataTypes.INTEGER } : {}),
    },
    { ...order, indexes: [{ fields: ['select', 'camelCase'] }] },
  )
  Order.belongsTo(User, { foreignKey: 'user' })
}

export const change: Case = {
  title: 'reserved words, letters in both cases and spaces in names',
  before: (sequelize) => define(sequelize, false),
  after: (sequelize) => define(sequelize, true),
}
