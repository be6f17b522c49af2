import { QueryTypes } from 'sequelize'
import { dueCards, recordReview, type Sm2Models } from 'sm2kit/cards'
import { addDays } from 'sm2kit/sm2'
import { expect, test } from 'vitest'
import { describeEngines, type Engine } from '../support/engines/index.js'
import { answersOf, review, withCards } from './support.js'

describeEngines('dueCards', (engine) => {
  test('returns what is due on the day, the longest overdue first, then by item', () =>
    withCards(engine, async (db) => {
      const due = (itemId: string, dueOn: string | null, learnerId = 'ana') => ({ learnerId, itemId, dueOn })
      await db.Card.bulkCreate([
        due('c', '2026-01-05'),
        due('a', '2026-01-05'),
        due('b', '2026-01-03'),
        due('tomorrow', '2026-01-06'),
        due('new', null),
        due('foreign', '2026-01-01', 'ben'),
      ])
      const items = async (options?: Parameters<typeof dueCards>[3]) =>
        (await dueCards(db, 'ana', '2026-01-05', options)).map(({ itemId }) => itemId)
      expect(await items()).toEqual(['b', 'a', 'c'])
      expect(await items({ limit: 2 })).toEqual(['b', 'a'])
      expect(await items({ limit: 0 })).toEqual([])
      expect(await items({ includeNew: true })).toEqual(['b', 'a', 'c', 'new'])
      expect(await items({ includeNew: true, limit: 3 })).toEqual(['b', 'a', 'c'])
      expect(await items({ includeNew: true, limit: 9 })).toEqual(['b', 'a', 'c', 'new'])
    }))

  test('returns plain cards with both ids', () =>
    withCards(engine, async (db) => {
      const { card } = await recordReview(db, review(0, 5))
      expect(await dueCards(db.sequelize, 'ana', '2026-01-02')).toEqual([
        { learnerId: 'ana', itemId: 'hund', ...card },
      ])
      expect(card).toEqual(answersOf([0, 5])[0]?.card)
    }))

  test('returns 64-bit ids without loss, as texts', () =>
    withCards(
      engine,
      async (db) => {
        const ids = { learnerId: 9_007_199_254_740_993n, itemId: '9223372036854775807' }
        await recordReview(db, review(0, 5, ids))
        const [card] = await dueCards(db, '9007199254740993', '2026-01-02')
        expect(card).toMatchObject({ learnerId: '9007199254740993', itemId: '9223372036854775807' })
      },
      { learnerId: 'bigint', itemId: 'bigint' },
    ))

  test('sees what its transaction has written', () =>
    withCards(engine, async (db) => {
      await db.sequelize.transaction(async (transaction) => {
        await recordReview(db, review(0, 5, { transaction }))
        expect(await dueCards(db, 'ana', '2026-01-02', { transaction })).toHaveLength(1)
      })
    }))

  test('reads through the index on learner and due day', () => {
    const log: string[] = []
    const logging = (sql: string) => log.push(sql.replace(/^Execut\w+ \(.*?\): /, ''))
    return withCards(
      engine,
      async (db) => {
        const cards = Array.from({ length: 6_000 }, (_, index) => ({
          learnerId: `learner ${index % 20}`,
          itemId: `item ${index}`,
          dueOn: index % 7 === 0 ? null : addDays('2026-01-01', index % 90),
        }))
        await db.Card.bulkCreate(cards)
        await db.sequelize.query(engine.dialect === 'mysql' ? 'ANALYZE TABLE sm2_cards' : 'ANALYZE', {
          type: QueryTypes.RAW,
        })
        log.length = 0
        const due = await dueCards(db, 'learner 3', '2026-01-05', { limit: 50, includeNew: true })
        const statements = [...log]
        expect(due).toHaveLength(50)
        expect(statements).toHaveLength(2)
        for (const statement of statements) {
          expect(await explain(engine, db, statement)).toContain('sm2_cards_learner_id_due_on')
        }
      },
      { connection: { logging } },
    )
  })

  test('refuses what is no learner, no day or no limit', () =>
    withCards(engine, async (db) => {
      const refused = (code: string) => expect.objectContaining({ code })
      await expect(dueCards(db, 'ana', '2026-02-30')).rejects.toEqual(refused('INVALID_DAY'))
      await expect(dueCards(db, '', '2026-02-03')).rejects.toEqual(refused('INVALID_OPTION'))
      await expect(dueCards(db, 'ana', '2026-02-03', { limit: -1 })).rejects.toEqual(
        refused('INVALID_OPTION'),
      )
    }))

  test('finds tables with another prefix', () =>
    withCards(
      engine,
      async (db) => {
        await recordReview(db, review(0, 5))
        expect(db.Card.getTableName()).toBe('words_cards')
        expect(await dueCards(db, 'ana', '2026-01-02')).toHaveLength(1)
      },
      { prefix: 'words_' },
    ))
})

describeEngines(
  'tables in a schema of their own',
  (engine) => {
    test('are written and read', () =>
      withCards(
        engine,
        async (db) => {
          await recordReview(db, review(0, 5))
          await recordReview(db, review(-1, 5))
          expect(await dueCards(db, 'ana', '2026-01-07')).toHaveLength(1)
        },
        { schema: 'study' },
      ))
  },
  (engine) => engine.dialect === 'postgres',
)

async function explain(engine: Engine, { sequelize }: Sm2Models, statement: string): Promise<string> {
  const explainer = engine.dialect === 'sqlite' ? 'EXPLAIN QUERY PLAN' : 'EXPLAIN'
  return JSON.stringify(await sequelize.query(`${explainer} ${statement}`, { type: QueryTypes.SELECT }))
}
