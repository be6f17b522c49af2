import type { CallContext, CallMaker } from '../../dialect-autogenerate.js'
import {
  type CallPosition,
  callsOf,
  type MadeCalls,
  notChangeable,
  tableArgument,
} from '../../operations/call-parts.js'
import { type OpCall, opCall, sqlCall } from '../../operations/op-call.js'
import type {
  AddColumn,
  ChangeTable,
  DropTable,
  Operation,
  RemoveColumn,
} from '../../operations/operation.js'
import { isSameName } from '../../schema/qualified-name.js'
import type { EnumType, QualifiedName, Schema } from '../../schema/schema.js'
import { storageSql } from './alter-column.js'
import { isPlainName } from './attributes.js'
import { addColumn, changeColumn } from './column-calls.js'
import { alterTable, commentSql, createEnumSql, indexTarget, nameOf, quoted, text } from './ddl.js'
import { changeEnumCalls } from './enum-calls.js'
import { commentsOfMade, isExact, type PlannedEnums, planEnums } from './enum-plan.js'
import { addConstraintCall, addIndexCalls, createTableCalls, isPlainTable } from './table-calls.js'
/** See {@link CallMaker}. */
export const calls: CallMaker = (operations, context) => {
  const planned = planEnums(operations, context)
  return callsOf(operations, context.before, (position) => make(position, context, planned))
}

const make = (position: CallPosition, context: CallContext, enums: PlannedEnums): MadeCalls => {
  const { operation } = position
  switch (operation.kind) {
    case 'addColumn':
      return addColumn(operation, position, context, enums)
    default:
      return { calls: made(operation, position, context, enums) }
  }
}

const made = (
  operation: Exclude<Operation, AddColumn>,
  { state }: CallPosition,
  context: CallContext,
  enums: PlannedEnums,
): readonly OpCall[] => {
  switch (operation.kind) {
    case 'createTable':
      return [
        ...createTableCalls(operation.definition, context, enums.made),
        ...commentsOfMade(operation.definition.columns, enums),
      ]
    case 'dropTable':
      return [dropTable(operation, context, enums, state)]
    case 'renameTable':
      return renamed('renameTable', operation.table, operation.to, context)
    case 'changeTable':
      return changeTable(operation, context)
    case 'changeColumn':
      return changeColumn(operation, state, context)
    case 'removeColumn':
      return [removeColumn(operation, context, enums, state)]
    case 'renameColumn': {
      const { table, from, to } = operation
      const sql = `${alterTable(table)} RENAME COLUMN ${quoted(from)} TO ${quoted(to)}`
      return [spoken('renameColumn', table, [from, to], sql, context)]
    }
    case 'addConstraint':
      return [addConstraintCall(operation.table, operation.constraint, context)]
    case 'removeConstraint': {
      const { table, constraint } = operation
      const name = constraint.value.name ?? ''
      return [
        spoken(
          'removeConstraint',
          table,
          [name],
          `${alterTable(table)} DROP CONSTRAINT ${quoted(name)}`,
          context,
        ),
      ]
    }
    case 'renameConstraint': {
      const { table, constraint, to } = operation
      const names = [constraint.value.name ?? '', to ?? '']
      const sql = `${alterTable(table)} RENAME CONSTRAINT ${names.map(quoted).join(' TO ')}`
      return [spoken('renameConstraint', table, names, sql, context)]
    }
    case 'addIndex':
      return addIndexCalls(operation.table, operation.index, context)
    case 'removeIndex': {
      const { table, index } = operation
      return [spoken('removeIndex', table, [index.name], `DROP ${indexTarget(table, index.name)}`, context)]
    }
    case 'renameIndex': {
      const { table, index, to } = operation
      const sql = `ALTER ${indexTarget(table, index.name)} RENAME TO ${quoted(to)}`
      return [spoken('renameIndex', table, [index.name, to], sql, context)]
    }
    case 'createSchema':
      return [sqlCall(`CREATE SCHEMA IF NOT EXISTS ${quoted(operation.schema)}`)]
    // Sequelize's own takes everything along that is in it.
    case 'dropSchema':
      return [sqlCall(`DROP SCHEMA ${quoted(operation.schema)}`)]
    case 'createEnum':
      return enums.made.some((one) => isSameName(one, operation.enumType))
        ? []
        : createEnum(operation.enumType, context)
    case 'dropEnum': {
      const { enumType } = operation
      if (enums.gone.some((one) => isSameName(one, enumType))) return []
      return [
        isPlainTable(enumType, context)
          ? opCall('dropEnum', tableArgument(enumType))
          : sqlCall(`DROP TYPE ${nameOf(enumType)}`),
      ]
    }
    case 'renameEnum':
      return renamed('renameEnum', operation.from, operation.to, context)
    case 'changeEnum':
      return changeEnumCalls(operation, state, context)
  }
}

