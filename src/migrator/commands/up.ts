import { labelOf } from '../directory/folder.js'
import { MigratorError } from '../errors.js'
import type { Report } from '../report.js'
import type { Target } from '../revisions/graph-types.js'
import type { KnownRevision } from '../revisions/revision.js'
import type { BackupOptions, BackupReport } from './backup.js'
import type { CommandContext } from './context.js'
import { goUp } from './go.js'
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
): Promise<readonly MigrationMeta[]> =>
  (await goUp(context, (state) => selectUp(state, options), { isEverything: isEmpty(options) })).done

/** Whether no option is given; whatever else is wrong with them is refused where they are read. */
const isEmpty = (options: unknown): boolean =>
  typeof options === 'object' && options !== null && Object.keys(options).length === 0

/** `migrator.upgrade()`, Alembic's. */
export const upgrade = async (
  context: CommandContext,
  target: Target,
  options: UpgradeOptions = {},
): Promise<UpgradeReport> => {
  refuseUnknownOptions('upgrade', options, ['backup'])
  const { backup: wanted = false } = options
  const select = (state: MigrationState): readonly KnownRevision[] => stepsTo(state, target)
  const isEverything = target === 'head' || target === 'heads'
  if (wanted === false) return (await goUp(context, select, { isEverything })).report
  let backup: BackupReport | undefined
  const first = async (): Promise<void> => {
    const { rareVerbs } = await import('./rarely.js')
    backup = await rareVerbs.backup(context, wanted === true ? {} : wanted)
  }
  try {
    const { report } = await goUp(context, select, { isEverything, first })
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
