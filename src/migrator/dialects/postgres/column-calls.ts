import type { CallContext } from '../../dialect-autogenerate.js'
import {
  type Attribute,
  type CallPosition,
  fillingCalls,
  inOrder,
  type MadeCalls,
  said,
  tableArgument,
} from '../../operations/call-parts.js'
import { type OpCall, opCall, sqlCall } from '../../operations/op-call.js'
import type { AddColumn, ChangeColumn, Operation } from '../../operations/operation.js'
import { isSame } from '../../schema/equal.js'
import { findTable, isSameName } from '../../schema/qualified-name.js'
import type { Column, Schema } from '../../schema/schema.js'
import { addColumnSql, changeColumnSql } from './alter-column.js'
import { attributeOf, isPlainName, plainCollation, referenceOf } from './attributes.js'
import { defaultValueOf } from './defaults.js'
import { commentsOfMade, isTypeOf, type PlannedEnums } from './enum-plan.js'
import { conversion, needsConversion } from './recast.js'
import { isPlainTable } from './table-calls.js'
import { dataTypeOf } from './types.js'

export const addColumn = (
  operation: AddColumn,
  { rest }: CallPosition,
  context: CallContext,
  enums: PlannedEnums,
): MadeCalls => {
  const { table, needsFill } = operation
  const column = needsFill ? { ...operation.column, nullable: true } : operation.column
  const type = enums.made.find((one) => isTypeOf(column, one))
  const attribute = isPlainTable(table, context) ? attributeOf(column, context, type) : undefined
  const reference = attribute === undefined || needsFill ? undefined : referenceBehind(operation, rest)
  if (attribute !== undefined && reference !== undefined)
    return {
      calls: [
        opCall('addColumn', tableArgument(table), column.name, inOrder({ ...attribute, ...reference })),
        ...commentsOfMade([column], enums),
      ],
      count: 2,
    }
  const add = [
    ...(attribute === undefined
      ? addColumnSql(table, column).map(sqlCall)
      : [opCall('addColumn', tableArgument(table), column.name, inOrder(attribute))]),
    ...commentsOfMade([column], enums),
  ]
  return needsFill ? fillingCalls(operation, add, rest) : { calls: add }
}

/** The key of a new column that is made right behind it, where attributes can say it. */
const referenceBehind = (
  { table, column }: AddColumn,
  [, next]: readonly Operation[],
): Attribute | undefined =>
  next?.kind === 'addConstraint' &&
  next.constraint.type === 'foreign key' &&
  isSameName(next.table, table) &&
  next.constraint.value.columns[0] === column.name
    ? referenceOf(table, next.constraint.value)
    : undefined

export const changeColumn = (
  { table, before, after }: ChangeColumn,
  state: Schema,
  context: CallContext,
): readonly OpCall[] => {
  const change = changedAttribute(before, after, context)
  if (change !== undefined && isPlainTable(table, context))
    return [opCall('changeColumn', tableArgument(table), after.name, change)]
  const found = findTable(state, table)
  return found === undefined ? [] : changeColumnSql(found, before, after).map(sqlCall)
}

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
      comment: before.comment === after.comment ? undefined : (after.comment ?? ''),
    }),
  )
}
