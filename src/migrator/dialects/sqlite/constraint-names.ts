import type { Constraint } from './sql-text/constraint.js'
import type { Column, CreateTable } from './sql-text/create-table.js'
import { constraintsOf, keyColumns } from './sql-text/edit.js'
import { isSameName } from './sql-text/tokens.js'

/** A constraint, and the column with which it is written. */
export interface FoundConstraint {
  readonly constraint: Constraint
  readonly column?: Column
}

/**
 * The constraint of this name. One that was written without a name answers to the name that Sequelize's `addConstraint`
 * would have given it.
 */
export const findConstraint = (
  table: string,
  definition: CreateTable,
  name: string,
): FoundConstraint | undefined =>
  namedConstraint(definition, name) ??
  constraintsOf(definition).find((found) => {
    const derived = found.constraint.name === undefined ? derivedName(table, found) : undefined
    return derived !== undefined && isSameName(derived, name)
  })

/** The constraint that is written with this name. */
export const namedConstraint = (definition: CreateTable, name: string): FoundConstraint | undefined =>
  constraintsOf(definition).find(
    ({ constraint }) => constraint.name !== undefined && isSameName(constraint.name, name),
  )

const derivedName = (table: string, found: FoundConstraint): string | undefined => {
  const start = [table, ...keyColumns(found)].join('_')
  switch (found.constraint.kind) {
    case 'unique':
      return `${start}_uk`
    case 'primary key':
      return `${start}_pk`
    case 'foreign key':
      return `${start}_${found.constraint.references?.table}_fk`
    case 'check':
      return found.column === undefined ? undefined : `${start}_ck`
    default:
      return undefined
  }
}
