import { DataTypes, type Model, type ModelStatic, type Sequelize } from 'sequelize'
import type { CalendarDay } from '../sm2/calendar-day.js'
import type { Grade } from '../sm2/grade.js'
import { initialState } from '../sm2/state.js'
import { CardsError } from './errors.js'

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
  learnerId: string
  itemId: string
  easeFactor: number
  intervalDays: number
  repetitions: number
  dueOn: CalendarDay | null
  lastReviewedOn: CalendarDay | null
  createdAt: Date
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
  learnerId: string
  id: string
  itemId: string
  grade: Grade
  reviewedAt: Date
  reviewedOn: CalendarDay
  kind: ReviewKind
  easeFactorBefore: number
  easeFactorAfter: number
  intervalDaysBefore: number
  intervalDaysAfter: number
  repetitionsBefore: number
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
  readonly sequelize: Sequelize
  readonly Card: CardModel
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

const cardModelName = 'Sm2Card'
const reviewModelName = 'Sm2Review'

const idTypes = { string: DataTypes.STRING, uuid: DataTypes.UUID, bigint: DataTypes.BIGINT } as const

/**
 * Defines the models of the two shipped tables on the host's instance of Sequelize: `Sm2Card` and `Sm2Review`.
 *
 * The tables themselves come from the migrator (revision `f3e3ac684f8e`); checks and the foreign key from reviews to
 * cards are there and not in the models, since a Sequelize model cannot say them. Give the same prefix, schema and id
 * types in both places. Calling it again on the same instance replaces the two models.
 *
 * @param sequelize - The host's instance; nothing is queried and nothing else on it is changed.
 * @param options - Names and id types; see {@link Sm2ModelOptions}.
 * @returns The models, to be given to {@link recordReview} and the other functions.
 * @throws {@link CardsError} `INVALID_OPTION` when an option is none of the allowed values.
 * @example
 * ```ts
 * import { Sequelize } from 'sequelize'
 * import { defineSm2Models } from 'sm2kit/cards'
 *
 * const sequelize = new Sequelize('sqlite::memory:', { logging: false })
 * const { Card, Review } = defineSm2Models(sequelize, { prefix: 'vocabulary_', itemId: 'uuid' })
 * Card.getTableName() // => 'vocabulary_cards'
 * Review.getTableName() // => 'vocabulary_reviews'
 * ```
 */
