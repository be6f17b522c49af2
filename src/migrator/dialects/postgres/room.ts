import type { QueryInterface } from 'sequelize'
import type { Names } from './names.js'
import type { Orphans } from './orphans.js'
import type { Statements } from './statements.js'

/** What the operations of one step share. */
export interface Room {
  readonly queryInterface: QueryInterface
  readonly names: Names
  readonly orphans: Orphans
  /** The step is one transaction. */
  readonly isOneTransaction: boolean
  /** @param options - Of the call: `transaction`, `logging`. */
  statements(options: unknown): Statements
  /** Lets Sequelize know of enum types that were made. */
  typesChanged(): Promise<void>
}
