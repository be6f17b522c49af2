import type { Migrator, MigratorOptions, RevisionInfo } from '../../migrator/index.js'
import { messageOf } from '../cli-error.js'
import { commandFor } from '../describe-error.js'
import { upgradeCommand } from '../format/upgrade-command.js'
import { type Check, ok, warning, wrong } from './check.js'

type Tables = { tableExists(name: unknown): Promise<boolean> }

/** The version table as the options name it. */
const versionTableOf = ({
  versionTable,
}: MigratorOptions): { readonly tableName: string; readonly schema?: string } => {
  if (typeof versionTable === 'string') return { tableName: versionTable }
  const { tableName = 'sm2kit_revisions', schema } = versionTable ?? {}
  return schema === undefined ? { tableName } : { tableName, schema }
}

const has = (options: MigratorOptions, table: unknown): Promise<boolean> =>
  (options.sequelize.getQueryInterface() as unknown as Tables).tableExists(table)

/** Whether the version table is there, or what is there in its place. */
export const checkVersionTable = async (options: MigratorOptions): Promise<Check> => {
  const table = versionTableOf(options)
  if (await has(options, table.schema === undefined ? table.tableName : table))
    return ok('version table', table.tableName)
  if (await has(options, 'SequelizeMeta')) {
    return warning(
      'version table',
      `${table.tableName} is not there, and SequelizeMeta is: Umzug or sequelize-cli has migrated this database`,
      'sm2kit adopt',
    )
  }
  return ok('version table', `${table.tableName} is not there yet; the first upgrade makes it`)
}

/** Whether the lock is free. */
export const checkLock = async (
  options: MigratorOptions,
  create: (options: MigratorOptions) => Migrator,
): Promise<Check> => {
  const table = versionTableOf(options)
  if (!(await has(options, table.schema === undefined ? table.tableName : table)))
    return ok('lock', 'nobody can hold it: there is no version table yet')
  const { logger: _logger, ...rest } = options
  const prober = create({ ...rest, migrations: [], baseline: false, lock: { timeoutMs: 0 } })
  try {
    // It takes the lock, finds no such revision, and lets go: nothing is written.
    await prober.resolve('sm2kit-doctor-asks-for-the-lock', 'applied')
  } catch (error) {
    const code = codeOf(error)
    if (code === 'LOCK_TIMEOUT')
      return warning('lock', `held: ${messageOf(error)}`, 'Wait for it, or end that process.')
    if (code !== 'UNKNOWN_REVISION')
      return wrong('lock', `cannot be taken: ${messageOf(error)}`, 'Mend what the message says.')
  }
  return ok('lock', 'free')
}

/** Whether the revisions of the code and the database's record of them fit together. */
export const checkRevisions = async (migrator: Migrator): Promise<readonly Check[]> => {
  const name = 'revisions'
  let all: readonly RevisionInfo[]
  let current: readonly RevisionInfo[]
  try {
    all = await migrator.history()
    current = await migrator.current()
  } catch (error) {
    return [wrong(name, messageOf(error), 'Mend what the message says.')]
  }
  const checks: Check[] = []
  const say = (state: string, found: readonly RevisionInfo[]): string =>
    `${found.length} ${state}: ${found.map(describe).join(', ')}`
  const interrupted = all.filter((info) => info.state === 'interrupted')
  if (interrupted.length > 0)
    checks.push(
      wrong(
        name,
        say('interrupted', interrupted),
        'sm2kit upgrade goes on with it, or says what it must know.',
      ),
    )
  const unknown = current.filter((info) => info.state === 'unknown')
  if (unknown.length > 0)
    checks.push(
      warning(
        name,
        say('not in this code', unknown),
        'Deploy the code that has them, or bring the files back.',
      ),
    )
  const below = all.filter((info) => info.isBelowHead)
  if (below.length > 0) checks.push(warning(name, say('pending below head', below), upgradeCommand(all)))
  const pending = all.filter((info) => info.state === 'pending' && !info.isBelowHead)
  if (pending.length > 0)
    checks.push(
      warning(name, `${pending.length} pending, up to ${describe(pending[0])}`, upgradeCommand(all)),
    )
  checks.push(...(await checkEdited(migrator, current)))
  const applied = all.filter((info) => info.state === 'applied').length
  return checks.length > 0 ? checks : [ok(name, `${applied} applied, none pending`)]
}

/** A plan to where the database is has no steps, and is refused when an applied file was edited. */
const checkEdited = async (
  migrator: Migrator,
  current: readonly RevisionInfo[],
): Promise<readonly Check[]> => {
  const known = current.filter((info) => info.state === 'applied').map((info) => info.revision)
  if (known.length === 0) return []
  try {
    await migrator.plan(known, { direction: 'up' })
    return []
  } catch (error) {
    // What is unknown has been said.
    if (codeOf(error) === 'UNKNOWN_APPLIED') return []
    const message = messageOf(error)
    const command = commandFor(String(codeOf(error)), { message, revisions: [] })
    const remedy = 'Mend what the message says'
    return [
      wrong('revisions', message, command === undefined ? `${remedy}.` : `${remedy}; to accept: ${command}`),
    ]
  }
}

const describe = (info: RevisionInfo | undefined): string =>
  info === undefined ? '' : `${info.revision}${info.message === '' ? '' : ` (${info.message})`}`

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined
