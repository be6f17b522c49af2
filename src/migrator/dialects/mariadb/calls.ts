import type { Autogeneration, CallContext } from '../../dialect-autogenerate.js'
import { tableIn } from '../../operations/apply.js'
import {
  type Attribute,
  type CallPosition,
  callsOf,
  fillingCalls,
  inOrder,
  type MadeCalls,
  said,
} from '../../operations/call-parts.js'
import { type OpCall, opCall, sqlCall } from '../../operations/op-call.js'
import type {
  AddColumn,
  AddConstraint,
  ChangeColumn,
  ChangeTable,
  RemoveConstraint,
  RenameColumn,
} from '../../operations/operation.js'
import { isSame } from '../../schema/equal.js'
import type { CheckConstraint, Column, QualifiedName, Schema, Table } from '../../schema/schema.js'
import { attributeOf, isPlainName, isText, plainTypeOf } from './attributes.js'
import { alterTable, columnSql, constraintSql, indexSql, nameOf, optionsSql, quoted } from './ddl.js'
import { defaultValueOf } from './defaults.js'
import { numbered, removePrimaryKey } from './key-calls.js'
import { addConstraintCall, addIndexCall, createTableCalls } from './table-calls.js'

/** See `Autogeneration.calls`. */
export const calls: Autogeneration['calls'] = (operations, context) =>
  callsOf(operations, context.before, (position) => make(position, context))

const make = (position: CallPosition, context: CallContext): MadeCalls => {
  const { operation, state } = position
  const { sequelize } = context
  const one = (call: OpCall): MadeCalls => ({ calls: [call] })
  switch (operation.kind) {
    case 'createTable':
      return { calls: createTableCalls(operation.definition, sequelize) }
    case 'dropTable':
      return one(
        isPlainName(operation.table.name)
          ? opCall('dropTable', operation.table.name)
          : sqlCall(`DROP TABLE ${nameOf(operation.table)}`),
      )
    case 'renameTable':
      return one(
        isPlainName(operation.table.name) && isPlainName(operation.to.name)
          ? opCall('renameTable', operation.table.name, operation.to.name)
          : sqlCall(`RENAME TABLE ${nameOf(operation.table)} TO ${nameOf(operation.to)}`),
      )
    case 'changeTable':
      return { calls: changeTable(operation, state) }
    case 'addColumn':
      return addColumn(operation, position, context)
    case 'changeColumn':
      return changeColumn(operation, position, context)
    case 'removeColumn':
      return one(
        sqlOr(
          operation.table,
          [operation.column.name],
          'removeColumn',
          `DROP COLUMN ${quoted(operation.column.name)}`,
        ),
      )
    case 'renameColumn':
      return one(renameColumn(operation, state))
    case 'addConstraint':
      return { calls: addConstraint(operation, state, context) }
    case 'removeConstraint':
      return removeConstraint(operation, position)
    case 'renameConstraint':
      return one(
        opCall('renameConstraint', operation.table.name, operation.constraint.value.name, operation.to),
      )
    case 'addIndex':
      return one(addIndexCall(operation.table, operation.index, sequelize))
    case 'removeIndex':
      return one(removeIndex(operation.table, operation.index.name))
    case 'renameIndex':
      return one(opCall('renameIndex', operation.table.name, operation.index.name, operation.to))
    // There are no types of their own.
    case 'createEnum':
    case 'dropEnum':
    case 'renameEnum':
    case 'changeEnum':
      return { calls: [] }
  }
}

/** A method with names for its arguments, or the statement where Sequelize would not quote them right. */
const sqlOr = (table: QualifiedName, names: readonly string[], method: string, sql: string): OpCall =>
  [table.name, ...names].every(isPlainName)
    ? opCall(method, table.name, ...names)
    : sqlCall(`${alterTable(table)} ${sql}`)

const removeIndex = (table: QualifiedName, name: string): OpCall =>
  sqlOr(table, [name], 'removeIndex', `DROP INDEX ${quoted(name)}`)

const checksOf = (state: Schema, table: QualifiedName): readonly CheckConstraint[] =>
  tableIn(state, table)?.checks ?? []

const collationOf = (state: Schema, table: QualifiedName): string | undefined =>
  tableIn(state, table)?.options.collation

const modify = (column: Column, checks: readonly CheckConstraint[]): string =>
  `MODIFY COLUMN ${columnSql(column, checks)}`

