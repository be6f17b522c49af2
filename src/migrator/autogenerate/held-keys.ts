import type { ComparisonTraits } from '../dialect-autogenerate.js'
import { isSameTypeFamily } from '../operations/type-change.js'
import { isSame } from '../schema/equal.js'
import type { Column, ForeignKeyConstraint, QualifiedName, Table } from '../schema/schema.js'
import { partColumns, servesKey, uniqueOver } from './standing.js'
import { columnOf, remains, type Standalone, type TableChanges } from './table-changes.js'

/** Whether a key that stands on the column is in the way of its change. */
export const holds = (before: Column, after: Column, traits: ComparisonTraits): boolean => {
  if (traits.keysMayComeFirst) return false
  if (traits.keysHoldTypes) {
    const parts = ({ type, enumType, collation, nullable, autoIncrement }: Column): readonly unknown[] => [
      ...[type, enumType, collation, nullable, autoIncrement],
    ]
    return !isSame(parts(before), parts(after))
  }
  return !isSame(before.enumType, after.enumType) || !isSameTypeFamily(before.type, after.type)
}

const isInTheWay = (
  changes: TableChanges | undefined,
  columns: readonly string[],
  traits: ComparisonTraits,
): boolean =>
  changes !== undefined &&
  columns.some((name) => {
    const before = columnOf(changes.before, name)
    const after = columnOf(changes.after, name)
    if (changes.touched.has(name)) return true
    return before !== undefined && after !== undefined && holds(before, after, traits)
  })

const serves = (object: Standalone, columns: readonly string[]): boolean => {
  if (object.type === 'index') return servesKey(object.value, columns)
  if (object.type !== 'primary key' && object.type !== 'unique') return false
  const names = partColumns(object.value.parts)
  return columns.every((column, at) => names[at] === column)
}

const hasServant = (changes: TableChanges, columns: readonly string[]): boolean =>
  [...changes.staying, ...changes.renamed.map(({ from }) => from)].some((object) => serves(object, columns))

const losesTarget = (
  target: TableChanges | undefined,
  { targetColumns }: ForeignKeyConstraint,
  isDropped: boolean,
  traits: ComparisonTraits,
): boolean => {
  if (target === undefined) return false
  if (traits.keysMayComeFirst) {
    // What a key of a kept table refers to is what the models say; a table that is dropped last would refer to nothing meanwhile.
    const unique = uniqueOver(target.before, targetColumns)
    return isDropped && unique.every((object) => object.type !== 'foreign key' && !remains(target, object))
  }
  if (traits.keysMakeIndexes) return !hasServant(target, targetColumns)
  // Which of several equal keys the engine has chosen is not known.
  return uniqueOver(target.before, targetColumns).some(
    (object) => object.type !== 'foreign key' && !remains(target, object),
  )
}

/** Whether what a key of a dropped table refers to becomes unique once more: on the way back the key could come to stand on that. */
const gainsTarget = (
  target: TableChanges | undefined,
  { targetColumns }: ForeignKeyConstraint,
  traits: ComparisonTraits,
): boolean =>
  target !== undefined &&
  !traits.keysMayComeFirst &&
  !traits.keysMakeIndexes &&
  uniqueOver(target.after, targetColumns).some(
    (object) => !target.staying.some((other) => isSame(other, object)),
  )

/**
 * Whether a key has to be away while the tables change: a column of it goes or changes, or what it refers to, or the index
 * that it needs.
 *
 * @param table - Its table, as it is before.
 * @param changesTo - What a table goes through, undefined for one that does not remain.
 * @param isDropped - Whether the table is dropped in the end.
 */
export const isHeld = (
  key: ForeignKeyConstraint,
  table: Table,
  changesTo: (table: QualifiedName) => TableChanges | undefined,
  isDropped: boolean,
  traits: ComparisonTraits,
): boolean => {
  const own = changesTo(table)
  const target = changesTo(key.target)
  return (
    isInTheWay(own, key.columns, traits) ||
    isInTheWay(target, key.targetColumns, traits) ||
    losesTarget(target, key, isDropped, traits) ||
    (own === undefined && gainsTarget(target, key, traits)) ||
    (traits.keysMakeIndexes && own !== undefined && !hasServant(own, key.columns))
  )
}
