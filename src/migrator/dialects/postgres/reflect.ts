import type { Reader } from '../../dialect.js'
import type { EnumType, QualifiedName, Schema, Table } from '../../schema/schema.js'
import { reflectionSql } from './catalog-sql.js'

interface CatalogRow {
  readonly kind?: 'table' | 'enum'
  readonly value?: string
}

// json_strip_nulls, which leaves out the options that are not set, would take the NULL of the current schema too.
const withNullSchema = ({ schema, name }: QualifiedName): QualifiedName => ({
  schema: schema === '' ? null : schema,
  name,
})

const tableOf = (value: string): Table => {
  const table: Table = JSON.parse(value)
  const { inherits } = table.options
  if (inherits === undefined) return table
  return { ...table, options: { ...table.options, inherits: inherits.map(withNullSchema) } }
}

/**
 * Everything in some schemas, by one message to the server.
 *
 * @param schemas - Default: the current one.
 */
export const reflectPostgres = async (
  reader: Reader,
  schemas: readonly string[] | undefined,
): Promise<Schema> => {
  const rows = await reader.select<CatalogRow>(reflectionSql(schemas))
  const tables: Table[] = []
  const enums: EnumType[] = []
  for (const { kind, value = '' } of rows) {
    if (kind === 'table') tables.push(tableOf(value))
    else if (kind === 'enum') enums.push(JSON.parse(value))
  }
  return { tables, enums }
}
