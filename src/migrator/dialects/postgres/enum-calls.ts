import type { CallContext } from '../../dialect-autogenerate.js'
import { tableArgument } from '../../operations/call-parts.js'
import { type OpCall, opCall, sqlCall } from '../../operations/op-call.js'
import type { ChangeEnum } from '../../operations/operation.js'
import { findTable } from '../../schema/qualified-name.js'
import type { EnumType, Schema } from '../../schema/schema.js'
import { alterTable, commentSql, nameOf, quoted, text } from './ddl.js'
import { isPlainTable } from './table-calls.js'

/** The values of a type: renamed and added in place where that is enough, else by another type in its place. */
export const changeEnumCalls = (
  operation: ChangeEnum,
  state: Schema,
  context: CallContext,
): readonly OpCall[] => {
  const { before, after, renamedValues, usedBy } = operation
  const [user] = usedBy
  if (user !== undefined && isPlainTable(user.table, context)) {
    const isRenaming = Object.keys(renamedValues).length > 0
    const { table, column } = user
    return [
      opCall(
        'changeEnum',
        ...[tableArgument(table), column, after.values],
        ...(isRenaming ? [{ rename: renamedValues }] : []),
      ),
      ...(before.comment === after.comment
        ? []
        : [sqlCall(commentSql(`TYPE ${nameOf(after)}`, after.comment))]),
    ]
  }
  const renamed = before.values.map((value) => renamedValues[value] ?? value)
  const isKept = renamed.every((value) => after.values.includes(value))
  const inOrder = after.values.filter((value) => renamed.includes(value))
  const inPlace = isKept && JSON.stringify(inOrder) === JSON.stringify(renamed)
  const comment = before.comment === after.comment ? [] : [commentSql(`TYPE ${nameOf(after)}`, after.comment)]
  return [
    ...(inPlace ? valuesInPlace(operation, renamed) : anotherType(operation, state)),
    ...(inPlace
      ? comment
      : after.comment === null
        ? []
        : [commentSql(`TYPE ${nameOf(after)}`, after.comment)]),
  ].map(sqlCall)
}

const renames = ({ before, renamedValues }: ChangeEnum): readonly string[] =>
  before.values.flatMap((value) => {
    const to = renamedValues[value]
    return to === undefined || to === value
      ? []
      : [`ALTER TYPE ${nameOf(before)} RENAME VALUE ${text(value)} TO ${text(to)}`]
  })

const valuesInPlace = (operation: ChangeEnum, renamed: readonly string[]): readonly string[] => [
  ...renames(operation),
  ...operation.after.values.flatMap((value, index, all) => {
    if (renamed.includes(value)) return []
    const previous = all[index - 1]
    const place =
      previous === undefined
        ? renamed[0] === undefined
          ? ''
          : ` BEFORE ${text(renamed[0])}`
        : ` AFTER ${text(previous)}`
    return [`ALTER TYPE ${nameOf(operation.after)} ADD VALUE ${text(value)}${place}`]
  }),
]

/** Values cannot be taken out of a type, nor put in another order: columns get another type of the same name. */
const anotherType = (operation: ChangeEnum, state: Schema): readonly string[] => {
  const { before, after, usedBy } = operation
  const former: EnumType = { ...before, name: `${[...before.name].slice(0, 50).join('')}__former` }
  const columns = usedBy.flatMap(({ table, column }) => {
    const found = findTable(state, table)?.columns.find(({ name }) => name === column)
    return found === undefined ? [] : [{ table, column: found }]
  })
  return [
    ...renames(operation),
    `ALTER TYPE ${nameOf(before)} RENAME TO ${quoted(former.name)}`,
    `CREATE TYPE ${nameOf(after)} AS ENUM (${after.values.map(text).join(', ')})`,
    ...columns.flatMap(({ table, column }) => {
      const alter = `${alterTable(table)} ALTER COLUMN ${quoted(column.name)}`
      const brackets = column.type.endsWith('[]') ? '[]' : ''
      const type = `${nameOf(after)}${brackets}`
      return [
        ...(column.default === null ? [] : [`${alter} DROP DEFAULT`]),
        `${alter} TYPE ${type} USING ${quoted(column.name)}::text${brackets}::${type}`,
        ...(column.default === null
          ? []
          : [`${alter} SET DEFAULT ${renamedDefault(column.default, operation)}`]),
      ]
    }),
    `DROP TYPE ${nameOf(former)}`,
  ]
}

/** A default is printed with the new name of its value. */
const renamedDefault = (sql: string, { renamedValues }: ChangeEnum): string => {
  for (const [from, to] of Object.entries(renamedValues))
    if (sql.startsWith(`${text(from)}::`)) return `${text(to)}${sql.slice(text(from).length)}`
  return sql
}
