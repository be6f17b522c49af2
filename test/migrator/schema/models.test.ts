import fc from 'fast-check'
import type { Sequelize } from 'sequelize'
import { expect, test } from 'vitest'
import { describeEngines, withDatabase } from '../../support/engines/index.js'
import { runs } from '../support.js'
import { expectRoundTrip } from './create/index.js'
import { define, modelsArb, typesOf } from './models-support.js'

describeEngines('sync, reflect, create from the value and reflect', (engine) => {
  // The extensions are the database's, and not part of a schema.
  const extend = async (sequelize: Sequelize): Promise<void> => {
    if (engine.dialect === 'postgres')
      await sequelize.query('CREATE EXTENSION citext; CREATE EXTENSION hstore')
  }

  const expectSame = (define: (sequelize: Sequelize) => void, names: readonly string[]): Promise<void> =>
    withDatabase(engine, async (database) => {
      const sequelize = database.connect()
      await extend(sequelize)
      define(sequelize)
      await sequelize.sync()
      const { tables } = await expectRoundTrip(engine, sequelize, {}, extend)
      expect(new Set(tables.map(({ name }) => name))).toEqual(new Set(names))
    })

  test('gives the same value for a column of every data type, with each of its defaults', () =>
    expectSame(
      (sequelize) => {
        const columns = typesOf(engine.dialect).flatMap(({ type, defaults = [] }, place) =>
          [undefined, ...defaults].map(
            (defaultValue, which) =>
              [
                `c${place}_${which}`,
                { type, allowNull: which % 2 === 0, ...(defaultValue === undefined ? {} : { defaultValue }) },
              ] as const,
          ),
        )
        sequelize.define('everything', Object.fromEntries(columns), { freezeTableName: true })
      },
      ['everything'],
    ))

  test('gives the same value for random models', async () => {
    await fc.assert(
      fc.asyncProperty(modelsArb(engine.dialect), (models) =>
        expectSame((sequelize) => define(sequelize, models), ['target', ...models.map(({ name }) => name)]),
      ),
      runs(5, 200),
    )
  }, 3_600_000)
})
