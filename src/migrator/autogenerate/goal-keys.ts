import { constraintText } from '../operations/describe.js'
import { isSameSql } from '../operations/sql-names.js'
import { isSame } from '../schema/equal.js'
import type { ModelTable } from '../schema/model-table.js'
import { isSameName } from '../schema/qualified-name.js'
import type { CheckConstraint, ForeignKeyConstraint, KeyAction, PrimaryKey, Table } from '../schema/schema.js'
import { type CompareContext, ofTable } from './context.js'
import { newName, withAuthorName } from './goal-names.js'
import { pairUp } from './pairing.js'
import { isSameSet, partColumns } from './standing.js'

/** The columns of both sides of a key, in an order of their own. */
const linksOf = ({ columns, targetColumns }: ForeignKeyConstraint): readonly string[] =>
  columns.map((column, at) => JSON.stringify([column, targetColumns[at]])).sort()

const isSameTarget = (one: ForeignKeyConstraint, other: ForeignKeyConstraint): boolean => {
  if (!isSameName(one.target, other.target)) return false
  // The engine does not say when the target is missing.
  if (one.targetColumns.length === 0 || other.targetColumns.length === 0)
    return isSameSet(one.columns, other.columns)
  return isSame(linksOf(one), linksOf(other))
}

/** Compares foreign keys: by what they are, then by where they lead, then by name. */
export const goalForeignKeys = (
  actual: Table,
  wanted: readonly ForeignKeyConstraint[],
  model: ModelTable | undefined,
  context: CompareContext,
): readonly ForeignKeyConstraint[] => {
  const { settings, traits, include, ignore } = context
  if (!settings.foreignKeys) return actual.foreignKeys
  const action = (one: KeyAction): KeyAction =>
    traits.restrictIsNoAction && one === 'RESTRICT' ? 'NO ACTION' : one
  const rest = ({ onDelete, onUpdate, deferrable }: ForeignKeyConstraint): readonly unknown[] => [
    ...(settings.foreignKeyActions ? [action(onDelete), action(onUpdate)] : []),
    deferrable,
  ]
  const isSameKey = (one: ForeignKeyConstraint, other: ForeignKeyConstraint): boolean => {
    const isForeign = !include({ kind: 'table', ...other.target })
    if (isForeign) return isSameSet(one.columns, other.columns) && isSameName(one.target, other.target)
    return isSameTarget(one, other) && isSame(rest(one), rest(other))
  }
  const { pairs, onlyActual, onlyWanted } = pairUp(actual.foreignKeys, wanted, [
    (one, other) => one.name === other.name && isSameKey(one, other),
    isSameKey,
    isSameTarget,
    (one, other) => isSameSet(one.columns, other.columns),
    (one, other) => one.name !== null && one.name === other.name,
  ])
  const left = onlyActual.filter((key) => {
    const isUnsayable = key.columns.length > 1 || key.onDeleteColumns.length > 0
    if (isUnsayable) {
      const text = constraintText({ type: 'foreign key', value: key })
      ignore(ofTable(text, actual), 'models cannot say keys of several columns')
    }
    return isUnsayable
  })
  const kept = pairs.map(([one, other, pass]) => {
    if (pass >= 2) {
      const actions = settings.foreignKeyActions ? {} : { onDelete: one.onDelete, onUpdate: one.onUpdate }
      return { ...other, ...actions, name: one.name }
    }
    if (!one.validated) {
      const text = constraintText({ type: 'foreign key', value: one })
      ignore(ofTable(text, actual), 'the rows that were there have not been checked')
    }
    return one
  })
  const added = onlyWanted.map((key) => ({
    ...key,
    name: newName({ kind: 'foreign key', table: actual, model, context }, key.name, key.columns),
  }))
  return [...kept, ...left, ...added]
}

/** Compares checks, where the models own them: by what they say, then by name. */
export const goalChecks = (
  actual: Table,
  wanted: readonly CheckConstraint[],
  model: ModelTable | undefined,
  context: CompareContext,
): readonly CheckConstraint[] => {
  if (!context.settings.checks) return actual.checks
  if (model?.checks === undefined) {
    for (const value of actual.checks)
      context.ignore(
        ofTable(constraintText({ type: 'check', value }), actual),
        'the models say nothing of checks',
      )
    return actual.checks
  }
  const name = { kind: 'check', table: actual, model, context } as const
  const isSameCheck = (one: CheckConstraint, other: CheckConstraint): boolean =>
    isSameSql(one.expression, other.expression)
  const { pairs, onlyWanted } = pairUp(actual.checks, wanted, [
    (one, other) => one.name === other.name && isSameCheck(one, other),
    isSameCheck,
    (one, other) => one.name !== null && one.name === other.name,
  ])
  return [
    ...pairs.map(([one, other, pass]) =>
      pass === 2 ? other : { ...one, name: withAuthorName(name, one.name, other.name) },
    ),
    ...onlyWanted.map((check) => ({ ...check, name: newName(name, check.name, []) })),
  ]
}

/** Compares primary keys: by their columns, in whatever order. */
export const goalPrimaryKey = (
  actual: Table,
  wanted: Table,
  model: ModelTable | undefined,
  context: CompareContext,
): PrimaryKey | null => {
  const [one, other] = [actual.primaryKey, wanted.primaryKey]
  if (!context.settings.primaryKeys) return one
  if (other === null) return null
  if (one !== null && isSameSet(partColumns(one.parts), partColumns(other.parts))) return one
  return {
    ...other,
    name: newName(
      { kind: 'primary key', table: actual, model, context },
      other.name,
      partColumns(other.parts),
    ),
  }
}
