import { DataTypes, type Sequelize } from 'sequelize'
import type { Case } from '../case.js'

const plain = { timestamps: false }
const define = (sequelize: Sequelize, values: readonly string[]): void => {
  sequelize.define(
    'word',
    { kinds: DataTypes.ARRAY(DataTypes.ENUM(...values)), level: DataTypes.ENUM('a') },
    plain,
  )
}

export const change: Case = {
  title: 'an array of an enum gets a value more',
  engines: ['postgres'],
  before: (sequelize) => define(sequelize, ['noun', 'verb']),
  after: (sequelize) => define(sequelize, ['noun', 'verb', 'adverb']),
}
