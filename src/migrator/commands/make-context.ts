import type { QueryInterface } from 'sequelize'
import type { Umzug } from 'umzug'
import type { MigratorConfig } from '../config.js'
import { dialectOf } from '../dialects/registry.js'
import { MigratorEvents } from '../runtime/events.js'
import { StepRunner } from '../runtime/step-runner.js'
import { createUmzug } from '../runtime/umzug-adapter.js'
import { VersionTable } from '../runtime/version-table.js'
import { readCatalog, readSources } from './catalog.js'
import type { CommandContext } from './context.js'
import { executed } from './list.js'

/** One migrator's parts. Nothing is read or connected yet. */
export const makeContext = (config: MigratorConfig): CommandContext => {
  const { sequelize, logger, lockTimeoutMs } = config
  const table = new VersionTable(sequelize, dialectOf(sequelize), config.versionTable)
  const events = new MigratorEvents(sequelize.getQueryInterface(), logger)
  const runner = new StepRunner(table, events, lockTimeoutMs)
  let umzug: Umzug<QueryInterface> | undefined
  const context: CommandContext = {
    config,
    table,
    events,
    runner,
    sources: () => readSources(config),
    umzug: () => {
      umzug ??= createUmzug(events.context, runner, {
        revisions: async () => runner.currentRun()?.all ?? (await readCatalog(config)).ordered,
        executed: async () => (await executed(context)).map(({ name }) => name),
      })
      return umzug
    },
  }
  return context
}
