import { findTable } from '../schema/qualified-name.js'
import type { Column, Schema, Table } from '../schema/schema.js'
import { isUnfilled } from './hazards.js'
import { invert } from './invert.js'
import type { Operation } from './operation.js'
import { mentions } from './sql-names.js'

/** What stands for nothing in a type, by the engines' names of it; the first that fits counts. */
const NEUTRAL: readonly (readonly [RegExp, unknown])[] = [
  [/\]$|^jsonb?\b/u, '{}'],
  [/range$/u, 'empty'],
  [/^(?:tinyint\(1\)|bool)/u, false],
  [/^(?:(?:tiny|small|medium|big)?int(?:eger)?\b|numeric|decimal|real|double|float|number)/u, 0],
  [/^(?:timestamp|datetime)/u, '1970-01-01 00:00:00'],
  [/^date\b/u, '1970-01-01'],
  [/^time\b/u, '00:00:00'],
  [/^uuid\b/u, '00000000-0000-0000-0000-000000000000'],
  [/^(?:inet|cidr)$/u, '0.0.0.0'],
  [/^macaddr/u, '00:00:00:00:00:00'],
  [/char|text|clob|blob|binary|^bytea$|^tsvector$/u, ''],
]

const enumValuesOf = ({ type, enumType }: Column, { enums }: Schema): readonly string[] => {
  if (enumType !== null)
    return (
      enums.find(({ schema, name }) => schema === enumType.schema && name === enumType.name)?.values ?? []
    )
  const [, first] = /^enum\('((?:[^']|'')*)'/iu.exec(type) ?? []
  return first === undefined ? [] : [first.replaceAll("''", "'")]
}

/** Whether equal values in all rows could be refused: something is unique in the column, refers from it, or checks it. */
const isParticular = (table: Table, column: string): boolean =>
  [table.primaryKey, ...table.uniques].some((key) => key?.parts.some((part) => part.column === column)) ||
  table.indexes.some(
    ({ unique, parts }) => unique && parts.some((part) => part.kind === 'column' && part.column === column),
  ) ||
  table.foreignKeys.some(({ columns }) => columns.includes(column)) ||
  table.checks.some((check) => check.column !== column && mentions(check.expression, column))

/** What a column can hold that says nothing; undefined where only the author can tell. */
const neutralValue = (column: Column, table: Table | undefined, schema: Schema): unknown => {
  if (table === undefined || isParticular(table, column.name)) return undefined
  if (column.enumType !== null || /^enum\(/iu.test(column.type))
    return column.type.endsWith(']') ? '{}' : enumValuesOf(column, schema)[0]
  const type = column.type.toLowerCase()
  return NEUTRAL.find(([pattern]) => pattern.test(type))?.[1]
}

/** Whether the column is in something unique that takes any number of NULLs. */
const isUnique = (table: Table, column: string): boolean =>
  table.uniques.some(
    ({ nullsDistinct, parts }) => nullsDistinct && parts.some((part) => part.column === column),
  ) ||
  table.indexes.some(
    ({ unique, nullsDistinct, parts }) =>
      unique && nullsDistinct && parts.some((part) => part.kind === 'column' && part.column === column),
  )

/** Whether a column that comes back would have its default in all rows, and be refused as unique for it. */
const wouldRepeat = (column: Column, table: Table | undefined): boolean =>
  column.nullable &&
  column.default !== null &&
  column.autoIncrement === null &&
  table !== undefined &&
  isUnique(table, column.name)

/**
 * What takes operations back, the last one first. What the rows of a column held is lost, and a column that comes back holds something
 * else:
 *
 * - A required one without a default that had rows, a value that says nothing: no engine adds such a column to a table with rows as it was.
 * - One that may be NULL, has a default and is unique, NULL: it gets its default when it is there.
 *
 * @param before - The database before the operations.
 */
export const takeBack = (operations: readonly Operation[], before: Schema): readonly Operation[] =>
  operations.toReversed().flatMap((operation): readonly Operation[] => {
    const back = invert(operation)
    if (operation.kind !== 'removeColumn' || back.kind !== 'addColumn') return [back]
    const { table, column } = back
    if (wouldRepeat(column, findTable(before, table))) {
      const empty: Column = { ...column, default: null }
      return [
        { ...back, column: empty },
        { kind: 'changeColumn', table, before: empty, after: column, hazards: [] },
      ]
    }
    if (!isUnfilled(column)) return [back]
    const hadRows = operation.hazards.some(({ rule, rows }) => rule === 'drop-column' && (rows ?? 0) > 0)
    if (!hadRows) return [back]
    return [{ ...back, needsFill: true, fillWith: neutralValue(column, findTable(before, table), before) }]
  })
