// A device in a process of its own: records reviews of one learner's ten items, as fast as it can.
// Usage: node --import tsx test/cards/device.ts <parity>
import { defineSm2Models, recordReview } from 'sm2kit/cards'
import type { Grade } from 'sm2kit/sm2'
import { connectSpec, databaseOfParent } from '../support/engines/database.js'
import { review } from './review.js'

const parity = Number(process.argv[2])
const sequelize = connectSpec(databaseOfParent())
const db = defineSm2Models(sequelize)
for (let index = parity; index < 80; index += 2) {
  const id = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`
  const sent = review(index, (index % 6) as Grade, { id, itemId: `item ${(index % 10) >> 1}` })
  await recordReview(db, sent)
  // The device hears no answer now and then, and sends again; the other device may send the same review, too.
  if (index % 7 === 0) await recordReview(db, sent)
}
await sequelize.close()
