import { refuseBrokenRows } from './broken-rows.js'
import type { Rewriting } from './rewriting.js'
import { type CreateTable, printCreateTable } from './sql-text/create-table.js'
import {
  columnOf,
  hasRowidKey,
  isGenerated,
  storageOf,
  withName,
  withoutReferencesAndChecks,
} from './sql-text/edit.js'
import { namesOfIndex } from './sql-text/names-of.js'
import { foldName, isSameName, quoteName, quoteText } from './sql-text/tokens.js'
import { objectsOf, type Statements, type StoredTable } from './stored-table.js'
import { compareAfterwards, lookBefore } from './verify.js'

/**
 * Gives a table another definition and keeps everything else, inside the transaction that is open, foreign keys on or off.
 * A change that stored rows do not notice is an edit of the stored text; any other one copies the rows into a new table
 * that takes the place of the old one. docs/sqlite.md describes both, step by step.
 *
 * @throws MigratorError `UNSAFE_OPERATION` when rows break the new definition, or something would be lost.
 * @see https://www.sqlite.org/lang_altertable.html#making_other_kinds_of_table_schema_changes
 */
export const rewriteTable = async (statements: Statements, rewriting: Rewriting): Promise<void> => {
  const { table, definition, droppedIndexes } = rewriting
  const text = printCreateTable(definition)
  if (text === table.sql && droppedIndexes.length === 0) return
  // By then the step may have filled them: a plan looks at no rows.
  if (!statements.isCollected) await refuseBrokenRows(statements, rewriting)
  const before = await lookBefore(statements, rewriting)
  if (storageOf(definition) === storageOf(table.definition) && droppedIndexes.length === 0) {
    await editTexts(statements, [{ name: table.name, sql: text }])
  } else await rebuild(statements, rewriting, text)
  if (!statements.isCollected) await compareAfterwards(statements, rewriting, before)
}

const rebuild = async (statements: Statements, rewriting: Rewriting, text: string): Promise<void> => {
  const { table, definition, droppedIndexes } = rewriting
  const name = quoteName(table.name)
  const created = freeName(table, 'new')
  const former = freeName(table, 'old')
  const sequence = await readSequence(statements, table)

  // Keys and checks are put back by their text: here they would test rows that were there before, and count violations twice.
  await statements.run(printCreateTable(withName(withoutReferencesAndChecks(definition), created)))
  await statements.run(copyStatement(table, definition, created))
  // What names the table in its own texts would stand in the way of the renaming; all of it is made again. The other
  // indexes go with the table, and the statistics of ANALYZE then stay.
  for (const trigger of objectsOf(table, 'trigger'))
    await statements.run(`DROP TRIGGER ${quoteName(trigger.name)}`)
  for (const index of objectsOf(table, 'index'))
    if (namesOfIndex(index.sql).has(foldName(table.name)))
      await statements.run(`DROP INDEX ${quoteName(index.name)}`)
  const bare = withoutReferencesAndChecks(table.definition)
  await editTexts(statements, [{ name: table.name, sql: printCreateTable(bare) }])
  await withLegacyRename(statements, async () => {
    // Views and triggers keep their texts; with foreign keys on, the keys of other tables follow the former table for a moment.
    await statements.run(`ALTER TABLE ${name} RENAME TO ${quoteName(former)}`)
    await statements.run(`ALTER TABLE ${quoteName(created)} RENAME TO ${name}`)
  })
  const children = table.objects.filter(
    (object) =>
      object.type === 'table' &&
      !isSameName(object.name, table.name) &&
      table.references.some((key) => isSameName(key.table, object.name)),
  )
  await editTexts(statements, [
    { name: table.name, sql: text },
    ...children.map((child) => ({ name: child.name, sql: child.sql ?? '' })),
  ])
  // Nothing refers to it and it refers to nothing: no action of a foreign key takes place.
  await statements.run(`DROP TABLE ${quoteName(former)}`)
  if (sequence !== undefined && isCounting(definition)) await writeSequence(statements, table.name, sequence)
  for (const index of objectsOf(table, 'index'))
    if (!droppedIndexes.some((gone) => isSameName(gone, index.name))) await statements.run(index.sql)
  for (const trigger of objectsOf(table, 'trigger')) await statements.run(trigger.sql)
}

