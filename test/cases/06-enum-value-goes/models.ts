import { DataTypes, type Sequelize } from 'sequelize'
import type { Case } from '../case.js'

const plain = { timestamps: false }
const define = (sequelize: Sequelize, values: readonly string[]): void => {
  sequelize.define(
    'word',
    { level: { type: DataTypes.ENUM(...values), allowNull: false, defaultValue: 'low' } },
    plain,
  )
}

export const change: Case = {
  title: 'a value of an enum goes',
  before: (sequelize) => define(sequelize, ['low', 'middle', 'high']),
  after: (sequelize) => define(sequelize, ['low', 'high']),
}
