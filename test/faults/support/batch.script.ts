// A child for batch-killed.test.ts: runs the revision, and dies before a statement if it is told to.

import { createMigrator } from 'sm2kit/migrator'
import { arriveAtBarrier } from '../../support/barrier.js'
import { connectSpec, databaseOfParent } from '../../support/engines/database.js'
import { batchRevision } from './batch-revision.js'

const lastStatement = Number(process.env['LAST_STATEMENT'] ?? 0)
let isCounting = false
let statements = 0
const sequelize = connectSpec(databaseOfParent(), {
  // Sequelize logs a statement right before it sends it.
  logging: () => {
    if (!isCounting) return
    statements += 1
    if (statements === lastStatement) process.kill(process.pid, 'SIGKILL')
  },
})
const migrator = createMigrator({ sequelize, baseline: false, migrations: [batchRevision] })
void migrator.umzug
await sequelize.authenticate()
await arriveAtBarrier()
isCounting = true
const startedAt = performance.now()
await migrator.up()
console.log(JSON.stringify({ statements, ms: performance.now() - startedAt }))
await sequelize.close()
