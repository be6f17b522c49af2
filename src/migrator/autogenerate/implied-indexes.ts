import { isSame } from '../schema/equal.js'
import type { ModelTable } from '../schema/model-table.js'
import type { ForeignKeyConstraint, Index, Table } from '../schema/schema.js'
import type { CompareContext } from './context.js'
import { indexColumns, isImpliedShape, isSameSet, primaryKeyServes, servesKey } from './standing.js'

/** The indexes of the wanted table that a model says; the others the engine has made for keys. */
export const saidIndexes = (
  wanted: Table,
  model: ModelTable | undefined,
  context: CompareContext,
): readonly Index[] => {
  if (!context.traits.keysMakeIndexes) return wanted.indexes
  const isSaid = (index: Index): boolean =>
    model === undefined ||
    model.indexes.some(({ name }) => name === index.name) ||
    (index.unique && model.uniques.some(({ columns }) => isSameSet(columns, indexColumns(index))))
  return wanted.indexes.filter(
    (index) => isSaid(index) || !wanted.foreignKeys.some((key) => isImpliedShape(index, key)),
  )
}

const NOTHING_SAID = {
  unique: false,
  nullsDistinct: true,
  where: null,
  method: 'btree',
  include: [],
  storage: [],
  comment: null,
  isUsed: true,
} as const

const impliedFor = (key: ForeignKeyConstraint, name: string): Index => ({
  ...NOTHING_SAID,
  name,
  parts: key.columns.map((column) => ({
    kind: 'column',
    column,
    direction: 'asc',
    nulls: null,
    collation: null,
    operatorClass: null,
    prefixLength: null,
  })),
})

/**
 * What the keys of a table need, on an engine that makes an index for a key where none serves it: an index that no model says
 * and that serves a key is left alone, and what the engine will make is among the indexes.
 *
 * @param actual - As it is.
 * @param goal - As it is to be, without the extra indexes.
 * @param extra - Indexes that no model says, and that are to go if no key needs them.
 * @param left - Indexes of the goal that no model says.
 * @returns All indexes as they are to be.
 */
export const withImpliedIndexes = (
  actual: Table,
  goal: Table,
  extra: readonly Index[],
  left: readonly Index[],
): readonly Index[] => {
  const isThere = (index: Index): boolean => actual.indexes.some((other) => isSame(other, index))
  const kept = new Set<Index>()
  const replaced = new Set<Index>()
  const added: Index[] = []
  for (const key of goal.foreignKeys) {
    const servants = goal.indexes.filter((index) => servesKey(index, key.columns))
    const isServedByKey = primaryKeyServes(goal, key.columns)
    if (isServedByKey && isSame(actual.primaryKey, goal.primaryKey)) continue
    const [old, fresh] = [servants.filter(isThere), servants.filter((index) => !isThere(index))]
    // The engine drops what it has made for a key without a word when an index comes that serves the key too.
    if (fresh.length > 0)
      for (const index of old) if (left.includes(index) && isImpliedShape(index, key)) replaced.add(index)
    if (old.some((index) => !replaced.has(index))) continue
    const spare = extra.filter((index) => servesKey(index, key.columns))
    if (fresh.length > 0 || isServedByKey) continue
    for (const index of spare) kept.add(index)
    if (spare.length > 0 || added.some((index) => servesKey(index, key.columns))) continue
    const name = key.name ?? key.columns[0] ?? ''
    added.push(impliedFor(key, name))
  }
  return [...goal.indexes.filter((index) => !replaced.has(index)), ...kept, ...added]
}

/** Whether an index of the database was made for a key that goes, and goes with it. */
export const isMadeForGoneKey = (index: Index, actual: Table, goal: Table): boolean => {
  const isFor = (key: ForeignKeyConstraint): boolean =>
    isImpliedShape(index, key) && (index.name === key.name || index.name === key.columns[0])
  const hasStayed = (key: ForeignKeyConstraint): boolean =>
    goal.foreignKeys.some((other) => servesKey(index, other.columns) || isSame(other, key))
  return actual.foreignKeys.some((key) => isFor(key) && !hasStayed(key))
}

/** A table without some new keys, and without the indexes that the engine would have made for them. */
export const withoutKeys = (
  table: Table,
  keys: readonly ForeignKeyConstraint[],
  before: Table | undefined,
  { traits }: CompareContext,
): Table => {
  const isMade = (index: Index): boolean =>
    traits.keysMakeIndexes &&
    before?.indexes.some((other) => isSame(other, index)) !== true &&
    keys.some((key) => key.name === index.name && isImpliedShape(index, key))
  const left: Table = {
    ...table,
    foreignKeys: table.foreignKeys.filter((key) => !keys.includes(key)),
    indexes: table.indexes.filter((index) => !isMade(index)),
  }
  if (!traits.keysMakeIndexes) return left
  // What was made for one of them may have served others.
  return { ...left, indexes: withImpliedIndexes(before ?? left, left, [], []) }
}