/** The check that stands in a column keeps the former name of it, unless the whole column is said anew. */
const renameColumn = ({ table, from, to }: RenameColumn, state: Schema): OpCall => {
  const found = tableIn(state, table)
  const column = found?.columns.find(({ name }) => name === from)
  const check = found?.checks.find((one) => one.column === from)
  if (column === undefined || check === undefined)
    return sqlOr(table, [from, to], 'renameColumn', `RENAME COLUMN ${quoted(from)} TO ${quoted(to)}`)
  const moved = { ...check, column: to, expression: check.expression.replaceAll(quoted(from), quoted(to)) }
  return sqlCall(
    `${alterTable(table)} CHANGE COLUMN ${quoted(from)} ${columnSql({ ...column, name: to }, [moved])}`,
  )
}

const addColumn = (
  operation: AddColumn,
  { state, rest }: CallPosition,
  { sequelize }: CallContext,
): MadeCalls => {
  const { table, needsFill } = operation
  const column = needsFill ? { ...operation.column, nullable: true } : operation.column
  // A numbered column is part of a key from the beginning.
  if (column.autoIncrement !== null)
    return numbered(table, `ADD COLUMN ${columnSql(column, [])}`, column, rest)
  const attribute = inOrder(attributeOf(column, collationOf(state, table), sequelize))
  const add = opCall('addColumn', table.name, column.name, attribute)
  return needsFill ? fillingCalls(operation, [add], rest) : { calls: [add] }
}

const changeColumn = (
  operation: ChangeColumn,
  { state, rest }: CallPosition,
  { sequelize }: CallContext,
): MadeCalls => {
  const { table, before, after } = operation
  const checks = checksOf(state, table)
  if (before.autoIncrement === null && after.autoIncrement !== null)
    return numbered(table, modify(after, checks), after, rest)
  const change = changedAttribute(before, after, sequelize)
  if (change !== undefined)
    return { calls: [opCall('changeColumn', table.name, after.name, inOrder(change))] }
  const all = changeSql(before, after, tableIn(state, table))
  return { calls: all.map((sql) => sqlCall(`${alterTable(table)} ${sql}`)) }
}

const isVirtual = ({ generated }: Column): boolean => generated?.stored === false

/** What the server cannot change in place is another column, with the indexes and checks that go with the former. */
const changeSql = (before: Column, after: Column, table: Table | undefined): readonly string[] => {
  const checks = table?.checks ?? []
  const isReplaced = !isSame(before.generated, after.generated) && (isVirtual(before) || isVirtual(after))
  if (!isReplaced) return [modify(after, checks)]
  const indexes = (table?.indexes ?? []).filter(({ parts }) =>
    parts.some((part) => part.kind === 'column' && part.column === before.name),
  )
  const own = checks.filter(
    ({ name, column, expression }) =>
      name !== null && column === null && expression.includes(quoted(before.name)),
  )
  const replace = (column: Column): string =>
    [
      ...own.map(({ name }) => `DROP CONSTRAINT ${quoted(name ?? '')}`),
      ...indexes.map(({ name }) => `DROP INDEX ${quoted(name)}`),
      `DROP COLUMN ${quoted(before.name)}`,
      `ADD COLUMN ${columnSql(column, checks)}`,
      ...indexes.map((index) => `ADD ${indexSql(index)}`),
      ...own.map((value) => `ADD ${constraintSql({ type: 'check', value })}`),
    ].join(', ')
  // Stored first, its values stay when it is no longer computed.
  if (after.generated === null && before.generated !== null) {
    const stored = { ...before, generated: { ...before.generated, stored: true } }
    return [replace(stored), modify(after, checks)]
  }
  return [replace(after)]
}

/** What changes, as `op.changeColumn` takes it; undefined where that needs a statement of its own. */
const changedAttribute = (
  before: Column,
  after: Column,
  sequelize: CallContext['sequelize'],
): Attribute | undefined => {
  const isPlain =
    isSame(before.generated, after.generated) &&
    before.isHidden === after.isHidden &&
    isSame(before.autoIncrement, after.autoIncrement)
  if (!isPlain) return undefined
  const isRetyped = before.type !== after.type
  return said({
    type: isRetyped ? plainTypeOf(after.type, false, sequelize) : undefined,
    collation:
      before.collation !== after.collation || (isRetyped && after.collation !== null)
        ? after.collation
        : undefined,
    allowNull: before.nullable === after.nullable ? undefined : after.nullable,
    defaultValue: before.default === after.default ? undefined : (defaultValueOf(after, sequelize) ?? null),
    onUpdateSql: before.onUpdate === after.onUpdate ? undefined : after.onUpdate,
    comment: before.comment === after.comment ? undefined : after.comment,
  })
}

