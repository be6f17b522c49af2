import type { Autogeneration, CallContext } from '../../dialect-autogenerate.js'
import { isSameObject, tableIn } from '../../operations/applied.js'
import {
  type CallPosition,
  callsOf,
  fillingCalls,
  type MadeCalls,
  said,
  tableArgument,
} from '../../operations/call-parts.js'
import { type OpCall, opCall, sqlCall } from '../../operations/op-call.js'
import type {
  AddColumn,
  ChangeColumn,
  ChangeTable,
  DropTable,
  Operation,
  RemoveColumn,
  RenameTable,
} from '../../operations/operation.js'
import type { Column, EnumType, QualifiedName, Schema } from '../../schema/schema.js'
import { addColumnSql, changeColumnSql, conversion, storageSql } from './alter-column.js'
import { attributeOf, impliedEnum, isPlainName, isPlainText } from './attributes.js'
import { alterTable, commentSql, createEnumSql, nameOf, quoted } from './ddl.js'
import { defaultValueOf } from './defaults.js'
import { changeEnumCalls } from './enum-calls.js'
import { addConstraintCall, addIndexCalls, createTableCalls, enumsOf, isPlainTable } from './table-calls.js'
import { dataTypeOf } from './types.js'

/** See `Autogeneration.calls`. */
export const calls: Autogeneration['calls'] = (operations, context) => {
  const planned = planEnums(operations, context)
  return callsOf(operations, context.before, (position) => make(position, context, planned))
}

/** Which enum types come with their column, and which go with it. */
interface PlannedEnums {
  readonly made: readonly EnumType[]
  readonly gone: readonly EnumType[]
}

const planEnums = (operations: readonly Operation[], context: CallContext): PlannedEnums => {
  const { before, after } = context
  const created = operations.flatMap((one) => (one.kind === 'createEnum' ? [one.enumType] : []))
  const dropped = operations.flatMap((one) => (one.kind === 'dropEnum' ? [one.enumType] : []))
  const isOneOf = (list: readonly EnumType[], one: EnumType): boolean =>
    list.some((other) => isSameObject(one, other))
  const coming = operations.flatMap((one) => {
    if (one.kind === 'createTable')
      return isPlainTable(one.table, context) ? enumsOf(one.definition, after) : []
    if (one.kind !== 'addColumn' || !isPlainTable(one.table, context)) return []
    return impliedEnum(one.table, one.column, after) ?? []
  })
  const going = operations.flatMap((one) => {
    if (one.kind === 'dropTable')
      return isPlainTable(one.table, context) ? enumsOf(one.definition, before) : []
    if (one.kind !== 'removeColumn' || !isPlainTable(one.table, context)) return []
    return impliedEnum(one.table, one.column, before) ?? []
  })
  return {
    made: coming.filter((one) => isOneOf(created, one) && isSaid(operations, one, context)),
    gone: going.filter((one) => isOneOf(dropped, one)),
  }
}

/** Whether the column that brings the type can be said by an attribute, and its table by `createTable`. */
const isSaid = (operations: readonly Operation[], made: EnumType, context: CallContext): boolean =>
  operations.some((one) => {
    if (one.kind === 'addColumn')
      return isTypeOf(one.column, made) && attributeOf(one.column, context, made) !== undefined
    if (one.kind !== 'createTable' || !one.definition.columns.some((column) => isTypeOf(column, made)))
      return false
    const enums = enumsOf(one.definition, context.after)
    return createTableCalls(one.definition, context, enums)[0]?.method === 'createTable'
  })

const isTypeOf = ({ enumType }: Column, one: EnumType): boolean =>
  enumType !== null && isSameObject(enumType, one)

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
      return renameTable(operation).map(sqlCall)
    case 'changeTable':
      return changeTable(operation, context)
    case 'changeColumn':
      return changeColumn(operation, state, context)
    case 'removeColumn':
      return [removeColumn(operation, context, enums, state)]
    case 'renameColumn':
      return [
        isPlainTable(operation.table, context) && [operation.from, operation.to].every(isPlainName)
          ? opCall('renameColumn', tableArgument(operation.table), operation.from, operation.to)
          : sqlCall(
              `${alterTable(operation.table)} RENAME COLUMN ${quoted(operation.from)} TO ${quoted(operation.to)}`,
            ),
      ]
    case 'addConstraint':
      return [addConstraintCall(operation.table, operation.constraint, context)]
    case 'removeConstraint': {
      const name = operation.constraint.value.name ?? ''
      return [
        isPlainTable(operation.table, context) && isPlainName(name)
          ? opCall('removeConstraint', tableArgument(operation.table), name)
          : sqlCall(`${alterTable(operation.table)} DROP CONSTRAINT ${quoted(name)}`),
      ]
    }
    case 'renameConstraint':
      return [
        opCall(
          'renameConstraint',
          tableArgument(operation.table),
          operation.constraint.value.name,
          operation.to,
        ),
      ]
    case 'addIndex':
      return addIndexCalls(operation.table, operation.index, context)
    case 'removeIndex': {
      const { table, index } = operation
      // Sequelize looks for an index in the usual schema alone.
      return [
        isPlainTable(table, context) && isPlainName(index.name) && table.schema === null
          ? opCall('removeIndex', tableArgument(table), index.name)
          : sqlCall(`DROP INDEX ${nameOf({ schema: table.schema, name: index.name })}`),
      ]
    }
    case 'renameIndex':
      return [opCall('renameIndex', tableArgument(operation.table), operation.index.name, operation.to)]
    case 'createEnum':
      return enums.made.some((one) => isSameObject(one, operation.enumType))
        ? []
        : createEnumSql(operation.enumType).map(sqlCall)
    case 'dropEnum':
      return enums.gone.some((one) => isSameObject(one, operation.enumType))
        ? []
        : [sqlCall(`DROP TYPE ${nameOf(operation.enumType)}`)]
    case 'renameEnum':
      return renameEnum(operation.from, operation.to).map(sqlCall)
    case 'changeEnum':
      return changeEnumCalls(operation, state, context)
  }
}

