import { DataTypes, type Sequelize } from 'sequelize'
import { createMigrator, type Op, reflect, type Schema } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import { type TestDatabase, withDatabase } from '../../../support/engines/index.js'
import { failure, rowsOf } from '../../support.js'
import { describeMariadb, given } from './support.js'

/** Each reads what the ones behind it change again: a replay finds the end, and must send what the beginning sent. */
const revision = {
  revision: 'changes',
  downRevision: null,
  up: async ({ context: op }: { context: Op }) => {
    await op.createTable('notes', {
      id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
      title: { type: DataTypes.STRING(20), defaultValue: 'none' },
      level: { type: DataTypes.ENUM('low', 'high', 'odd'), allowNull: false, defaultValue: 'low' },
      owner: { type: DataTypes.INTEGER, references: { model: 'users', key: 'id' }, onDelete: 'SET NULL' },
      twice: { type: DataTypes.INTEGER, generated: { expression: 'old * 2', stored: false } } as never,
      old: { type: DataTypes.INTEGER, defaultValue: 3 },
    })
    await op.bulkInsert('notes', [
      { id: 1, title: 'a', level: 'low', owner: 1 },
      { id: 2, title: 'b', level: 'odd' },
    ])
    await op.changeColumn('notes', 'title', { allowNull: false })
    await op.changeColumn('notes', 'title', { type: DataTypes.STRING(40) })
    await op.changeColumn('notes', 'title', { comment: "it's" })
    await op.changeColumn('notes', 'owner', { onDelete: 'CASCADE' })
    await op.changeColumn('notes', 'twice', { generated: null })
    await op.changeEnum('notes', 'level', ['hard', 'easy'], {
      rename: { low: 'easy', high: 'hard' },
      map: { odd: 'hard' },
    })
    await op.changeEnum('notes', 'level', ['hard', 'easy', 'new'])
    await op.renameColumn('notes', 'title', 'heading')
    await op.addConstraint('notes', { fields: ['heading'], type: 'unique' })
    await op.renameConstraint('notes', 'notes_heading_uk', 'heading_key')
    await op.removeConstraint('notes', 'heading_key')
    await op.removeColumn('notes', 'old')
    await op.removeColumn('notes', 'owner')
    await op.renameTable('notes', 'words')
    await op.changeColumn('words', 'heading', { defaultValue: null })
    await op.dropTable('users')
  },
}

type Moment = 'before' | 'after'

/** From a statement on no query gets through, as if the process were gone. Gives how many there were. */
const dieAt = (sequelize: Sequelize, number: number, moment: Moment): (() => number) => {
  const query = sequelize.query as (...args: unknown[]) => Promise<unknown>
  let count = 0
  let isDead = false
  Object.defineProperty(sequelize, 'query', {
    configurable: true,
    writable: true,
    value: async (sql: unknown, ...rest: unknown[]) => {
      const text = typeof sql === 'string' ? sql : String((sql as { query?: unknown }).query)
      if (isDead) throw new Error('it is gone')
      if (/^(?:ALTER|CREATE|DROP|UPDATE|INSERT)/u.test(text) && !text.includes('sm2kit_revisions')) {
        count += 1
        if (count === number && moment === 'before') isDead = true
        if (isDead) throw new Error('it is gone')
        const result = await query.call(sequelize, sql, ...rest)
        if (count === number) isDead = true
        if (isDead) throw new Error('it is gone')
        return result
      }
      return query.call(sequelize, sql, ...rest)
    },
  })
  return () => count
}

interface State {
  readonly schema: Schema
  readonly rows: readonly Record<string, unknown>[]
}

const stateOf = async (sequelize: Sequelize): Promise<State> => ({
  schema: await reflect(sequelize),
  rows: await rowsOf(sequelize, 'SELECT * FROM words ORDER BY id'),
})

const prepare = (database: TestDatabase): Promise<void> =>
  given(database.connect(), 'CREATE TABLE users (id INT PRIMARY KEY)', 'INSERT INTO users VALUES (1)')

describeMariadb('a step of op that was killed', (engine) => {
  test('goes on to the same end, whichever statement it was killed before or after', async () => {
    let count = 0
    const expected = await withDatabase(engine, async (database) => {
      await prepare(database)
      const sequelize = database.connect()
      const counted = dieAt(sequelize, Number.POSITIVE_INFINITY, 'before')
      await createMigrator({ sequelize, baseline: false, migrations: [revision] }).up()
      count = counted()
      return stateOf(sequelize)
    })
    expect(expected.rows).toEqual([
      { id: 1, heading: 'a', level: 'easy', twice: 6 },
      { id: 2, heading: 'b', level: 'hard', twice: 6 },
    ])
    expect(count).toBeGreaterThan(20)
    for (let number = 1; number <= count; number += 1) {
      for (const moment of ['before', 'after'] as const) {
        await withDatabase(engine, async (database) => {
          await prepare(database)
          const killed = database.connect()
          dieAt(killed, number, moment)
          await failure(createMigrator({ sequelize: killed, baseline: false, migrations: [revision] }).up())
          const sequelize = database.connect()
          await createMigrator({
            sequelize,
            baseline: false,
            migrations: [revision],
            lock: { timeoutMs: 5000 },
          })
            .up()
            .catch((error: unknown) => {
              throw new Error(`killed ${moment} statement ${number}`, { cause: error })
            })
          expect({ number, moment, ...(await stateOf(sequelize)) }).toEqual({ number, moment, ...expected })
        })
      }
    }
  }, 300_000)
})
