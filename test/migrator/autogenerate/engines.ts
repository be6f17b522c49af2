import type { ComparisonTraits } from '../../../src/migrator/dialect-autogenerate.js'

// What engines of three kinds can do, as their own traits say it; here they need no names.

/** Keys anywhere, tables written anew as a whole. */
export const loose: ComparisonTraits = {
  keysMayComeFirst: true,
  keysMakeIndexes: false,
  keysHoldTypes: false,
  uniquesAreIndexes: false,
  columnsIgnoreCase: true,
  comments: false,
  restrictIsNoAction: false,
  renamesIndexes: false,
  renamesConstraints: false,
}

/** Types of their own, names of indexes shared by a schema. */
export const strict: ComparisonTraits = {
  keysMayComeFirst: false,
  keysMakeIndexes: false,
  keysHoldTypes: false,
  uniquesAreIndexes: false,
  columnsIgnoreCase: false,
  comments: true,
  restrictIsNoAction: false,
  renamesIndexes: true,
  renamesConstraints: true,
}

/** Keys need indexes and make them; uniques are indexes. */
export const indexed: ComparisonTraits = {
  keysMayComeFirst: false,
  keysMakeIndexes: true,
  keysHoldTypes: true,
  uniquesAreIndexes: true,
  columnsIgnoreCase: true,
  comments: true,
  restrictIsNoAction: true,
  renamesIndexes: true,
  renamesConstraints: false,
}

export const ENGINES = [
  ['loose', loose],
  ['strict', strict],
  ['indexed', indexed],
] as const