export function defineSm2Models(sequelize: Sequelize, options: Sm2ModelOptions = {}): Sm2Models {
  const { prefix = 'sm2_', schema, learnerId = 'string', itemId = 'string' } = options
  if (typeof prefix !== 'string') throw invalidOption('prefix', prefix, 'a text')
  if (schema !== undefined && (typeof schema !== 'string' || schema === ''))
    throw invalidOption('schema', schema, 'the name of a schema')
  const learnerIdType = idType('learnerId', learnerId)
  const itemIdType = idType('itemId', itemId)

  const Card: CardModel = sequelize.define(
    cardModelName,
    {
      learnerId: { type: learnerIdType, primaryKey: true, allowNull: false, field: 'learner_id' },
      itemId: { type: itemIdType, primaryKey: true, allowNull: false, field: 'item_id' },
      easeFactor: {
        type: DataTypes.DOUBLE,
        allowNull: false,
        defaultValue: initialState.easeFactor,
        field: 'ease_factor',
      },
      intervalDays: { type: DataTypes.INTEGER, allowNull: false, defaultValue: 0, field: 'interval_days' },
      repetitions: { type: DataTypes.INTEGER, allowNull: false, defaultValue: 0 },
      dueOn: { type: DataTypes.DATEONLY, field: 'due_on' },
      lastReviewedOn: { type: DataTypes.DATEONLY, field: 'last_reviewed_on' },
      createdAt: { type: DataTypes.DATE(3), allowNull: false, field: 'created_at' },
      updatedAt: { type: DataTypes.DATE(3), allowNull: false, field: 'updated_at' },
    },
    {
      ...ownOptions(`${prefix}cards`, schema),
      timestamps: true,
      createdAt: 'createdAt',
      updatedAt: 'updatedAt',
      indexes: [{ name: `${prefix}cards_learner_id_due_on`, fields: ['learner_id', 'due_on'] }],
    },
  )
  const Review: ReviewModel = sequelize.define(
    reviewModelName,
    {
      learnerId: { type: learnerIdType, primaryKey: true, allowNull: false, field: 'learner_id' },
      id: { type: DataTypes.UUID, primaryKey: true, allowNull: false },
      itemId: { type: itemIdType, allowNull: false, field: 'item_id' },
      grade: { type: DataTypes.SMALLINT, allowNull: false },
      reviewedAt: { type: DataTypes.DATE(3), allowNull: false, field: 'reviewed_at' },
      reviewedOn: { type: DataTypes.DATEONLY, allowNull: false, field: 'reviewed_on' },
      kind: { type: DataTypes.STRING(8), allowNull: false, defaultValue: 'review' },
      easeFactorBefore: { type: DataTypes.DOUBLE, allowNull: false, field: 'ease_factor_before' },
      intervalDaysBefore: { type: DataTypes.INTEGER, allowNull: false, field: 'interval_days_before' },
      repetitionsBefore: { type: DataTypes.INTEGER, allowNull: false, field: 'repetitions_before' },
      easeFactorAfter: { type: DataTypes.DOUBLE, allowNull: false, field: 'ease_factor_after' },
      intervalDaysAfter: { type: DataTypes.INTEGER, allowNull: false, field: 'interval_days_after' },
      repetitionsAfter: { type: DataTypes.INTEGER, allowNull: false, field: 'repetitions_after' },
    },
    {
      ...ownOptions(`${prefix}reviews`, schema),
      timestamps: false,
      indexes: [
        {
          name: `${prefix}reviews_learner_id_item_id_reviewed_at`,
          fields: ['learner_id', 'item_id', 'reviewed_at'],
        },
      ],
    },
  )
  return { sequelize, Card, Review }
}

/** What a host may have set for all its models (`new Sequelize({ define })`) must not change these two. */
function ownOptions(tableName: string, schema: string | undefined) {
  return {
    tableName,
    freezeTableName: true,
    underscored: false,
    paranoid: false,
    version: false,
    defaultScope: {},
    ...(schema === undefined ? {} : { schema }),
  }
}

/**
 * The models of a database handle.
 *
 * @throws {@link CardsError} `MODELS_NOT_DEFINED`, `INVALID_OPTION`.
 */
export function modelsOf(db: Sm2Database): Sm2Models {
  if (typeof db !== 'object' || db === null)
    throw invalidOption('db', db, 'what defineSm2Models returned, or the instance of Sequelize')
  if ('Card' in db && 'Review' in db) return db
  const { [cardModelName]: Card, [reviewModelName]: Review } = db.models ?? {}
  if (Card === undefined || Review === undefined) {
    throw new CardsError(
      'MODELS_NOT_DEFINED',
      'db',
      'The models Sm2Card and Sm2Review are not defined on this instance of Sequelize. Call defineSm2Models(sequelize) once, after it is made.',
    )
  }
  return { sequelize: db, Card: Card as CardModel, Review: Review as ReviewModel }
}

/** The kind of a model's id column, read from the model itself. */
export function idKindOf({ Card }: Sm2Models, column: 'learnerId' | 'itemId'): Sm2IdKind {
  const type = Card.getAttributes()[column].type
  const key = typeof type === 'string' ? type : type.key
  return key === 'UUID' ? 'uuid' : key === 'BIGINT' ? 'bigint' : 'string'
}

function idType(option: string, kind: Sm2IdKind) {
  const type = Object.hasOwn(idTypes, kind) ? idTypes[kind] : undefined
  if (type === undefined) throw invalidOption(option, kind, "'string', 'uuid' or 'bigint'")
  return type
}

/** The error for an option that is not what it must be. */
export function invalidOption(path: string, found: unknown, allowed: string): CardsError {
  return new CardsError('INVALID_OPTION', path, `${path} is ${show(found)}; it must be ${allowed}.`)
}

/** A value as a message shows it. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)
  return Object(value) === value ? `of type ${typeof value}` : String(value)
}
