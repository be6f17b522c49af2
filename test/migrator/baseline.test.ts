import { createHash } from 'node:crypto'
import type { Sequelize } from 'sequelize'
import {
  addSm2Columns,
  type BaselineOptions,
  createMigrator,
  type IdKind,
  type Revision,
  removeSm2Columns,
} from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import { describeNewest, type Engine, withDatabase } from '../support/engines/index.js'
import { failure, rowsOf, tablesOf } from './support.js'

const withBaseline = <T>(
  engine: Engine,
  baseline: BaselineOptions,
  use: (sequelize: Sequelize, tables: { readonly cards: TableRef; readonly reviews: TableRef }) => Promise<T>,
): Promise<T> =>
  withDatabase(engine, async (database) => {
    const sequelize = database.connect()
    await createMigrator({ sequelize, baseline }).up()
    const { prefix = 'sm2_', schema } = baseline
    const ref = (name: string): TableRef =>
      schema === undefined ? prefix + name : { tableName: prefix + name, schema }
    return use(sequelize, { cards: ref('cards'), reviews: ref('reviews') })
  })

type TableRef = string | { readonly tableName: string; readonly schema: string }

const uuid = (text: string): string =>
  createHash('sha256')
    .update(text)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/u, '$1-$2-$3-$4-$5')

const ID: Readonly<Record<IdKind, string>> = { string: 'ana', uuid: uuid('ana'), bigint: '9007199254740993' }

const card = (learner: unknown = 'ana', item: unknown = 'hund') => ({
  learner_id: learner,
  item_id: item,
  created_at: new Date('2026-01-01T00:00:00.123Z'),
  updated_at: new Date('2026-01-01T00:00:00.123Z'),
})

const review = (learner: unknown = 'ana', item: unknown = 'hund') => ({
  learner_id: learner,
  id: uuid('first'),
  item_id: item,
  grade: 4,
  reviewed_at: new Date('2026-01-01T12:00:00.123Z'),
  reviewed_on: '2026-01-01',
  ease_factor_before: 2.5,
  interval_days_before: 0,
  repetitions_before: 0,
  ease_factor_after: 2.5,
  interval_days_after: 1,
  repetitions_after: 1,
})

const insert = (sequelize: Sequelize, table: TableRef, row: object): Promise<unknown> =>
  sequelize.getQueryInterface().bulkInsert(table as string, [row])

