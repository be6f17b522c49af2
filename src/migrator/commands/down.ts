import type { Report } from '../report.js'
import type { Target } from '../revisions/graph-types.js'
import type { CommandContext } from './context.js'
import { goDown } from './go.js'
import type { MigrationMeta } from './run-steps.js'
import { type DownOptions, knownOf, selectDown } from './select.js'
import { targetsOf } from './target.js'

/** `migrator.down()`, Umzug's. */
export const down = async (
  context: CommandContext,
  options: DownOptions = {},
): Promise<readonly MigrationMeta[]> =>
  (await goDown(context, (state, gone) => selectDown(state, options, gone))).done

/** `migrator.downgrade()`, Alembic's. */
export const downgrade = async (context: CommandContext, target: Target): Promise<Report> => {
  const { report } = await goDown(context, (state, _gone, before) => {
    const { catalog } = before
    // What was interrupted counts as applied: going back by one from there is going back over it.
    const begun = before.interrupted.map(({ revision }) => revision)
    const steps = catalog.graph.downgrade([...before.appliedIds(), ...begun], targetsOf(catalog, target))
    return knownOf(state.catalog, steps).filter((revision) => state.rows.has(revision.revision))
  })
  return report
}
