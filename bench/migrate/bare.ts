import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type ModelAttributes, Sequelize } from 'sequelize'

// The least that these files can cost: each is required and run, all in one transaction. Nothing is recorded, checked or locked.
const [, storage = '', migrations = ''] = process.argv.slice(2)
const sequelize = new Sequelize({ dialect: 'sqlite', storage, logging: false })
const queryInterface = sequelize.getQueryInterface()
const require = createRequire(join(migrations, 'index.js'))
await sequelize.transaction(async (transaction) => {
  const createTable = (table: string, attributes: ModelAttributes): Promise<void> =>
    queryInterface.createTable(table, attributes, { transaction })
  for (const name of readdirSync(migrations).sort())
    await require(join(migrations, name)).up({ context: { createTable } })
})
await sequelize.close()
