// Models as large applications have them, of every kind of association, on every engine.

import type { Sequelize } from 'sequelize'
import { createMigrator, describeOperation } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import { describeNewest, withDatabase } from '../../support/engines/index.js'
import { generating } from '../commands/generating.js'
import { defineCrm } from './applications/crm.js'
import { defineForum } from './applications/forum.js'
import { defineShop } from './applications/shop.js'

/** Where keys go in circles Sequelize's own `sync()` makes something else than the models say. */
const APPLICATIONS: readonly (readonly [string, (sequelize: Sequelize) => void, boolean])[] = [
  ['a shop', defineShop, true],
  ['a forum', defineForum, false],
  ['a CRM', defineCrm, true],
]

describeNewest(
  'the models of a large application',
  (engine) => {
    test.each(APPLICATIONS.map(([what, define]) => [what, define] as const))(
      'of %s come from an empty database, and go again',
      (_what, define) =>
        generating(engine, async ({ models, migrator, look, generate }) => {
          const empty = await look()
          models((sequelize) => define(sequelize))
          const { operations } = await generate({ message: 'all' })
          expect(operations.length).toBeGreaterThan(29)
          expect((await look()).tables.length - empty.tables.length).toBeGreaterThan(29)
          await migrator.downgrade('base')
          expect(await look()).toEqual(empty)
        }),
    )

    test.each(APPLICATIONS.filter(([, , isSynced]) => isSynced))(
      'of %s are no different after sync()',
      (_what, define) =>
        withDatabase(engine, async (database) => {
          const sequelize = database.connect()
          define(sequelize)
          await sequelize.sync()
          // Of checks sync() knows nothing.
          const options = { baseline: false, compare: { checks: false } }
          const differences = await createMigrator({ sequelize, ...options }).differences()
          expect(differences.map(describeOperation)).toEqual([])
        }),
    )
  },
  ({ isShared }) => isShared,
)
