import { DataTypes, type Sequelize } from 'sequelize'
import { createMigrator } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import { describeEngines, withDatabase } from '../../support/engines/index.js'

const define = (sequelize: Sequelize, count: number): void => {
  for (let place = 0; place < count; place += 1)
    sequelize.define(
      `t${place}`,
      {
        name: { type: DataTypes.STRING(80), allowNull: false },
        price: { type: DataTypes.DECIMAL(10, 2), defaultValue: 0 },
        kind: DataTypes.ENUM('a', 'b'),
        parentId: { type: DataTypes.INTEGER, references: { model: 't0', key: 'id' } },
      },
      { tableName: `t${place}`, indexes: [{ name: `t${place}_name`, fields: ['name'] }] },
    )
}

describeEngines('models that are as the database is', (engine) => {
  test('are compared in as many statements for 60 tables as for 6, at most 20', async () => {
    const statementsFor = (count: number): Promise<number> =>
      withDatabase(engine, async (database) => {
        const statements: string[] = []
        let isCounting = false
        const sequelize = database.connect({
          logging: (sql) => {
            if (isCounting) statements.push(sql)
          },
        })
        define(sequelize, count)
        await sequelize.sync()
        isCounting = true
        const differences = await createMigrator({ sequelize, migrations: [], baseline: false }).differences()
        expect(differences).toEqual([])
        return statements.length
      })
    const few = await statementsFor(6)
    expect(few).toBeGreaterThan(0)
    expect(few).toBeLessThanOrEqual(20)
    expect(await statementsFor(60)).toBe(few)
    console.log(`${engine.name}: ${few} statements`)
  }, 120_000)
})
