import { Op, type Transaction, type WhereOptions } from 'sequelize'
import { type Sm2Rules, sourceRules } from '../sm2/rules.js'
import { chain, hasSameStates, isSameCard, seedOf } from './chain.js'
import { checkOptions, checkSwitch, type NamesOf } from './check-options.js'
import { parseId, type Sm2Id } from './ids.js'
import { cardKey, entryOf } from './keys.js'
import type { Sm2Database, Sm2Models } from './model-types.js'
import { idKindOf, modelsOf } from './models.js'
import { readCards, type StoredCard } from './read-rows.js'
import { readLogs, type StoredLink } from './store.js'
import { inTransaction } from './transaction.js'
import { updateCards, updateReviewStates } from './write-rows.js'

/**
 * What {@link rebuildCards} may be told.
 *
 * @example
 * ```ts
 * import type { RebuildOptions } from 'sm2kit/cards'
 * import { textRules } from 'sm2kit/sm2'
 *
 * const options: RebuildOptions = { learnerId: 'ana', dryRun: true, rules: textRules }
 * options.dryRun // => true
 * ```
 */
export interface RebuildOptions {
  /** Only this learner's cards; by default everybody's. */
  readonly learnerId?: Sm2Id | undefined
  /** Only count; change nothing and lock nothing. */
  readonly dryRun?: boolean | undefined
  /** Which reading of SM-2; `sourceRules` by default. With others than before, the whole history is computed anew by them. */
  readonly rules?: Sm2Rules | undefined
}

/**
 * What {@link rebuildCards} found.
 *
 * @example
 * ```ts
 * import type { RebuildResult } from 'sm2kit/cards'
 *
 * const result: RebuildResult = { cards: 1000, changed: 0 }
 * result.changed === 0 // => true
 * ```
 */
export interface RebuildResult {
  /** Cards that were looked at. */
  readonly cards: number
  /** Cards whose row, or whose log's states, were not what the log says; now they are, unless it was a dry run. */
  readonly changed: number
}

const optionNames: NamesOf<RebuildOptions> = { learnerId: true, dryRun: true, rules: true }

const cardsPerStep = 200

/**
 * Computes cards anew from the log of their reviews, and repairs those that differ.
 *
 * The log's grades, days and order decide. A card's replay begins with the state before its first review, so that a state
 * which came from elsewhere is kept; a card without reviews is left as it is. A due day that the host has moved is set back.
 * Works through the cards in steps of a transaction each; learners may review meanwhile.
 *
 * @param db - What {@link defineSm2Models} returned, or the instance of Sequelize it was called with.
 * @param options - Whose cards, whether to change anything, and by which rules.
 * @returns Counts; `changed: 0` proves that the stored state equals the log.
 * @throws {@link CardsError} `INVALID_OPTION`, `BUSY`, `TABLES_MISSING`, `MODELS_NOT_DEFINED`.
 * @throws `Sm2Error` `INVALID_STATE` when the state before a card's first review is none that these rules allow.
 * @example
 * ```ts
 * import { Sequelize } from 'sequelize'
 * import { defineSm2Models, rebuildCards, recordReview } from 'sm2kit/cards'
 * import { createMigrator } from 'sm2kit/migrator'
 *
 * const sequelize = new Sequelize('sqlite::memory:', { logging: false })
 * await createMigrator({ sequelize }).up()
 * const db = defineSm2Models(sequelize)
 *
 * const reviewedAt = new Date('2026-11-20T09:30:00Z')
 * await recordReview(db, { id: crypto.randomUUID(), learnerId: 'ana', itemId: 'hund', grade: 5, reviewedAt, timeZone: 'UTC' })
 * await rebuildCards(db, { dryRun: true }) // => { cards: 1, changed: 0 }
 *
 * await db.Card.update({ easeFactor: 1.3 }, { where: { itemId: 'hund' } })
 * await rebuildCards(db) // => { cards: 1, changed: 1 }
 * await rebuildCards(db) // => { cards: 1, changed: 0 }
 * await sequelize.close()
 * ```
 */
export async function rebuildCards(db: Sm2Database, options: RebuildOptions = {}): Promise<RebuildResult> {
  const models = modelsOf(db)
  checkOptions(options, optionNames)
  const { dryRun = false, rules = sourceRules } = options
  checkSwitch('dryRun', dryRun)
  const learnerId =
    options.learnerId === undefined
      ? undefined
      : parseId(options.learnerId, idKindOf(models, 'learnerId'), 'learnerId', 'INVALID_OPTION')
  const ofLearner: WhereOptions = learnerId === undefined ? {} : { learnerId }

  let cards = 0
  let changed = 0
  for (let last: StoredCard | undefined; ; ) {
    const where = last === undefined ? ofLearner : { [Op.and]: [ofLearner, behind(last)] }
    const step = await inTransaction(
      models,
      null,
      (transaction) => rebuildStep(models, transaction, where, dryRun, rules),
      dryRun ? 'read' : 'write',
    )
    cards += step.cards.length
    changed += step.changed
    last = step.cards.at(-1)
    if (last === undefined || step.cards.length < cardsPerStep) return { cards, changed }
  }
}

/** The cards that come after one, in the order of the primary key. */
function behind({ learnerId, itemId }: StoredCard): WhereOptions {
  return {
    learnerId: { [Op.gte]: learnerId },
    [Op.or]: [{ learnerId: { [Op.gt]: learnerId } }, { itemId: { [Op.gt]: itemId } }],
  }
}

async function rebuildStep(
  models: Sm2Models,
  transaction: Transaction,
  where: WhereOptions,
  dryRun: boolean,
  rules: Sm2Rules,
): Promise<{ readonly cards: readonly StoredCard[]; readonly changed: number }> {
  const cards = await readCards(models, where, { transaction, lock: !dryRun }, { limit: cardsPerStep })
  const logs = await readLogs(models, cards, transaction, !dryRun)
  const wrongCards: StoredCard[] = []
  const wrongReviews: StoredLink[] = []
  let changed = 0
  for (const stored of cards) {
    const { learnerId, itemId } = stored
    const log = entryOf(logs, cardKey(stored))
    const { card, links } = chain(seedOf(log, stored), log, rules)
    const former = new Map(log.map((review) => [review.id, review]))
    const wrong = links.filter((link) => {
      const review = former.get(link.id)
      return review !== undefined && !hasSameStates(review, link)
    })
    const isWrong = !isSameCard(card, stored)
    if (isWrong) wrongCards.push({ learnerId, itemId, ...card })
    for (const link of wrong) wrongReviews.push({ learnerId, itemId, ...link })
    if (isWrong || wrong.length > 0) changed++
  }
  if (!dryRun) {
    await updateReviewStates(models, wrongReviews, transaction)
    await updateCards(models, wrongCards, transaction)
  }
  return { cards, changed }
}
