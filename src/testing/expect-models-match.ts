import type { Sequelize } from 'sequelize'
import { createMigrator, type MigratorOptions } from '../migrator/index.js'
import { failOnDifferences } from './fail.js'

/**
 * Fails where the database is not what the models say: what `sm2kit check` would list as different. Nothing is changed.
 *
 * @param given - The instance, whose own models are meant, or the options of `createMigrator`.
 * @throws AssertionError (Node's) that lists the differences, with them as `actual`; MigratorError as `differences()` does.
 *
 * @example
 * ```ts
 * import { DataTypes, Sequelize } from 'sequelize'
 * import { expectModelsMatch } from 'sm2kit/testing'
 *
 * const sequelize = new Sequelize('sqlite::memory:', { logging: false })
 * const Word = sequelize.define('word', { text: DataTypes.STRING(80) })
 * await sequelize.sync()
 * await expectModelsMatch(sequelize)
 * await sequelize.getQueryInterface().addColumn(Word.getTableName(), 'stars', { type: DataTypes.INTEGER })
 * await expectModelsMatch(sequelize) // throws ERR_ASSERTION
 * ```
 */
export const expectModelsMatch = async (given: Sequelize | MigratorOptions): Promise<void> => {
  const options = isInstance(given) ? { sequelize: given } : given
  failOnDifferences(
    'The database is not what the models say',
    await createMigrator(options).differences(),
    expectModelsMatch,
  )
}

const isInstance = (given: Sequelize | MigratorOptions): given is Sequelize =>
  'getQueryInterface' in given && typeof given.getQueryInterface === 'function'
