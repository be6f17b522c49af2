import type { QueryInterface } from 'sequelize'
import type { Check, ForeignKey, TableConstraints } from './op.js'
import { quoteTable } from './sequelize.js'

/** Splits the constraints off the options: Sequelize's own method does not know them. */
export const splitConstraints = <O extends object>(
  queryInterface: QueryInterface,
  options: (O & TableConstraints) | null | undefined,
): { readonly rest: O; readonly clauses: readonly string[] } => {
  if (options == null || !('checks' in options || 'foreignKeys' in options))
    return { rest: options ?? ({} as O), clauses: [] }
  const { checks = [], foreignKeys = [], ...rest } = options
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