/** A method with names for its arguments; the statement where the host's Sequelize leaves the quotes out. */
const spoken = (
  method: string,
  table: QualifiedName,
  names: readonly string[],
  sql: string,
  context: CallContext,
): OpCall =>
  isPlainTable(table, context) && names.every(isPlainName)
    ? opCall(method, tableArgument(table), ...names)
    : sqlCall(sql)

const createEnum = (one: EnumType, context: CallContext): readonly OpCall[] => {
  const [create = '', ...comment] = createEnumSql(one)
  return [
    isPlainTable(one, context) ? opCall('createEnum', tableArgument(one), one.values) : sqlCall(create),
    ...comment.map(sqlCall),
  ]
}

const dropTable = (
  { table, definition }: DropTable,
  context: CallContext,
  enums: PlannedEnums,
  state: Schema,
): OpCall =>
  isPlainTable(table, context) && isExact(table, definition.columns, state, enums)
    ? opCall('dropTable', tableArgument(table))
    : sqlCall(`DROP TABLE ${nameOf(table)}`)

const removeColumn = (
  { table, column }: RemoveColumn,
  context: CallContext,
  enums: PlannedEnums,
  state: Schema,
): OpCall =>
  isPlainTable(table, context) && isExact(table, [column], state, enums)
    ? opCall('removeColumn', tableArgument(table), column.name)
    : sqlCall(`${alterTable(table)} DROP COLUMN ${quoted(column.name)}`)

/** Into the schema that a name without one means, only the server knows which. */
const moved = (what: string, from: QualifiedName, to: QualifiedName): readonly string[] => {
  const alter = `ALTER ${what} ${nameOf(from)} SET SCHEMA `
  return [
    ...(from.schema === to.schema
      ? []
      : [
          to.schema === null
            ? `DO ${text(`BEGIN EXECUTE ${text(alter)} || quote_ident(current_schema()); END`)}`
            : alter + quoted(to.schema),
        ]),
    ...(from.name === to.name
      ? []
      : [`ALTER ${what} ${nameOf({ schema: to.schema, name: from.name })} RENAME TO ${quoted(to.name)}`]),
  ]
}

/** Another name, or schema: by the method, unless the schema is to be the one that a name without one means. */
const renamed = (
  method: 'renameTable' | 'renameEnum',
  from: QualifiedName,
  to: QualifiedName,
  context: CallContext,
): readonly OpCall[] => {
  const isPlain = isPlainTable(from, context) && isPlainTable(to, context)
  return isPlain && (to.schema !== null || from.schema === null)
    ? [opCall(method, tableArgument(from), tableArgument(to))]
    : moved(method === 'renameTable' ? 'TABLE' : 'TYPE', from, to).map(sqlCall)
}

const changeTable = ({ table, before, after }: ChangeTable, context: CallContext): readonly OpCall[] => {
  const target = alterTable(table)
  const [was, is] = [before.options, after.options]
  if (was.partitionBy !== is.partitionBy)
    throw notChangeable(`another partitioning of the table "${table.name}"`)
  const inherits = (one: typeof was): readonly string[] => (one.inherits ?? []).map(nameOf)
  return [
    ...(before.comment === after.comment
      ? []
      : [
          isPlainTable(table, context)
            ? opCall('changeTable', tableArgument(table), { comment: after.comment })
            : sqlCall(commentSql(`TABLE ${nameOf(table)}`, after.comment)),
        ]),
    ...[
      ...(was.unlogged === is.unlogged ? [] : [`${target} SET ${is.unlogged ? 'UNLOGGED' : 'LOGGED'}`]),
      ...storageSql(target, was.storage ?? [], is.storage ?? []),
      ...inherits(was)
        .filter((one) => !inherits(is).includes(one))
        .map((one) => `${target} NO INHERIT ${one}`),
      ...inherits(is)
        .filter((one) => !inherits(was).includes(one))
        .map((one) => `${target} INHERIT ${one}`),
    ].map(sqlCall),
  ]
}
