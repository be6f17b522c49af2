import { DataTypes } from 'sequelize'
import type { Case } from '../case.js'

const plain = { timestamps: false }

export const change: Case = {
  title: 'a column of an enum gets another name, and one that has none before becomes an enum',
  options: { renames: { 'words.level': 'words.grade' } },
  before: (sequelize) => {
    sequelize.define('word', { level: DataTypes.ENUM('low', 'high'), kind: DataTypes.STRING(20) }, plain)
  },
  after: (sequelize) => {
    sequelize.define('word', { grade: DataTypes.ENUM('low', 'high'), kind: DataTypes.STRING(20) }, plain)
  },
}
