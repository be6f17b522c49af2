import { DataTypes, type Sequelize } from 'sequelize'
import type { Case } from '../case.js'

const plain = { timestamps: false }

/** A cycle of three, one of which refers to itself, and a table whose primary key is made of two keys. */
const define = (sequelize: Sequelize, withMembers: boolean): void => {
  const Country = sequelize.define('country', { name: DataTypes.STRING(40) }, plain)
  const City = sequelize.define('city', { name: DataTypes.STRING(40) }, plain)
  const Person = sequelize.define('person', { name: DataTypes.STRING(40) }, plain)
  City.belongsTo(Country, { foreignKey: 'countryId' })
  Person.belongsTo(City, { foreignKey: 'cityId' })
  Country.belongsTo(Person, { foreignKey: 'headId', as: 'head' })
  Person.belongsTo(Person, { foreignKey: 'bossId', as: 'boss' })
  if (withMembers) Person.belongsToMany(Country, { through: 'citizens', timestamps: false })
}

export const change: Case = {
  title: 'a table whose primary key is made of keys comes to a cycle of three with a reference to itself',
  isSynced: false,
  before: (sequelize) => define(sequelize, false),
  after: (sequelize) => define(sequelize, true),
}
