// A child for backup-killed.test.ts: makes a backup, or brings one back.

import { createMigrator } from 'sm2kit/migrator'
import { arriveAtBarrier } from '../../support/barrier.js'
import { connectSpec, databaseOfParent } from '../../support/engines/database.js'

const path = process.env['BACKUP_PATH'] ?? ''
const sequelize = connectSpec(databaseOfParent())
const migrator = createMigrator({ sequelize, baseline: false })
await sequelize.authenticate()
await arriveAtBarrier()
const startedAt = performance.now()
await (process.env['BACKUP_VERB'] === 'restore' ? migrator.restore(path) : migrator.backup({ to: path }))
console.log(JSON.stringify({ ms: performance.now() - startedAt }))
await sequelize.close()
