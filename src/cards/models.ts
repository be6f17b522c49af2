import { DataTypes, type Sequelize } from 'sequelize'
import { initialState } from '../sm2/state.js'
import { checkOptions } from './check-options.js'
import { engineOf } from './engine.js'
import { CardsError, invalidOption } from './errors.js'
import { checkIdKind, modelOptionNames } from './ids.js'
import type {
  CardModel,
  ReviewModel,
  Sm2Database,
  Sm2IdKind,
  Sm2ModelOptions,
  Sm2Models,
} from './model-types.js'

const cardModelName = 'Sm2Card'
const reviewModelName = 'Sm2Review'

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
 * @throws {@link CardsError} `INVALID_OPTION` when an option is none of the allowed values, or there is none of that
 *   name; `UNSUPPORTED_ENGINE`.
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
  if (typeof sequelize?.define !== 'function')
    throw invalidOption('sequelize', sequelize, 'an instance of Sequelize')
  checkOptions(options, modelOptionNames)
  const { prefix = 'sm2_', schema, learnerId = 'string', itemId = 'string' } = options
  if (typeof prefix !== 'string') throw invalidOption('prefix', prefix, 'a text')
  if (schema !== undefined && (typeof schema !== 'string' || schema === ''))
    throw invalidOption('schema', schema, 'the name of a schema')
  const learnerIdType = idType(sequelize, 'learnerId', learnerId)
  const itemIdType = idType(sequelize, 'itemId', itemId)

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
  // A default scope of the host's for all its models; as an option it would be merged with that.
  Card.addScope('defaultScope', {}, { override: true })
  Review.addScope('defaultScope', {}, { override: true })
  return { sequelize, Card, Review }
}

/** What a host may have set for all its models (`new Sequelize({ define })`) must not change these two. */
function ownOptions(tableName: string, schema = '') {
  return {
    tableName,
    freezeTableName: true,
    underscored: false,
    paranoid: false,
    version: false,
    // Empty for none: the migrator asks for no other one than that of the connection.
    schema,
    schemaDelimiter: '',
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

function idType(sequelize: Sequelize, option: string, kind: Sm2IdKind) {
  checkIdKind(kind, option)
  switch (kind) {
    case 'string':
      return engineOf(sequelize).exactText ?? DataTypes.STRING
    case 'uuid':
      return DataTypes.UUID
    case 'bigint':
      return DataTypes.BIGINT
  }
}
