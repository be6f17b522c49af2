import { Sequelize } from 'sequelize'
import { createMigrator } from 'sm2kit/migrator'
import { defineModels } from './models.js'

const [task = '', where = '', count = '', variant = ''] = process.argv.slice(2)
const sequelize = where.includes('://')
  ? new Sequelize(where, { logging: false })
  : new Sequelize({ dialect: 'sqlite', storage: where, logging: false })
defineModels(sequelize, Number(count), variant === 'changed')
/** The statements that `sync()` would send. */
const recorded = async (host: Sequelize): Promise<readonly string[]> => {
  const statements: string[] = []
  const other = new Sequelize({
    dialect: 'sqlite',
    storage: ':memory:',
    logging: (sql) => statements.push(sql.replace(/^Executing \([^)]*\): /u, '')),
  })
  defineModels(other, Object.keys(host.models).length, false)
  await other.sync()
  await other.close()
  return statements.filter((sql) => sql.startsWith('CREATE '))
}

if (task === 'make') {
  const found = await sequelize.getQueryInterface().showAllTables()
  if (found.length > 0) throw new Error('The database is not empty')
  // Nobody waits for this database to be safe.
  if (sequelize.getDialect() === 'sqlite') await sequelize.query('PRAGMA synchronous = OFF')
  if (variant === 'respelled') {
    const found = await recorded(sequelize)
    for (const sql of found) await sequelize.query(sql.replaceAll('`', '"'))
  } else await sequelize.sync()
} else if (task === 'drop') await sequelize.drop()
// What a process costs that has the same models, and only connects.
else if (task === 'connect') await sequelize.authenticate()
else {
  const differences = await createMigrator({ sequelize, baseline: false, migrations: [] }).differences()
  process.stdout.write(String(differences.length))
}
await sequelize.close()
