import type { EnumFacts } from './enum-facts.js'
import { type Names, sqlText } from './names.js'

type Mapping = ReadonlyMap<string, string | null>

const valueSql = (value: string | null): string => (value === null ? 'NULL' : sqlText(value))

/** What becomes of the values of a column: only text in between, so that no value has to be in both types. */
const usingSql = (id: string, isArray: boolean, type: string, map: Mapping): string => {
  if (isArray) {
    // A subquery is not allowed here. What is mapped to is never mapped itself.
    const replaced = [...map].reduce(
      (sql, [from, to]) => `array_replace(${sql}, ${sqlText(from)}, ${valueSql(to)})`,
      `${id}::text[]`,
    )
    return `${replaced}::${type}[]`
  }
  if (map.size === 0) return `${id}::text::${type}`
  const cases = [...map].map(([from, to]) => `WHEN ${sqlText(from)} THEN ${valueSql(to)}`)
  return `(CASE ${id}::text ${cases.join(' ')} ELSE ${id}::text END)::${type}`
}

/**
 * A type with these values in the place of the former one, in every column that is made of it. What has the type in an
 * expression is dropped before and made again after, by its own text: the new type has the former one's name.
 *
 * @param defaults - Of the columns, in their order.
 */
export const swapStatements = (
  names: Names,
  facts: EnumFacts,
  values: readonly string[],
  map: Mapping,
  defaults: readonly (string | null)[],
): readonly string[] => {
  const { schemaSql, name, oid, columns, dependents, comment } = facts
  const type = `${schemaSql}.${quoted(name)}`
  const former = `${schemaSql}.${quoted(`sm2kit_former_${oid}`)}`
  const tables = [...new Set(columns.map(({ table }) => table))]
  return [
    ...dependents.map(({ drop }) => drop),
    `ALTER TYPE ${type} RENAME TO ${quoted(`sm2kit_former_${oid}`)}`,
    `CREATE TYPE ${type} AS ENUM (${values.map(sqlText).join(', ')})`,
    ...tables.map((table) => {
      const actions = columns
        .filter((column) => column.table === table)
        .flatMap((column) => {
          const id = names.id(column.column)
          const byDefault = defaults[columns.indexOf(column)] ?? null
          return [
            ...(column.default === null ? [] : [`ALTER COLUMN ${id} DROP DEFAULT`]),
            `ALTER COLUMN ${id} TYPE ${type}${column.isArray ? '[]' : ''} USING ${usingSql(id, column.isArray, type, map)}`,
            ...(byDefault === null ? [] : [`ALTER COLUMN ${id} SET DEFAULT ${byDefault}`]),
          ]
        })
      return `ALTER TABLE ${table} ${actions.join(', ')}`
    }),
    ...[...dependents].reverse().flatMap(({ make }) => make),
    ...(comment === null ? [] : [`COMMENT ON TYPE ${type} IS ${sqlText(comment)}`]),
    `DROP TYPE ${former}`,
  ]
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
