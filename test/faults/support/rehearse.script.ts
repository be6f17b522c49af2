// A child for rehearse-killed.test.ts: tries its revisions on a copy.

import { DataTypes } from 'sequelize'
import { createMigrator } from 'sm2kit/migrator'
import { arriveAtBarrier } from '../../support/barrier.js'
import { connectSpec, databaseOfParent } from '../../support/engines/database.js'

const sequelize = connectSpec(databaseOfParent())
const migrator = createMigrator({
  sequelize,
  baseline: false,
  migrations: [
    {
      revision: 'aaaa01',
      downRevision: null,
      up: ({ context: op }) => op.addColumn('words', 'stars', { type: DataTypes.INTEGER }),
      down: ({ context: op }) => op.removeColumn('words', 'stars'),
    },
  ],
})
await sequelize.authenticate()
await arriveAtBarrier()
const startedAt = performance.now()
const { ok } = await migrator.rehearse('head')
console.log(JSON.stringify({ ok, ms: performance.now() - startedAt }))
await sequelize.close()
