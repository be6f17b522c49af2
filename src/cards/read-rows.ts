import { literal, type Model, type ModelStatic, Op, type Transaction, type WhereOptions } from 'sequelize'
import type { CalendarDay } from '../sm2/calendar-day.js'
import type { Card } from '../sm2/card.js'
import type { Grade } from '../sm2/grade.js'
import type { LoggedReview } from './chain.js'
import { engineOf } from './engine.js'
import { groupBy } from './keys.js'
import type { ReviewKind, Sm2Models } from './model-types.js'
import { idKindOf } from './models.js'

/**
 * A card as it is stored: the learner's and the item's id with the state and the days. Plain JSON.
 *
 * @example
 * ```ts
 * import type { StoredCard } from 'sm2kit/cards'
 * import { newCard } from 'sm2kit/sm2'
 *
 * const card: StoredCard = { learnerId: 'ana', itemId: 'hund', ...newCard() }
 * card.dueOn // => null
 * ```
 */
export interface StoredCard extends Card {
  /** The host's id of the learner, as text. */
  readonly learnerId: string
  /** The host's id of the item, as text. */
  readonly itemId: string
}

/** A review as it is stored. */
export interface StoredReview extends LoggedReview {
  readonly learnerId: string
  readonly itemId: string
}

/** Which card: both ids as texts. */
export interface CardRef {
  readonly learnerId: string
  readonly itemId: string
}

/** How rows are read: in which transaction, and whether they are locked for writing until it ends. */
export interface Reading {
  readonly transaction?: Transaction | undefined
  readonly lock?: boolean
}

/** Whom a single condition may name: keeps a statement within SQLite's limit on the depth of an expression. */
const learnersPerStatement = 200

/**
 * The condition for some cards (by `itemId`) or reviews (by `id`), in pieces that one statement each can hold; learners
 * in the order of their ids, so that everybody takes locks in the same order.
 */
export function whereAny<Column extends 'itemId' | 'id'>(
  wanted: Iterable<{ readonly learnerId: string } & { readonly [C in Column]: string }>,
  column: Column,
): WhereOptions[] {
  const learners = [...groupBy(wanted, ({ learnerId }) => learnerId)].sort(([a], [b]) => (a < b ? -1 : 1))
  const pieces: WhereOptions[] = []
  for (let first = 0; first < learners.length; first += learnersPerStatement) {
    const some = learners.slice(first, first + learnersPerStatement)
    pieces.push({
      [Op.or]: some.map(([learnerId, rows]) => ({ learnerId, [column]: rows.map((row) => row[column]) })),
    })
  }
  return pieces
}

/** Cards by a condition, in the order of their ids. */
export async function readCards(
  models: Sm2Models,
  where: WhereOptions,
  reading: Reading,
  more: { readonly order?: 'due' | 'id'; readonly limit?: number } = {},
): Promise<StoredCard[]> {
  const rows = await select(models.Card, {
    where,
    columns: [
      ...idColumns(models),
      'ease_factor',
      'interval_days',
      'repetitions',
      'due_on',
      'last_reviewed_on',
    ],
    order: [more.order === 'due' ? 'dueOn' : 'learnerId', 'itemId'],
    ...(more.limit === undefined ? {} : { limit: more.limit }),
    ...reading,
  })
  return rows.map((row) => ({
    learnerId: String(row['learner_id']),
    itemId: String(row['item_id']),
    easeFactor: Number(row['ease_factor']),
    intervalDays: Number(row['interval_days']),
    repetitions: Number(row['repetitions']),
    dueOn: dayOrNull(row['due_on']),
    lastReviewedOn: dayOrNull(row['last_reviewed_on']),
  }))
}

