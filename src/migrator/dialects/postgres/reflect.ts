import type { Reader } from '../../dialect.js'
import type { EnumType, QualifiedName, Schema, Table } from '../../schema/schema.js'
import { reflectionSql } from './catalog-sql.js'
import { canonicalExpression } from './expression.js'
import { isNullDefault } from './null-default.js'

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
  const { columns, indexes, checks, options } = table
  return {
    ...table,
    columns: columns.map((column) =>
      column.generated === null
        ? isNullDefault(column.default)
          ? { ...column, default: null }
          : column
        : {
            ...column,
            generated: {
              ...column.generated,
              expression: canonicalExpression(column.generated.expression),
            },
          },
    ),
    indexes: indexes.map((index) => ({
      ...index,
      where: index.where === null ? null : canonicalExpression(index.where),
      parts: index.parts.map((part) =>
        part.kind === 'column' ? part : { ...part, expression: canonicalExpression(part.expression) },
      ),
    })),
    checks: checks.map((check) => ({ ...check, expression: canonicalExpression(check.expression) })),
    options:
      options.inherits === undefined
        ? options
        : { ...options, inherits: options.inherits.map(withNullSchema) },
  }
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
