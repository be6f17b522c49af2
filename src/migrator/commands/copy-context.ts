import type { Sequelize } from 'sequelize'
import { type Copying, CopyRefused } from '../dialect-copy.js'
import { MigratorError } from '../errors.js'
import { databaseError } from '../runtime/database-error.js'
import { redact } from '../runtime/redact.js'
import type { CommandContext } from './context.js'
import { makeContext } from './make-context.js'

const silent = (): void => {}

/** How this engine makes databases that belong to us; throws `NOT_AVAILABLE`. */
export const copyingOf = async (
  { table: { dialect } }: CommandContext,
  purpose: string,
): Promise<Copying> => {
  const copying = await dialect.copying?.()
  if (copying !== undefined) return copying
  throw new MigratorError(
    'NOT_AVAILABLE',
    `A database of ${dialect.label} cannot be copied for ${purpose} yet. Nothing was run.`,
  )
}

/**
 * Why there is no such database.
 *
 * @param purpose - What it is for; a sentence that goes on with "and".
 */
export const copyError = (error: unknown, { table, config }: CommandContext, purpose: string): unknown => {
  if (!(error instanceof CopyRefused)) return databaseError(error, config.sequelize, table.dialect, 0)
  return new MigratorError(
    'COPY_NOT_POSSIBLE',
    `${purpose}, and ${redact(error.fault, config.sequelize)}. Nothing was run. It takes ${error.remedy}.`,
    error.cause === undefined ? {} : { cause: error.cause },
  )
}

/** The parts of a migrator of another database, with the host's revisions and models. Its steps are none of the host's events. */
export const quietContextOn = ({ config }: CommandContext, sequelize: Sequelize): CommandContext => {
  const models = config.models ?? config.sequelize.models
  return makeContext({
    ...config,
    sequelize,
    // Each step is looked at by itself.
    transaction: 'step',
    logger: { info: silent, warn: silent, error: silent, debug: silent },
    ...(Object.keys(models).length === 0 ? {} : { models }),
  })
}
