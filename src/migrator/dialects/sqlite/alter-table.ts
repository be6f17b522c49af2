import type { QueryInterface } from 'sequelize'
import type { TableChange } from '../../operations/alter-table.js'
import {
  addConstraint,
  type ConstraintEdit,
  REMOVE_FIRST,
  removeConstraint,
  renameConstraint,
} from './alter-constraints.js'
import { changedColumn, columnSql, optionsOf } from './column-sql.js'
import { withEnumValues } from './enum-check.js'
import { refuse } from './refusal.js'
import { removeColumn } from './removal.js'
import { editTexts, rewriteTable } from './rewrite.js'
import { type Column, type CreateTable, printCreateTable, readColumn } from './sql-text/create-table.js'
import { columnOf, storageOf, withColumn, withReplacedColumn } from './sql-text/edit.js'
import { foldName, isSameName, quoteName, tokenize } from './sql-text/tokens.js'
import { readTable, type Statements, type StoredTable } from './stored-table.js'

/** A change of a table: what `op.alterTable` takes, a renamed constraint, or another list of values of an enum. */
export type SqliteChange =
  | TableChange
  | { readonly kind: 'renameConstraint'; readonly args: readonly [from: string, to: string] }
  | {
      readonly kind: 'enumValues'
      readonly args: readonly [
        column: string,
        values: readonly string[],
        defaultSql: string | null | undefined,
      ]
    }

/** Changes of one table, by SQLite's own statements where they do it and lose nothing, else by one rewriting of the table. */
export interface Alteration {
  readonly queryInterface: QueryInterface
  readonly statements: Statements
  /** As SQLite has it. */
  readonly table: string
  readonly changes: readonly SqliteChange[]
  /** For messages: `op.changeColumn on "notes"`. */
  readonly what: string
}

/** The definition after some changes, and what else they need. */
interface State {
  readonly table: StoredTable
  readonly definition: CreateTable
  readonly droppedIndexes: readonly string[]
  /** Statements that do all of it; undefined when there are none. */
  readonly native: readonly string[] | undefined
  readonly isEmpty: boolean
}

/**
 * Makes the changes, all or none: whatever is refused is refused before the table is touched, or rolls the step back.
 *
 * @throws MigratorError `UNSAFE_OPERATION`.
 */
export const alterTable = (alteration: Alteration): Promise<void> =>
  atomically(alteration.statements, () => alterInParts(alteration))

/** An author may catch a refusal and go on: what was done before it must not stay. */
export const atomically = async (statements: Statements, work: () => Promise<void>): Promise<void> => {
  if (statements.isCollected) return work()
  await statements.run('SAVEPOINT sm2kit_alter_table')
  try {
    await work()
    await statements.run('RELEASE sm2kit_alter_table')
  } catch (error) {
    // The engine may have ended the transaction itself, a full disk say: there is nothing left to undo then.
    await statements.run('ROLLBACK TO sm2kit_alter_table').catch(() => {})
    await statements.run('RELEASE sm2kit_alter_table').catch(() => {})
    throw error
  }
}

const alterInParts = async (alteration: Alteration): Promise<void> => {
  let pending: SqliteChange[] = []
  for (const change of renamesFirst(alteration.changes)) {
    if (change.kind === 'renameColumn') {
      await make({ ...alteration, changes: pending })
      pending = []
      await rename(alteration, String(change.args[0]), String(change.args[1]))
    } else pending.push(change)
  }
  await make({ ...alteration, changes: pending })
}

/** A renaming needs no rebuild. What speaks of neither name can come after it, and be made at once with the rest. */
const renamesFirst = (changes: readonly SqliteChange[]): readonly SqliteChange[] => {
  const first: SqliteChange[] = []
  const rest: SqliteChange[] = []
  const nameIn = (value: unknown): string => (typeof value === 'string' ? foldName(value) : '')
  const namesOf = ({ kind, args: [name, attribute] }: SqliteChange): readonly string[] => [
    nameIn(name),
    ...(kind === 'addColumn' ? [nameIn(optionsOf(attribute ?? {})['after'])] : []),
  ]
  for (const change of changes) {
    const names = change.args.map(nameIn)
    const isFree =
      change.kind === 'renameColumn' &&
      rest.every(
        (one) => !one.kind.endsWith('Constraint') && !namesOf(one).some((name) => names.includes(name)),
      )
    if (isFree) first.push(change)
    else rest.push(change)
  }
  return [...first, ...rest]
}

const rename = async (
  { statements, table, what }: Alteration,
  before: string,
  after: string,
): Promise<void> => {
  const stored = await readTable(statements, table, what)
  if (columnOf(stored.definition, before) === undefined)
    throw refuse(what, stored.name, `there is no column "${before}"`)
  await natively(statements, [
    `ALTER TABLE ${quoteName(stored.name)} RENAME COLUMN ${quoteName(before)} TO ${quoteName(after)}`,
  ])
}

const make = async (alteration: Alteration): Promise<void> => {
  const { statements, changes, what } = alteration
  if (changes.length === 0) return
  const table = await readTable(statements, alteration.table, what)
  const [row] = await statements.select<{ n: number }>(
    `SELECT EXISTS (SELECT 1 FROM ${quoteName(table.name)}) AS n`,
  )
  let state: State = {
    table,
    definition: table.definition,
    droppedIndexes: [],
    native: [],
    isEmpty: Number(row?.n) === 0,
  }
  for (const change of changes) state = { ...state, ...apply(alteration, state, change) }
  if (statements.isCollected)
    statements.planned?.set(foldName(table.name), printCreateTable(state.definition))
  if (state.native === undefined) return rewriteTable(statements, { ...state, what })
  await natively(statements, state.native)
  await putCommentsBack(statements, state, what)
}

