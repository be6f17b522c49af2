import type { ColumnFacts } from './column-facts.js'
import type { Attribute, ColumnType } from './column-type.js'
import type { Named } from './names.js'
import type { Room } from './room.js'
import type { Statements } from './statements.js'

/** A call of `op.changeColumn`, with what is known of the column. */
export interface ColumnChangeCall {
  readonly room: Room
  readonly statements: Statements
  /** For messages. */
  readonly what: string
  readonly table: Named
  readonly column: string
  readonly attribute: Attribute
  /** The type that it names. */
  readonly type: ColumnType | undefined
  /** Undefined where there is no database, or not yet such a column in it. */
  readonly facts: ColumnFacts | undefined
}
