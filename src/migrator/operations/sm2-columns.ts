import type { TableName } from 'sequelize'
import type { Op } from './op.js'
import { dataTypesOf } from './sequelize.js'

/** The three columns in order: name, the lowest value that its check allows, default. */
const COLUMNS = [
  { name: 'ease_factor', type: 'DOUBLE', defaultValue: 2.5, least: 1.3 },
  { name: 'interval_days', type: 'INTEGER', defaultValue: 0, least: 0 },
  { name: 'repetitions', type: 'INTEGER', defaultValue: 0, least: 0 },
] as const

/**
 * Adds the columns of SM-2 state to a table of the host's: `ease_factor`, `interval_days`, `repetitions`, each required,
 * with the default of a new card and a check. For a revision of the host's; rows that are there become new cards.
 *
 * @param op - The context of the step.
 * @param table - A name, or `{ tableName, schema }`.
 * @throws Whatever the engine answers, when one of the columns or checks is there already.
 *
 * @example
 * ```ts
 * import { addSm2Columns, createMigrator, removeSm2Columns } from 'sm2kit/migrator'
 * import { DataTypes, Sequelize } from 'sequelize'
 *
 * const sequelize = new Sequelize('sqlite::memory:', { logging: false })
 * await sequelize.getQueryInterface().createTable('words', { id: { type: DataTypes.INTEGER, primaryKey: true } })
 * const migrator = createMigrator({
 *   sequelize,
 *   baseline: false,
 *   migrations: [{
 *     revision: '0c7d1b2a9e44',
 *     downRevision: null,
 *     up: ({ context: op }) => addSm2Columns(op, 'words'),
 *     down: ({ context: op }) => removeSm2Columns(op, 'words'),
 *   }],
 * })
 * const columns = async () => Object.keys(await sequelize.getQueryInterface().describeTable('words'))
 * await migrator.up()
 * await columns() // => ['id', 'ease_factor', 'interval_days', 'repetitions']
 * await migrator.down()
 * await columns() // => ['id']
 * ```
 */
export const addSm2Columns = async (op: Op, table: TableName): Promise<void> => {
  const DataTypes = dataTypesOf(op.sequelize)
  for (const { name, type, defaultValue, least } of COLUMNS) {
    await op.addColumn(table, name, {
      type: DataTypes[type],
      allowNull: false,
      defaultValue,
      checks: [{ name: checkName(table, name), expression: `${name} >= ${least}` }],
    })
  }
}

/**
 * Takes the columns of {@link addSm2Columns} away again, checks included.
 *
 * @param op - The context of the step.
 * @param table - As it was given to `addSm2Columns`.
 *
 * @example
 * ```ts
 * import { addSm2Columns, createMigrator, removeSm2Columns, type Op } from 'sm2kit/migrator'
 * import { Sequelize } from 'sequelize'
 *
 * const sequelize = new Sequelize('sqlite::memory:', { logging: false })
 * const up = async ({ context: op }: { context: Op }) => {
 *   await op.sequelize.query('CREATE TABLE words (id INTEGER PRIMARY KEY)')
 *   await addSm2Columns(op, 'words')
 *   await removeSm2Columns(op, 'words')
 * }
 * await createMigrator({ sequelize, baseline: false, migrations: [{ revision: 'words', up }] }).up()
 * Object.keys(await sequelize.getQueryInterface().describeTable('words')) // => ['id']
 * ```
 */
export const removeSm2Columns = async (op: Op, table: TableName): Promise<void> => {
  for (const { name } of [...COLUMNS].reverse()) {
    await op.removeColumn(table as string, name)
  }
}

const checkName = (table: TableName, column: string): string => {
  const name = typeof table === 'string' ? table : 'tableName' in table ? table.tableName : String(table)
  return `${name}_${column}_check`
}
