import type { Options } from 'sequelize'
import { defineSm2Models, type Sm2IdKind, type Sm2Models } from 'sm2kit/cards'
import { type Answered, addDays, answer, type Card, type Grade, newCard } from 'sm2kit/sm2'

export { review } from './review.js'

import { createMigrator } from 'sm2kit/migrator'
import { type Engine, type TestDatabase, withDatabase } from '../support/engines/index.js'

interface TableNames {
  readonly prefix?: string
  readonly schema?: string
  readonly learnerId?: Sm2IdKind
  readonly itemId?: Sm2IdKind
}

/** Runs `use` on a database with the shipped tables. */
export function withCards<Result>(
  engine: Engine,
  use: (db: Sm2Models, database: TestDatabase) => Promise<Result>,
  options: TableNames & { readonly connection?: Partial<Options> } = {},
): Promise<Result> {
  return withDatabase(engine, async (database) => {
    const { connection, ...names } = options
    const db = defineSm2Models(database.connect(connection), names)
    await createMigrator({ sequelize: db.sequelize, baseline: names }).up()
    return use(db, database)
  })
}

/** What the scheduler alone makes of reviews on days counted from 2026-01-01. */
export function answersOf(...reviews: readonly (readonly [day: number, grade: Grade])[]): Answered[] {
  let card: Card = newCard()
  return reviews.map(([day, grade]) => {
    const answered = answer(card, grade, addDays('2026-01-01', day))
    card = answered.card
    return answered
  })
}

/** The card that is stored for Ana's item, as the scheduler would say it. */
export async function storedCard(db: Sm2Models, itemId = 'hund', learnerId = 'ana'): Promise<Card | null> {
  const row = await db.Card.findOne({ where: { learnerId, itemId } })
  if (row === null) return null
  const { easeFactor, intervalDays, repetitions, dueOn, lastReviewedOn } = row.get({ plain: true })
  return { easeFactor, intervalDays, repetitions, dueOn, lastReviewedOn }
}

/** Ana's log in order of time, as grades with their states. */
export async function storedLog(db: Sm2Models, itemId = 'hund', learnerId = 'ana') {
  const rows = await db.Review.findAll({
    where: { learnerId, itemId },
    order: [
      ['reviewedAt', 'ASC'],
      ['id', 'ASC'],
    ],
  })
  return rows.map((row) => {
    const { grade, kind, reviewedOn, ...states } = row.get({ plain: true })
    return {
      grade,
      kind,
      day: reviewedOn,
      before: {
        easeFactor: states.easeFactorBefore,
        intervalDays: states.intervalDaysBefore,
        repetitions: states.repetitionsBefore,
      },
      after: {
        easeFactor: states.easeFactorAfter,
        intervalDays: states.intervalDaysAfter,
        repetitions: states.repetitionsAfter,
      },
    }
  })
}

/** The log that the scheduler's answers would leave. */
export function logOf(answers: readonly Answered[]) {
  const stateOf = ({ easeFactor, intervalDays, repetitions }: Card) => ({
    easeFactor,
    intervalDays,
    repetitions,
  })
  return answers.map(({ review: { grade, day, before, after } }) => ({
    grade,
    kind: 'review',
    day,
    before: stateOf(before),
    after: stateOf(after),
  }))
}
