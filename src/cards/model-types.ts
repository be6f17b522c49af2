import type { Model, ModelStatic, Sequelize } from 'sequelize'
import type { CalendarDay } from '../sm2/calendar-day.js'
import type { Grade } from '../sm2/grade.js'

/**
 * What kind of ids the host has: texts of up to 255 characters, UUIDs, or 64-bit integers.
 *
 * @example
 * ```ts
 * import { Sequelize } from 'sequelize'
 * import { defineSm2Models, type Sm2IdKind } from 'sm2kit/cards'
 *
 * const learnerId: Sm2IdKind = 'uuid'
 * const { Card } = defineSm2Models(new Sequelize('sqlite::memory:', { logging: false }), { learnerId })
 * Card.primaryKeyAttributes // => ['learnerId', 'itemId']
 * ```
 */
export type Sm2IdKind = 'string' | 'uuid' | 'bigint'

/**
 * Whether a review counts, or is a repeat on the same day (SM-2's step 7), which is logged and changes no state.
 *
 * @example
 * ```ts
 * import type { ReviewKind } from 'sm2kit/cards'
 *
 * const kinds: readonly ReviewKind[] = ['review', 'drill']
 * kinds.length // => 2
 * ```
 */
export type ReviewKind = 'review' | 'drill'

/**
 * A row of the table of cards, by attribute.
 *
 * @example
 * ```ts
 * import { Sequelize } from 'sequelize'
 * import { type CardAttributes, defineSm2Models } from 'sm2kit/cards'
 *
 * const { Card } = defineSm2Models(new Sequelize('sqlite::memory:', { logging: false }))
 * const attribute: keyof CardAttributes = 'dueOn'
 * Card.getAttributes()[attribute].field // => 'due_on'
 * ```
 */
export interface CardAttributes {
  /** The host's id of the learner. */
  learnerId: string
  /** The host's id of the item. */
  itemId: string
  /** No unit, from 1.3; 2.5 at first. */
  easeFactor: number
  /** Days from the last review to the next; 0 at first. */
  intervalDays: number
  /** Reviews passed in a row since the last lapse. */
  repetitions: number
  /** The learner's day of the next review; `null` before the first. */
  dueOn: CalendarDay | null
  /** The learner's day of the last review; `null` before the first. */
  lastReviewedOn: CalendarDay | null
  /** When the row was made. */
  createdAt: Date
  /** When the row was last changed. */
  updatedAt: Date
}

/**
 * A row of the log of reviews, by attribute.
 *
 * @example
 * ```ts
 * import { Sequelize } from 'sequelize'
 * import { defineSm2Models, type ReviewAttributes } from 'sm2kit/cards'
 *
 * const { Review } = defineSm2Models(new Sequelize('sqlite::memory:', { logging: false }))
 * const attribute: keyof ReviewAttributes = 'reviewedAt'
 * Review.getAttributes()[attribute].field // => 'reviewed_at'
 * ```
 */
export interface ReviewAttributes {
  /** The host's id of the learner. */
  learnerId: string
  /** A UUID, made by the client. */
  id: string
  /** The host's id of the item. */
  itemId: string
  /** Quality of recall, 0 to 5. */
  grade: Grade
  /** The instant of the review. */
  reviewedAt: Date
  /** The learner's day of the review. */
  reviewedOn: CalendarDay
  /** Whether it counts, or is a drill. */
  kind: ReviewKind
  /** The card's ease factor before the review. */
  easeFactorBefore: number
  /** The card's ease factor after it. */
  easeFactorAfter: number
  /** The card's interval before the review, in days. */
  intervalDaysBefore: number
  /** The card's interval after it, in days. */
  intervalDaysAfter: number
  /** The card's repetitions before the review. */
  repetitionsBefore: number
  /** The card's repetitions after it. */
  repetitionsAfter: number
}

type CardCreation = Pick<CardAttributes, 'learnerId' | 'itemId'> & Partial<CardAttributes>
type ReviewCreation = Omit<ReviewAttributes, 'kind'> & Partial<Pick<ReviewAttributes, 'kind'>>

/**
 * Sequelize's model of the table of cards; registered as `Sm2Card`.
 *
 * @example
 * ```ts
 * import { Sequelize } from 'sequelize'
 * import { type CardModel, defineSm2Models } from 'sm2kit/cards'
 *
 * const Card: CardModel = defineSm2Models(new Sequelize('sqlite::memory:', { logging: false })).Card
 * Card.name // => 'Sm2Card'
 * ```
 */
export type CardModel = ModelStatic<Model<CardAttributes, CardCreation>>

/**
 * Sequelize's model of the log of reviews; registered as `Sm2Review`.
 *
 * @example
 * ```ts
 * import { Sequelize } from 'sequelize'
 * import { defineSm2Models, type ReviewModel } from 'sm2kit/cards'
 *
 * const Review: ReviewModel = defineSm2Models(new Sequelize('sqlite::memory:', { logging: false })).Review
 * Review.name // => 'Sm2Review'
 * ```
 */
export type ReviewModel = ModelStatic<Model<ReviewAttributes, ReviewCreation>>

/**
 * What {@link defineSm2Models} returns, and what every function of `sm2kit/cards` takes as its database.
 *
 * @example
 * ```ts
 * import { Sequelize } from 'sequelize'
 * import { defineSm2Models, type Sm2Models } from 'sm2kit/cards'
 *
 * const db: Sm2Models = defineSm2Models(new Sequelize('sqlite::memory:', { logging: false }))
 * Object.keys(db) // => ['sequelize', 'Card', 'Review']
 * ```
 */
export interface Sm2Models {
  /** The instance on which they were defined. */
  readonly sequelize: Sequelize
  /** The cards: a row a learner and item. */
  readonly Card: CardModel
  /** The log of reviews. */
  readonly Review: ReviewModel
}

/**
 * The models, or the instance of Sequelize on which they were defined.
 *
 * @example
 * ```ts
 * import { Sequelize } from 'sequelize'
 * import { defineSm2Models, type Sm2Database } from 'sm2kit/cards'
 *
 * const sequelize = new Sequelize('sqlite::memory:', { logging: false })
 * const either: readonly Sm2Database[] = [defineSm2Models(sequelize), sequelize]
 * either.length // => 2
 * ```
 */
export type Sm2Database = Sm2Models | Sequelize

/**
 * Names and id types of the tables: the same values as the migrator's `baseline` option.
 *
 * @example
 * ```ts
 * import { Sequelize } from 'sequelize'
 * import { defineSm2Models, type Sm2ModelOptions } from 'sm2kit/cards'
 *
 * const options: Sm2ModelOptions = { prefix: 'words_', itemId: 'bigint' }
 * const { Card } = defineSm2Models(new Sequelize('sqlite::memory:', { logging: false }), options)
 * Card.getTableName() // => 'words_cards'
 * ```
 */
export interface Sm2ModelOptions {
  /** What the tables' names begin with; `sm2_` by default. */
  readonly prefix?: string | undefined
  /** The tables' schema; the connection's own by default. */
  readonly schema?: string | undefined
  /** The host's ids of learners; `string` by default. */
  readonly learnerId?: Sm2IdKind | undefined
  /** The host's ids of items; `string` by default. */
  readonly itemId?: Sm2IdKind | undefined
}
