import type { ComparisonTraits } from '../dialect-autogenerate.js'
import { mentions } from '../operations/sql-names.js'
import { isSame } from '../schema/equal.js'
import { findTable, nameOf } from '../schema/qualified-name.js'
import type { Column, Schema, Table } from '../schema/schema.js'
import { partColumns, servesKey } from './standing.js'
import { columnOf, type TableChanges } from './table-changes.js'
import type { Worksheet } from './worksheet.js'

/** The column in front of another one, where it has to be told: the last one needs no telling. */
const placeOf = ({ columns }: Table, name: string): { readonly after?: string | null } => {
  const at = columns.findIndex((column) => column.name === name)
  return at === columns.length - 1 ? {} : { after: columns[at - 1]?.name ?? null }
}

const remove = (sheet: Worksheet, table: Table, name: string): void => {
  const now = sheet.table(table)
  const column = columnOf(now, name)
  if (now === undefined || column === undefined) return
  sheet.add({ kind: 'removeColumn', table: nameOf(table), column, ...placeOf(now, name) })
}

const change = (sheet: Worksheet, table: Table, name: string, to: (now: Column) => Column): void => {
  const before = columnOf(sheet.table(table), name)
  if (before === undefined) return
  const after = to(before)
  if (!isSame(before, after)) sheet.add({ kind: 'changeColumn', table: nameOf(table), before, after })
}

const isNumbered = ({ autoIncrement }: Column): boolean => autoIncrement?.kind === 'autoincrement'

const unnumbered = (column: Column): Column =>
  isNumbered(column) ? { ...column, autoIncrement: null } : column

/** Whether a column that the engine numbers is in a key at every moment, as it must be. */
const staysKeyed = ({ staying }: TableChanges, name: string, traits: ComparisonTraits): boolean =>
  staying.some((object) => {
    if (object.type === 'primary key') return partColumns(object.value.parts)[0] === name
    return traits.uniquesAreIndexes && object.type === 'index' && servesKey(object.value, [name])
  })

/** A column whose key goes is not numbered by the engine for a while. */
export const stopNumbering = (
  sheet: Worksheet,
  changes: readonly TableChanges[],
  traits: ComparisonTraits,
): void => {
  for (const one of changes)
    for (const column of one.before.columns)
      if (isNumbered(column) && !staysKeyed(one, column.name, traits))
        change(sheet, one.before, column.name, unnumbered)
}

/** Columns whose keys are there by now are numbered by the engine again, or for the first time. */
export const numberRows = (sheet: Worksheet, changes: readonly TableChanges[]): void => {
  for (const { after } of changes)
    for (const column of after.columns)
      if (isNumbered(column)) change(sheet, after, column.name, () => column)
}

/** Computed columns, each after those that it is computed from. */
const byComputation = (columns: readonly Column[]): readonly Column[] => {
  const ordered: Column[] = []
  let left = columns.filter(({ generated }) => generated !== null)
  while (left.length > 0) {
    const isFree = (column: Column): boolean =>
      left.every((other) => other === column || !mentions(column.generated?.expression ?? '', other.name))
    const next = left.find(isFree) ?? left[0]
    if (next === undefined) break
    ordered.push(next)
    left = left.filter((column) => column !== next)
  }
  return ordered
}

/** Computed columns go before those that they are computed from; those that are to be computed go too. */
export const removeComputedColumns = (sheet: Worksheet, changes: readonly TableChanges[]): void => {
  for (const { before, touched, rewritten } of changes) {
    for (const { name } of byComputation(before.columns).toReversed())
      if (touched.has(name)) remove(sheet, before, name)
    for (const name of rewritten) remove(sheet, before, name)
  }
}

/** Adds the new columns that hold values of their own. */
export const addColumns = (sheet: Worksheet, changes: readonly TableChanges[]): void => {
  for (const { before, after } of changes)
    for (const column of after.columns)
      if (column.generated === null && columnOf(before, column.name) === undefined)
        sheet.add({ kind: 'addColumn', table: nameOf(after), column: unnumbered(column) })
}

/** Changes columns in place. */
export const changeColumns = (
  sheet: Worksheet,
  changes: readonly TableChanges[],
  traits: ComparisonTraits,
): void => {
  for (const one of changes)
    for (const column of one.after.columns)
      if (columnOf(one.before, column.name) !== undefined && !one.rewritten.has(column.name))
        change(sheet, one.after, column.name, () =>
          staysKeyed(one, column.name, traits) ? column : unnumbered(column),
        )
}

/** Adds the computed columns, new or made anew: what they are computed from is there. */
export const addComputedColumns = (
  sheet: Worksheet,
  from: Schema,
  changes: readonly TableChanges[],
): void => {
  for (const { after } of changes)
    for (const column of byComputation(after.columns)) {
      const now = sheet.table(after)
      if (now === undefined || columnOf(now, column.name) !== undefined) continue
      const before = findTable(from, after)
      const place =
        before === undefined || columnOf(before, column.name) === undefined
          ? {}
          : placeOf(before, column.name)
      const isPlace = typeof place.after !== 'string' || columnOf(now, place.after) !== undefined
      sheet.add({ kind: 'addColumn', table: nameOf(after), column, ...(isPlace && place) })
    }
}

/** Removes the old columns: all that stood on them is gone. */
export const removeColumns = (sheet: Worksheet, changes: readonly TableChanges[]): void => {
  for (const { before, touched, rewritten } of changes)
    for (const { name } of before.columns)
      if (touched.has(name) && !rewritten.has(name)) remove(sheet, before, name)
}
