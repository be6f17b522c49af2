// A child for killed.test.ts: runs one revision of the statements that it was given.

import { createMigrator } from 'sm2kit/migrator'
import { arriveAtBarrier } from '../../support/barrier.js'
import { connectSpec, databaseOfParent } from '../../support/engines/database.js'
import { statementsRevision } from './statements-revision.js'

const { statements }: { readonly statements: readonly string[] } = JSON.parse(
  process.env['FAULT_PLAN'] ?? '{}',
)
const sequelize = connectSpec(databaseOfParent())
const migrator = createMigrator({ sequelize, baseline: false, migrations: statementsRevision(statements) })
await arriveAtBarrier()
await migrator.up()
await sequelize.close()
