import { Sequelize } from 'sequelize'
import { createMigrator } from 'sm2kit/migrator'
import { defineModels } from './models.js'

const [task = '', where = '', count = '', variant = ''] = process.argv.slice(2)
const sequelize = where.includes('://')
  ? new Sequelize(where, { logging: false })
  : new Sequelize({ dialect: 'sqlite', storage: where, logging: false })
defineModels(sequelize, Number(count), variant === 'changed')
if (task === 'make') {
  const found = await sequelize.getQueryInterface().showAllTables()
  if (found.length > 0) throw new Error('The database is not empty')
  // Nobody waits for this database to be safe.
  if (sequelize.getDialect() === 'sqlite') await sequelize.query('PRAGMA synchronous = OFF')
  await sequelize.sync()
} else if (task === 'drop') await sequelize.drop()
// What a process costs that has the same models, and only connects.
else if (task === 'connect') await sequelize.authenticate()
else {
  const differences = await createMigrator({ sequelize, baseline: false, migrations: [] }).differences()
  process.stdout.write(String(differences.length))
}
await sequelize.close()
