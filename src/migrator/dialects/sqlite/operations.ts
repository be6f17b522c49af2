import type { QueryInterface } from 'sequelize'
import type { StatementsMode } from '../../dialect.js'
import { MigratorError } from '../../errors.js'
import { collectChanges, type TableChangeKind } from '../../operations/alter-table.js'
import { splitConstraints } from '../../operations/constraints.js'
import { enumMoves } from '../../operations/enum-change.js'
import type { EnumChange } from '../../operations/op.js'
import { quoteAnyName, quoteTable } from '../../operations/sequelize.js'
import { alterTable, atomically, type SqliteChange } from './alter-table.js'
import { changeEnum } from './change-enum.js'
import { columnSql, replaceBooleanDefaults, tableNameOf } from './column-sql.js'
import { withExtras, withoutExtras } from './new-table.js'
import { NoSuchTable, refuse } from './refusal.js'
import { indexTaken, renameIndex, takeIndex } from './rename-index.js'
import type { Statements } from './stored-table.js'

type Method = (...args: never[]) => Promise<unknown>

/**
 * The QueryInterface methods that Sequelize performs on SQLite by a lossy rebuild, replaced. See
 * docs/decisions/0020-refuse-lossy-sqlite-rebuilds.md.
 *
 * @param queryInterface - Bound to the step.
 * @param mode - What becomes of the statements.
 */
export const sqliteOperations = (
  queryInterface: QueryInterface,
  mode: StatementsMode,
): Record<string, Method> => {
  const base: QueryInterface = Object.getPrototypeOf(queryInterface)
  const { sequelize } = queryInterface
  const planned = new Map<string, string>()
  const statementsFor = (options: object | undefined): Statements => ({
    ...statementsOf(queryInterface, mode, options),
    planned,
  })
  quoteAnyName(queryInterface, { replaceBooleanDefaults })
  let turn: Promise<unknown> = Promise.resolve()

  /** One after the other, whatever the author awaits: they share a connection and its settings. */
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const result = turn.then(task)
    turn = result.catch(() => {})
    return result
  }

  const refuseNumbered = (what: string, name: string): void => {
    if (mode !== 'numbered') return
    throw refuse(
      what,
      name,
      'SQLite has no statement for it, so it needs the transaction that this revision does without. ' +
        'Leave `transaction = false` away, or do it in a revision of its own',
    )
  }

  const alter = (
    method: string,
    table: unknown,
    changes: readonly SqliteChange[],
    options?: object,
  ): Promise<void> => {
    const name = tableNameOf(table)
    const subject = method === 'alterTable' ? '' : ` of ${described(changes)}`
    const what = `op.${method}${subject} on "${name}"`
    refuseNumbered(what, name)
    const statements = statementsFor(options)
    return inTurn(() => alterTable({ queryInterface, statements, table: name, changes, what }))
  }

  /** Several statements, all or none. */
  const transact = async (
    method: string,
    table: unknown,
    subject: string,
    work: (statements: Statements, name: string, what: string) => Promise<void>,
  ): Promise<void> => {
    const name = tableNameOf(table)
    const what = `op.${method} of "${subject}" on "${name}"`
    refuseNumbered(what, name)
    const statements = statementsFor(undefined)
    await inTurn(() => atomically(statements, () => work(statements, name, what)))
  }

  /** A method of the QueryInterface whose arguments are a table, those of the change, and options. */
  const method =
    (kind: TableChangeKind, count: number) =>
    async (table: unknown, ...args: unknown[]): Promise<void> => {
      const options = count === 1 && kind === 'addConstraint' ? args[0] : args[count]
      await alter(kind, table, [{ kind, args: args.slice(0, count) }], options as object | undefined)
    }

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

  const operations: Record<string, Method> = {
    async createTable(table: never, attributes: Readonly<Record<string, unknown>>, options?: object) {
      const { rest, clauses } = splitConstraints(queryInterface, options)
      const plain = withoutExtras(queryInterface, attributes)
      const create = (bound: QueryInterface): Promise<unknown> =>
        base.createTable.call(bound, table, plain.attributes as never, rest)
      const constraints = [...plain.clauses, ...clauses]
      if (plain.extras.size === 0 && constraints.length === 0) await create(queryInterface)
      else await rewriting((sql) => withExtras(sql, plain.extras, constraints), create)
    },
    addColumn: method('addColumn', 2),
    changeColumn: method('changeColumn', 2),
    removeColumn: method('removeColumn', 1),
    renameColumn: method('renameColumn', 2),
    async addConstraint(table: unknown, options?: object) {
      const taken = indexTaken(options)
      if (taken === undefined) return method('addConstraint', 1)(table, options)
      const name = tableNameOf(table)
      const what = `op.addConstraint of "${taken.name}" on "${name}"`
      if (taken.name !== taken.index) refuseNumbered(what, name)
      const statements = statementsFor(options)
      const take = (): Promise<void> => takeIndex(statements, name, taken, what)
      // Nothing but a look where the name is the same: no savepoint then, which such a revision cannot have.
      await inTurn(() => (mode === 'numbered' ? take() : atomically(statements, take)))
    },
    removeConstraint: method('removeConstraint', 1),
    renameIndex: (table: unknown, from: string, to: string) =>
      transact('renameIndex', table, from, (statements, name, what) =>
        renameIndex(statements, name, { from, to }, what),
      ),
    async renameConstraint(table: unknown, from: string, to: string) {
      await alter('renameConstraint', table, [{ kind: 'renameConstraint', args: [from, to] }])
    },
    // SQLite has neither comments nor engines.
    changeTable: async () => {},
    changeEnum: (table: unknown, column: string, values: readonly string[], change?: EnumChange) =>
      transact('changeEnum', table, column, (statements, name, what) =>
        changeEnum(
          { queryInterface, statements, table: name, what },
          column,
          enumMoves(what, values, change),
        ),
      ),
    async alterTable(table: unknown, describe: Parameters<typeof collectChanges>[0]) {
      await alter('alterTable', table, await collectChanges(describe))
    },
  }
  if (mode === 'sent') return operations
  const single = singleStatements(queryInterface)
  return { ...operations, ...(mode === 'numbered' ? single : whereUnseen(operations, single)) }
}

