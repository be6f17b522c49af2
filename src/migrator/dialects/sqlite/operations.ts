import type { QueryInterface } from 'sequelize'
import { MigratorError } from '../../errors.js'
import { splitConstraints } from '../../operations/constraints.js'
import { quoteTable } from '../../operations/sequelize.js'

type Method = (...args: never[]) => Promise<unknown>

/**
 * The QueryInterface methods that Sequelize performs on SQLite by a lossy rebuild, replaced: native statements where
 * SQLite has one, a refusal where it has none. See docs/decisions/0020-refuse-lossy-sqlite-rebuilds.md.
 *
 * @param queryInterface - Bound to the step.
 */
export const sqliteOperations = (queryInterface: QueryInterface): Record<string, Method> => {
  const base: QueryInterface = Object.getPrototypeOf(queryInterface)
  const id = (name: string): string => queryInterface.quoteIdentifier(name, true)
  const { sequelize } = queryInterface

  /** Runs Sequelize's own method and changes the one statement that it sends. */
  const rewriting = async (
    rewrite: (sql: string) => string,
    call: (bound: QueryInterface) => Promise<unknown>,
  ): Promise<void> => {
    const query = (sql: string, options?: object): Promise<unknown> => sequelize.query(rewrite(sql), options)
    const bound = Object.create(queryInterface, {
      sequelize: { value: Object.create(sequelize, { query: { value: query } }) },
    }) as QueryInterface
    await call(bound)
  }

  const refuse =
    (method: string) =>
    async (table: unknown): Promise<never> => {
      throw new MigratorError(
        'UNSAFE_OPERATION',
        `op.${method} on ${quoteTable(queryInterface, table)} is refused: SQLite has no statement for it, and Sequelize would ` +
          'rebuild the table, which deletes child rows and loses constraints, triggers and indexes without a word. ' +
          'The step was rolled back. Create a new table, copy the rows and swap the names in this revision, or wait for ' +
          'the version of sm2kit that does it without a loss.',
        { subject: method },
      )
    }

  return {
    async createTable(table: never, attributes: never, options?: object) {
      const { rest, clauses } = splitConstraints(queryInterface, options)
      const inline = (sql: string): string =>
        clauses.length === 0 ? sql : sql.replace(/\)\s*;?\s*$/u, () => `, ${clauses.join(', ')});`)
      await rewriting(inline, (bound) => base.createTable.call(bound, table, attributes, rest))
    },
    async addColumn(table: never, key: never, attribute: object, options?: object) {
      const { rest, clauses } = splitConstraints<object>(queryInterface, attribute)
      const append = (sql: string): string => `${[sql.replace(/\s*;\s*$/u, ''), ...clauses].join(' ')};`
      await rewriting(append, (bound) =>
        base.addColumn.call(bound, table, key, rest as never, options as never),
      )
    },
    async removeColumn(table: unknown, column: string) {
      await sequelize.query(`ALTER TABLE ${quoteTable(queryInterface, table)} DROP COLUMN ${id(column)}`)
    },
    async renameColumn(table: unknown, before: string, after: string) {
      await sequelize.query(
        `ALTER TABLE ${quoteTable(queryInterface, table)} RENAME COLUMN ${id(before)} TO ${id(after)}`,
      )
    },
    changeColumn: refuse('changeColumn'),
    addConstraint: refuse('addConstraint'),
    removeConstraint: refuse('removeConstraint'),
  }
}
