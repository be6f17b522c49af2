import type { CreateTable } from './sql-text/create-table.js'
import {
  columnOf,
  constraintsOf,
  keyColumns,
  primaryKeyOf,
  withoutColumn,
  withoutConstraint,
} from './sql-text/edit.js'
import { namesOfIndex, updatedColumns } from './sql-text/names-of.js'
import { foldName, isSameName, namesIn } from './sql-text/tokens.js'
import { objectsOf, type StoredTable } from './stored-table.js'

/** What goes when a column goes. */
export interface Removal {
  readonly definition: CreateTable
  /** Names of the indexes on this column alone. */
  readonly indexes: readonly string[]
  /** SQLite's DROP COLUMN does not do it. */
  readonly needsRebuild: boolean
}

/**
 * Takes a column out of a definition, with what is about it alone: its own constraints, and indexes, unique constraints, checks
 * and foreign keys that name no other column.
 *
 * @returns A sentence when something else needs the column.
 */
export const removeColumn = (
  table: StoredTable,
  definition: CreateTable,
  name: string,
): Removal | { readonly refusal: string } => {
  const column = columnOf(definition, name)
  if (column === undefined) return { refusal: `there is no column "${name}"` }
  if (definition.columns.length === 1) return { refusal: `"${name}" is the only column` }
  const others = definition.columns.filter((other) => other !== column).map((other) => other.name)
  const isUsed = (names: ReadonlySet<string>): 'no' | 'alone' | 'with others' => {
    if (!names.has(foldName(name))) return 'no'
    return others.some((other) => names.has(foldName(other))) ? 'with others' : 'alone'
  }
  const key = primaryKeyOf(definition)
  const isKey = key.some((part) => isSameName(part, name))
  if (isKey && (key.length > 1 || definition.isWithoutRowid))
    return { refusal: `"${name}" is part of the primary key (${key.join(', ')})` }
  const child = referencedBy(table, definition, name)
  if (child !== undefined) return { refusal: `the foreign key of "${child}" refers to "${name}"` }

  let result = definition
  let needsRebuild = column.constraints.some(({ kind }) => kind === 'primary key' || kind === 'unique')
  for (const owned of constraintsOf(definition)) {
    const { constraint } = owned
    if (owned.column === column) continue
    const names =
      constraint.kind === 'check' || constraint.kind === 'generated'
        ? namesIn(constraint.expression ?? '')
        : new Set(owned.column === undefined ? keyColumns(owned).map(foldName) : [])
    const use = isUsed(names)
    if (use === 'no') continue
    if (use === 'with others' || owned.column !== undefined)
      return { refusal: `${constraint.text} needs "${name}"` }
    result = withoutConstraint(result, constraint)
    needsRebuild = true
  }

  const indexes: string[] = []
  for (const index of objectsOf(table, 'index')) {
    const use = isUsed(namesOfIndex(index.sql))
    if (use === 'with others')
      return { refusal: `the index "${index.name}" needs "${name}" beside other columns` }
    if (use === 'alone') indexes.push(index.name)
  }
  for (const trigger of objectsOf(table, 'trigger'))
    if (updatedColumns(trigger.sql).has(foldName(name)))
      return { refusal: `the trigger "${trigger.name}" is about updates of "${name}"` }
  if (needsRebuild || isKey) {
    // SQLite looks at views and triggers at DROP COLUMN only: here they are refused by what their text names.
    const user = table.objects.find(
      (object) =>
        (object.type === 'view' || object.type === 'trigger') &&
        namesIn(object.sql ?? '').has(foldName(name)) &&
        namesIn(object.sql ?? '').has(foldName(table.name)),
    )
    if (user !== undefined) return { refusal: `the ${user.type} "${user.name}" names "${name}"` }
  }
  return { definition: withoutColumn(result, name), indexes, needsRebuild: needsRebuild || isKey }
}

const referencedBy = (table: StoredTable, definition: CreateTable, name: string): string | undefined =>
  table.references.find(({ columns, targets, table: child }) => {
    const isOwn = isSameName(child, table.name) && columns.length === 1 && isSameName(columns[0] ?? '', name)
    const named = targets.length > 0 ? targets : primaryKeyOf(definition)
    return !isOwn && named.some((target) => isSameName(target, name))
  })?.table
