import { MigratorError } from '../../errors.js'
import { NoSuchTable } from './refusal.js'
import { type CreateTable, parseCreateTable } from './sql-text/create-table.js'
import { foldName, isSameName, quoteText } from './sql-text/tokens.js'

/** Sends statements in the step. */
export interface Statements {
  run(sql: string): Promise<void>
  select<Row extends object>(sql: string): Promise<readonly Row[]>
  /** The statements are collected and not run: what they would do cannot be looked at. */
  readonly isCollected: boolean
  /** Texts of tables that the collected statements of the step have changed, by name in small letters. */
  readonly planned?: Map<string, string>
}

/** A row of `sqlite_schema`. */
export interface StoredObject {
  readonly type: 'table' | 'index' | 'trigger' | 'view'
  readonly name: string
  readonly table: string
  /** Null: what belongs to a constraint. */
  readonly sql: string | null
}

/** A foreign key that refers to a table. */
export interface ReferencingKey {
  readonly table: string
  readonly columns: readonly string[]
  /** Empty: the primary key. */
  readonly targets: readonly string[]
}

/** A table as it is stored, with everything that hangs on it. */
export interface StoredTable {
  readonly name: string
  readonly sql: string
  readonly definition: CreateTable
  /** All objects of the database, in the order in which they were made. */
  readonly objects: readonly StoredObject[]
  /** Keys of all tables that refer to it, its own too. */
  readonly references: readonly ReferencingKey[]
}

/** All objects of the database, in the order in which they were made. */
export const readObjects = (statements: Statements): Promise<readonly StoredObject[]> =>
  statements.select<StoredObject>(
    'SELECT type, name, tbl_name AS "table", sql FROM sqlite_schema ORDER BY rowid',
  )

/**
 * Reads a table.
 *
 * @param what - The operation, for messages.
 * @throws MigratorError `UNSAFE_OPERATION` for what is no plain table.
 */
export const readTable = async (statements: Statements, name: string, what: string): Promise<StoredTable> => {
  const objects = await readObjects(statements)
  const found = objects.find((object) => object.type === 'table' && isSameName(object.name, name))
  const refuse = (why: string): MigratorError =>
    new MigratorError('UNSAFE_OPERATION', `${what} is refused: ${why}`, { subject: name })
  if (found === undefined) {
    const view = objects.find((object) => object.type === 'view' && isSameName(object.name, name))
    const next = statements.isCollected ? ' yet; only a run makes the tables that this revision creates' : ''
    if (view !== undefined) throw refuse(`"${name}" is a view`)
    throw new NoSuchTable('UNSAFE_OPERATION', `${what} is refused: there is no table "${name}"${next}`, {
      subject: name,
    })
  }
  const sql = statements.planned?.get(foldName(found.name)) ?? found.sql
  const definition = parseCreateTable(sql ?? '')
  const kinds = await statements.select<{ type: string }>(
    `SELECT type FROM pragma_table_list(${quoteText(found.name)}) WHERE schema = 'main'`,
  )
  const kind = kinds[0]?.type
  if (kind === 'virtual' || kind === 'shadow')
    throw refuse(`"${found.name}" is a ${kind} table; its module alone can change it`)
  if (definition === undefined || sql === null)
    throw refuse(`the stored text of "${found.name}" is not understood`)
  const [temporary] = await statements.select<{ name: string }>(
    `SELECT name FROM sqlite_temp_schema WHERE type = 'trigger' AND lower(tbl_name) = ${quoteText(foldName(found.name))}`,
  )
  if (temporary !== undefined)
    throw refuse(`the temporary trigger "${temporary.name}" would be lost. Drop it first`)
  const references = await readReferences(statements, found.name)
  return { name: found.name, sql, definition, objects, references }
}

const readReferences = async (statements: Statements, name: string): Promise<readonly ReferencingKey[]> => {
  interface Row {
    readonly child: string
    readonly id: number
    readonly from: string
    readonly to: string | null
  }
  const rows = await statements.select<Row>(
    'SELECT s.name AS child, f.id AS id, f."from" AS "from", f."to" AS "to" ' +
      'FROM sqlite_schema s, pragma_foreign_key_list(s.name) f ' +
      `WHERE s.type = 'table' AND s.sql LIKE 'CREATE TABLE%' AND lower(f."table") = ${quoteText(foldName(name))} ` +
      'ORDER BY s.rowid, f.id, f.seq',
  )
  const keys = new Map<string, { table: string; columns: string[]; targets: string[] }>()
  for (const { child, id, from, to } of rows) {
    const key = keys.get(`${id} ${child}`) ?? { table: child, columns: [], targets: [] }
    key.columns.push(from)
    if (to !== null) key.targets.push(to)
    keys.set(`${id} ${child}`, key)
  }
  return [...keys.values()]
}

/** Objects of a kind that belong to the table and have a text of their own. */
export const objectsOf = (
  { name, objects }: StoredTable,
  type: 'index' | 'trigger',
): readonly (StoredObject & { readonly sql: string })[] =>
  objects.filter(
    (object): object is StoredObject & { readonly sql: string } =>
      object.type === type && object.sql !== null && isSameName(object.table, name),
  )
