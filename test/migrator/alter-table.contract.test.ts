import { DataTypes } from 'sequelize'
import { createMigrator } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import { describeEngines, withDatabase } from '../support/engines/index.js'
import { failure, revisionOf, rowsOf } from './support.js'

const notes = () => ({ id: { type: DataTypes.INTEGER, primaryKey: true }, title: DataTypes.STRING(20) })

describeEngines('op.alterTable', (engine) => {
  test('makes its changes in their order, with what awaits stand in its function', () =>
    withDatabase(engine, async (database) => {
      const sequelize = database.connect()
      const first = revisionOf('first', null, async ({ context: op }) => {
        await op.createTable('notes', { ...notes(), old: DataTypes.INTEGER })
        await op.bulkInsert('notes', [{ id: 1, title: 'one', old: 1 }])
      })
      const second = revisionOf('second', 'first', async ({ context: op }) => {
        await op.alterTable('notes', async (t) => {
          t.addColumn('stars', { type: DataTypes.INTEGER, allowNull: false, defaultValue: 3 })
          await Promise.resolve()
          t.removeColumn('old')
          t.renameColumn('title', 'heading')
          t.changeColumn('heading', { type: DataTypes.STRING(40) })
          t.addConstraint({ fields: ['heading'], type: 'unique', name: 'notes_heading_key' })
        })
      })
      await createMigrator({ sequelize, baseline: false, migrations: [first, second] }).up()
      expect(await rowsOf(sequelize, 'SELECT * FROM notes')).toEqual([{ id: 1, heading: 'one', stars: 3 }])
      const twice = sequelize.query("INSERT INTO notes (id, heading) VALUES (2, 'one')")
      expect((await failure(twice)).name).toBe('SequelizeUniqueConstraintError')
    }))

  test('changes nothing when its function fails', () =>
    withDatabase(engine, async (database) => {
      const sequelize = database.connect()
      const first = revisionOf('first', null, async ({ context: op }) => {
        await op.createTable('notes', { id: { type: DataTypes.INTEGER, primaryKey: true } })
      })
      const second = revisionOf('second', 'first', async ({ context: op }) => {
        await op.alterTable('notes', (t) => {
          t.addColumn('stars', { type: DataTypes.INTEGER })
          throw new Error('no more of it')
        })
      })
      const migrator = createMigrator({ sequelize, baseline: false, migrations: [first, second] })
      expect((await failure(migrator.up())).message).toContain('no more of it')
      expect(Object.keys(await sequelize.getQueryInterface().describeTable('notes'))).toEqual(['id'])
    }))
})

describeEngines('a new column of op', (engine) => {
  test('stands where `first` and `after` say, where the engine can put it there', () =>
    withDatabase(engine, async (database) => {
      const sequelize = database.connect()
      const first = revisionOf('first', null, async ({ context: op }) => {
        await op.createTable('notes', notes())
        await op.bulkInsert('notes', [{ id: 1, title: 'one' }])
      })
      const second = revisionOf('second', 'first', async ({ context: op }) => {
        const type = DataTypes.INTEGER
        await op.addColumn('notes', 'a', { type, first: true, defaultValue: 7 })
        await op.addColumn('notes', 'b', { type, after: 'id' })
        await op.alterTable('notes', (t) => {
          t.addColumn('c', { type, after: 'title' })
          t.renameColumn('title', 'heading')
          t.addColumn('d', { type, after: 'heading' })
          t.addColumn('e', { type })
        })
        // Sequelize sends no position to SQLite: what names no column has been no error there.
        if (engine.dialect === 'sqlite')
          await op.alterTable('notes', (t) => t.addColumn('f', { type, after: 'nobody' }))
      })
      await createMigrator({ sequelize, baseline: false, migrations: [first, second] }).up()
      const [row = {}] = await rowsOf(sequelize, 'SELECT * FROM notes')
      const order = {
        sqlite: ['a', 'id', 'b', 'heading', 'd', 'c', 'e', 'f'],
        mysql: ['a', 'id', 'b', 'heading', 'd', 'c', 'e'],
        postgres: ['id', 'heading', 'a', 'b', 'c', 'd', 'e'],
      }
      expect(Object.keys(row)).toEqual(order[engine.dialect])
      expect(row).toMatchObject({ a: 7, id: 1, heading: 'one', c: null })
    }))
})
