import type { QualifiedName, Schema } from './schema.js'

/** Something that a filter decides about. */
export interface SchemaObject extends QualifiedName {
  /** What it is. */
  readonly kind: 'table' | 'enum'
}

/** Says of each object whether it belongs to the schema that is asked for. */
export type IncludeFilter = (object: SchemaObject) => boolean

const OWN_TABLES: ReadonlySet<string> = new Set(['sm2kit_revisions', 'sm2kit_revisions_journal'])

/** The filter when none is given: everything but the migrator's own two tables, by their default names. */
export const includeByDefault: IncludeFilter = ({ kind, name }) => !(kind === 'table' && OWN_TABLES.has(name))

/** The part of a schema that a filter wants. */
export const filterSchema = (schema: Schema, include: IncludeFilter): Schema => ({
  tables: schema.tables.filter(({ schema: owner, name }) => include({ kind: 'table', schema: owner, name })),
  enums: schema.enums.filter(({ schema: owner, name }) => include({ kind: 'enum', schema: owner, name })),
})
