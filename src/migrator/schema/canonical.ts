import type { Schema, Table } from './schema.js'
import { TABLE_LISTS } from './table-lists.js'

/** Compares by code unit: the same order on every machine, whatever its language. */
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

interface Named {
  readonly schema?: string | null
  readonly name: string | null
}

/** By schema, then by name, those without one last; what has the same name, or none, by everything else it says. */
const byName = (a: Named, b: Named): number =>
  byText(a.schema ?? '', b.schema ?? '') ||
  Number(a.name === null) - Number(b.name === null) ||
  byText(a.name ?? '', b.name ?? '') ||
  byText(JSON.stringify(a), JSON.stringify(b))

/** A list that is in order already is given back as it is. */
const sorted = <Value extends Named>(values: readonly Value[]): readonly Value[] =>
  values.every((value, at) => at === 0 || byName(values[at - 1] as Value, value) <= 0)
    ? values
    : [...values].sort(byName)

/** The table with its lists in order; the very same one where they are. */
export const canonicalTable = (table: Table): Table => {
  const lists = {
    uniques: sorted(table.uniques),
    indexes: sorted(table.indexes),
    foreignKeys: sorted(table.foreignKeys),
    checks: sorted(table.checks),
    exclusions: sorted(table.exclusions),
  }
  const isInOrder = TABLE_LISTS.every((list) => lists[list] === table[list])
  return isInOrder ? table : { ...table, ...lists }
}

/** The same schema with everything whose order means nothing in the order of its name; tables that are so remain the same objects. */
export const canonicalSchema = (schema: Schema): Schema => ({
  tables: sorted(schema.tables.map(canonicalTable)),
  enums: sorted(schema.enums),
})
