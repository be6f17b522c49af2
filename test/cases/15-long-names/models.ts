import { DataTypes, type Sequelize } from 'sequelize'
import type { EngineDialect } from '../../support/engines/index.js'
import type { Case } from '../case.js'

const long = `index_${'x'.repeat(52)}`
const define = (sequelize: Sequelize, dialect: EngineDialect, isLater: boolean): void => {
  // PostgreSQL cuts a name at 63 bytes; MariaDB refuses one above 64.
  const tail = dialect === 'mysql' ? '' : '_and_more_than_fits'
  const name = long + tail
  sequelize.define(
    'word',
    { a: DataTypes.INTEGER, b: DataTypes.INTEGER, ...(isLater ? { c: DataTypes.INTEGER } : {}) },
    { timestamps: false, indexes: [{ name, fields: ['a'] }] },
  )
}

export const change: Case = {
  title: 'a name that the engine cuts is no difference',
  before: (sequelize, dialect) => define(sequelize, dialect, false),
  after: (sequelize, dialect) => define(sequelize, dialect, true),
}
