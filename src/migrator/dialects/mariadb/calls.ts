import type { Autogeneration, CallContext } from '../../dialect-autogenerate.js'
import { tableIn } from '../../operations/applied.js'
import {
  type CallPosition,
  callsOf,
  fillingCalls,
  type MadeCalls,
  said,
} from '../../operations/call-parts.js'
import { type OpCall, opCall, sqlCall } from '../../operations/op-call.js'
import type {
  AddColumn,
  AddConstraint,
  ChangeColumn,
  ChangeTable,
  Operation,
  RemoveConstraint,
} from '../../operations/operation.js'
import { isSame } from '../../schema/equal.js'
import type { CheckConstraint, Column, QualifiedName, Schema, Table } from '../../schema/schema.js'
import { attributeOf, isPlainName, isText, typeOf } from './attributes.js'
import { alterTable, columnSql, indexSql, nameOf, optionsSql, primaryKeySql, quoted } from './ddl.js'
import { defaultValueOf } from './defaults.js'
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
    case 'renameColumn': {
      const { from, to } = operation
      return one(
        sqlOr(operation.table, [from, to], 'renameColumn', `RENAME COLUMN ${quoted(from)} TO ${quoted(to)}`),
      )
    }
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
  const attribute = isPlainName(table.name)
    ? attributeOf(column, collationOf(state, table), sequelize)
    : undefined
  const add =
    attribute === undefined
      ? sqlCall(`${alterTable(table)} ADD COLUMN ${columnSql(column, [])}`)
      : opCall('addColumn', table.name, column.name, attribute)
  return needsFill ? fillingCalls(operation, [add], rest) : { calls: [add] }
}

/** A change of a numbered column together with the key or index behind it that begins with the column. */
const numbered = (
  table: QualifiedName,
  change: string,
  { name }: Column,
  rest: readonly Operation[],
): MadeCalls => {
  const [, next] = rest
  const sql = next === undefined ? undefined : keySql(next, name)
  return sql === undefined
    ? { calls: [sqlCall(`${alterTable(table)} ${change}`)] }
    : { calls: [sqlCall(`${alterTable(table)} ${change}, ADD ${sql}`)], count: 2 }
}

const keySql = (operation: Operation, column: string): string | undefined => {
  if (operation.kind === 'addIndex') {
    const [part] = operation.index.parts
    return part?.kind === 'column' && part.column === column ? indexSql(operation.index) : undefined
  }
  if (operation.kind !== 'addConstraint' || operation.constraint.type !== 'primary key') return undefined
  const { value } = operation.constraint
  return value.parts[0]?.column === column ? primaryKeySql(value) : undefined
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
  const change = changedAttribute(operation, checks, collationOf(state, table), sequelize)
  return {
    calls: [
      change === undefined
        ? sqlCall(`${alterTable(table)} ${changeSql(before, after, checks)}`)
        : opCall('changeColumn', table.name, after.name, change),
    ],
  }
}

const changeSql = (before: Column, after: Column, checks: readonly CheckConstraint[]): string => {
  // A virtual column cannot become another kind of column in place, nor a stored one be computed where it was not.
  const isOther =
    !isSame(before.generated, after.generated) &&
    (before.generated?.stored !== true || after.generated?.stored === false)
  return isOther && (before.generated?.stored === false || after.generated?.stored === false)
    ? `DROP COLUMN ${quoted(before.name)}, ADD COLUMN ${columnSql(after, checks)}`
    : modify(after, checks)
}

/** What changes, as `op.changeColumn` takes it; undefined where that needs a statement of its own. */
const changedAttribute = (
  { table, before, after }: ChangeColumn,
  checks: readonly CheckConstraint[],
  collation: string | undefined,
  sequelize: CallContext['sequelize'],
): object | undefined => {
  const whole = attributeOf(after, collation, sequelize)
  const isPlain =
    whole !== undefined &&
    isPlainName(table.name) &&
    isSame(before.generated, after.generated) &&
    after.generated === null &&
    before.onUpdate === null &&
    after.onUpdate === null &&
    before.isHidden === after.isHidden &&
    !after.isHidden &&
    before.collation === after.collation &&
    after.collation === null &&
    isSame(before.autoIncrement, after.autoIncrement) &&
    !/^timestamp/u.test(after.type) &&
    checks.every((check) => check.column !== after.name)
  if (!isPlain) return undefined
  return said({
    type: before.type === after.type ? undefined : typeOf({ ...after, default: null }, collation, sequelize),
    allowNull: before.nullable === after.nullable ? undefined : after.nullable,
    defaultValue: before.default === after.default ? undefined : (defaultValueOf(after, sequelize) ?? null),
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
    case 'primary key': {
      // A numbered column is never without a key: the next one comes in the same statement.
      const [, next] = rest
      const isNext =
        next?.kind === 'addConstraint' && next.constraint.type === 'primary key' && isSame(next.table, table)
      return isNext && next.constraint.type === 'primary key'
        ? {
            calls: [sqlCall(`${alter} DROP PRIMARY KEY, ADD ${primaryKeySql(next.constraint.value)}`)],
            count: 2,
          }
        : { calls: [sqlCall(`${alter} DROP PRIMARY KEY`)] }
    }
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
