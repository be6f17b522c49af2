import type { QueryInterface } from 'sequelize'
import type { StatementsMode, StepHooks } from '../../dialect.js'
import { alterStepByStep } from '../../operations/alter-table.js'
import { changeColumn } from './change-column.js'
import { changeEnum } from './change-enum.js'
import { addColumn, removeColumn, renameColumn } from './columns.js'
import { addConstraint, removeConstraint, renameConstraint, validateConstraint } from './constraints.js'
import { createEnum, dropEnum, renameEnum } from './enums.js'
import { addIndex, removeIndex, renameIndex } from './indexes.js'
import { type Names, namesOf } from './names.js'
import { Orphans } from './orphans.js'
import type { Room } from './room.js'
import { statementsOf } from './statements.js'
import { changeTable, createTable, dropTable, renameTable } from './tables.js'

type Method = (...args: never[]) => Promise<unknown>

const METHODS: Readonly<Record<string, (room: Room, ...args: never[]) => Promise<void>>> = {
  ...{ createTable, dropTable, renameTable, changeTable },
  ...{ addColumn, removeColumn, renameColumn, changeColumn },
  ...{ createEnum, dropEnum, renameEnum, changeEnum },
  ...{ addIndex, removeIndex, renameIndex },
  ...{ addConstraint, removeConstraint, renameConstraint, validateConstraint },
}

/**
 * The QueryInterface methods that Sequelize performs on PostgreSQL with a loss, or not at all, replaced. Each says in
 * docs/operations-postgres.md what it sends.
 *
 * @param queryInterface - Bound to the step.
 * @param mode - What becomes of the statements.
 * @param hooks - Of the step.
 */
export const postgresOperations = (
  queryInterface: QueryInterface,
  mode: StatementsMode,
  hooks: StepHooks,
): Record<string, Method> => {
  const names: Names = namesOf(queryInterface)
  // Of the step alone: the rows that Sequelize's own methods write are to be those of the tables that ours make.
  Object.defineProperty(queryInterface, 'queryGenerator', { value: names.generator })
  const room: Room = {
    queryInterface,
    names,
    orphans: new Orphans(names, hooks.atEnd),
    isOneTransaction: hooks.isOneTransaction,
    statements: (options) => statementsOf(queryInterface, mode, hooks, options),
    async typesChanged() {
      if (mode !== 'sent') return
      // Sequelize reads arrays of enums as arrays only where it knows the numbers of the types.
      const manager = queryInterface.sequelize.connectionManager as unknown as {
        _refreshDynamicOIDs?(): Promise<void>
      }
      await manager._refreshDynamicOIDs?.()
    },
  }
  const methods = Object.entries(METHODS).map(([name, method]) => [
    name,
    (...args: never[]) => method(room, ...args),
  ])
  return { alterTable: alterStepByStep(queryInterface), ...Object.fromEntries(methods) }
}
