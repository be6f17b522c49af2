import type { ModelAttributes } from 'sequelize'
import type { Migration } from '../src/migrator/operations/migration.js'
import type { Check, Op } from '../src/migrator/operations/op.js'
import { dataTypesOf } from '../src/migrator/operations/sequelize.js'
import type { IdKind, Sm2TableOptions } from '../src/migrator/operations/sm2-tables.js'

// The tables that hold SM-2 state: a row a card of a learner, and the log of their reviews.
// Released: never edited again; what comes later comes as another revision of the branch.

export const revision = 'f3e3ac684f8e'
export const downRevision = null
export const branchLabels = ['sm2']
export const dependsOn: readonly string[] = []
export const message = 'baseline'

/** `up` and `down` for tables of these names and id types. */
export const migrationsFor = (
  tables: Sm2TableOptions,
): { readonly up: Migration; readonly down: Migration } => ({
  up: async ({ context: op }) => {
    // Does nothing where it is there, and on engines without schemas.
    if (tables.schema !== undefined) await op.createSchema(tables.schema)
    await createCards(op, tables)
    await createReviews(op, tables)
  },
  down: async ({ context: op }) => {
    await op.dropTable(named(tables, 'reviews'))
    await op.dropTable(named(tables, 'cards'))
  },
})

type TableName = string | { readonly tableName: string; readonly schema: string }

const named = ({ prefix, schema }: Sm2TableOptions, name: string): TableName =>
  schema === undefined ? prefix + name : { tableName: prefix + name, schema }

const idType = (op: Op, kind: IdKind) => {
  const { UUID, BIGINT } = dataTypesOf(op.sequelize)
  // Ids that differ in case alone are different: base64, nanoid, Firebase.
  return { string: op.exactText(255), uuid: UUID, bigint: BIGINT }[kind]
}

const createCards = async (op: Op, tables: Sm2TableOptions): Promise<void> => {
  const DataTypes = dataTypesOf(op.sequelize)
  const cards = named(tables, 'cards')
  const required = { allowNull: false }
  const attributes: ModelAttributes = {
    // In this order in the key, so that a table of many learners can be sharded and partitioned by learner.
    learner_id: { type: idType(op, tables.learnerId), primaryKey: true, ...required },
    item_id: { type: idType(op, tables.itemId), primaryKey: true, ...required },
    ease_factor: { type: DataTypes.DOUBLE, ...required, defaultValue: 2.5 },
    interval_days: { type: DataTypes.INTEGER, ...required, defaultValue: 0 },
    repetitions: { type: DataTypes.INTEGER, ...required, defaultValue: 0 },
    due_on: { type: DataTypes.DATEONLY },
    last_reviewed_on: { type: DataTypes.DATEONLY },
    created_at: { type: DataTypes.DATE(3), ...required },
    updated_at: { type: DataTypes.DATE(3), ...required },
  }
  const checks: readonly Check[] = [
    { name: `${tables.prefix}cards_ease_factor_check`, expression: 'ease_factor >= 1.3' },
    { name: `${tables.prefix}cards_interval_days_check`, expression: 'interval_days >= 0' },
    { name: `${tables.prefix}cards_repetitions_check`, expression: 'repetitions >= 0' },
  ]
  await op.createTable(cards, attributes, { checks })
  await op.addIndex(cards, ['learner_id', 'due_on'], { name: `${tables.prefix}cards_learner_id_due_on` })
}

const createReviews = async (op: Op, tables: Sm2TableOptions): Promise<void> => {
  const DataTypes = dataTypesOf(op.sequelize)
  const reviews = named(tables, 'reviews')
  const required = { allowNull: false }
  const attributes: ModelAttributes = {
    learner_id: { type: idType(op, tables.learnerId), primaryKey: true, ...required },
    // Made by the client: the same review sent twice is stored once.
    id: { type: DataTypes.UUID, primaryKey: true, ...required },
    item_id: { type: idType(op, tables.itemId), ...required },
    grade: { type: DataTypes.SMALLINT, ...required },
    reviewed_at: { type: DataTypes.DATE(3), ...required },
    reviewed_on: { type: DataTypes.DATEONLY, ...required },
    kind: { type: DataTypes.STRING(8), ...required, defaultValue: 'review' },
    ease_factor_before: { type: DataTypes.DOUBLE, ...required },
    interval_days_before: { type: DataTypes.INTEGER, ...required },
    repetitions_before: { type: DataTypes.INTEGER, ...required },
    ease_factor_after: { type: DataTypes.DOUBLE, ...required },
    interval_days_after: { type: DataTypes.INTEGER, ...required },
    repetitions_after: { type: DataTypes.INTEGER, ...required },
  }
  await op.createTable(reviews, attributes, {
    checks: [
      { name: `${tables.prefix}reviews_grade_check`, expression: 'grade BETWEEN 0 AND 5' },
      { name: `${tables.prefix}reviews_kind_check`, expression: "kind IN ('review', 'drill')" },
    ],
    foreignKeys: [
      {
        name: `${tables.prefix}reviews_card_fkey`,
        columns: ['learner_id', 'item_id'],
        references: { table: named(tables, 'cards'), columns: ['learner_id', 'item_id'] },
        // The log is append-only: nothing that happens to a card may cascade into it.
        onDelete: 'RESTRICT',
        onUpdate: 'RESTRICT',
      },
    ],
  })
  await op.addIndex(reviews, ['learner_id', 'item_id', 'reviewed_at'], {
    name: `${tables.prefix}reviews_learner_id_item_id_reviewed_at`,
  })
}
