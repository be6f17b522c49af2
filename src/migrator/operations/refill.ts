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

/**
 * What takes operations back, the last one first. A required column without a default that had rows comes back with a value that
 * says nothing in it: what they held is lost, and no engine adds such a column to a table with rows as it was.
 *
 * @param before - The database before the operations.
 */
export const takeBack = (operations: readonly Operation[], before: Schema): readonly Operation[] =>
  operations
    .map((operation): Operation => {
      const back = invert(operation)
      if (operation.kind !== 'removeColumn' || back.kind !== 'addColumn' || !isUnfilled(back.column))
        return back
      const hadRows = operation.hazards.some(({ rule, rows }) => rule === 'drop-column' && (rows ?? 0) > 0)
      if (!hadRows) return back
      const fillWith = neutralValue(back.column, findTable(before, back.table), before)
      return { ...back, needsFill: true, fillWith }
    })
    .reverse()
