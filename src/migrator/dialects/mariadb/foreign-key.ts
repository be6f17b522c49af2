import type { ForeignKeyConstraint, Table } from '../../schema/schema.js'
import type { Wanted } from './attribute.js'
import { isSameName, quoteName, quoteNames, quoteTable, type TableRef } from './sql.js'

/** A foreign key as SQL names it. */
export interface KeyParts {
  /** Undefined: the server makes one. */
  readonly name: string | undefined
  readonly columns: readonly string[]
  readonly target: TableRef
  readonly targetColumns: readonly string[]
  readonly onDelete: string | undefined
  readonly onUpdate: string | undefined
}

/** The key as SQL: `CONSTRAINT … FOREIGN KEY …`. */
export const printKey = (key: KeyParts): string =>
  [
    ...(key.name === undefined ? [] : [`CONSTRAINT ${quoteName(key.name)}`]),
    `FOREIGN KEY (${quoteNames(key.columns)})`,
    `REFERENCES ${quoteTable(key.target)} (${quoteNames(key.targetColumns)})`,
    ...(key.onDelete === undefined ? [] : [`ON DELETE ${key.onDelete}`]),
    ...(key.onUpdate === undefined ? [] : [`ON UPDATE ${key.onUpdate}`]),
  ].join(' ')

/** A key that is there, under another name. */
export const keyParts = (key: ForeignKeyConstraint, name: string | null): KeyParts => ({
  name: name ?? undefined,
  columns: key.columns,
  target: key.target,
  targetColumns: key.targetColumns,
  onDelete: key.onDelete,
  onUpdate: key.onUpdate,
})

/** The keys on one column alone. */
export const keysOn = (table: Table, column: string): readonly ForeignKeyConstraint[] =>
  table.foreignKeys.filter(
    ({ columns: [first = '', ...others] }) => others.length === 0 && isSameName(first, column),
  )

/**
 * The key that a column is to have instead of the one that it has; undefined where the attribute says nothing of it.
 *
 * @param former - The one that it has.
 */
export const wantedKey = (
  column: string,
  { references, onDelete, onUpdate }: Wanted,
  former: ForeignKeyConstraint | undefined,
): KeyParts | undefined => {
  if (references === null) return undefined
  if (references !== undefined)
    return {
      name: undefined,
      columns: [column],
      target: references.table,
      targetColumns: [references.column],
      onDelete,
      onUpdate,
    }
  if (former === undefined || (onDelete === undefined && onUpdate === undefined)) return undefined
  return {
    ...keyParts(former, null),
    onDelete: onDelete ?? former.onDelete,
    onUpdate: onUpdate ?? former.onUpdate,
  }
}

// A server of this kind takes what says nothing for RESTRICT, and NO ACTION for the same.
const actionOf = (action: string | undefined): string =>
  action === undefined || action === 'NO ACTION' ? 'RESTRICT' : action

/** Whether a key does what another one does. */
export const isSameKey = (one: KeyParts, other: ForeignKeyConstraint): boolean =>
  one.target.name === other.target.name &&
  one.target.schema === other.target.schema &&
  one.targetColumns.length === other.targetColumns.length &&
  one.targetColumns.every((column, index) => isSameName(column, other.targetColumns[index] ?? '')) &&
  actionOf(one.onDelete) === actionOf(other.onDelete) &&
  actionOf(one.onUpdate) === actionOf(other.onUpdate)
