import type { FoundConstraint } from './constraint-names.js'
import type { CreateTable } from './sql-text/create-table.js'
import { constraintsOf, keyColumns } from './sql-text/edit.js'
import { isSameName } from './sql-text/tokens.js'

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
