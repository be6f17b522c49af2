import { defineSm2Models, importReviews, rebuildCards, recordReview } from 'sm2kit/cards'
import { createMigrator, type Revision } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import { describeEngines, withDatabase } from '../support/engines/index.js'
import { answersOf, review, storedCard } from './support.js'

describeEngines('inside a revision', (engine) => {
  test('reviews are stored in its transaction, with one of op.sequelize', () =>
    withDatabase(engine, async (database) => {
      const sequelize = database.connect()
      const db = defineSm2Models(sequelize)
      const reviews = ([0, 1, 7] as const).map((day) => {
        const { learnerId, itemId, reviewedAt } = review(day, 4)
        return { learnerId, itemId, reviewedAt, grade: 4 as const }
      })
      const up: Revision['up'] = async ({ context: op }) => {
        await op.sequelize.transaction((transaction) =>
          importReviews(db, reviews, { timeZone: 'UTC', batchSize: 2, transaction }),
        )
        await op.sequelize.transaction((transaction) => recordReview(db, review(20, 2, { transaction })))
      }
      const revision: Revision = { revision: 'former', dependsOn: ['f3e3ac684f8e'], downRevision: null, up }
      await createMigrator({ sequelize, migrations: [revision] }).up()
      expect(await storedCard(db)).toEqual(answersOf([0, 4], [1, 4], [7, 4], [20, 2])[3]?.card)
      expect(await rebuildCards(db, { dryRun: true })).toEqual({ cards: 1, changed: 0 })
    }))
})
