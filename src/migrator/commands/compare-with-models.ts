import type { AutogenerateConfig } from '../config-autogenerate.js'
import type { Operation } from '../operations/operation.js'
import type { Schema } from '../schema/schema.js'
import type { CommandContext } from './context.js'

/** A table or column that is gone beside a new one of the same shape. */
export interface RenameProposal {
  /** `table` or `table.column`, as the option `renames` takes it. */
  readonly from: string
  /** The new name: `table` or `table.column`. */
  readonly to: string
}

/** Models beside the database. */
export interface Comparison {
  readonly operations: readonly Operation[]
  readonly proposals: readonly RenameProposal[]
  /** All of the database. */
  readonly before: Schema
  /** The database after the operations. */
  readonly after: Schema
}

export const compareWithModels = async (
  _context: CommandContext,
  _options: AutogenerateConfig,
): Promise<Comparison> => {
  throw new Error('not there yet')
}
