import type { Copying } from '../dialect-copy.js'
import type { Reader } from '../dialect-session.js'
import type { RowQuestion } from '../operations/row-questions.js'
import { selectWith } from '../runtime/session.js'
import { canonicalSchema } from '../schema/canonical.js'
import { isSame } from '../schema/equal.js'
import type { QualifiedName, Schema, Table } from '../schema/schema.js'
import type { CommandContext } from './context.js'
import { countRows } from './count-rows.js'
import type { RehearsedRows } from './rehearsal.js'

type Question = Pick<RowQuestion, 'table' | 'condition'>

/** A copy at a moment: what it looks like, and how many rows its tables have. */
export interface Look {
  readonly schema: Schema
  /** By the table's name for people. */
  readonly rows: ReadonlyMap<string, number>
}

/** A table's name for people. */
export const nameOf = ({ schema, name }: QualifiedName): string =>
  schema === null ? name : `${schema}.${name}`

const readerOf = ({ config }: CommandContext): Reader => ({
  select: (sql) => selectWith(config.sequelize, sql, null),
})

/** Everything but the migrator's own tables, and the order of columns, which not every engine can give back. */
export const lookAt = async (context: CommandContext): Promise<Look> => {
  const { dialect, tables: own } = context.table
  const reader = readerOf(context)
  const schemas = dialect.capabilities.schemas ? await schemasOf(reader) : undefined
  const all = canonicalSchema(await dialect.reflect(reader, schemas))
  const isOwn = (table: Table): boolean =>
    own.some(({ schema, name }) => name === table.name && (table.schema === null || table.schema === schema))
  const tables = all.tables.filter((table) => !isOwn(table)).map(withSortedColumns)
  const questions = tables.map((table): Question => ({ table, condition: { kind: 'all' } }))
  const counts = await countRows(context.config.sequelize, questions)
  const rows = tables.map((table, index): [string, number] => [nameOf(table), counts[index] ?? 0])
  return { schema: { ...all, tables }, rows: new Map(rows) }
}

const schemasOf = async (reader: Reader): Promise<readonly string[]> => {
  const rows = await reader.select<{ name: string }>(
    "SELECT schema_name AS name FROM information_schema.schemata WHERE schema_name <> 'information_schema' AND schema_name NOT LIKE 'pg\\_%'",
  )
  return rows.map(({ name }) => name)
}

const withSortedColumns = (table: Table): Table => ({
  ...table,
  columns: [...table.columns].sort((one, other) => (one.name < other.name ? -1 : 1)),
})

/** The rows of every table before and after. */
export const rowsBetween = (before: Look, after: Look): readonly RehearsedRows[] =>
  [...new Set([...before.rows.keys(), ...after.rows.keys()])].sort().map((table) => ({
    table,
    before: before.rows.get(table) ?? null,
    after: after.rows.get(table) ?? null,
  }))

/** What differs between two schemas, in words; empty where they are the same. */
export const differencesOf = (wanted: Schema, found: Schema): readonly string[] => {
  const missing = wanted.tables
    .filter((table) => !find(found, table))
    .map((table) => `the table "${nameOf(table)}" is missing`)
  const left = found.tables
    .filter((table) => !find(wanted, table))
    .map((table) => `the table "${nameOf(table)}" is left`)
  const changed = wanted.tables.flatMap((table) => {
    const other = find(found, table)
    return other === undefined ? [] : partsThatDiffer(table, other)
  })
  const enums = isSame(wanted.enums, found.enums) ? [] : ['the enum types are not what they were']
  return [...missing, ...left, ...changed, ...enums]
}

const find = ({ tables }: Schema, { schema, name }: QualifiedName): Table | undefined =>
  tables.find((table) => table.schema === schema && table.name === name)

const partsThatDiffer = (wanted: Table, found: Table): readonly string[] => {
  const columns = wanted.columns.flatMap((column) => {
    const other = found.columns.find(({ name }) => name === column.name)
    const called = `the column "${nameOf(wanted)}.${column.name}"`
    if (other === undefined) return [`${called} is missing`]
    const parts = (Object.keys(column) as (keyof typeof column)[]).filter(
      (key) => !isSame(column[key], other[key]),
    )
    return parts.length === 0 ? [] : [`${called} has another ${parts.join(', ')}`]
  })
  const left = found.columns
    .filter(({ name }) => !wanted.columns.some((column) => column.name === name))
    .map(({ name }) => `the column "${nameOf(wanted)}.${name}" is left`)
  const rest = (Object.keys(wanted) as (keyof Table)[])
    .filter((key) => key !== 'columns' && !isSame(wanted[key], found[key]))
    .map(
      (key) =>
        `the ${PARTS[key] ?? key} of "${nameOf(wanted)}" ${key.endsWith('s') ? 'are' : 'is'} not what ${key.endsWith('s') ? 'they were' : 'it was'}`,
    )
  return [...columns, ...left, ...rest]
}

const PARTS: Partial<Record<keyof Table, string>> = {
  primaryKey: 'primary key',
  foreignKeys: 'foreign keys',
  uniques: 'unique constraints',
}

/** By table and column: digests of values. */
export type Digests = ReadonlyMap<string, ReadonlyMap<string, string>>

/** Digests of all columns of all tables. */
export const digestsOf = async (
  context: CommandContext,
  copying: Copying,
  { schema }: Look,
  checkpoint: () => void,
): Promise<Digests> => {
  const digests = new Map<string, ReadonlyMap<string, string>>()
  for (const table of schema.tables) {
    checkpoint()
    digests.set(nameOf(table), await copying.digests(readerOf(context), table))
  }
  return digests
}

/** Whether a column is in a look: one that was away in between cannot have its values again. */
export const hasColumn = ({ schema }: Look, table: string, column: string): boolean =>
  schema.tables.some((one) => nameOf(one) === table && one.columns.some(({ name }) => name === column))

/** Rows whose keys point to nothing, by the key in words. */
export const orphansOf = async (
  context: CommandContext,
  { schema }: Look,
): Promise<ReadonlyMap<string, number>> => {
  const keys = schema.tables.flatMap((table) => table.foreignKeys.map((key) => ({ table, key })))
  const questions = keys.map(
    ({ table, key }): Question => ({
      table,
      condition: {
        kind: 'orphans',
        columns: key.columns,
        target: key.target,
        targetColumns: key.targetColumns,
      },
    }),
  )
  const counts = await countRows(context.config.sequelize, questions)
  const found = keys.map(({ table, key }, index): [string, number] => [
    `${nameOf(table)} (${key.columns.join(', ')}) → ${nameOf(key.target)}`,
    counts[index] ?? 0,
  ])
  return new Map(found)
}
