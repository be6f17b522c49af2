import type { TableConstraint } from '../operations/operation.js'
import { mentions } from '../operations/sql-names.js'
import type { ForeignKeyConstraint, Index, KeyPart, Table } from '../schema/schema.js'

/** An index of a table, or a constraint: what stands on columns. */
export type Standing = { readonly type: 'index'; readonly value: Index } | TableConstraint

/** The columns of a primary key or unique constraint. */
export const partColumns = (parts: readonly KeyPart[]): readonly string[] => parts.map(({ column }) => column)

/** The columns of an index, in order, as far as it is one of columns. */
export const indexColumns = ({ parts }: Index): readonly string[] =>
  parts.flatMap((part) => (part.kind === 'column' ? [part.column] : []))

/** Whether two lists hold the same names, in whatever order. */
export const isSameSet = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((name) => other.includes(name))

/** Whether an object of a table stands on a column of it. */
export const standsOn = (object: Standing, column: string): boolean => {
  switch (object.type) {
    case 'index': {
      const { parts, include, where } = object.value
      return (
        include.includes(column) ||
        (where !== null && mentions(where, column)) ||
        parts.some((part) =>
          part.kind === 'column' ? part.column === column : mentions(part.expression, column),
        )
      )
    }
    case 'primary key':
    case 'unique':
      return partColumns(object.value.parts).includes(column) || object.value.include.includes(column)
    case 'foreign key':
      return object.value.columns.includes(column) || object.value.onDeleteColumns.includes(column)
    case 'check':
      return object.value.column === column || mentions(object.value.expression, column)
    case 'exclusion':
      return mentions(object.value.definition, column)
  }
}

/** An index that anything can be looked up in by its first columns. */
const isPlain = ({ parts, where, method, isUsed }: Index): boolean =>
  where === null &&
  isUsed &&
  !['fulltext', 'spatial', 'rtree', 'gin', 'gist', 'brin'].includes(method) &&
  parts.every((part) => part.kind === 'column' && part.prefixLength === null)

const startsWith = (names: readonly string[], columns: readonly string[]): boolean =>
  columns.every((column, at) => names[at] === column)

/** Whether an index begins with the columns, in their order: a foreign key on them needs no other. */
export const servesKey = (index: Index, columns: readonly string[]): boolean =>
  isPlain(index) && startsWith(indexColumns(index), columns)

/** Whether the primary key begins with the columns. */
export const primaryKeyServes = ({ primaryKey }: Table, columns: readonly string[]): boolean =>
  primaryKey !== null && startsWith(partColumns(primaryKey.parts), columns)

/** What the engine makes for a foreign key when no index serves it. */
export const isImpliedShape = (index: Index, key: ForeignKeyConstraint): boolean =>
  isPlain(index) &&
  !index.unique &&
  index.method === 'btree' &&
  index.comment === null &&
  index.parts.length === key.columns.length &&
  index.parts.every(({ direction }) => direction === 'asc') &&
  servesKey(index, key.columns)

/** What makes the columns unique, so that a foreign key can refer to them. */
export const uniqueOver = (table: Table, columns: readonly string[]): readonly Standing[] => [
  ...(table.primaryKey !== null && isSameSet(partColumns(table.primaryKey.parts), columns)
    ? [{ type: 'primary key' as const, value: table.primaryKey }]
    : []),
  ...table.uniques
    .filter(({ parts }) => isSameSet(partColumns(parts), columns))
    .map((value) => ({ type: 'unique' as const, value })),
  ...table.indexes
    .filter((index) => index.unique && isPlain(index) && isSameSet(indexColumns(index), columns))
    .map((value) => ({ type: 'index' as const, value })),
]

/** All that stands on the columns of a table but its foreign keys. */
export const standingOf = (table: Table): readonly Exclude<Standing, { type: 'foreign key' }>[] => [
  ...table.indexes.map((value) => ({ type: 'index' as const, value })),
  ...table.exclusions.map((value) => ({ type: 'exclusion' as const, value })),
  ...table.checks.map((value) => ({ type: 'check' as const, value })),
  ...table.uniques.map((value) => ({ type: 'unique' as const, value })),
  ...(table.primaryKey === null ? [] : [{ type: 'primary key' as const, value: table.primaryKey }]),
]
