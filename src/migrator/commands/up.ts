import type { Report } from '../report.js'
import type { Target } from '../revisions/graph-types.js'
import type { CommandContext } from './context.js'
import { goUp, metasOf } from './go.js'
import type { MigrationMeta } from './run-steps.js'
import { knownOf, selectUp, type UpOptions } from './select.js'
import { targetsOf } from './target.js'

/** `migrator.up()`, Umzug's. */
export const up = async (
  context: CommandContext,
  options: UpOptions = {},
): Promise<readonly MigrationMeta[]> => metasOf(await goUp(context, (state) => selectUp(state, options)))

/** `migrator.upgrade()`, Alembic's. */
export const upgrade = async (context: CommandContext, target: Target): Promise<Report> => {
  const { report } = await goUp(context, (state) => {
    const { catalog } = state
    const steps = catalog.graph.upgrade(state.appliedIds(), targetsOf(catalog, target))
    return knownOf(catalog, steps)
  })
  return report
}
