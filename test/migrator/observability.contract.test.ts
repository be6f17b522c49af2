import { DataTypes } from 'sequelize'
import { createMigrator, type StatementEvent, type StepEndEvent } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import { describeEngines, withDatabase } from '../support/engines/index.js'
import { failure, recordingLogger, revisionOf } from './support.js'

const words = revisionOf(
  'words',
  null,
  async ({ context: op }) => {
    await op.createTable('words', {
      id: { type: DataTypes.INTEGER, primaryKey: true, allowNull: false },
      text: { type: DataTypes.STRING(80) },
    })
    await op.bulkInsert('words', [
      { id: 1, text: 'canary-one' },
      { id: 2, text: 'canary-two' },
    ])
    await op.sequelize.query("UPDATE words SET text = 'canary-three' WHERE id = 2")
    await op.sequelize.query('SELECT id FROM words', { type: 'SELECT' as never })
    await op.bulkDelete('words', { id: [1, 2] })
  },
  { down: async ({ context: op }) => op.dropTable('words') },
)
const broken = revisionOf('broken', 'words', async ({ context: op }) => {
  await op.bulkInsert('words', [{ id: 3, text: 'canary' }])
  await op.sequelize.query('UPDATE nowhere SET a = 1')
})

describeEngines('events of statements and steps', (engine) => {
  test('tell of each statement what it is, its time and its rows, and no value', () =>
    withDatabase(engine, async (database) => {
      const statements: StatementEvent[] = []
      const steps: StepEndEvent[] = []
      const migrator = createMigrator({ sequelize: database.connect(), baseline: false, migrations: [words] })
      migrator.on('statement', (event) => void statements.push(event))
      migrator.on('step', (event) => void steps.push(event))
      await migrator.up()
      const own = statements.filter(({ kind }) => ['INSERT', 'UPDATE', 'SELECT', 'DELETE'].includes(kind))
      expect(own.map(({ kind, rows }) => [kind, rows])).toEqual([
        ['INSERT', 2],
        ['UPDATE', 1],
        ['SELECT', 2],
        ['DELETE', 2],
      ])
      expect(statements[0]).toEqual({
        ...{ revision: 'words', name: 'words', direction: 'up', statement: 1, kind: 'CREATE TABLE' },
        sql: expect.stringMatching(/^CREATE TABLE .*VARCHAR\(80\)/u),
        durationMs: expect.any(Number),
        rows: null,
        failed: false,
      })
      expect(own[1]?.sql).toBe('UPDATE words SET text = ? WHERE id = ?')
      expect(JSON.stringify(statements)).not.toContain('canary')
      expect(statements.map(({ statement }) => statement)).toEqual(
        statements.map((_event, index) => index + 1),
      )
      expect(statements.every(({ durationMs }) => durationMs >= 0)).toBe(true)
      await migrator.down()
      expect(steps).toEqual([
        {
          ...{ revision: 'words', name: 'words', direction: 'up', state: 'done', rows: 5 },
          durationMs: expect.any(Number),
          statements: own.length + 1,
        },
        expect.objectContaining({ revision: 'words', direction: 'down', state: 'done', rows: 0 }),
      ])
      expect(statements.at(-1)).toMatchObject({ direction: 'down', kind: 'DROP TABLE' })
    }))

  test('tell of a step that fails, and the log names its revision and its statement', () =>
    withDatabase(engine, async (database) => {
      const statements: StatementEvent[] = []
      const steps: StepEndEvent[] = []
      const logger = recordingLogger()
      const sequelize = database.connect()
      const migrator = createMigrator({ sequelize, baseline: false, migrations: [words, broken], logger })
      await migrator.up({ to: 'words' })
      migrator.on('statement', (event) => void statements.push(event))
      migrator.on('step', (event) => void steps.push(event))
      const error = await failure(migrator.up())
      expect(statements.map(({ kind, failed }) => [kind, failed])).toEqual([
        ['INSERT', false],
        ['UPDATE', true],
      ])
      expect(steps).toMatchObject([
        { revision: 'broken', direction: 'up', state: 'failed', statements: 2, rows: 1, error },
      ])
      expect(logger.lines.at(-1)).toEqual([
        'error',
        {
          ...{ event: 'failed', name: 'broken', direction: 'up', statement: 2, message: error.message },
          durationSeconds: expect.any(Number),
        },
      ])
    }))

  test('a listener of statements that fails stops the step; without one, nothing is looked at', () =>
    withDatabase(engine, async (database) => {
      const sequelize = database.connect()
      const migrator = createMigrator({ sequelize, baseline: false, migrations: [words] })
      const off = migrator.on('statement', ({ kind }) => {
        if (kind === 'UPDATE') throw new Error('no more')
      })
      expect(await failure(migrator.up())).toMatchObject({ code: 'LISTENER_FAILED' })
      expect(await migrator.executed()).toEqual([])
      off()
      expect((await migrator.up()).map(({ name }) => name)).toEqual(['words'])
      expect((await migrator.history()).map(({ version }) => version)).toEqual([
        expect.stringMatching(/^\d+\.\d+\.\d+/u),
      ])
    }))
})
