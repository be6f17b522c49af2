// A child for processes.test.ts: writes its number into a table of the database that it was given.

import { QueryTypes } from 'sequelize'
import { arriveAtBarrier } from './barrier.js'
import { connectSpec, databaseOfParent } from './engines/database.js'

const sequelize = connectSpec(databaseOfParent(), { retry: { max: 1 } })
if (sequelize.getDialect() === 'sqlite') await sequelize.query('PRAGMA busy_timeout = 20000')
await arriveAtBarrier()
const startedAt = Date.now()
const number = Number(process.env['PROCESS_INDEX'])
await sequelize.query(`INSERT INTO arrivals VALUES (${number})`, { type: QueryTypes.INSERT })
await sequelize.close()
console.log(startedAt)
