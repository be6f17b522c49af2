import type { CallContext } from '../../dialect-autogenerate.js'
import {
  type Attribute,
  type CallPosition,
  fillingCalls,
  inOrder,
  type MadeCalls,
  placeOf,
  said,
} from '../../operations/call-parts.js'
import { type OpCall, opCall, sqlCall } from '../../operations/op-call.js'
import type { AddColumn, ChangeColumn, RenameColumn } from '../../operations/operation.js'
import { isSame } from '../../schema/equal.js'
import { findTable } from '../../schema/qualified-name.js'
import type { CheckConstraint, Column, QualifiedName, Schema, Table } from '../../schema/schema.js'
import { attributeOf, isPlainName, plainTypeOf } from './attributes.js'
import { alterTable, columnSql, constraintSql, indexSql, quoted } from './ddl.js'
import { defaultValueOf } from './defaults.js'
import { numbered } from './key-calls.js'

/** A method with names for its arguments, or the statement where Sequelize would not quote them right. */
export const sqlOr = (table: QualifiedName, names: readonly string[], method: string, sql: string): OpCall =>
  [table.name, ...names].every(isPlainName)
    ? opCall(method, table.name, ...names)
    : sqlCall(`${alterTable(table)} ${sql}`)

export const checksOf = (state: Schema, table: QualifiedName): readonly CheckConstraint[] =>
  findTable(state, table)?.checks ?? []

export const collationOf = (state: Schema, table: QualifiedName): string | undefined =>
  findTable(state, table)?.options.collation

export const modify = (column: Column, checks: readonly CheckConstraint[]): string =>
  `MODIFY COLUMN ${columnSql(column, checks)}`

/** The check that stands in a column keeps the former name of it, unless the whole column is said anew. */
export const renameColumn = ({ table, from, to }: RenameColumn, state: Schema): OpCall => {
  const found = findTable(state, table)
  const column = found?.columns.find(({ name }) => name === from)
  const check = found?.checks.find((one) => one.column === from)
  if (column === undefined || check === undefined)
    return sqlOr(table, [from, to], 'renameColumn', `RENAME COLUMN ${quoted(from)} TO ${quoted(to)}`)
  const moved = { ...check, column: to, expression: check.expression.replaceAll(quoted(from), quoted(to)) }
  return sqlCall(
    `${alterTable(table)} CHANGE COLUMN ${quoted(from)} ${columnSql({ ...column, name: to }, [moved])}`,
  )
}

export const addColumn = (
  operation: AddColumn,
  { state, rest }: CallPosition,
  { sequelize }: CallContext,
): MadeCalls => {
  const { table, needsFill } = operation
  const column = needsFill ? { ...operation.column, nullable: true } : operation.column
  // A numbered column is part of a key from the beginning.
  if (column.autoIncrement !== null)
    return numbered(table, `ADD COLUMN ${columnSql(column, [])}`, column, rest)
  const spoken = attributeOf(column, collationOf(state, table), sequelize)
  const attribute = inOrder({ ...spoken, ...placeOf(operation) })
  const add = opCall('addColumn', table.name, column.name, attribute)
  return needsFill ? fillingCalls(operation, [add], rest) : { calls: [add] }
}

export const changeColumn = (
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
  const all = changeSql(before, after, findTable(state, table))
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
    comment: before.comment === after.comment ? undefined : (after.comment ?? ''),
  })
}