/**
 * A table that is not there to be looked at, because no database is, or because a step before makes it, is taken for one
 * that SQLite's own statement is enough for. Where it is not, the script fails at that statement and says so.
 */
const whereUnseen = (
  full: Readonly<Record<string, Method>>,
  single: Readonly<Record<string, Method>>,
): Record<string, Method> =>
  Object.fromEntries(
    Object.entries(single).map(([name, method]) => [
      name,
      async (...args: never[]) => {
        try {
          return await full[name]?.(...args)
        } catch (error) {
          if (!isUnseen(error)) throw error
          return method(...args)
        }
      },
    ]),
  )

const isUnseen = (error: unknown): boolean =>
  error instanceof NoSuchTable || (error instanceof MigratorError && error.code === 'OFFLINE_READ')

/** Without a transaction, a statement each: nothing is read that a repeated run would find changed by itself. */
const singleStatements = (queryInterface: QueryInterface): Record<string, Method> => {
  const { sequelize } = queryInterface
  const id = (name: string): string => queryInterface.quoteIdentifier(name, true)
  return {
    async addColumn(table: unknown, key: string, attribute: unknown) {
      await sequelize.query(
        `ALTER TABLE ${quoteTable(queryInterface, table)} ADD ${columnSql(queryInterface, key, attribute)}`,
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
  }
}

/** The thing that a call is about, for messages. */
const described = ([change]: readonly SqliteChange[]): string => {
  const [first] = change?.args ?? []
  if (typeof first === 'string') return `"${first}"`
  const { name, type } = (first ?? {}) as { readonly name?: unknown; readonly type?: unknown }
  return typeof name === 'string' ? `"${name}"` : `a ${String(type)} constraint`
}

const statementsOf = (
  { sequelize }: QueryInterface,
  mode: StatementsMode,
  options: object | undefined,
): Statements => {
  const { transaction, logging } = (options ?? {}) as {
    readonly transaction?: unknown
    readonly logging?: unknown
  }
  const rest = {
    raw: true,
    nest: false,
    plain: false,
    ...(transaction === undefined ? {} : { transaction }),
    ...(logging === undefined ? {} : { logging }),
  }
  return {
    isCollected: mode === 'collected',
    run: async (sql) => {
      await sequelize.query(sql, rest as object)
    },
    select: async <Row extends object>(sql: string) =>
      (await sequelize.query(sql, { ...rest, type: 'SELECT' } as object)) as unknown as readonly Row[],
  }
}
