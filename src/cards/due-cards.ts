import { Op, type Transaction } from 'sequelize'
import { addDays, type CalendarDay } from '../sm2/calendar-day.js'
import { checkOptions, checkSwitch, type NamesOf } from './check-options.js'
import { engineOf } from './engine.js'
import { invalidOption } from './errors.js'
import { parseId, type Sm2Id } from './ids.js'
import type { Sm2Database } from './model-types.js'
import { idKindOf, modelsOf } from './models.js'
import { readCards, type StoredCard } from './read-rows.js'
import { explaining } from './transaction.js'

/**
 * What {@link dueCards} may be told.
 *
 * @example
 * ```ts
 * import type { DueOptions } from 'sm2kit/cards'
 *
 * const options: DueOptions = { limit: 20, includeNew: true }
 * options.limit // => 20
 * ```
 */
export interface DueOptions {
  /** How many cards at most, an integer from 0; by default all. */
  readonly limit?: number | undefined
  /** Whether cards that were never reviewed follow behind the due ones; `false` by default. */
  readonly includeNew?: boolean | undefined
  /** A transaction of the host's. */
  readonly transaction?: Transaction | null | undefined
}

const optionNames: NamesOf<DueOptions> = { limit: true, includeNew: true, transaction: true }

/**
 * A learner's cards that are due on a day, the longest overdue first; on the same day in the order of the item's id.
 *
 * Reads through the index on learner and due day, however many cards others have. New cards (without a due day) are no
 * part of the queue unless asked for: how many of them a learner meets in a day is the host's to decide.
 *
 * @param db - What {@link defineSm2Models} returned, or the instance of Sequelize it was called with.
 * @param learnerId - Whose cards.
 * @param today - The learner's day, `YYYY-MM-DD`, as `dayOf` of `sm2kit/sm2` gives it.
 * @param options - `limit` and `includeNew`.
 * @returns The cards with both ids as texts; plain JSON.
 * @throws {@link CardsError} `INVALID_OPTION`, `TABLES_MISSING`, `MODELS_NOT_DEFINED`.
 * @throws `Sm2Error` `INVALID_DAY` when `today` is no day that exists.
 * @example
 * ```ts
 * import { Sequelize } from 'sequelize'
 * import { defineSm2Models, dueCards, recordReview } from 'sm2kit/cards'
 * import { createMigrator } from 'sm2kit/migrator'
 *
 * const sequelize = new Sequelize('sqlite::memory:', { logging: false })
 * await createMigrator({ sequelize }).up()
 * const db = defineSm2Models(sequelize)
 *
 * const common = { learnerId: 'ana', grade: 4, reviewedAt: Date.UTC(2026, 10, 20, 9), timeZone: 'UTC' } as const
 * await recordReview(db, { ...common, itemId: 'hund', id: crypto.randomUUID() })
 * await recordReview(db, { ...common, itemId: 'katze', id: crypto.randomUUID() })
 *
 * const due = await dueCards(db, 'ana', '2026-11-21')
 * due.map((card) => card.itemId) // => ['hund', 'katze']
 * await dueCards(db, 'ana', '2026-11-20') // => []
 * await sequelize.close()
 * ```
 */
export async function dueCards(
  db: Sm2Database,
  learnerId: Sm2Id,
  today: CalendarDay,
  options: DueOptions = {},
): Promise<StoredCard[]> {
  const models = modelsOf(db)
  checkOptions(options, optionNames)
  const learner = parseId(learnerId, idKindOf(models, 'learnerId'), 'learnerId', 'INVALID_OPTION')
  const day = addDays(today, 0)
  const { limit, includeNew = false, transaction } = options
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit >= 0))
    throw invalidOption('limit', limit, 'an integer from 0')
  checkSwitch('includeNew', includeNew)

  const engine = engineOf(models.sequelize)
  // Not `null`: a host that uses CLS expects its current transaction.
  const reading = { transaction: transaction ?? undefined }
  const read = (dueOn: object | null, atMost: number | undefined) =>
    readCards(models, { learnerId: learner, dueOn }, reading, {
      order: 'due',
      ...(atMost === undefined ? {} : { limit: atMost }),
    })
  return explaining(models, engine, async () => {
    if (limit === 0) return []
    const due = await read({ [Op.lte]: day }, limit)
    const room = limit === undefined ? undefined : limit - due.length
    // Two statements: each walks along the index, which OR would not.
    return includeNew && room !== 0 ? [...due, ...(await read(null, room))] : due
  })
}
