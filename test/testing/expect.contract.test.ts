import { AssertionError } from 'node:assert'
import { DataTypes, type Sequelize } from 'sequelize'
import type { Migration, Revision } from 'sm2kit/migrator'
import { expectModelsMatch, expectRoundTrip } from 'sm2kit/testing'
import { expect, test } from 'vitest'
import { failure, revisionOf, tablesOf } from '../migrator/support.js'
import { describeEngines, type Engine, withDatabase } from '../support/engines/index.js'

const words = (sequelize: Sequelize): void => {
  sequelize.define('word', { text: DataTypes.STRING(80) }, { timestamps: false })
}

const up: Migration = async ({ context: op }) => {
  await op.createTable('words', {
    id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true, allowNull: false },
    text: { type: DataTypes.STRING(80) },
  })
}
const down: Migration = async ({ context: op }) => {
  await op.dropTable('words')
}
const good: Revision = { revision: 'words', downRevision: null, up, down }

const given = <T>(engine: Engine, use: (sequelize: Sequelize) => Promise<T>): Promise<T> =>
  withDatabase(engine, async (database) => {
    const sequelize = database.connect()
    words(sequelize)
    return use(sequelize)
  })

describeEngines('expectModelsMatch', (engine) => {
  test('passes where the database is what the models say, and lists what it is not', () =>
    given(engine, async (sequelize) => {
      const missing = await failure(expectModelsMatch(sequelize))
      expect(missing).toBeInstanceOf(AssertionError)
      expect(missing.message).toContain('words')
      expect(missing).toMatchObject({
        code: 'ERR_ASSERTION',
        expected: [],
        actual: [{ kind: 'createTable' }],
      })
      await sequelize.sync()
      await expectModelsMatch(sequelize)
      await expectModelsMatch({ sequelize, migrations: [good] })
      await expectModelsMatch({ sequelize, models: {} })
    }))
})

describeEngines('expectRoundTrip', (engine) => {
  test('passes where revisions make what the models say, and take it back', () =>
    given(engine, async (sequelize) => {
      await expectRoundTrip({ sequelize, migrations: [good] })
      expect(await tablesOf(sequelize)).toEqual(expect.arrayContaining(['words', 'sm2_cards']))
    }))

  test('fails where they make something else, leave something, or the database is not empty', () =>
    given(engine, async (sequelize) => {
      const tripOf = async (revisions: readonly Revision[]): Promise<string> =>
        (
          await failure(
            expectRoundTrip({ sequelize, migrations: revisions, baseline: false, versionTable: 'record' }),
          )
        ).message
      expect(await tripOf([])).toContain('After all revisions the database is not what the models say')
      const untidy = revisionOf('words', null, up)
      expect(await tripOf([untidy])).toContain('After the downgrade to base the table "words" is left')
      expect(await tripOf([good])).toContain('it has the table "words". Nothing was run')
      expect(await tablesOf(sequelize)).toContain('words')
    }))
})
