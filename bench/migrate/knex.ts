import knex from 'knex'

const [task, filename = '', directory = ''] = process.argv.slice(2)
const database = knex({
  client: 'sqlite3',
  connection: { filename },
  useNullAsDefault: true,
  migrations: { directory },
})
if (task === 'status') await database.migrate.list()
else await database.migrate.latest()
await database.destroy()
