import { DataTypes, Sequelize } from 'sequelize'
import { type Card as Sm2Card, createMigrator, defineSm2Models, recordReview, schedule, type Sm2State } from 'sm2kit'
import { addSm2Columns, type Migration, MigratorError, type Migrator, type Op, type Revision } from 'sm2kit/migrator'
import { answer, initialState, newCard } from 'sm2kit/sm2'

const up: Migration = async ({ context: op, name }) => {
  const same: Op = op
  await same.createTable('words', { id: { type: DataTypes.INTEGER, primaryKey: true } })
  await addSm2Columns(op, 'words')
  console.log(name)
}
const revision: Revision = { revision: 'words', downRevision: null, up }

const sequelize = new Sequelize('sqlite::memory:', { logging: false })
const migrator: Migrator = createMigrator({ sequelize, migrations: [revision], logger: console })
const remove: () => void = migrator.on('migrated', ({ name }) => console.log(name.toUpperCase()))
const state: Sm2State = schedule(initialState, 4)
const card: Sm2Card = answer(newCard(), 4, '2026-03-01').card
try {
  await migrator.up({ to: 'words' })
  const db = defineSm2Models(sequelize, { prefix: 'sm2_' })
  await recordReview(db, {
    learnerId: 'ada',
    itemId: 'perro',
    grade: 4,
    reviewedAt: new Date(),
    id: '0190f2a0-0000-7000-8000-000000000001',
    timeZone: 'UTC',
  })
} catch (error) {
  if (error instanceof MigratorError && error.code === 'LOCK_TIMEOUT') console.log(error.report?.steps.length)
  else throw error
}
remove()
// @ts-expect-error: a grade is 0 to 5
schedule(state, 6)
// @ts-expect-error: `to` is a name
void migrator.up({ to: 1 })
console.log(card.dueOn)
