import type { CallContext } from '../../dialect-autogenerate.js'
import { type OpCall, sqlCall } from '../../operations/op-call.js'
import type { Operation } from '../../operations/operation.js'
import { isSameName } from '../../schema/qualified-name.js'
import type { Column, EnumType, QualifiedName, Schema } from '../../schema/schema.js'
import { attributeOf, impliedEnum } from './attributes.js'
import { commentSql, nameOf } from './ddl.js'
import { createTableCalls, enumsOf, isPlainTable } from './table-calls.js'

/** Which enum types come with their column, and which go with it. */
export interface PlannedEnums {
  readonly made: readonly EnumType[]
  readonly gone: readonly EnumType[]
  /** All that the operations drop. */
  readonly dropped: readonly EnumType[]
}

export const planEnums = (operations: readonly Operation[], context: CallContext): PlannedEnums => {
  const { before, after } = context
  const created = operations.flatMap((one) => (one.kind === 'createEnum' ? [one.enumType] : []))
  const dropped = operations.flatMap((one) => (one.kind === 'dropEnum' ? [one.enumType] : []))
  const goneSchemas = operations.flatMap((one) =>
    one.kind === 'dropSchema' ? [one.schema as string | null] : [],
  )
  const isOneOf = (list: readonly EnumType[], one: EnumType): boolean =>
    list.some((other) => isSameName(one, other))
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
    // What goes with a table goes at the end of the step, and the schema that it is in would go before.
    gone: going.filter((one) => isOneOf(dropped, one) && !goneSchemas.includes(one.schema)),
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

export const isTypeOf = ({ enumType }: Column, one: EnumType): boolean =>
  enumType !== null && isSameName(enumType, one)

/** The comment of a type that has come with a column. */
export const commentsOfMade = (columns: readonly Column[], { made: all }: PlannedEnums): readonly OpCall[] =>
  all.flatMap((one) =>
    one.comment !== null && columns.some((column) => isTypeOf(column, one))
      ? [sqlCall(commentSql(`TYPE ${nameOf(one)}`, one.comment))]
      : [],
  )

/**
 * The enum types that nothing uses but these columns: `op.dropTable` and `op.removeColumn` take them along. Where they are to
 * stay, a statement of its own is sent.
 */
export const isExact = (
  table: QualifiedName,
  columns: readonly Column[],
  state: Schema,
  { dropped }: PlannedEnums,
): boolean => {
  const names = columns.map(({ name }) => name)
  const others = state.tables.flatMap((one) =>
    isSameName(one, table) ? one.columns.filter(({ name }) => !names.includes(name)) : one.columns,
  )
  return columns.every(
    ({ enumType }) =>
      enumType === null ||
      dropped.some((one) => isSameName(one, enumType)) ||
      others.some((other) => other.enumType !== null && isSameName(other.enumType, enumType)),
  )
}
