import { isSameSql } from '../operations/sql-names.js'
import { isSame } from '../schema/equal.js'
import type { ModelTable } from '../schema/model-table.js'
import type { Index, IndexPart, KeyPart, Table, UniqueConstraint } from '../schema/schema.js'
import { type CompareContext, ofTable } from './context.js'
import { type GoalName, newName, withAuthorName } from './goal-names.js'
import { pairUp } from './pairing.js'
import { indexColumns, isSameSet, partColumns } from './standing.js'

/** Indexes and unique constraints of a table as they are to be, and what only the database has. */
export interface GoalIndexes {
  readonly indexes: readonly Index[]
  readonly uniques: readonly UniqueConstraint[]
  /** Those of the indexes that no model says and that are left alone. */
  readonly leftIndexes: readonly Index[]
  /** Indexes that no model says and that are to go, unless something needs them. */
  readonly extraIndexes: readonly Index[]
  /** Unique constraints of the kind. */
  readonly extraUniques: readonly UniqueConstraint[]
  /** What gives its name to something else. */
  readonly replaced: Pick<Table, 'indexes' | 'uniques'>
}

const isSamePart = (one: IndexPart, other: IndexPart): boolean => {
  if (one.kind === 'expression' && other.kind === 'expression')
    return (
      isSame({ ...one, expression: '' }, { ...other, expression: '' }) &&
      isSameSql(one.expression, other.expression)
    )
  return isSame(one, other)
}

/** Whether two indexes are the same in what models can say, but for the name and, if wanted, the order. */
const isSameShape = (one: Index, other: Index, isOrdered = true): boolean =>
  one.unique === other.unique &&
  one.method === other.method &&
  isSameSql(one.where, other.where) &&
  one.parts.length === other.parts.length &&
  one.parts.every((part, at) =>
    isOrdered
      ? other.parts[at] !== undefined && isSamePart(part, other.parts[at])
      : other.parts.some((candidate) => isSamePart(part, candidate)),
  )

/** What of an index no model can say; undefined when a model could have said all of it. */
const unsayable = (index: Index): string | undefined => {
  if (!index.isUsed) return 'the database does not use it: it may be what a failed CREATE INDEX has left'
  if (index.include.length > 0) return 'models cannot say the columns that it carries along'
  if (!index.nullsDistinct) return 'models cannot say that NULLs are equal in it'
  if (index.storage.length > 0) return 'models cannot say its storage parameters'
  if (index.comment !== null) return 'models cannot say its comment'
  if (index.parts.some(({ operatorClass }) => operatorClass !== null)) return 'it has an operator class'
  return undefined
}

const unsayableUnique = ({ parts, include, nullsDistinct, deferrable, onConflict }: UniqueConstraint) =>
  include.length > 0 ||
  !nullsDistinct ||
  deferrable !== null ||
  onConflict !== null ||
  parts.some(
    ({ collation, prefixLength, direction }) =>
      collation !== null || prefixLength !== null || direction === 'desc',
  )

const isSameKey = (one: readonly KeyPart[], other: readonly KeyPart[]): boolean =>
  one.length === other.length &&
  one.every((part) =>
    other.some(({ column, collation, prefixLength }) =>
      isSame([column, collation, prefixLength], [part.column, part.collation, part.prefixLength]),
    ),
  )

/** Whether an index is what a unique constraint would be, too. */
const isUniqueKey = (index: Index, { parts }: UniqueConstraint): boolean =>
  index.unique &&
  index.where === null &&
  isSameSet(indexColumns(index), partColumns(parts)) &&
  index.parts.every((part) => part.kind === 'column' && part.prefixLength === null && part.collation === null)

/** Without the order of columns, where the index is what a unique constraint has become. */
const isFromConstraint = (index: Index, model: ModelTable | undefined): boolean =>
  index.unique &&
  !model?.indexes.some(({ name }) => name === index.name) &&
  model?.uniques.some(({ columns }) => isSameSet(columns, indexColumns(index))) === true

/**
 * Compares indexes and unique constraints of a table: by what they are, then by name.
 *
 * @param wanted - Without the indexes that the engine makes for keys by itself.
 */
