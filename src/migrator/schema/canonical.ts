import type { Schema, Table } from './schema.js'

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

const canonicalTable = (table: Table): Table => ({
  ...table,
  uniques: [...table.uniques].sort(byName),
  indexes: [...table.indexes].sort(byName),
  foreignKeys: [...table.foreignKeys].sort(byName),
  checks: [...table.checks].sort(byName),
  exclusions: [...table.exclusions].sort(byName),
})

/** The same schema with everything whose order means nothing in the order of its name. */
export const canonicalSchema = (schema: Schema): Schema => ({
  tables: schema.tables.map(canonicalTable).sort(byName),
  enums: [...schema.enums].sort(byName),
})
