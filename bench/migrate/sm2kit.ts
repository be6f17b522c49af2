import { Sequelize } from 'sequelize'
import { createMigrator } from 'sm2kit/migrator'

const [task, storage = '', migrations = '', transaction] = process.argv.slice(2)
const sequelize = new Sequelize({ dialect: 'sqlite', storage, logging: false })
const migrator = createMigrator({
  sequelize,
  migrations,
  // The peers have no tables of their own to create either.
  baseline: false,
  transaction: transaction === 'run' ? 'run' : 'step',
})
if (task === 'status') await migrator.current()
else await migrator.up()
await sequelize.close()
