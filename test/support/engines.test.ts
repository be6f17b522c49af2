import { QueryTypes } from 'sequelize'
import { describe, expect, test } from 'vitest'
import { describeEngines, engines, withDatabase } from './engines/index.js'

describe('the engines of this run', () => {
  test('include SQLite in a file and in memory', () => {
    expect(engines.map(({ name }) => name)).toEqual(expect.arrayContaining(['sqlite', 'sqlite-memory']))
  })
})

describeEngines('a test database', (engine) => {
  test('answers a query', () =>
    withDatabase(engine, async (database) => {
      const rows = await database.connect().query('SELECT 1 AS one', { type: QueryTypes.SELECT })
      expect(rows).toEqual([{ one: 1 }])
    }))
})
