// A child for killed.test.ts: meets its parent at the barrier, then rebuilds the table `t` of its parent's database, in one step.

import { createMigrator } from 'sm2kit/migrator'
import { arriveAtBarrier } from '../../../support/barrier.js'
import { connectSpec, databaseOfParent } from '../../../support/engines/database.js'

/** Which statement from the barrier on this process does not live to send; 0 for none. */
const last = Number(process.env['LAST_STATEMENT'] ?? 0)
let isCounting = false
let statements = 0
// Sequelize logs a statement right before it sends it.
const logging = (): void => {
  if (!isCounting) return
  statements += 1
  if (statements === last) process.kill(process.pid, 'SIGKILL')
}
const sequelize = connectSpec(databaseOfParent(), { logging })
const migrator = createMigrator({
  sequelize,
  baseline: false,
  migrations: [
    {
      revision: 'rebuild',
      downRevision: null,
      up: async ({ context: op }) => {
        await op.alterTable('t', (t) => {
          t.changeColumn('x', { type: 'VARCHAR(20)', unique: true })
          t.addColumn('y', { type: 'TEXT', defaultValue: 'new' })
        })
      },
    },
  ],
})
void migrator.umzug
await sequelize.authenticate()
await arriveAtBarrier()
isCounting = true
const startedAt = performance.now()
await migrator.up()
console.log(JSON.stringify({ statements, ms: performance.now() - startedAt }))
await sequelize.close()
