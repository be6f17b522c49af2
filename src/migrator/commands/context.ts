import type { Umzug } from 'umzug'
import type { MigratorConfig } from '../config.js'
import { databaseError } from '../runtime/database-error.js'
import type { MigratorEvents } from '../runtime/events.js'
import type { StepRunner } from '../runtime/step-runner.js'
import { inTurn } from '../runtime/turns.js'
import type { VersionTable } from '../runtime/version-table.js'
import type { Catalog, Sources } from './catalog.js'

/** What every verb is given: one migrator's parts. */
export interface CommandContext {
  readonly config: MigratorConfig
  readonly table: VersionTable
  readonly events: MigratorEvents
  readonly runner: StepRunner
  /** Reads the revisions anew, without looking into them. */
  sources(): Promise<Sources>
  /** Loads Umzug at the first call. */
  umzug(): Umzug<import('sequelize').QueryInterface>
}

/** Reads the revisions anew, and looks into them. */
export const lookInto = async (context: CommandContext): Promise<Catalog> =>
  (await context.sources()).catalog()

/** A context whose revisions are those of a catalogue that is there already. */
export const withCatalog = (context: CommandContext, catalog: Catalog): CommandContext => ({
  ...context,
  sources: async () => ({ catalog: async () => catalog }),
})

/** Runs a verb that writes: one at a time on an instance, with the errors of the database made the user's. */
export const runWriting = async <T>(context: CommandContext, task: () => Promise<T>): Promise<T> => {
  const { config, table, runner } = context
  try {
    return await inTurn(config.sequelize, runner.sessions.deadline(), task)
  } catch (error) {
    throw databaseError(error, config.sequelize, table.dialect, config.lockTimeoutMs)
  }
}
