import { DataTypes } from 'sequelize'
import type { Case } from '../case.js'

const plain = { timestamps: false }

export const change: Case = {
  title: 'tables that refer to one another come and go in an order that the keys allow',
  before: (sequelize) => {
    const A = sequelize.define('a', { text: DataTypes.STRING(40) }, plain)
    const B = sequelize.define('b', {}, plain)
    const C = sequelize.define('c', {}, plain)
    B.belongsTo(A, { foreignKey: 'aId' })
    C.belongsTo(B, { foreignKey: 'bId' })
  },
  after: (sequelize) => {
    const A = sequelize.define('a', { text: DataTypes.STRING(40) }, plain)
    const D = sequelize.define('d', {}, plain)
    const E = sequelize.define('e', {}, plain)
    E.belongsTo(D, { foreignKey: 'dId' })
    D.belongsTo(A, { foreignKey: 'aId' })
  },
}