describeNewest('the shipped tables', (engine) => {
  test('have their columns, required or not, their keys in order, and their defaults', () =>
    withBaseline(engine, {}, async (sequelize) => {
      const queryInterface = sequelize.getQueryInterface()
      expect((await tablesOf(sequelize)).filter((name) => !name.endsWith('_journal'))).toEqual([
        'sm2_cards',
        'sm2_reviews',
        'sm2kit_revisions',
      ])
      const shape = async (table: string) =>
        Object.entries(await queryInterface.describeTable(table)).map(([name, { allowNull, primaryKey }]) =>
          [name, allowNull ? 'optional' : 'required', ...(primaryKey ? ['key'] : [])].join(' '),
        )
      expect(await shape('sm2_cards')).toEqual([
        'learner_id required key',
        'item_id required key',
        'ease_factor required',
        'interval_days required',
        'repetitions required',
        'due_on optional',
        'last_reviewed_on optional',
        'created_at required',
        'updated_at required',
      ])
      expect(await shape('sm2_reviews')).toEqual([
        'learner_id required key',
        'id required key',
        'item_id required',
        'grade required',
        'reviewed_at required',
        'reviewed_on required',
        'kind required',
        'ease_factor_before required',
        'interval_days_before required',
        'repetitions_before required',
        'ease_factor_after required',
        'interval_days_after required',
        'repetitions_after required',
      ])
      expect(await primaryKeyOf(engine, sequelize, 'sm2_cards')).toEqual(['learner_id', 'item_id'])
      expect(await primaryKeyOf(engine, sequelize, 'sm2_reviews')).toEqual(['learner_id', 'id'])
      await insert(sequelize, 'sm2_cards', card())
      const [row] = await rowsOf(
        sequelize,
        'SELECT ease_factor, interval_days, repetitions, due_on, last_reviewed_on FROM sm2_cards',
      )
      expect(row).toEqual({
        ease_factor: 2.5,
        interval_days: 0,
        repetitions: 0,
        due_on: null,
        last_reviewed_on: null,
      })
      await insert(sequelize, 'sm2_reviews', review())
      expect(await rowsOf(sequelize, 'SELECT kind FROM sm2_reviews')).toEqual([{ kind: 'review' }])
    }))

  test('are seen by the instance as soon as up() and down() have returned', () =>
    withDatabase(engine, async (database) => {
      const sequelize = database.connect()
      const queryInterface = sequelize.getQueryInterface()
      const migrator = createMigrator({ sequelize })
      await migrator.up()
      expect(Object.keys(await queryInterface.describeTable('sm2_cards'))).toHaveLength(9)
      await migrator.down()
      await failure(queryInterface.describeTable('sm2_cards'))
    }))

  test('have their indexes', () =>
    withBaseline(engine, {}, async (sequelize) => {
      await rowsOf(sequelize, 'SELECT * FROM sm2_cards')
      const indexes = async (table: string) =>
        (
          (await sequelize.getQueryInterface().showIndex(table)) as readonly {
            name: string
            primary?: boolean
            unique: boolean
            fields: readonly { attribute: string }[]
          }[]
        )
          .filter((index) => !index.unique && !(index.primary ?? false) && !index.name.includes('fkey'))
          .map((index) => [index.name, index.fields.map((field) => field.attribute)])
      expect(await indexes('sm2_cards')).toEqual([['sm2_cards_learner_id_due_on', ['learner_id', 'due_on']]])
      expect(await indexes('sm2_reviews')).toEqual([
        ['sm2_reviews_learner_id_item_id_reviewed_at', ['learner_id', 'item_id', 'reviewed_at']],
      ])
    }))

  test.each<[string, object]>([
    ['an ease of 1.2', { ease_factor: 1.2 }],
    ['a negative interval', { interval_days: -1 }],
    ['a negative count', { repetitions: -1 }],
    ['no ease', { ease_factor: null }],
    ['no interval', { interval_days: null }],
    ['no count', { repetitions: null }],
    ['no learner', { learner_id: null }],
    ['no item', { item_id: null }],
  ])('refuse a card with %s', (_what, fault) =>
    withBaseline(engine, {}, async (sequelize) => {
      await insert(sequelize, 'sm2_cards', card())
      await insert(sequelize, 'sm2_cards', {
        ...card('ana', 'katze'),
        ease_factor: 1.3,
        interval_days: 0,
        repetitions: 0,
      })
      await failure(insert(sequelize, 'sm2_cards', { ...card('ana', 'maus'), ...fault }))
      expect(await rowsOf(sequelize, 'SELECT item_id FROM sm2_cards ORDER BY item_id')).toEqual([
        { item_id: 'hund' },
        { item_id: 'katze' },
      ])
    }),
  )

  test.each<[string, object]>([
    ['grade 6', { grade: 6 }],
    ['grade -1', { grade: -1 }],
    ['no grade', { grade: null }],
    ['kind x', { kind: 'x' }],
    ['kind Review', { kind: 'reviews' }],
    ['no kind', { kind: null }],
    ['no day', { reviewed_on: null }],
    ['no state after', { ease_factor_after: null }],
    ['an item that has no card', { item_id: 'katze' }],
    ['a learner who has no card', { learner_id: 'bob' }],
    ['the id of another one of the learner', { id: uuid('first') }],
  ])('refuse a review with %s', (_what, fault) =>
    withBaseline(engine, {}, async (sequelize) => {
      await insert(sequelize, 'sm2_cards', card())
      await insert(sequelize, 'sm2_reviews', review())
      await insert(sequelize, 'sm2_reviews', { ...review(), id: uuid('low'), grade: 0, kind: 'drill' })
      await insert(sequelize, 'sm2_reviews', { ...review(), id: uuid('high'), grade: 5, kind: 'review' })
      await failure(insert(sequelize, 'sm2_reviews', { ...review(), id: uuid('new'), ...fault }))
      expect(await rowsOf(sequelize, 'SELECT grade FROM sm2_reviews ORDER BY grade')).toEqual([
        { grade: 0 },
        { grade: 4 },
        { grade: 5 },
      ])
    }),
  )

  test('keep a card that has reviews, and its key: neither delete nor change reaches the log', () =>
    withBaseline(engine, {}, async (sequelize) => {
      await insert(sequelize, 'sm2_cards', card())
      await insert(sequelize, 'sm2_reviews', review())
      await failure(sequelize.query('DELETE FROM sm2_cards'))
      await failure(sequelize.query("UPDATE sm2_cards SET item_id = 'x'"))
      await sequelize.query('UPDATE sm2_cards SET repetitions = 3')
      await sequelize.query('DELETE FROM sm2_reviews')
      await sequelize.query('DELETE FROM sm2_cards')
      expect(await rowsOf(sequelize, 'SELECT item_id FROM sm2_cards')).toEqual([])
    }))

  test.each<[IdKind, IdKind]>([
    ['string', 'string'],
    ['uuid', 'bigint'],
    ['bigint', 'uuid'],
    ['uuid', 'uuid'],
    ['bigint', 'string'],
  ])('hold learners of type %s and items of type %s', (learnerId, itemId) =>
    withBaseline(engine, { learnerId, itemId }, async (sequelize) => {
      await insert(sequelize, 'sm2_cards', card(ID[learnerId], ID[itemId]))
      await insert(sequelize, 'sm2_reviews', review(ID[learnerId], ID[itemId]))
      const text = engine.dialect === 'mysql' ? 'CHAR' : 'VARCHAR(255)'
      for (const table of ['sm2_cards', 'sm2_reviews']) {
        const rows = await rowsOf(
          sequelize,
          `SELECT CAST(learner_id AS ${text}) AS learner, CAST(item_id AS ${text}) AS item FROM ${table}`,
        )
        expect(rows).toEqual([{ learner: ID[learnerId], item: ID[itemId] }])
      }
    }),
  )

  test.each(['', 'x', 'my cards ', 'order-', "o'neill_", '"quoted"', '字_', 'select', 'UPPER_', 'a-b:'])(
    'may have the prefix %j',
    (prefix) =>
      withDatabase(engine, async (database) => {
        const sequelize = database.connect()
        const migrator = createMigrator({ sequelize, baseline: { prefix } })
        for (const round of ['first', 'second']) {
          expect(await migrator.up(), round).toEqual([{ name: 'f3e3ac684f8e' }])
          await insert(sequelize, `${prefix}cards`, card())
          await insert(sequelize, `${prefix}reviews`, review())
          await failure(insert(sequelize, `${prefix}cards`, { ...card('ana', 'x'), ease_factor: 1 }))
          await failure(insert(sequelize, `${prefix}reviews`, { ...review(), id: uuid('new'), grade: 6 }))
          await failure(sequelize.getQueryInterface().bulkDelete(`${prefix}cards`, {}))
          expect(await migrator.up()).toEqual([])
          expect(await migrator.down(), round).toEqual([{ name: 'f3e3ac684f8e' }])
          expect(await tablesOf(sequelize)).toEqual([
            'sm2kit_revisions',
            ...(engine.dialect === 'mysql' ? ['sm2kit_revisions_journal'] : []),
          ])
        }
      }),
  )

  test('of two prefixes stand side by side', () =>
    withDatabase(engine, async (database) => {
      const sequelize = database.connect()
      await createMigrator({ sequelize, baseline: { prefix: 'a_' }, versionTable: 'a_revisions' }).up()
      await createMigrator({ sequelize, baseline: { prefix: 'b_' }, versionTable: 'b_revisions' }).up()
      expect((await tablesOf(sequelize)).filter((name) => !name.endsWith('_journal'))).toEqual([
        'a_cards',
        'a_reviews',
        'a_revisions',
        'b_cards',
        'b_reviews',
        'b_revisions',
      ])
    }))

  test('are not made when they are not wanted', () =>
    withDatabase(engine, async (database) => {
      const sequelize = database.connect()
      expect(await createMigrator({ sequelize, baseline: false }).up()).toEqual([])
      expect(await tablesOf(sequelize)).toEqual([])
    }))
})