/** The rows of the old table into the new one, under the same row numbers. */
const copyStatement = (
  { name, definition: before }: StoredTable,
  after: CreateTable,
  created: string,
): string => {
  const into = `INSERT OR ABORT INTO ${quoteName(created)}`
  const from = `FROM ${quoteName(name)}`
  const kept = after.columns.filter(
    (column) => !isGenerated(column) && columnOf(before, column.name) !== undefined,
  )
  const isWhole =
    kept.length === after.columns.length &&
    kept.length === before.columns.length &&
    kept.every((column, index) => isSameName(column.name, before.columns[index]?.name ?? ''))
  const hasOwnKey = (table: CreateTable): boolean => table.isWithoutRowid || hasRowidKey(table)
  // SQLite copies whole rows, undecoded, where it is written like this and the columns allow it.
  if (isWhole && hasOwnKey(before) && hasOwnKey(after) && !before.columns.some(isGenerated))
    return `${into} SELECT * ${from}`
  const isTaken = (alias: string): boolean =>
    columnOf(before, alias) !== undefined || columnOf(after, alias) !== undefined
  const rowid = ['rowid', '_rowid_', 'oid'].find((alias) => !isTaken(alias))
  const keepsNumbers = !before.isWithoutRowid && !hasOwnKey(after) && rowid !== undefined
  const columns = [...(keepsNumbers ? [rowid] : []), ...kept.map((column) => quoteName(column.name))].join(
    ', ',
  )
  return `${into} (${columns}) SELECT ${columns} ${from}`
}

/**
 * Writes stored texts. SQLite's manual allows it for what does not change how rows are stored.
 * https://www.sqlite.org/lang_altertable.html#otheralter
 */
export const editTexts = async (
  statements: Statements,
  texts: readonly { readonly name: string; readonly sql: string }[],
): Promise<void> => {
  const [row] = await statements.select<{ schema_version: number }>('PRAGMA schema_version')
  await statements.run('PRAGMA writable_schema = ON')
  try {
    for (const { name, sql } of texts) {
      await statements.run(
        `UPDATE sqlite_schema SET sql = ${quoteText(sql)} WHERE type = 'table' AND name = ${quoteText(name)}`,
      )
    }
  } finally {
    // Reads the schema again, and is OFF too.
    await statements.run('PRAGMA writable_schema = RESET')
  }
  // Other connections read it again as well, and a rollback undoes what this one has read.
  await statements.run(`PRAGMA schema_version = ${Number(row?.schema_version ?? 0) + 1}`)
}

/** A rollback does not undo this pragma: it is put back whatever happens. */
const withLegacyRename = async (statements: Statements, work: () => Promise<void>): Promise<void> => {
  const [row] = await statements.select<{ legacy_alter_table: number }>('PRAGMA legacy_alter_table')
  await statements.run('PRAGMA legacy_alter_table = ON')
  try {
    await work()
  } finally {
    if (row?.legacy_alter_table !== 1) await statements.run('PRAGMA legacy_alter_table = OFF')
  }
}

const freeName = ({ objects }: StoredTable, purpose: string): string => {
  const taken = new Set(objects.map(({ name }) => foldName(name)))
  for (let number = 0; ; number += 1) {
    const name = `sm2kit_${purpose}_table${number === 0 ? '' : `_${number}`}`
    if (!taken.has(name)) return name
  }
}

const isCounting = (table: CreateTable): boolean =>
  [...table.constraints, ...table.columns.flatMap(({ constraints }) => constraints)].some(
    ({ isAutoincrement }) => isAutoincrement === true,
  )

const readSequence = async (
  statements: Statements,
  { name, definition }: StoredTable,
): Promise<string | undefined> => {
  if (!isCounting(definition)) return undefined
  // As a text: the driver would round what is above 2^53.
  const [row] = await statements.select<{ seq: string | null }>(
    `SELECT CAST(seq AS TEXT) AS seq FROM sqlite_sequence WHERE name = ${quoteText(name)}`,
  )
  return row?.seq ?? undefined
}

const writeSequence = async (statements: Statements, name: string, seq: string): Promise<void> => {
  const table = quoteText(name)
  await statements.run(`DELETE FROM sqlite_sequence WHERE name = ${table}`)
  await statements.run(`INSERT INTO sqlite_sequence (name, seq) VALUES (${table}, ${seq})`)
}
