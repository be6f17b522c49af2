// A child for locks.test.ts: stays inside its step, with the lock held, until its parent tells it to go on.

import { setTimeout as sleep } from 'node:timers/promises'
import { createMigrator } from 'sm2kit/migrator'
import { arriveAtBarrier } from '../../support/barrier.js'
import { connectSpec, databaseOfParent } from '../../support/engines/database.js'
import { type HeldOptions, heldHistory } from './held-history.js'

const options: HeldOptions & { readonly verb: 'up' | 'down' } = JSON.parse(process.env['FAULT_PLAN'] ?? '{}')
const sequelize = connectSpec(databaseOfParent())
const migrator = createMigrator({
  sequelize,
  baseline: false,
  versionTable: options.versionTable,
  migrations: heldHistory(options, async () => {
    await arriveAtBarrier()
    await sleep(options.workMs ?? 0)
  }),
})
const metas = options.verb === 'up' ? await migrator.up() : await migrator.down({ to: 0 })
console.log(JSON.stringify(metas.map(({ name }) => name)))
await sequelize.close()
