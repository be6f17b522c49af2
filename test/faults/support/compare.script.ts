// A child that compares models with the database of its parent, and does not live to make the first table of its shadow.

import { DataTypes } from 'sequelize'
import { createMigrator } from 'sm2kit/migrator'
import { connectSpec, databaseOfParent } from '../../support/engines/database.js'

let isMade = false
const logging = (sql: string): void => {
  const [, name] = /CREATE DATABASE `(sm2kit_shadow_\w+)`/u.exec(sql) ?? []
  if (name !== undefined) {
    isMade = true
    process.stdout.write(`${name}\n`)
  } else if (isMade && sql.includes('CREATE TABLE')) process.kill(process.pid, 'SIGKILL')
}
const sequelize = connectSpec(databaseOfParent(), { logging })
sequelize.define('word', { text: DataTypes.STRING(40) })
await createMigrator({ sequelize, baseline: false }).differences()
console.log('it was not killed')
