import {
  DataTypes,
  type Model,
  type ModelAttributeColumnOptions,
  type ModelStatic,
  type Transaction,
} from 'sequelize'
import type { Link } from './chain.js'
import type { Sm2Models } from './model-types.js'
import type { CardRef, StoredCard } from './read-rows.js'

/** Inserts new cards; those that are there already stay as they are. */
export async function insertCards(
  { sequelize, Card }: Sm2Models,
  cards: readonly CardRef[],
  transaction: Transaction,
): Promise<void> {
  const now = new Date()
  const rows = cards.map(({ learnerId, itemId }) => ({
    learner_id: learnerId,
    item_id: itemId,
    created_at: now,
    updated_at: now,
  }))
  await insert(sequelize, Card, rows, { transaction, ignoreDuplicates: true })
}

/** Overwrites state and days of cards that exist. */
export async function updateCards(
  { sequelize, Card }: Sm2Models,
  cards: readonly StoredCard[],
  transaction: Transaction,
): Promise<void> {
  const now = new Date()
  const rows = cards.map((card) => ({
    learner_id: card.learnerId,
    item_id: card.itemId,
    ease_factor: card.easeFactor,
    interval_days: card.intervalDays,
    repetitions: card.repetitions,
    due_on: card.dueOn,
    last_reviewed_on: card.lastReviewedOn,
    created_at: now,
    updated_at: now,
  }))
  await insert(sequelize, Card, rows, {
    transaction,
    upsertKeys: ['learner_id', 'item_id'],
    updateOnDuplicate: [
      'ease_factor',
      'interval_days',
      'repetitions',
      'due_on',
      'last_reviewed_on',
      'updated_at',
    ],
  })
}

/** Inserts reviews that are not in the log. */
export async function insertReviews(
  { sequelize, Review }: Sm2Models,
  reviews: readonly (CardRef & Link)[],
  transaction: Transaction,
): Promise<void> {
  await insert(sequelize, Review, reviews.map(reviewRow), { transaction })
}

/** Overwrites the states before and after reviews that are in the log. */
export async function updateReviewStates(
  { sequelize, Review }: Sm2Models,
  reviews: readonly (CardRef & Link)[],
  transaction: Transaction,
): Promise<void> {
  await insert(sequelize, Review, reviews.map(reviewRow), {
    transaction,
    upsertKeys: ['learner_id', 'id'],
    updateOnDuplicate: [
      'ease_factor_before',
      'ease_factor_after',
      'interval_days_before',
      'interval_days_after',
      'repetitions_before',
      'repetitions_after',
    ],
  })
}

/** Takes one review out of the log. */
export async function deleteReview(
  { Review }: Sm2Models,
  where: { readonly learnerId: string; readonly id: string },
  transaction: Transaction,
): Promise<void> {
  await Review.destroy({ where: { ...where }, transaction, hooks: false })
}

function reviewRow(review: CardRef & Link) {
  const { before, after } = review
  return {
    learner_id: review.learnerId,
    id: review.id,
    item_id: review.itemId,
    grade: review.grade,
    reviewed_at: new Date(review.reviewedAt),
    reviewed_on: review.reviewedOn,
    kind: review.kind,
    ease_factor_before: before.easeFactor,
    ease_factor_after: after.easeFactor,
    interval_days_before: before.intervalDays,
    interval_days_after: after.intervalDays,
    repetitions_before: before.repetitions,
    repetitions_after: after.repetitions,
  }
}

type InsertOptions = { readonly transaction: Transaction } & (
  | { readonly ignoreDuplicates?: true }
  | { readonly upsertKeys: readonly string[]; readonly updateOnDuplicate: readonly string[] }
)

/**
 * Several rows in one statement.
 *
 * Through the query interface, not `Model.bulkCreate`, which builds an instance for each row and parses each day with
 * Moment: three quarters of an import's time. Neither do a host's hooks for all models run, which are not meant for rows
 * that exist only to be merged into others. An upsert of rows that exist is the one statement that all engines have for
 * giving many rows different values.
 */
async function insert(
  sequelize: Sm2Models['sequelize'],
  model: Sm2Models['Card'] | Sm2Models['Review'],
  rows: readonly object[],
  options: InsertOptions,
): Promise<void> {
  if (rows.length === 0) return
  await sequelize
    .getQueryInterface()
    // Of the options its types know the transaction alone.
    .bulkInsert(
      model.getTableName(),
      [...rows],
      { ...options } as { transaction: Transaction },
      instants(model),
    )
}

/** The types of the columns that hold instants: without them MariaDB would lose the milliseconds. */
function instants(
  model: Sm2Models['Card'] | Sm2Models['Review'],
): Record<string, ModelAttributeColumnOptions> {
  const attributes: Record<string, ModelAttributeColumnOptions> = (
    model as ModelStatic<Model>
  ).getAttributes()
  return Object.fromEntries(
    Object.values(attributes).flatMap((attribute) =>
      attribute.type instanceof DataTypes.DATE && attribute.field !== undefined
        ? [[attribute.field, attribute]]
        : [],
    ),
  )
}
