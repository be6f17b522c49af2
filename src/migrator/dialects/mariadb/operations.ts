import type { QueryInterface } from 'sequelize'
import type { StatementsMode, StepHooks } from '../../dialect.js'
import { alterStepByStep } from '../../operations/alter-table.js'
import { enumMoves } from '../../operations/enum-change.js'
import type { EnumChange } from '../../operations/op.js'
import { quoteAnyName } from '../../operations/sequelize.js'
import { changeColumn } from './change-column.js'
import { changeEnum } from './change-enum.js'
import {
  addConstraintSql,
  addIndexSql,
  ONLINE,
  removeColumn,
  removeConstraint,
  renameConstraint,
  takeIndex,
} from './constraints.js'
import { FormerColumns } from './former-columns.js'
import { addColumnSql, createTableSql, newColumn } from './new-table.js'
import { quoteName, quoteTable, quoteText, type TableRef, tableRef } from './sql.js'
import { type Statements, statementsOf } from './statements.js'
import { addUncheckedKey, validateConstraint } from './unchecked-key.js'

type Method = (...args: never[]) => Promise<unknown>
type Options = Readonly<Record<string, unknown>>

/** A call: its statements, the table, and how messages name it. */
interface Call {
  readonly statements: Statements
  readonly ref: TableRef
  readonly what: string
}

/**
 * The QueryInterface methods of a schema's changes, with SQL of their own: each is one ALTER TABLE, which the server does
 * wholly or not at all. docs/operations-mariadb.md lists them.
 *
 * @param queryInterface - Bound to the step.
 * @param mode - What becomes of the statements.
 * @param hooks - Of the step.
 */
