// A child for reviews-killed.test.ts: records reviews of a few items until it is killed, and prints each that it has an answer for.

import { defineSm2Models, recordReview } from 'sm2kit/cards'
import type { Grade } from 'sm2kit/sm2'
import { review } from '../../cards/review.js'
import { arriveAtBarrier } from '../../support/barrier.js'
import { connectSpec, databaseOfParent } from '../../support/engines/database.js'
import { randomFrom } from './scale.js'

const random = randomFrom(Number(process.env['REVIEWS_SEED']))
const below = (limit: number): number => Math.floor(random() * limit)
const sequelize = connectSpec(databaseOfParent())
const db = defineSm2Models(sequelize)
await sequelize.authenticate()
await arriveAtBarrier()
for (;;) {
  // Days in no order: a late one has the states of all that come behind it computed anew.
  const sent = review(below(400), below(6) as Grade, {
    itemId: `item ${below(3)}`,
    ...(below(8) === 0 ? { kind: 'drill' } : {}),
  })
  await recordReview(db, sent)
  process.stdout.write(`${sent.id}\n`)
}