/** With a column, SQLite takes away a comment that stands behind its comma. */
const putCommentsBack = async (
  statements: Statements,
  { table, definition }: State,
  what: string,
): Promise<void> => {
  const hasComment = tokenize(table.sql).some(({ kind }) => kind === 'comment')
  if (!hasComment || statements.isCollected) return
  const now = await readTable(statements, table.name, what)
  const sql = printCreateTable(definition)
  if (now.sql !== sql && storageOf(now.definition) === storageOf(definition))
    await editTexts(statements, [{ name: table.name, sql }])
}

/** SQLite's ALTER TABLE looks after views and triggers, unless it is told to be as it once was. */
const natively = async (statements: Statements, all: readonly string[]): Promise<void> => {
  const [row] = await statements.select<{ legacy_alter_table: number }>('PRAGMA legacy_alter_table')
  const isLegacy = row?.legacy_alter_table === 1
  if (isLegacy) await statements.run('PRAGMA legacy_alter_table = OFF')
  try {
    for (const sql of all) await statements.run(sql)
  } finally {
    if (isLegacy) await statements.run('PRAGMA legacy_alter_table = ON')
  }
}

type Applied = Pick<State, 'definition'> & Partial<Pick<State, 'droppedIndexes' | 'native'>>

const apply = (alteration: Alteration, state: State, { kind, args }: SqliteChange): Applied => {
  const { what } = alteration
  const [first, second, third] = args as readonly unknown[]
  const refused = (why: string): Error => refuse(what, state.table.name, why)
  switch (kind) {
    case 'addColumn':
      return addColumn(alteration, state, String(first), second)
    case 'changeColumn': {
      const column = columnOf(state.definition, String(first))
      if (column === undefined) throw refused(`there is no column "${String(first)}"`)
      const changed = changedColumn(alteration.queryInterface, state.definition, column, second)
      return { definition: withReplacedColumn(state.definition, changed), native: undefined }
    }
    case 'removeColumn': {
      const removal = removeColumn(state.table, state.definition, String(first))
      if ('refusal' in removal) throw refused(`${removal.refusal}. ${REMOVE_FIRST}`)
      const { definition, indexes, needsRebuild } = removal
      const statements = [
        ...indexes.map((index) => `DROP INDEX ${quoteName(index)}`),
        `ALTER TABLE ${quoteName(state.table.name)} DROP COLUMN ${quoteName(String(first))}`,
      ]
      return {
        definition,
        droppedIndexes: [...state.droppedIndexes, ...indexes],
        native: needsRebuild || state.native === undefined ? undefined : [...state.native, ...statements],
      }
    }
    case 'addConstraint':
      return { definition: addConstraint(editOf(alteration, state), first), native: undefined }
    case 'removeConstraint':
      return { definition: removeConstraint(editOf(alteration, state), first), native: undefined }
    case 'renameConstraint':
      return {
        definition: renameConstraint(editOf(alteration, state), String(first), String(second)),
        native: undefined,
      }
    case 'enumValues':
      return {
        definition: withEnumValues(state.definition, String(first), second as readonly string[], third),
        native: undefined,
      }
    case 'renameColumn':
      throw new TypeError('a renaming is made on its own')
  }
}

const editOf = ({ queryInterface, what }: Alteration, { table, definition }: State): ConstraintEdit => ({
  queryInterface,
  what,
  table,
  definition,
})

const addColumn = (
  { queryInterface, what }: Alteration,
  state: State,
  name: string,
  attribute: unknown,
): Applied => {
  const { table } = state
  if (columnOf(state.definition, name) !== undefined)
    throw refuse(what, table.name, `there is a column "${name}" already`)
  const sql = columnSql(queryInterface, name, attribute)
  const column = readColumn(sql)
  const { columns } = state.definition
  const place = placeOf(columns, attribute)
  const definition = withColumn(state.definition, sql, place)
  if (column === undefined || definition === undefined)
    throw refuse(what, table.name, `"${name}" cannot be written as a column`)
  if (state.native === undefined || place < columns.length || !isAddable(column, state.isEmpty))
    return { definition, native: undefined }
  return { definition, native: [...state.native, `ALTER TABLE ${quoteName(table.name)} ADD ${sql}`] }
}

/** How many columns stand in front of a new one: `first` and `after` are Sequelize's words for MySQL. */
const placeOf = (columns: readonly Column[], attribute: unknown): number => {
  const { first, after } = optionsOf(attribute ?? {})
  if (first === true) return 0
  const at = columns.findIndex(({ name }) => isSameName(name, String(after)))
  return typeof after === 'string' && at !== -1 ? at + 1 : columns.length
}

/** What `ALTER TABLE … ADD COLUMN` takes. https://www.sqlite.org/lang_altertable.html#alter_table_add_column */
const isAddable = ({ constraints }: Column, isEmpty: boolean): boolean => {
  const has = (kind: string): boolean => constraints.some((constraint) => constraint.kind === kind)
  if (has('primary key') || has('unique') || constraints.some(({ isStored }) => isStored === true))
    return false
  if (isEmpty) return true
  const value = constraints.findLast(({ kind }) => kind === 'default')?.expression?.trim()
  const isNull = value === undefined || /^null$/iu.test(value)
  const isConstant = value === undefined || !/^\(|^current_(?:date|time|timestamp)$/iu.test(value)
  return isConstant && !(has('foreign key') && !isNull) && !(has('not null') && isNull)
}