/** Reviews by a condition, in no order. */
export async function readReviews(
  models: Sm2Models,
  where: WhereOptions,
  reading: Reading,
): Promise<StoredReview[]> {
  const rows = await select(models.Review, {
    where,
    columns: [
      ...idColumns(models),
      'id',
      'grade',
      'reviewed_at',
      'reviewed_on',
      'kind',
      'ease_factor_before',
      'ease_factor_after',
      'interval_days_before',
      'interval_days_after',
      'repetitions_before',
      'repetitions_after',
    ],
    ...reading,
  })
  return rows.map((row) => ({
    learnerId: String(row['learner_id']),
    itemId: String(row['item_id']),
    id: String(row['id']).toLowerCase(),
    grade: Number(row['grade']) as Grade,
    kind: String(row['kind']) as ReviewKind,
    reviewedAt: msOf(row['reviewed_at']),
    reviewedOn: String(row['reviewed_on']),
    before: {
      easeFactor: Number(row['ease_factor_before']),
      intervalDays: Number(row['interval_days_before']),
      repetitions: Number(row['repetitions_before']),
    },
    after: {
      easeFactor: Number(row['ease_factor_after']),
      intervalDays: Number(row['interval_days_after']),
      repetitions: Number(row['repetitions_after']),
    },
  }))
}

/** When the newest review of each card was, in milliseconds since 1970; cards without reviews are left out. */
export async function readNewest(
  models: Sm2Models,
  where: WhereOptions,
  transaction: Transaction,
): Promise<(CardRef & { readonly reviewedAt: number })[]> {
  const rows = await select(models.Review, {
    where,
    columns: [...idColumns(models), literal('max(reviewed_at) AS newest')],
    group: ['learner_id', 'item_id'],
    transaction,
  })
  return rows.map((row) => ({
    learnerId: String(row['learner_id']),
    itemId: String(row['item_id']),
    reviewedAt: msOf(row['newest']),
  }))
}

type Column = string | ReturnType<typeof literal>

type Selection = Reading & {
  readonly where: WhereOptions
  readonly columns: readonly Column[]
  readonly order?: readonly string[]
  readonly group?: readonly string[]
  readonly limit?: number
}

type Row = Readonly<Record<string, unknown>>

/**
 * Rows by the names of their columns, not by those of the attributes: an alias of Sequelize's own comes back as `_0` where
 * the host has set `minifyAliases`, and in lower case where it has set `quoteIdentifiers: false`. Nor would an order by an
 * alias be that of the column, where the alias is a text made of a number.
 */
async function select<M extends Model>(model: ModelStatic<M>, selection: Selection): Promise<Row[]> {
  const { lock = false, columns, order = [], group, transaction, ...options } = selection
  const find = {
    ...options,
    // Its types leave out an SQL text that names itself.
    attributes: [...columns] as string[],
    ...(order.length === 0 ? {} : { order: [...order] }),
    ...(group === undefined ? {} : { group: [...group] }),
    ...(lock ? { lock: true } : {}),
    ...(transaction === undefined ? {} : { transaction }),
    raw: true,
    // A hook of the host's for all models may add conditions.
    hooks: false,
  }
  // In the types of `findOne` alone.
  const nothingIsFine: object = { rejectOnEmpty: false }
  const rows: unknown = await model.findAll({ ...find, ...nothingIsFine })
  return rows as Row[]
}

const idColumn = { learnerId: 'learner_id', itemId: 'item_id' } as const

/** Both ids; as texts where the driver would lose digits. */
function idColumns(models: Sm2Models): readonly Column[] {
  const { exactBigints } = engineOf(models.sequelize)
  return (['learnerId', 'itemId'] as const).map((attribute) => {
    const column = idColumn[attribute]
    return exactBigints || idKindOf(models, attribute) !== 'bigint'
      ? column
      : literal(`CAST(${column} AS TEXT) AS ${column}`)
  })
}

function msOf(value: unknown): number {
  return value instanceof Date ? value.getTime() : new Date(String(value)).getTime()
}

function dayOrNull(value: unknown): CalendarDay | null {
  return value === null || value === undefined ? null : String(value)
}
