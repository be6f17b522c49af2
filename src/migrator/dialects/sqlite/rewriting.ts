import type { CreateTable } from './sql-text/create-table.js'
import type { StoredTable } from './stored-table.js'

/** A table's new definition, beside the one that it has. */
export interface Rewriting {
  readonly table: StoredTable
  readonly definition: CreateTable
  /** Indexes that are not made again. */
  readonly droppedIndexes: readonly string[]
  /** For messages: `op.changeColumn on "notes"`. */
  readonly what: string
}
