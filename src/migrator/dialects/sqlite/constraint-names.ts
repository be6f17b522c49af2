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

/** What a constraint without a name says: told by it where no name, or the same one, would name it. */
export interface UnnamedConstraint {
  readonly type: 'primary key' | 'unique' | 'foreign key' | 'check'
  /** Columns of a key. */
  readonly fields?: readonly string[]
  /** Of a foreign key. */
  readonly references?: { readonly table: string; readonly fields: readonly string[] }
  /** Of a check, as it is written. */
  readonly expression?: string
  /** Of a foreign key, where that tells it from another one. */
  readonly onDelete?: string
  /** Of a foreign key, where that tells it from another one. */
  readonly onUpdate?: string
}

/** The first constraint without a name that says the same. */
export const unnamedConstraint = (
  definition: CreateTable,
  wanted: UnnamedConstraint,
): FoundConstraint | undefined => {
  const found = constraintsOf(definition).filter(
    (one) => one.constraint.name === undefined && one.constraint.kind === wanted.type && says(one, wanted),
  )
  const { onDelete = 'NO ACTION', onUpdate = 'NO ACTION' } = wanted
  const alike = found.find(({ constraint: { references } }) => {
    const actions = [references?.onDelete ?? 'NO ACTION', references?.onUpdate ?? 'NO ACTION']
    return actions[0] === onDelete && actions[1] === onUpdate
  })
  return alike ?? found[0]
}

const says = (
  found: FoundConstraint,
  { type, fields = [], references, expression }: UnnamedConstraint,
): boolean => {
  if (type === 'check') return found.constraint.expression === expression
  const target = found.constraint.references
  return (
    areSame(keyColumns(found), fields) &&
    (references === undefined ||
      (target !== undefined &&
        isSameName(target.table, references.table) &&
        // A key that names no columns refers to the primary key, whatever that is.
        (target.columns.length === 0 || areSame(target.columns, references.fields))))
  )
}

const areSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((name, place) => isSameName(name, other[place] ?? ''))
