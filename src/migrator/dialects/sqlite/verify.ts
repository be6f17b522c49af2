import { MigratorError, messageOf } from '../../errors.js'
import { refuseUnmetChecks } from './broken-rows.js'
import { refuse } from './refusal.js'
import type { Rewriting } from './rewriting.js'
import { constraintsOf } from './sql-text/edit.js'
import { isSameName, quoteName, quoteText } from './sql-text/tokens.js'
import { readObjects, type Statements } from './stored-table.js'

/** What must be the same, or no worse, when a table has its new definition. */
export interface Before {
  /** Rows by table: the table itself and those that refer to it, with the values in the columns that do. */
  readonly counts: ReadonlyMap<string, string>
  readonly violations: ReadonlyMap<string, ReadonlyMap<string, number>>
}

/** Notes what {@link compareAfterwards} compares with. */
export const lookBefore = async (statements: Statements, rewriting: Rewriting): Promise<Before> => ({
  counts: await countRows(statements, rewriting),
  violations: await violationsOf(statements, rewriting),
})

/**
 * Compares rows, foreign keys and every other stored object with what they were.
 *
 * @throws MigratorError `UNSAFE_OPERATION`: whatever it is, the step is rolled back.
 */
export const compareAfterwards = async (
  statements: Statements,
  rewriting: Rewriting,
  before: Before,
): Promise<void> => {
  const { table, what } = rewriting
  await refuseUnmetChecks(statements, rewriting)
  for (const [name, count] of await countRows(statements, rewriting))
    if (count !== before.counts.get(name))
      throw refuse(
        what,
        table.name,
        `rows of "${name}" would be lost (${before.counts.get(name)} → ${count})`,
      )
  for (const [key, found] of await violationsOf(statements, rewriting)) {
    const known = before.violations.get(key)
    const added = [...found].filter(([row, count]) => count > (known?.get(row) ?? 0))
    const [example] = added
    if (example === undefined) continue
    const [child, parent] = JSON.parse(key) as [string, string]
    throw refuse(
      what,
      table.name,
      parent === MISMATCH
        ? `the foreign key of "${child}" would refer to no primary or unique key any more`
        : `${added.length === 1 ? '1 row' : `${added.length} rows`} of "${child}"${example[0] === 'null' ? '' : ` (such as rowid ${example[0]})`} refer to no row of "${parent}"`,
    )
  }
  await compareObjects(statements, rewriting)
}

const compareObjects = async (
  statements: Statements,
  { table, droppedIndexes, what }: Rewriting,
): Promise<void> => {
  const isOther = ({ type, name, sql }: { type: string; name: string; sql: string | null }): boolean =>
    // SQLite makes the table of its counters with the first one that needs it.
    sql !== null && !(type === 'table' && (isSameName(name, table.name) || name === 'sqlite_sequence'))
  const identity = (object: { type: string; name: string; table: string; sql: string | null }): string =>
    JSON.stringify([object.type, object.name, object.table, object.sql])
  const found = new Set((await readObjects(statements)).filter(isOther).map(identity))
  for (const object of table.objects.filter(isOther)) {
    if (found.delete(identity(object)) || droppedIndexes.some((gone) => isSameName(gone, object.name)))
      continue
    throw refuse(what, table.name, `the ${object.type} "${object.name}" would not stay as it is`)
  }
  const [extra] = found
  if (extra !== undefined) throw refuse(what, table.name, `it would leave ${extra} behind`)
}

const countRows = async (
  statements: Statements,
  { table }: Rewriting,
): Promise<ReadonlyMap<string, string>> => {
  const columns = new Map<string, string[]>([[table.name, []]])
  for (const key of table.references) {
    if (isSameName(key.table, table.name)) continue
    columns.set(key.table, [...(columns.get(key.table) ?? []), ...key.columns])
  }
  const counts = new Map<string, string>()
  for (const [name, referring] of columns) {
    const list = ['*', ...referring.map(quoteName)].map((column) => `count(${column})`).join(" || ' ' || ")
    const [row] = await statements.select<{ n: string }>(`SELECT ${list} AS n FROM ${quoteName(name)}`)
    counts.set(name, String(row?.n))
  }
  return counts
}

const MISMATCH = '*'

/** Rows that break foreign keys, by the tables of the key: those of this table, and those that refer to it. */
const violationsOf = async (
  statements: Statements,
  { table, definition }: Rewriting,
): Promise<ReadonlyMap<string, ReadonlyMap<string, number>>> => {
  const hasKeys = [table.definition, definition].some((one) =>
    constraintsOf(one).some(({ constraint }) => constraint.kind === 'foreign key'),
  )
  const names = new Set([...(hasKeys ? [table.name] : []), ...table.references.map((key) => key.table)])
  const all = new Map<string, Map<string, number>>()
  const add = (child: string, parent: string, row: string, count: number): void => {
    const key = JSON.stringify([child, parent])
    const found = all.get(key) ?? new Map<string, number>()
    all.set(key, found.set(row, (found.get(row) ?? 0) + count))
  }
  for (const name of names) {
    try {
      const rows = await statements.select<{ parent: string; row: number | null; n: number }>(
        'SELECT parent, rowid AS "row", count(*) AS n ' +
          `FROM pragma_foreign_key_check(${quoteText(name)}) GROUP BY parent, rowid`,
      )
      for (const { parent, row, n } of rows) add(name, parent, String(row), Number(n))
    } catch (error) {
      if (error instanceof MigratorError || !messageOf(error).includes('foreign key mismatch')) throw error
      add(name, MISMATCH, 'mismatch', 1)
    }
  }
  return all
}
