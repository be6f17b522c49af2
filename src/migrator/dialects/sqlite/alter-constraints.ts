import type { QueryInterface } from 'sequelize'
import type { UnnamedConstraint } from '../../operations/op-extras.js'
import { constraintSql } from './column-sql.js'
import { findConstraint, namedConstraint } from './constraint-names.js'
import { refuse } from './refusal.js'
import type { CreateTable } from './sql-text/create-table.js'
import {
  columnOf,
  primaryKeyOf,
  withChangedConstraint,
  withConstraint,
  withConstraintName,
  withoutConstraint,
  withoutPieces,
  withReplacedColumn,
} from './sql-text/edit.js'
import { isSameName } from './sql-text/tokens.js'
import type { StoredTable } from './stored-table.js'
import { unnamedConstraint } from './unnamed-constraints.js'

/** A definition whose constraints change, and what messages need. */
export interface ConstraintEdit {
  readonly queryInterface: QueryInterface
  /** For messages: `op.addConstraint on "notes"`. */
  readonly what: string
  readonly table: StoredTable
  readonly definition: CreateTable
}

/** The end of a refusal. */
export const REMOVE_FIRST = 'Remove or change that first'

/** With another constraint. */
export const addConstraint = (
  { queryInterface, what, table, definition }: ConstraintEdit,
  given: unknown,
): CreateTable => {
  const options = (given ?? {}) as {
    readonly fields?: unknown
    readonly type?: unknown
    readonly sql?: unknown
  }
  const refused = (why: string): Error => refuse(what, table.name, why)
  const isWritten = typeof options.sql === 'string'
  if (!isWritten && !Array.isArray(options.fields)) throw refused('its columns must be given as `fields`')
  if (!isWritten && typeof options.type !== 'string')
    throw refused('it needs a `type`: check, unique, primary key, foreign key')
  const result = withConstraint(
    definition,
    isWritten ? String(options.sql) : constraintSql(queryInterface, table.name, options),
  )
  const added = result.constraints.at(-1)
  if (added?.name !== undefined && namedConstraint(definition, added.name) !== undefined)
    throw refused(`there is a constraint "${added.name}" already`)
  const unknown = added?.columns?.find(({ name }) => columnOf(definition, name) === undefined)
  if (unknown !== undefined) throw refused(`there is no column "${unknown.name}"`)
  const key = primaryKeyOf(definition)
  if (added?.kind === 'primary key' && key.length > 0)
    throw refused(`there is a primary key already (${key.join(', ')}). ${REMOVE_FIRST}`)
  return result
}

/** Without a constraint: by its name, or by what it says. */
export const removeConstraint = (
  { what, table, definition }: ConstraintEdit,
  given: unknown,
): CreateTable => {
  const name = typeof given === 'string' ? given : `${(given as UnnamedConstraint).type} without a name`
  const found =
    typeof given === 'string'
      ? findConstraint(table.name, definition, given)
      : unnamedConstraint(definition, given as UnnamedConstraint)
  if (found === undefined) {
    const isIndex = table.objects.some((object) => object.type === 'index' && isSameName(object.name, name))
    const next = isIndex ? '; there is an index of this name, which op.removeIndex removes' : ''
    throw refuse(what, table.name, `there is no constraint "${name}"${next}`)
  }
  const { constraint, column } = found
  return column === undefined
    ? withoutConstraint(definition, constraint)
    : withReplacedColumn(
        definition,
        withoutPieces(column, (other) => other === constraint),
      )
}

/** With another name of a constraint. */
export const renameConstraint = (
  { what, table, definition }: ConstraintEdit,
  from: string,
  to: string,
): CreateTable => {
  const found = findConstraint(table.name, definition, from)
  if (found === undefined) throw refuse(what, table.name, `there is no constraint "${from}"`)
  if (namedConstraint(definition, to) !== undefined && !isSameName(from, to))
    throw refuse(what, table.name, `there is a constraint "${to}" already`)
  return withChangedConstraint(definition, found.constraint, (text) => withConstraintName(text, to))
}
