import { DataTypes } from 'sequelize'
import type { Case } from '../case.js'

const plain = { timestamps: false }

export const change: Case = {
  title: 'a cycle of two tables is made, and loses one of its keys',
  isSynced: false,
  before: (sequelize) => {
    const User = sequelize.define('user', { name: DataTypes.STRING(40) }, plain)
    const Team = sequelize.define('team', { title: DataTypes.STRING(40) }, plain)
    User.belongsTo(Team, { foreignKey: 'teamId', constraints: true })
    Team.belongsTo(User, { foreignKey: 'ownerId', as: 'owner' })
  },
  after: (sequelize) => {
    const User = sequelize.define('user', { name: DataTypes.STRING(40) }, plain)
    const Team = sequelize.define('team', { title: DataTypes.STRING(40) }, plain)
    User.belongsTo(Team, { foreignKey: 'teamId', constraints: true })
    Team.belongsTo(User, { foreignKey: 'ownerId', as: 'owner', constraints: false })
  },
}
