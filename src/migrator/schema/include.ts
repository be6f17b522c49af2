import type { QualifiedName, Schema, Table } from './schema.js'
import { TABLE_LISTS } from './table-lists.js'

/** Something that a filter decides about. */
export interface SchemaObject extends QualifiedName {
  /** What it is. */
  readonly kind: 'table' | 'enum' | 'column' | 'index' | 'constraint'
  /** Its own; empty for a constraint that has none. */
  readonly name: string
  /** The table that a column, an index or a constraint belongs to. */
  readonly table?: QualifiedName
  /** What a constraint is. */
  readonly constraint?: 'unique' | 'foreign key' | 'check' | 'exclusion'
  /** The columns of an index, a unique constraint or a foreign key; expressions are not among them. */
  readonly columns?: readonly string[]
}

/** Says of each object whether it belongs to the schema that is asked for. */
export type IncludeFilter = (object: SchemaObject) => boolean

const OWN_TABLES: ReadonlySet<string> = new Set(['sm2kit_revisions', 'sm2kit_revisions_journal'])

/** The filter when none is given: everything but the migrator's own two tables, by their default names. */
export const includeByDefault: IncludeFilter = ({ kind, name }) => !(kind === 'table' && OWN_TABLES.has(name))

/** The part of a schema that a filter wants. What stands on a column that it does not want goes with the column. */
export const filterSchema = (schema: Schema, include: IncludeFilter): Schema =>
  filterParts(filterTables(schema, include), include, () => true)

/** The schema with those of its tables that a filter wants, whole. */
export const filterTables = (schema: Schema, include: IncludeFilter): Schema => ({
  ...schema,
  tables: schema.tables.filter(({ schema: owner, name }) => include({ kind: 'table', schema: owner, name })),
})

/**
 * The schema with all its tables, and of some of them and of the enum types what a filter wants. Tables of which it wants everything
 * remain the same objects.
 */
export const filterParts = (
  schema: Schema,
  include: IncludeFilter,
  isFiltered: (table: QualifiedName) => boolean,
): Schema => ({
  tables: schema.tables.map((table) => (isFiltered(table) ? filterTable(table, include) : table)),
  enums: schema.enums.filter(({ schema: owner, name }) => include({ kind: 'enum', schema: owner, name })),
})

const filterTable = (whole: Table, include: IncludeFilter): Table => {
  const table: QualifiedName = { schema: whole.schema, name: whole.name }
  const wants = (object: Omit<SchemaObject, 'schema' | 'table'>): boolean =>
    include({ ...object, schema: whole.schema, table })
  const columns = whole.columns.filter(({ name }) => wants({ kind: 'column', name }))
  const isWhole = columns.length === whole.columns.length
  const left = new Set(columns.map(({ name }) => name))
  const wantsOn = (
    object: Pick<SchemaObject, 'kind' | 'constraint'> & { readonly name: string | null },
    on: readonly string[],
  ): boolean =>
    (isWhole || on.every((name) => left.has(name))) &&
    wants({ ...object, name: object.name ?? '', columns: on })
  const filtered: Table = {
    ...whole,
    columns,
    primaryKey:
      whole.primaryKey?.parts.every(({ column }) => left.has(column)) === true ? whole.primaryKey : null,
    uniques: whole.uniques.filter(({ name, parts }) =>
      wantsOn(
        { kind: 'constraint', constraint: 'unique', name },
        parts.map(({ column }) => column),
      ),
    ),
    indexes: whole.indexes.filter(({ name, parts }) =>
      wantsOn(
        { kind: 'index', name },
        parts.flatMap((part) => (part.kind === 'column' ? [part.column] : [])),
      ),
    ),
    foreignKeys: whole.foreignKeys.filter(({ name, columns: on }) =>
      wantsOn({ kind: 'constraint', constraint: 'foreign key', name }, on),
    ),
    checks: whole.checks.filter(({ name }) =>
      wants({ kind: 'constraint', constraint: 'check', name: name ?? '' }),
    ),
    exclusions: whole.exclusions.filter(({ name }) =>
      wants({ kind: 'constraint', constraint: 'exclusion', name }),
    ),
  }
  const isAll = isWhole && TABLE_LISTS.every((list) => filtered[list].length === whole[list].length)
  return isAll ? whole : filtered
}
