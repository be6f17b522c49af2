import { DataTypes, type ModelOptions, Sequelize } from 'sequelize'
import type { EngineDialect } from '../../support/engines/index.js'
import type { Case } from '../case.js'

const define = (sequelize: Sequelize, dialect: EngineDialect, isLater: boolean): void => {
  const isMariadb = dialect === 'mysql'
  const indexes: ModelOptions['indexes'] = [
    { fields: ['a', 'b'], unique: isLater },
    { name: 'descending', fields: [{ name: 'a', order: isLater ? 'DESC' : 'ASC' }, 'c'] },
    { name: 'kept', fields: ['c'] },
    ...(isLater ? [{ name: 'added', fields: ['b', 'c'] }] : [{ name: 'dropped', fields: ['c', 'b'] }]),
    ...(isMariadb
      ? [{ name: 'prefix', fields: [{ name: 's', length: isLater ? 10 : 5 }] }]
      : [
          { name: 'partial', fields: ['s'], where: { a: isLater ? 2 : 1 } },
          { name: 'computed', fields: [Sequelize.fn(isLater ? 'upper' : 'lower', Sequelize.col('s'))] },
          { name: 'collated', fields: [{ name: 's', collate: dialect === 'postgres' ? 'C' : 'NOCASE' }] },
        ]),
    ...(dialect === 'postgres' ? [{ name: 'hashed', fields: ['s'], using: isLater ? 'HASH' : 'BTREE' }] : []),
  ]
  sequelize.define(
    'word',
    {
      a: DataTypes.INTEGER,
      b: DataTypes.INTEGER,
      c: DataTypes.INTEGER,
      s: { type: DataTypes.STRING(40), unique: true },
    },
    { timestamps: false, indexes },
  )
}

export const change: Case = {
  title: 'indexes come, go, and change: unique, order, rows, expression, collation, method, prefix',
  before: (sequelize, dialect) => define(sequelize, dialect, false),
  after: (sequelize, dialect) => define(sequelize, dialect, true),
}
