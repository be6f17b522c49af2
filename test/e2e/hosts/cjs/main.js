const { Sequelize } = require('sequelize')
const { createMigrator, schedule, initialState, defineSm2Models } = require('sm2kit')
const { Umzug } = require('umzug')

const main = async () => {
  const sequelize = new Sequelize('sqlite::memory:', { logging: false })
  const migrator = createMigrator({ sequelize, migrations: './migrations' })
  const up = (await migrator.up()).map((meta) => meta.name)
  const down = (await migrator.down()).map((meta) => meta.name)
  const { Card } = defineSm2Models(sequelize)
  const isUmzug = migrator.umzug instanceof Umzug
  console.log(JSON.stringify({ up, down, cards: await Card.count(), isUmzug, pure: schedule(initialState, 5) }))
}
main()