/** Columns of the primary key, in its own order. */
const primaryKeyOf = async (
  engine: Engine,
  sequelize: Sequelize,
  table: string,
): Promise<readonly unknown[]> => {
  const sql = {
    sqlite: `SELECT name FROM pragma_table_info('${table}') WHERE pk > 0 ORDER BY pk`,
    postgres: `SELECT a.attname AS name FROM pg_index i JOIN unnest(i.indkey) WITH ORDINALITY AS k(attnum, n) ON true
      JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum WHERE i.indrelid = '${table}'::regclass AND i.indisprimary ORDER BY k.n`,
    mysql: `SELECT COLUMN_NAME AS name FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '${table}'
      AND INDEX_NAME = 'PRIMARY' ORDER BY SEQ_IN_INDEX`,
  }[engine.dialect]
  return (await rowsOf(sequelize, sql)).map((row) => row['name'])
}

describeNewest(
  'the shipped tables in a schema',
  (engine) => {
    test.each(['learning', 'My "own" schema', "o'neill", 'select', '字'])('called %s', (schema) =>
      withBaseline(engine, { schema }, async (sequelize, { cards, reviews }) => {
        await insert(sequelize, cards, card())
        await insert(sequelize, reviews, review())
        await failure(insert(sequelize, reviews, { ...review(), id: uuid('new'), grade: 6 }))
        const rows = await rowsOf(
          sequelize,
          `SELECT table_schema AS schema, table_name AS name FROM information_schema.tables WHERE table_name LIKE 'sm2\\_%' ORDER BY 2`,
        )
        const name = schema.replaceAll('"', '')
        expect(rows).toEqual([
          { schema: name, name: 'sm2_cards' },
          { schema: name, name: 'sm2_reviews' },
        ])
        const migrator = createMigrator({ sequelize, baseline: { schema } })
        expect(await migrator.up()).toEqual([])
        expect(await migrator.down()).toEqual([{ name: 'f3e3ac684f8e' }])
        expect(await migrator.up()).toEqual([{ name: 'f3e3ac684f8e' }])
      }),
    )
  },
  (engine) => engine.dialect === 'postgres',
)

