import type { CallContext, CallMaker } from '../../dialect-autogenerate.js'
import { type CallPosition, callsOf, type MadeCalls } from '../../operations/call-parts.js'
import { type OpCall, opCall, sqlCall } from '../../operations/op-call.js'
import type { AddConstraint, ChangeTable, RemoveConstraint } from '../../operations/operation.js'
import { findTable } from '../../schema/qualified-name.js'
import type { CheckConstraint, QualifiedName, Schema, Table } from '../../schema/schema.js'
import { isPlainName, isText } from './attributes.js'
import { addColumn, changeColumn, modify, renameColumn, sqlOr } from './column-calls.js'
import { alterTable, nameOf, optionsSql, quoted } from './ddl.js'
import { removePrimaryKey } from './key-calls.js'
import { addConstraintCall, addIndexCall, createTableCalls } from './table-calls.js'
/** See {@link CallMaker}. */
export const calls: CallMaker = (operations, context) =>
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
    // There are no schemas, and no types of their own.
    case 'createSchema':
    case 'dropSchema':
    case 'createEnum':
    case 'dropEnum':
    case 'renameEnum':
    case 'changeEnum':
      return { calls: [] }
  }
}

const removeIndex = (table: QualifiedName, name: string): OpCall =>
  sqlOr(table, [name], 'removeIndex', `DROP INDEX ${quoted(name)}`)

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
  const found = findTable(state, table)
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
      return removePrimaryKey(table, value, findTable(state, table), rest)
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
  const found = findTable(state, table)
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