const addConstraint = (
  operation: AddConstraint,
  state: Schema,
  { sequelize }: CallContext,
): readonly OpCall[] => {
  const { table, constraint, impliedIndex } = operation
  if (constraint.type === 'check' && constraint.value.column !== null)
    return [sqlCall(`${alterTable(table)} ${modified(state, table, constraint.value, true)}`)]
  const add = addConstraintCall(table, constraint, sequelize)
  // The server names the index after the key.
  return impliedIndex === undefined || impliedIndex.name === constraint.value.name
    ? [add]
    : [addIndexCall(table, impliedIndex, sequelize), add]
}

/** The column with or without a check that stands in it. */
const modified = (state: Schema, table: QualifiedName, check: CheckConstraint, isThere: boolean): string => {
  const found = tableIn(state, table)
  const column = found?.columns.find(({ name }) => name === check.column)
  const others = (found?.checks ?? []).filter((one) => one.column !== check.column)
  return column === undefined ? '' : modify(column, isThere ? [...others, check] : others)
}

const removeConstraint = (operation: RemoveConstraint, { state, rest }: CallPosition): MadeCalls => {
  const { table, constraint, impliedIndex } = operation
  const { type, value } = constraint
  const alter = alterTable(table)
  switch (type) {
    case 'check':
      return {
        calls: [
          sqlCall(
            value.column === null
              ? `${alter} DROP CONSTRAINT ${quoted(value.name ?? '')}`
              : `${alter} ${modified(state, table, value, false)}`,
          ),
        ],
      }
    case 'primary key':
      return removePrimaryKey(table, value, tableIn(state, table), rest)
    case 'foreign key': {
      const name = value.name ?? ''
      return {
        calls: [
          sqlOr(table, [name], 'removeConstraint', `DROP FOREIGN KEY ${quoted(name)}`),
          ...(impliedIndex === undefined ? [] : [removeIndex(table, impliedIndex.name)]),
        ],
      }
    }
    default:
      return { calls: [sqlCall(`${alter} DROP CONSTRAINT ${quoted(value.name ?? '')}`)] }
  }
}

const changeTable = ({ table, before, after }: ChangeTable, state: Schema): readonly OpCall[] => {
  const { collation } = after.options
  const changed = {
    ...(before.comment === after.comment ? {} : { comment: after.comment }),
    ...(before.options.engine === after.options.engine ? {} : { engine: after.options.engine }),
  }
  const isMore =
    before.options.collation !== collation ||
    before.options.createOptions !== after.options.createOptions ||
    before.options.systemVersioned !== after.options.systemVersioned
  if (!isMore && isPlainName(table.name)) return [opCall('changeTable', table.name, changed)]
  const found = tableIn(state, table)
  const items = [
    changeOptionsSql(before, after),
    // Columns without a collation of their own have the table's, which to the server is one of their own.
    ...(before.options.collation === collation || found === undefined ? [] : recollated(found, collation)),
    ...(before.options.systemVersioned === after.options.systemVersioned
      ? []
      : [`${after.options.systemVersioned ? 'ADD' : 'DROP'} SYSTEM VERSIONING`]),
  ]
  return [sqlCall(`${alterTable(table)} ${items.filter((item) => item !== '').join(', ')}`)]
}

const recollated = (table: Table, collation: string | undefined): readonly string[] =>
  table.columns
    .filter((column) => column.collation === null && isText(column.type))
    .map((column) => modify({ ...column, collation: collation ?? null }, table.checks))

const changeOptionsSql = (
  { options: was, comment }: ChangeTable['before'],
  after: ChangeTable['after'],
): string => {
  const { createOptions, engine, collation } = after.options
  const text = optionsSql({
    options: {
      ...(engine === undefined || engine === was.engine ? {} : { engine }),
      ...(collation === undefined || collation === was.collation ? {} : { collation }),
      ...(createOptions === undefined ? {} : { createOptions }),
    },
    comment: comment === after.comment ? null : (after.comment ?? ''),
  })
  // What is not said stays: a row format goes back to the usual one by name.
  const isReset = was.createOptions?.includes('row_format') && !createOptions?.includes('row_format')
  return isReset ? `${text} ROW_FORMAT = DEFAULT`.trim() : text
}
