import { labelOf } from '../directory/list.js'
import { MigratorError } from '../errors.js'
import type { Report } from '../report.js'
import type { Target } from '../revisions/graph-types.js'
import type { KnownRevision } from '../revisions/revision.js'
import type { BackupOptions, BackupReport } from './backup.js'
import type { CommandContext } from './context.js'
import { goUp, metasOf } from './go.js'
import type { MigrationMeta } from './run-steps.js'
import { knownOf, selectUp, type UpOptions } from './select.js'
import type { MigrationState } from './state.js'
import { refuseUnknownOptions, targetsOf } from './target.js'

/** What `upgrade` does besides. */
export interface UpgradeOptions {
  /** Makes a backup before anything is run, where something is; `true` is one in the folder `backups`. */
  readonly backup?: boolean | BackupOptions
}

/** What `upgrade` did. */
export interface UpgradeReport extends Report {
  /** The backup that was made before the run. */
  readonly backup?: BackupReport
}

/** `migrator.up()`, Umzug's. */
export const up = async (
  context: CommandContext,
  options: UpOptions = {},
): Promise<readonly MigrationMeta[]> => metasOf(await goUp(context, (state) => selectUp(state, options)))

/** `migrator.upgrade()`, Alembic's. */
export const upgrade = async (
  context: CommandContext,
  target: Target,
  options: UpgradeOptions = {},
): Promise<UpgradeReport> => {
  refuseUnknownOptions('upgrade', options, ['backup'])
  const { backup: wanted = false } = options
  if (wanted === false) return (await goUp(context, (state) => stepsTo(state, target))).report
  let backup: BackupReport | undefined
  try {
    const { report } = await goUp(
      context,
      (state) => stepsTo(state, target),
      async () => {
        const { rareVerbs } = await import('./rarely.js')
        backup = await rareVerbs.backup(context, wanted === true ? {} : wanted)
      },
    )
    return backup === undefined ? report : { ...report, backup }
  } catch (error) {
    if (backup !== undefined && error instanceof MigratorError)
      error.addBackup(labelOf(backup.path), backup.path)
    throw error
  }
}

const stepsTo = (state: MigrationState, target: Target): readonly KnownRevision[] => {
  const { catalog } = state
  return knownOf(catalog, catalog.graph.upgrade(state.appliedIds(), targetsOf(catalog, target)))
}
