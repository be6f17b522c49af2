import { Sequelize } from 'sequelize'
import { defineSm2Models, dueCards, recordReview } from 'sm2kit/cards'
import { createMigrator } from 'sm2kit/migrator'
import { initialState, schedule } from 'sm2kit/sm2'

const sequelize = new Sequelize({ dialect: 'sqlite', storage: 'app.sqlite', logging: false })
const migrator = createMigrator({ sequelize, migrations: './migrations' })
const up = (await migrator.up()).map((meta) => meta.name)
const db = defineSm2Models(sequelize)
const { card } = await recordReview(db, {
  learnerId: 'ada',
  itemId: 'perro',
  grade: 5,
  reviewedAt: new Date('2026-03-01T10:00:00Z'),
  id: '0190f2a0-0000-7000-8000-000000000001',
  timeZone: 'Europe/Berlin',
})
const due = (await dueCards(db, 'ada', '2026-03-02', { limit: 10 })).map((one) => one.itemId)
const down = (await migrator.down({ to: 0 })).map((meta) => meta.name)
console.log(JSON.stringify({ up, easeFactor: card.easeFactor, due, down, pure: schedule(initialState, 5) }))
await sequelize.close()