export const goalIndexes = (
  actual: Table,
  wanted: { readonly indexes: readonly Index[]; readonly uniques: readonly UniqueConstraint[] },
  model: ModelTable | undefined,
  context: CompareContext,
): GoalIndexes => {
  const { settings, traits, ignore } = context
  const indexes = pairUp(actual.indexes, wanted.indexes, [
    (one, other) => one.name === other.name && isSameShape(one, other),
    (one, other) => isSameShape(one, other),
    (one, other) => isFromConstraint(other, model) && isSameShape(one, other, false),
  ])
  const uniques = pairUp(actual.uniques, wanted.uniques, [
    (one, other) => one.name === other.name && isSameKey(one.parts, other.parts),
    (one, other) => isSameKey(one.parts, other.parts),
  ])
  const areKindsOne = !settings.uniqueKinds && !traits.uniquesAreIndexes
  const asIndex = pairUp(indexes.onlyActual, uniques.onlyWanted, areKindsOne ? [isUniqueKey] : [])
  const asUnique = pairUp(
    uniques.onlyActual,
    indexes.onlyWanted,
    areKindsOne ? [(one, other) => isUniqueKey(other, one)] : [],
  )
  const changedIndexes = pairUp(asIndex.onlyActual, asUnique.onlyWanted, [
    (one, other) => one.name === other.name,
  ])
  const changedUniques = pairUp(asUnique.onlyActual, asIndex.onlyWanted, [
    (one, other) => one.name !== null && one.name === other.name,
  ])

  const table = actual
  const name = (kind: 'index' | 'unique'): GoalName => ({ kind, table, model, context })
  const keptIndexes = indexes.pairs.map(([one, other]) => {
    if (!one.isUsed)
      ignore(ofTable(`index ${one.name}`, table), 'the database does not use it: drop it and make it again')
    return settings.indexes
      ? { ...one, name: withAuthorName(name('index'), one.name, other.name) ?? one.name }
      : one
  })
  const newIndex = (index: Index): Index => ({
    ...index,
    name: newName(name('index'), index.name, indexColumns(index)) ?? index.name,
  })
  const replacedIndexes = changedIndexes.pairs.map(([one, other]) =>
    settings.indexes
      ? { ...other, comment: one.comment, storage: one.method === other.method ? one.storage : [] }
      : one,
  )
  const keptUniques = uniques.pairs.map(([one, other]) =>
    settings.uniques ? { ...one, name: withAuthorName(name('unique'), one.name, other.name) } : one,
  )
  const replacedUniques = changedUniques.pairs.map(([one, other]) => (settings.uniques ? other : one))
  const newUnique = (unique: UniqueConstraint): UniqueConstraint => ({
    ...unique,
    name: newName(name('unique'), unique.name, partColumns(unique.parts)),
  })

  const [leftIndexes, extraIndexes] = split(changedIndexes.onlyActual, (index) => {
    const why = unsayable(index)
    if (why !== undefined) ignore(ofTable(`index ${index.name}`, table), why)
    return why !== undefined || !settings.indexes || !settings.extraIndexes
  })
  const [leftUniques, extraUniques] = split(changedUniques.onlyActual, (unique) => {
    const isUnsayable = unsayableUnique(unique)
    if (isUnsayable)
      ignore(
        ofTable(`unique constraint ${unique.name ?? `on ${partColumns(unique.parts).join(', ')}`}`, table),
        'models cannot say all that it is',
      )
    return isUnsayable || !settings.uniques
  })
  return {
    indexes: [
      ...keptIndexes,
      ...asIndex.pairs.map(([one]) => one),
      ...replacedIndexes,
      ...leftIndexes,
      ...(settings.indexes ? changedIndexes.onlyWanted.map(newIndex) : []),
    ],
    uniques: [
      ...keptUniques,
      ...asUnique.pairs.map(([one]) => one),
      ...replacedUniques,
      ...leftUniques,
      ...(settings.uniques ? changedUniques.onlyWanted.map(newUnique) : []),
    ],
    leftIndexes,
    extraIndexes,
    extraUniques,
    replaced: {
      indexes: settings.indexes ? changedIndexes.pairs.map(([one]) => one) : [],
      uniques: settings.uniques ? changedUniques.pairs.map(([one]) => one) : [],
    },
  }
}

const split = <Value>(
  values: readonly Value[],
  isFirst: (value: Value) => boolean,
): readonly [readonly Value[], readonly Value[]] => {
  const first = values.filter(isFirst)
  return [first, values.filter((value) => !first.includes(value))]
}
