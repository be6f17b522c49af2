import { constraintText } from '../operations/describe.js'
import { isSameTypeFamily } from '../operations/type-change.js'
import { isSame } from '../schema/equal.js'
import { findByName, findTable, isSameName } from '../schema/qualified-name.js'
import type { Column, ForeignKeyConstraint, QualifiedName, Schema, Table } from '../schema/schema.js'
import { type CompareContext, ofTable } from './context.js'
import { withoutKeys } from './implied-indexes.js'
import { columnOf } from './table-changes.js'

interface Link {
  readonly owner: Table
  readonly key: ForeignKeyConstraint
}

const endsOf = ({
  owner,
  key,
}: Link): readonly { readonly table: QualifiedName; readonly column: string }[] => [
  ...key.columns.map((column) => ({ table: owner, column })),
  ...key.targetColumns.map((column) => ({ table: key.target, column })),
]

const fits = ({ owner, key }: Link, tables: readonly Table[]): boolean => {
  const target = findByName(tables, key.target)
  return key.targetColumns.every((name, at) => {
    const [one, other] = [columnOf(owner, key.columns[at] ?? ''), columnOf(target, name)]
    return one === undefined || other === undefined || isSameTypeFamily(one.type, other.type)
  })
}

/**
 * The tables with types that fit across keys, where something has to be left alone on one side: a new key is then not made, and
 * columns of one that is there keep their types.
 *
 * @param actual - The schema before.
 */
export const withFittingTypes = (
  actual: Schema,
  tables: readonly Table[],
  context: CompareContext,
): readonly Table[] => {
  const misfit = tables
    .flatMap((owner) => owner.foreignKeys.map((key) => ({ owner, key })))
    .find((link) => !fits(link, tables))
  if (misfit === undefined) return tables
  const { owner, key } = misfit
  const what = ofTable(constraintText({ type: 'foreign key', value: key }), owner)
  const isThere = findTable(actual, owner)?.foreignKeys.some((other) => isSame(other, key)) === true
  const ends = endsOf(misfit)
  const typed = (table: Table, column: Column): Column => {
    const before = columnOf(findTable(actual, table), column.name)
    if (
      before === undefined ||
      !ends.some((end) => isSameName(end.table, table) && end.column === column.name)
    )
      return column
    const { type, enumType, collation, default: value } = before
    return isSame([type, enumType], [column.type, column.enumType])
      ? column
      : { ...column, type, enumType, collation, default: value }
  }
  const reverted = tables.map((table) => ({
    ...table,
    columns: table.columns.map((column) => typed(table, column)),
  }))
  if (isThere && !isSame(reverted, tables)) {
    context.ignore(what, 'the types of its columns cannot change on one side alone')
    return withFittingTypes(actual, reverted, context)
  }
  context.ignore(what, 'the types of its columns do not fit')
  const left = tables.map((table) =>
    table === owner ? withoutKeys(table, [key], findTable(actual, table), context) : table,
  )
  return withFittingTypes(actual, left, context)
}
