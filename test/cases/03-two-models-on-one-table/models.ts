import { DataTypes } from 'sequelize'
import type { Case } from '../case.js'

const plain = { timestamps: false, tableName: 'people' }

export const change: Case = {
  title: 'the table is the union of its models, and of two attributes on a column the last counts',
  isSynced: false,
  before: (sequelize) => {
    sequelize.define('student', { name: DataTypes.STRING(40), year: DataTypes.INTEGER }, plain)
    sequelize.define('teacher', { name: DataTypes.STRING(40), room: DataTypes.STRING(9) }, plain)
  },
  after: (sequelize) => {
    sequelize.define(
      'student',
      { name: DataTypes.STRING(40), year: DataTypes.INTEGER, grade: DataTypes.INTEGER },
      plain,
    )
    sequelize.define(
      'teacher',
      {
        name: DataTypes.STRING(40),
        room: { type: DataTypes.STRING(9), field: 'room' },
        place: { type: DataTypes.STRING(12), field: 'room' },
      },
      plain,
    )
  },
}
