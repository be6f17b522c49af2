// sm2kit from an empty database to a due queue, on SQLite. Run it twice: the second run finds everything in place.
//
//   npm start                               migrate, import a log of 20,000 reviews, show what is due
//   npm start -- --down                     take all migrations back
//   npm start -- --database <file>          use another file than the one beside this example

import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Sequelize } from 'sequelize'
import {
  addDays,
  createMigrator,
  daysOverdue,
  defineSm2Models,
  dueCards,
  dueForecast,
  type Grade,
  importReviews,
  type Migrator,
  rebuildCards,
  replay,
  type Sm2Models,
} from 'sm2kit'
import { barChart, count, dim, green, heading, line, progress, table } from './print.js'
import { countReviews, readReviews } from './read-reviews.js'

const log = new URL('../data/reviews.csv', import.meta.url)
const learnerId = '1'

async function main(): Promise<void> {
  const { values: options } = parseArgs({
    options: { down: { type: 'boolean', default: false }, database: { type: 'string' } },
  })
  const storage = options.database ?? fileURLToPath(new URL('quickstart.sqlite', import.meta.url))
  const sequelize = new Sequelize({ dialect: 'sqlite', storage, logging: false })
  const migrator = createMigrator({ sequelize })
  if (options.down) {
    await migrateDown(migrator, sequelize)
  } else {
    await migrateUp(migrator)
    const db = defineSm2Models(sequelize)
    await importLog(db)
    await showDueQueue(db)
    await proveByReplay(db)
  }
  await sequelize.close()
}

async function migrateUp(migrator: Migrator): Promise<void> {
  heading('Migrations')
  const applied = await migrator.up()
  const news = applied.map(({ name }) => name).join(', ')
  line(applied.length === 0 ? 'nothing to do: all are applied already' : `applied now: ${green(news)}`)
  const current = await migrator.current()
  line(`current:     ${current.map(({ revision, message }) => `${revision} (${message})`).join(', ')}`)
  line(`executed:    ${(await migrator.executed()).map(({ name }) => name).join(', ')}`)
}

async function migrateDown(migrator: Migrator, sequelize: Sequelize): Promise<void> {
  heading('Migrations, down to base')
  const reverted = await migrator.down({ to: 0 })
  line(`reverted: ${reverted.map(({ name }) => name).join(', ') || 'none was applied'}`)
  const tables = await sequelize.getQueryInterface().showAllTables()
  const left = ['sm2_cards', 'sm2_reviews'].filter((table) => tables.includes(table))
  const note = left.length === 0 ? 'sm2_cards and sm2_reviews are gone' : `still there: ${left.join(', ')}`
  line(`tables:   ${tables.join(', ') || 'none'} ${dim(`(${note})`)}`)
}

async function importLog(db: Sm2Models): Promise<void> {
  heading('Import of a review log')
  const total = await countReviews(log)
  const show = progress()
  const result = await importReviews(db, readReviews(log), {
    timeZone: 'UTC', // of reviews that do not say their own
    onProgress: ({ read }) => show(read, total),
  })
  if (result.stored === 0) line(`nothing new: all ${count(result.alreadyStored)} reviews are stored already`)
  else line(`${count(result.stored)} reviews of ${count(result.cards)} cards stored`)
}

async function showDueQueue(db: Sm2Models): Promise<void> {
  // The day after the last review, so that everybody sees the same; an app takes dayOf(new Date(), { timeZone }).
  const lastDay: string = await db.Review.max('reviewedOn', { where: { learnerId } })
  const today = addDays(lastDay, 1)

  const due = await dueCards(db, learnerId, today)
  heading(`Due for learner ${learnerId} on ${today}: ${due.length} cards`)
  table([
    ['card', 'due on', 'days late', 'interval', 'ease factor'],
    ...due
      .slice(0, 8)
      .map((card) => [
        card.itemId,
        card.dueOn ?? '',
        String(daysOverdue(card, today)),
        String(card.intervalDays),
        card.easeFactor.toFixed(2),
      ]),
  ])
  if (due.length > 8) line(dim(`… and ${due.length - 8} more`))

  heading('The next 14 days')
  const cards = await db.Card.findAll({ where: { learnerId } })
  const forecast = dueForecast(
    cards.map((card) => card.get({ plain: true })),
    today,
    14,
  )
  barChart(forecast.map((cardsOfDay, day) => [addDays(today, day), cardsOfDay]))
}

async function proveByReplay(db: Sm2Models): Promise<void> {
  heading('Does the stored state equal the log?')
  const { cards, changed } = await rebuildCards(db, { dryRun: true })
  line(`${count(cards)} cards replayed from their logs, ${changed} differ`)

  // The same by hand, for one card: its grades in order of time, and the scheduler.
  const [card] = await dueCards(db, learnerId, '9999-12-31', { limit: 1 })
  const itemId = card?.itemId ?? ''
  const reviews = await db.Review.findAll({
    where: { learnerId, itemId, kind: 'review' },
    order: ['reviewedAt', 'id'],
  })
  const grades = reviews.map((review): Grade => review.get({ plain: true }).grade)
  const { easeFactor, intervalDays, repetitions } = replay(grades)
  line(`card ${itemId}: replay([${grades.join(', ')}])`)
  line(`  gives  ease factor ${easeFactor}, interval ${intervalDays}, repetitions ${repetitions}`)
  line(
    `  stored ease factor ${card?.easeFactor}, interval ${card?.intervalDays}, repetitions ${card?.repetitions}`,
  )
  if (changed > 0) throw new Error(`${changed} cards differ from their logs; rebuildCards(db) repairs them`)
}

main().catch((error: unknown) => {
  console.error(`quickstart: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`)
  process.exitCode = 1
})