export const mariadbOperations = (
  queryInterface: QueryInterface,
  mode: StatementsMode,
  hooks: StepHooks,
): Record<string, Method> => {
  const former = new FormerColumns()
  let turn: Promise<unknown> = Promise.resolve()

  /** One after the other, in the order of the calls: the journal numbers their statements. */
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const result = turn.then(task)
    turn = result.catch(() => {})
    return result
  }

  const call = (
    method: string,
    table: unknown,
    subject: unknown,
    options: unknown,
    make: (call: Call) => Promise<void>,
  ): Promise<void> => {
    const ref = tableRef(queryInterface, table)
    const what = `op.${method}${typeof subject === 'string' ? ` of "${subject}"` : ''} on "${ref.name}"`
    const statements = statementsOf(queryInterface, { what, subject: ref.name }, mode, hooks, options)
    return inTurn(() => make({ statements, ref, what }))
  }

  quoteAnyName(queryInterface)

  return {
    // Each of its changes takes its own turn.
    alterTable: alterStepByStep(queryInterface),

    createTable: (table: unknown, attributes: Options, options?: Options) => {
      const { schema } = options ?? {}
      const isBare = typeof table === 'string' || !(table as { schema?: unknown }).schema
      const name = typeof table === 'string' ? table : (table as { tableName: string }).tableName
      const target = isBare && typeof schema === 'string' ? { tableName: name, schema } : table
      return call('createTable', target, undefined, options, async ({ statements, ref }) => {
        await statements.run(createTableSql(queryInterface, ref, attributes, options ?? {}))
        if (!statements.isCollected) return
        for (const [key, attribute] of Object.entries(attributes)) {
          const column = newColumn(queryInterface, key, attribute)
          former.set(ref.name, column.name, asMade(column.definition))
        }
      })
    },

    dropTable: (table: unknown, options?: Options) =>
      call('dropTable', table, undefined, options, async ({ statements, ref }) => {
        await statements.run(`DROP TABLE IF EXISTS ${quoteTable(ref)}`)
        former.dropTable(ref.name)
      }),

    renameTable: (before: unknown, after: unknown, options?: Options) =>
      call('renameTable', before, undefined, options, async ({ statements, ref }) => {
        const target = tableRef(queryInterface, after)
        await statements.run(`ALTER TABLE ${quoteTable(ref)} RENAME TO ${quoteTable(target)}`)
        former.renameTable(ref.name, target.name)
      }),

    changeTable: (table: unknown, change: Options, options?: Options) =>
      call('changeTable', table, undefined, options, async ({ statements, ref }) => {
        const { comment, engine, collation } = change
        const parts = [
          ...(comment === undefined ? [] : [`COMMENT = ${quoteText(String(comment ?? ''))}`]),
          ...(engine === undefined ? [] : [`ENGINE = ${String(engine)}`]),
          // Of columns to come: those that are there keep theirs.
          ...(collation === undefined ? [] : [`DEFAULT COLLATE = ${String(collation)}`]),
        ]
        if (parts.length > 0) await statements.run(`ALTER TABLE ${quoteTable(ref)} ${parts.join(', ')}`)
      }),

    addColumn: (table: unknown, key: string, attribute: unknown, options?: Options) =>
      call('addColumn', table, key, options, async ({ statements, ref }) => {
        const { field: _field, ...given } = asOptions(attribute)
        const column = newColumn(queryInterface, key, given)
        await statements.run(addColumnSql(ref, column))
        if (statements.isCollected) former.set(ref.name, key, asMade(column.definition))
      }),

    changeColumn: (table: unknown, column: string, attribute: unknown, options?: Options) =>
      call('changeColumn', table, column, options, ({ statements, ref, what }) =>
        changeColumn({ queryInterface, statements, former, ref, column, attribute, what }),
      ),

    removeColumn: (table: unknown, column: string, options?: Options) =>
      call('removeColumn', table, column, options, ({ statements, ref }) =>
        removeColumn(statements, ref, column),
      ),

    renameColumn: (table: unknown, before: string, after: string, options?: Options) =>
      call('renameColumn', table, before, options, async ({ statements, ref }) => {
        await statements.run(
          `ALTER TABLE ${quoteTable(ref)} RENAME COLUMN ${quoteName(before)} TO ${quoteName(after)}`,
        )
        former.renameColumn(ref.name, before, after)
      }),

    addIndex: (table: unknown, fields: readonly unknown[], options: Options) =>
      call('addIndex', table, options['name'], options, async ({ statements, ref }) => {
        await statements.run(addIndexSql(queryInterface, ref, fields, options))
      }),

    removeIndex: (table: unknown, name: string, options?: Options) =>
      call('removeIndex', table, name, options, async ({ statements, ref }) => {
        const online = options?.['concurrently'] === true ? ONLINE : ''
        await statements.run(`ALTER TABLE ${quoteTable(ref)} DROP INDEX ${quoteName(name)}${online}`)
      }),

    renameIndex: (table: unknown, from: string, to: string, options?: Options) =>
      call('renameIndex', table, from, options, async ({ statements, ref }) => {
        await statements.run(
          `ALTER TABLE ${quoteTable(ref)} RENAME INDEX ${quoteName(from)} TO ${quoteName(to)}`,
        )
      }),

    addConstraint: (table: unknown, options: Options) =>
      call('addConstraint', table, options['name'], options, async ({ statements, ref, what }) => {
        const { usingIndex, name, references, notValid } = options
        const kind = String(options['type']).toLowerCase()
        if (kind === 'unique' && typeof usingIndex === 'string')
          return takeIndex(statements, ref, { from: usingIndex, to: String(name ?? usingIndex) }, what)
        const sql = addConstraintSql(queryInterface, ref, options)
        if (kind !== 'foreign key' || notValid !== true) return statements.run(sql)
        const target = tableRef(queryInterface, (references as Options)['table'])
        return addUncheckedKey(statements, sql, { ref, target, what })
      }),

    validateConstraint: (table: unknown, name: string, options?: Options) =>
      call('validateConstraint', table, name, options, ({ statements, ref, what }) =>
        validateConstraint(statements, ref, name, what),
      ),

    removeConstraint: (table: unknown, name: string, options?: Options) =>
      call('removeConstraint', table, name, options, ({ statements, ref, what }) =>
        removeConstraint(statements, ref, name, what),
      ),

    renameConstraint: (table: unknown, from: string, to: string, options?: Options) =>
      call('renameConstraint', table, from, options, ({ statements, ref, what }) =>
        renameConstraint(statements, ref, { from, to }, what),
      ),

    changeEnum: async (table: unknown, column: string, values: readonly string[], change?: EnumChange) =>
      call('changeEnum', table, column, undefined, ({ statements, ref, what }) =>
        changeEnum(statements, ref, column, enumMoves(what, values, change), what),
      ),
  }
}

/** A new column takes NULL where nothing is said. */
const asMade = <D extends { readonly nullable: boolean | undefined }>(definition: D): D => ({
  ...definition,
  nullable: definition.nullable ?? true,
})

/** An attribute whose name is said already. */
const asOptions = (attribute: unknown): Options => {
  const isOptions =
    typeof attribute === 'object' &&
    attribute !== null &&
    typeof (attribute as { readonly toSql?: unknown }).toSql !== 'function'
  return isOptions ? (attribute as Options) : { type: attribute }
}
