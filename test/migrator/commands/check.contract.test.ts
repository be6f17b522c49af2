import { DataTypes, type Sequelize } from 'sequelize'
import { createMigrator, type MigratorOptions } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import { describeEngines, withDatabase } from '../../support/engines/index.js'
import { folderOf, native, revisionOf, write } from '../support.js'

const words = (sequelize: Sequelize): void => {
  sequelize.define('word', { text: DataTypes.STRING(80) }, { timestamps: false })
}

const createWords = revisionOf('words', null, async ({ context: op }) => {
  await op.createTable('words', {
    id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true, allowNull: false },
    text: { type: DataTypes.STRING(80) },
  })
})

describeEngines('check', (engine) => {
  const given = <T>(
    use: (
      sequelize: Sequelize,
      migratorOf: (options?: Partial<MigratorOptions>) => ReturnType<typeof createMigrator>,
    ) => Promise<T>,
  ): Promise<T> =>
    withDatabase(engine, async (database) => {
      const sequelize = database.connect()
      return use(sequelize, (options) => createMigrator({ sequelize, baseline: false, ...options }))
    })

  test('says that everything agrees, and what does not', () =>
    given(async (sequelize, migratorOf) => {
      words(sequelize)
      const migrator = migratorOf({ migrations: [createWords] })
      const before = await migrator.check()
      expect(before).toMatchObject({ upToDate: false, unknown: [], edited: [] })
      expect(before.pending).toMatchObject([{ revision: 'words', state: 'pending' }])
      expect(before.differences).toMatchObject([{ kind: 'createTable' }])
      await migrator.upgrade()
      expect(await migrator.check()).toEqual({
        upToDate: true,
        pending: [],
        unknown: [],
        edited: [],
        differences: [],
        findings: [],
      })
      await sequelize.getQueryInterface().addColumn('words', 'more', { type: DataTypes.INTEGER })
      expect(await migrator.check()).toMatchObject({
        upToDate: false,
        pending: [],
        differences: [{ kind: 'removeColumn', hazards: [{ rule: 'drop-column' }] }],
      })
      expect(await migrator.check({ include: ({ name }) => name !== 'more' })).toMatchObject({
        upToDate: true,
      })
    }))

  test('without models compares nothing', () =>
    given(async (_sequelize, migratorOf) => {
      const migrator = migratorOf({ migrations: [createWords] })
      await migrator.up()
      expect(await migrator.check()).toMatchObject({ upToDate: true, differences: [] })
    }))

  test('tells a revision that the code does not know, which matters where it is breaking', () =>
    given(async (_sequelize, migratorOf) => {
      const more = revisionOf('more', 'words')
      await migratorOf({ migrations: [createWords, more] }).up()
      const older = migratorOf({ migrations: [createWords] })
      expect(await older.check()).toMatchObject({
        upToDate: true,
        unknown: [{ revision: 'more', state: 'unknown' }],
      })
      const breaking = revisionOf('worse', 'more', undefined, { breaking: true })
      await migratorOf({ migrations: [createWords, more, breaking] }).up()
      expect(await older.check()).toMatchObject({ upToDate: false, unknown: [{}, {}] })
    }))

  test('tells an applied file that was edited, and does not stop at it', () =>
    withDatabase(engine, async (database) => {
      const { createMigrator: make } = await native()
      const text = "exports.revision = 'a1a1'\nexports.downRevision = null\nexports.up = async () => {}\n"
      const folder = folderOf({ 'a.cjs': text })
      const migrator = make({ sequelize: database.connect(), migrations: folder, baseline: false })
      await migrator.up()
      expect(await migrator.check()).toMatchObject({ upToDate: true })
      write(`${folder}/a.cjs`, text.replace('{}', '{ return 1 }'))
      expect(await migrator.check()).toMatchObject({ upToDate: false, edited: [{ revision: 'a1a1' }] })
    }))
})
