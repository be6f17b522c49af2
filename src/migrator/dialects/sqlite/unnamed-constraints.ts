import type { UnnamedConstraint } from '../../operations/op-extras.js'
import type { FoundConstraint } from './constraint-names.js'
import type { CreateTable } from './sql-text/create-table.js'
import { constraintsOf, keyColumns } from './sql-text/edit.js'
import { withPlainNames } from './sql-text/plain-names.js'
import { isSameName } from './sql-text/tokens.js'

/** The first constraint without a name that says the same. */
export const unnamedConstraint = (
  definition: CreateTable,
  wanted: UnnamedConstraint,
): FoundConstraint | undefined => {
  const found = constraintsOf(definition).filter(
    (one) =>
      one.constraint.name === undefined &&
      one.constraint.kind === wanted.type &&
      says(
        one,
        wanted,
        definition.columns.map(({ name }) => name),
      ),
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
  { type, fields = [], references, expression = '' }: UnnamedConstraint,
  columns: readonly string[],
): boolean => {
  // It may come from what was reflected, which has plain names.
  if (type === 'check')
    return withPlainNames(found.constraint.expression ?? '', columns) === withPlainNames(expression, columns)
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