describeNewest('the SM-2 columns on a table of the host', (engine) => {
  test.each(['words', 'My words', "o'neill", 'select', '字', 'Wörter"x"'])(
    '%s are added and removed, and rows and child rows stay',
    (table) =>
      withDatabase(engine, async (database) => {
        const sequelize = database.connect()
        const queryInterface = sequelize.getQueryInterface()
        await queryInterface.createTable(table, {
          id: { type: 'INTEGER', primaryKey: true, allowNull: false },
          text: { type: 'VARCHAR(20)' },
        })
        await queryInterface.createTable('children', {
          id: { type: 'INTEGER', primaryKey: true, allowNull: false },
          word_id: {
            type: 'INTEGER',
            references: { model: { tableName: table } as never, key: 'id' },
            onDelete: 'CASCADE',
          },
        })
        await queryInterface.bulkInsert(table, [
          { id: 1, text: 'hund' },
          { id: 2, text: null },
        ])
        await queryInterface.bulkInsert('children', [{ id: 1, word_id: 1 }])
        const revision: Revision = {
          revision: 'columns',
          up: ({ context: op }) => addSm2Columns(op, table),
          down: ({ context: op }) => removeSm2Columns(op, table),
        }
        const migrator = createMigrator({ sequelize, baseline: false, migrations: [revision] })
        const quoted = (
          queryInterface as unknown as { quoteIdentifier(name: string, force: boolean): string }
        ).quoteIdentifier(table, true)
        const rows = () => rowsOf(sequelize, `SELECT * FROM ${quoted} ORDER BY id`)
        const state = { ease_factor: 2.5, interval_days: 0, repetitions: 0 }
        for (const _round of ['first', 'second']) {
          await migrator.up()
          expect(await rows()).toEqual([
            { id: 1, text: 'hund', ...state },
            { id: 2, text: null, ...state },
          ])
          for (const fault of [
            'ease_factor = 1.2',
            'interval_days = -1',
            'repetitions = -1',
            'ease_factor = NULL',
          ]) {
            await failure(sequelize.query(`UPDATE ${quoted} SET ${fault}`))
          }
          await migrator.down()
          expect(await rows()).toEqual([
            { id: 1, text: 'hund' },
            { id: 2, text: null },
          ])
          expect(await rowsOf(sequelize, 'SELECT * FROM children')).toEqual([{ id: 1, word_id: 1 }])
          await failure(insert(sequelize, 'children', { id: 9, word_id: 9 }))
        }
      }),
  )
})