/** The comment of a type that has come with a column. */
const commentsOfMade = (columns: readonly Column[], { made: all }: PlannedEnums): readonly OpCall[] =>
  all.flatMap((one) =>
    one.comment !== null && columns.some((column) => isTypeOf(column, one))
      ? [sqlCall(commentSql(`TYPE ${nameOf(one)}`, one.comment))]
      : [],
  )

/** `op.dropTable` takes the types of the table's columns along that have Sequelize's names: only where they are to go. */
const dropTable = (
  { table, definition }: DropTable,
  context: CallContext,
  { gone }: PlannedEnums,
  state: Schema,
): OpCall => {
  const implied = enumsOf(definition, state)
  const isExact = implied.every((one) => gone.some((other) => isSameObject(one, other)))
  return isExact && isPlainTable(table, context)
    ? opCall('dropTable', tableArgument(table))
    : sqlCall(`DROP TABLE ${nameOf(table)}`)
}

const removeColumn = (
  { table, column }: RemoveColumn,
  context: CallContext,
  { gone }: PlannedEnums,
  state: Schema,
): OpCall => {
  const implied = impliedEnum(table, column, state)
  const isExact = implied === undefined || gone.some((one) => isSameObject(one, implied))
  return isExact && isPlainTable(table, context) && isPlainName(column.name)
    ? opCall('removeColumn', tableArgument(table), column.name)
    : sqlCall(`${alterTable(table)} DROP COLUMN ${quoted(column.name)}`)
}

const renameTable = ({ table, to }: RenameTable): readonly string[] => [
  ...(table.schema === to.schema
    ? []
    : [`${alterTable(table)} SET SCHEMA ${to.schema === null ? 'current_schema' : quoted(to.schema)}`]),
  ...(table.name === to.name
    ? []
    : [`${alterTable({ schema: to.schema, name: table.name })} RENAME TO ${quoted(to.name)}`]),
]

const renameEnum = (from: QualifiedName, to: QualifiedName): readonly string[] => [
  ...(from.schema === to.schema
    ? []
    : [`ALTER TYPE ${nameOf(from)} SET SCHEMA ${to.schema === null ? 'current_schema' : quoted(to.schema)}`]),
  ...(from.name === to.name
    ? []
    : [`ALTER TYPE ${nameOf({ schema: to.schema, name: from.name })} RENAME TO ${quoted(to.name)}`]),
]

const changeTable = ({ table, before, after }: ChangeTable, context: CallContext): readonly OpCall[] => {
  const target = alterTable(table)
  const [was, is] = [before.options, after.options]
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

const addColumn = (
  operation: AddColumn,
  { rest }: CallPosition,
  context: CallContext,
  enums: PlannedEnums,
): MadeCalls => {
  const { table, needsFill } = operation
  const column = needsFill ? { ...operation.column, nullable: true } : operation.column
  const type = enums.made.find((one) => isTypeOf(column, one))
  const attribute = isPlainTable(table, context) ? attributeOf(column, context, type) : undefined
  const add = [
    ...(attribute === undefined
      ? addColumnSql(table, column).map(sqlCall)
      : [opCall('addColumn', tableArgument(table), column.name, attribute)]),
    ...commentsOfMade([column], enums),
  ]
  return needsFill ? fillingCalls(operation, add, rest) : { calls: add }
}

const changeColumn = (
  { table, before, after }: ChangeColumn,
  state: Schema,
  context: CallContext,
): readonly OpCall[] => {
  const change = changedAttribute(before, after, context)
  if (change !== undefined && isPlainTable(table, context))
    return [opCall('changeColumn', tableArgument(table), after.name, change)]
  const found = tableIn(state, table)
  return found === undefined ? [] : changeColumnSql(found, before, after).map(sqlCall)
}

/** Types that PostgreSQL turns into each other by itself. */
const FAMILIES = [
  /^(?:smallint|integer|bigint|real|double precision|numeric(?:\(.*\))?)$/u,
  /^(?:date|timestamp(?:\(\d\))? with(?:out)? time zone)$/u,
  /^jsonb?$/u,
]
const TEXTS = /^(?:character varying|character|text)(?:\(\d+\))?$/u

const needsConversion = (before: string, after: string): boolean =>
  !TEXTS.test(after) && !FAMILIES.some((family) => family.test(before) && family.test(after))

/** What changes, as `op.changeColumn` takes it; undefined where that needs statements of its own. */
const changedAttribute = (before: Column, after: Column, context: CallContext): object | undefined => {
  const isPlain =
    isPlainName(after.name) &&
    [before, after].every(
      ({ collation, generated, enumType }) => collation === null && generated === null && enumType === null,
    ) &&
    JSON.stringify(before.autoIncrement) === JSON.stringify(after.autoIncrement) &&
    (before.autoIncrement === null || before.type === after.type) &&
    [after.default, after.comment, after.type].every((one) => one === null || isPlainText(one))
  if (!isPlain) return undefined
  const isRetyped = before.type !== after.type
  return said({
    type: isRetyped ? dataTypeOf(after.type, context.sequelize) : undefined,
    using: isRetyped && needsConversion(before.type, after.type) ? conversion(before, after) : undefined,
    allowNull: before.nullable === after.nullable ? undefined : after.nullable,
    defaultValue:
      before.default === after.default ? undefined : (defaultValueOf(after, context.sequelize) ?? null),
    comment: before.comment === after.comment ? undefined : after.comment,
  })
}
