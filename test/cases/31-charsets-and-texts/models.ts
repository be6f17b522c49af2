import { DataTypes, type Sequelize } from 'sequelize'
import type { Case } from '../case.js'

const define = (sequelize: Sequelize, isLater: boolean): void => {
  sequelize.define(
    'word',
    {
      text: { type: DataTypes.TEXT, unique: true },
      binary: DataTypes.STRING(20, true),
      data: DataTypes.JSON,
      code: DataTypes.CHAR(3),
      ...(isLater
        ? { more: DataTypes.JSON, note: { type: DataTypes.STRING(40), comment: `it's "\\" new` } }
        : {}),
    },
    {
      timestamps: false,
      charset: 'utf8mb4',
      collate: 'utf8mb4_unicode_ci',
      comment: `the words' "table" \\`,
      sm2kit: { collations: { code: isLater ? 'utf8mb4_bin' : 'latin1_bin' } },
    } as object,
  )
  sequelize.define('latin', { text: DataTypes.STRING(20) }, { timestamps: false, charset: 'latin1' })
}

export const change: Case = {
  title:
    'character sets and collations of tables and columns, JSON with its check, a unique text, comments with quotes',
  engines: ['mysql'],
  before: (sequelize) => define(sequelize, false),
  after: (sequelize) => define(sequelize, true),
  // sync() knows nothing of collations of columns.
  isSynced: false,
}
