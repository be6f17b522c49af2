import { DataTypes } from 'sequelize'
import { createMigrator } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import { describeEngines, withDatabase } from '../support/engines/index.js'
import { revisionOf, rowsOf } from './support.js'

describeEngines('the plan of a column that is added, filled and required', (engine) => {
  test('is told where the rows are not filled yet, and the run does the same', () =>
    withDatabase(engine, async (database) => {
      const sequelize = database.connect()
      const queries = sequelize.getQueryInterface()
      await queries.createTable('words', {
        id: { type: DataTypes.INTEGER, primaryKey: true },
        level: { type: DataTypes.STRING(2) },
      })
      await queries.bulkInsert('words', [{ id: 1 }])
      const migrations = [
        revisionOf('step', null, async ({ context: op }) => {
          await op.addColumn('words', 'lang', { type: DataTypes.STRING(8) })
          await op.fill('words', 'lang', 'es')
          await op.changeColumn('words', 'lang', { type: DataTypes.STRING(8), allowNull: false })
          await op.fill('words', 'level', 'a1')
          await op.changeColumn('words', 'level', { type: DataTypes.STRING(2), allowNull: false })
        }),
      ]
      const migrator = createMigrator({ sequelize, baseline: false, migrations })
      const [step] = (await migrator.plan()).steps
      const text = step?.statements.join('\n') ?? ''
      expect(text).toMatch(/lang[`"]? (?:VARCHAR\(8\)|varchar\(8\)|SET) NOT NULL/u)
      expect(text).toMatch(/level[`"]? (?:VARCHAR\(2\)|varchar\(2\)|SET) NOT NULL/u)
      expect((await migrator.check({ strict: true })).pending).toHaveLength(1)
      expect(await rowsOf(sequelize, 'SELECT * FROM words')).toEqual([{ id: 1, level: null }])
      await migrator.up()
      expect(await rowsOf(sequelize, 'SELECT * FROM words')).toEqual([{ id: 1, level: 'a1', lang: 'es' }])
    }))
})
