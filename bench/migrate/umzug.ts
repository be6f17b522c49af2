import { Sequelize } from 'sequelize'
import { SequelizeStorage, Umzug } from 'umzug'

const [task, storage = '', migrations = ''] = process.argv.slice(2)
const sequelize = new Sequelize({ dialect: 'sqlite', storage, logging: false })
const umzug = new Umzug({
  migrations: { glob: ['*.js', { cwd: migrations }] },
  context: sequelize.getQueryInterface(),
  storage: new SequelizeStorage({ sequelize }),
  logger: undefined,
})
if (task === 'status') await umzug.executed()
else await umzug.up()
await sequelize.close()
