import type { QueryInterface } from 'sequelize'
import { alterStepByStep } from './alter-table.js'
import type { Check, ForeignKey, TableConstraints } from './op.js'
import { quoteTable } from './sequelize.js'

type Method = (...args: never[]) => Promise<unknown>

/** Splits the constraints off the options: Sequelize's own method does not know them. */
export const splitConstraints = <O extends object>(
  queryInterface: QueryInterface,
  options: (O & TableConstraints) | null | undefined,
): { readonly rest: O; readonly clauses: readonly string[] } => {
  const { checks = [], foreignKeys = [], ...rest } = options ?? ({} as O & TableConstraints)
  return {
    rest: rest as unknown as O,
    clauses: [
      ...checks.map((check) => checkClause(queryInterface, check)),
      ...foreignKeys.map((key) => foreignKeyClause(queryInterface, key)),
    ],
  }
}

const checkClause = (queryInterface: QueryInterface, check: Check): string =>
  `CONSTRAINT ${queryInterface.quoteIdentifier(check.name, true)} CHECK (${check.expression})`

const foreignKeyClause = (queryInterface: QueryInterface, key: ForeignKey): string => {
  const list = (columns: readonly string[]): string =>
    columns.map((column) => queryInterface.quoteIdentifier(column, true)).join(', ')
  return [
    `CONSTRAINT ${queryInterface.quoteIdentifier(key.name, true)} FOREIGN KEY (${list(key.columns)})`,
    `REFERENCES ${quoteTable(queryInterface, key.references.table)} (${list(key.references.columns)})`,
    ...(key.onDelete === undefined ? [] : [`ON DELETE ${key.onDelete}`]),
    ...(key.onUpdate === undefined ? [] : [`ON UPDATE ${key.onUpdate}`]),
  ].join(' ')
}

/**
 * `createTable` and `addColumn` with constraints, on engines that add constraints to a table that is there.
 *
 * @param queryInterface - Bound to the step; its prototype is Sequelize's own.
 */
export const nativeOperations = (queryInterface: QueryInterface): Record<string, Method> => {
  const base: QueryInterface = Object.getPrototypeOf(queryInterface)
  const add = async (table: unknown, clauses: readonly string[]): Promise<void> => {
    for (const clause of clauses) {
      await queryInterface.sequelize.query(`ALTER TABLE ${quoteTable(queryInterface, table)} ADD ${clause}`)
    }
  }
  return {
    alterTable: alterStepByStep(queryInterface),
    async createTable(table: never, attributes: never, options?: object) {
      const { rest, clauses } = splitConstraints(queryInterface, options)
      await base.createTable.call(queryInterface, table, attributes, rest)
      await add(table, clauses)
    },
    async addColumn(table: never, key: never, attribute: object, options?: object) {
      const { rest, clauses } = splitConstraints<object>(queryInterface, attribute)
      await base.addColumn.call(queryInterface, table, key, rest as never, options as never)
      await add(table, clauses)
    },
  }
}
