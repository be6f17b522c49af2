import type { Autogeneration, CallContext } from '../../dialect-autogenerate.js'
import { isSameObject, tableIn } from '../../operations/applied.js'
import {
  type CallPosition,
  callsOf,
  fillingCalls,
  inOrder,
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
} from '../../operations/operation.js'
import { isSame } from '../../schema/equal.js'
import type { Column, EnumType, QualifiedName, Schema } from '../../schema/schema.js'
import { addColumnSql, changeColumnSql, conversion, storageSql } from './alter-column.js'
import { attributeOf, impliedEnum, isPlainName, plainCollation } from './attributes.js'
import { alterTable, commentSql, createEnumSql, indexTarget, nameOf, quoted, text } from './ddl.js'
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
  /** All that the operations drop. */
  readonly dropped: readonly EnumType[]
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
    dropped,
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
    case 'createEnum':
      return enums.made.some((one) => isSameObject(one, operation.enumType))
        ? []
        : createEnum(operation.enumType, context)
    case 'dropEnum': {
      const { enumType } = operation
      if (enums.gone.some((one) => isSameObject(one, enumType))) return []
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

/** The comment of a type that has come with a column. */
const commentsOfMade = (columns: readonly Column[], { made: all }: PlannedEnums): readonly OpCall[] =>
  all.flatMap((one) =>
    one.comment !== null && columns.some((column) => isTypeOf(column, one))
      ? [sqlCall(commentSql(`TYPE ${nameOf(one)}`, one.comment))]
      : [],
  )

/**
 * The enum types that nothing uses but these columns: `op.dropTable` and `op.removeColumn` take them along. Where they are to
 * stay, a statement of its own is sent.
 */
const isExact = (
  table: QualifiedName,
  columns: readonly Column[],
  state: Schema,
  { dropped }: PlannedEnums,
): boolean => {
  const names = columns.map(({ name }) => name)
  const others = state.tables.flatMap((one) =>
    isSameObject(one, table) ? one.columns.filter(({ name }) => !names.includes(name)) : one.columns,
  )
  return columns.every(
    ({ enumType }) =>
      enumType === null ||
      dropped.some((one) => isSameObject(one, enumType)) ||
      others.some((other) => other.enumType !== null && isSameObject(other.enumType, enumType)),
  )
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
      : [opCall('addColumn', tableArgument(table), column.name, inOrder(attribute))]),
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

/** Types between which `op.changeColumn` knows the way; from and to texts it knows all. */
const FAMILIES = [
  /^(?:smallint|integer|bigint|real|double precision|numeric(?:\(.*\))?|boolean)$/u,
  /^(?:date|timestamp(?:\(\d\))? with(?:out)? time zone)$/u,
  /^jsonb?$/u,
  /^(?:character varying|character|text|citext)(?:\(\d+\))?$/u,
]

const needsConversion = (before: string, after: string): boolean =>
  ![before, after].some((type) => FAMILIES[3]?.test(type)) &&
  !FAMILIES.some((family) => family.test(before) && family.test(after))

/** What changes, as `op.changeColumn` takes it; undefined where that needs statements of its own. */
const changedAttribute = (before: Column, after: Column, context: CallContext): object | undefined => {
  const isPlainNow = before.generated?.stored === true && after.generated === null
  const isPlain =
    isPlainName(after.name) &&
    (isSame(before.generated, after.generated) || isPlainNow) &&
    before.enumType === null &&
    after.enumType === null &&
    isSame(before.autoIncrement, after.autoIncrement) &&
    (before.autoIncrement === null || before.type === after.type)
  if (!isPlain) return undefined
  const isRetyped = before.type !== after.type
  const { collation } = after
  return inOrder(
    said({
      type: isRetyped ? dataTypeOf(after.type, context.sequelize) : undefined,
      collation:
        before.collation === collation ? undefined : collation === null ? null : plainCollation(collation),
      generated: isPlainNow ? null : undefined,
      using: isRetyped && needsConversion(before.type, after.type) ? conversion(before, after) : undefined,
      allowNull: before.nullable === after.nullable ? undefined : after.nullable,
      defaultValue:
        before.default === after.default && !(isRetyped && after.default !== null)
          ? undefined
          : (defaultValueOf(after, context.sequelize) ?? null),
      comment: before.comment === after.comment ? undefined : after.comment,
    }),
  )
}
