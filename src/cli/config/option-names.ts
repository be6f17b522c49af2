import type { MigratorOptions } from '../../migrator/index.js'
import { nearName } from '../../migrator/near-name.js'
import { CliError } from '../cli-error.js'

/** Whatever a config may hold: what `createMigrator` takes, and what is the command line's own. */
const OPTIONS: Readonly<Record<keyof MigratorOptions | 'url' | 'postWrite', true>> = {
  url: true,
  sequelize: true,
  migrations: true,
  models: true,
  baseline: true,
  versionTable: true,
  transaction: true,
  lock: true,
  logger: true,
  include: true,
  compare: true,
  renames: true,
  processOperations: true,
  compareType: true,
  namingConvention: true,
  shadow: true,
  postWrite: true,
}

/**
 * Refuses a name that no option of a config has, with the one that may be meant.
 *
 * @throws CliError `UNKNOWN_OPTION`
 */
export const refuseUnknownOptions = (config: object, label: string): void => {
  const unknown = Object.keys(config).find((name) => !Object.hasOwn(OPTIONS, name))
  if (unknown === undefined) return
  const names = Object.keys(OPTIONS)
  const near = nearName(unknown, names)
  throw new CliError(
    'UNKNOWN_OPTION',
    `${label} has "${unknown}", and there is no such option.${near === undefined ? '' : ` Did you mean "${near}"?`} ` +
      `The options of a config are ${names.join(', ')}. Nothing was run.`,
    { subject: unknown },
  )
}
