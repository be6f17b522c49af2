// A child for killed.test.ts: runs one revision of the statements that it was given.

import { createMigrator } from 'sm2kit/migrator'
import { arriveAtBarrier } from '../../support/barrier.js'
import { connectSpec, databaseOfParent } from '../../support/engines/database.js'
import { statementsRevision } from './statements-revision.js'

interface Plan {
  readonly statements: readonly string[]
  /** The statement that this process does not live to send. */
  readonly killBefore?: string
}

const { statements, killBefore }: Plan = JSON.parse(process.env['FAULT_PLAN'] ?? '{}')
const sequelize = connectSpec(databaseOfParent(), {
  // Sequelize logs a statement right before it sends it.
  logging: (text) => {
    if (killBefore !== undefined && text.endsWith(`: ${killBefore}`)) process.kill(process.pid, 'SIGKILL')
  },
})
const migrator = createMigrator({ sequelize, baseline: false, migrations: statementsRevision(statements) })
await arriveAtBarrier()
await migrator.up()
await sequelize.close()
