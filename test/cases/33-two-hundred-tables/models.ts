import { DataTypes, type ModelAttributes, type Sequelize } from 'sequelize'
import { isFull } from '../../migrator/support.js'
import type { Case } from '../case.js'

/** All of them where it counts: making and dropping them takes servers their time. */
const count = isFull ? 200 : 40

const define = (sequelize: Sequelize, isLater: boolean): void => {
  for (let place = 0; place < count; place++) {
    const isChanged = isLater && place < 5
    const columns: ModelAttributes = {
      code: { type: DataTypes.STRING(40), allowNull: false },
      name: DataTypes.STRING(isChanged ? 120 : 80),
      stars: { type: DataTypes.INTEGER, defaultValue: 0 },
      isKnown: { type: DataTypes.BOOLEAN, allowNull: false, defaultValue: false },
      price: DataTypes.DECIMAL(8, 2),
      day: DataTypes.DATEONLY,
      at: DataTypes.DATE,
      text: DataTypes.TEXT,
      ...(isChanged ? { note: DataTypes.STRING(40) } : {}),
    }
    const name = `thing${String(place).padStart(3, '0')}`
    const parent = sequelize.models[`thing${String(place - 1).padStart(3, '0')}`]
    const model = sequelize.define(name, columns, {
      timestamps: false,
      indexes: [
        { fields: ['code'], unique: true },
        { fields: isChanged ? ['stars', 'day'] : ['day', 'stars'] },
      ],
    })
    if (parent !== undefined) model.belongsTo(parent, { foreignKey: 'parentId' })
  }
}

export const change: Case = {
  title: 'many tables, a few of which change',
  before: (sequelize) => define(sequelize, false),
  after: (sequelize) => define(sequelize, true),
}
