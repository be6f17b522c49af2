import { fileURLToPath } from 'node:url'
import type { Sequelize } from 'sequelize'
import {
  type AutogenerateConfig,
  type AutogenerateOptions,
  autogenerateNames,
  parseAutogenerate,
} from './config-autogenerate.js'
import { invalid, isRecord, isText, oneOf, refuseUnknown } from './config-checks.js'
import type { Revision } from './operations/migration.js'
import type { IdKind, Sm2TableOptions } from './operations/sm2-tables.js'

/** What Umzug logs with: one structured message a call. `console` has this shape. */
export interface MigratorLogger {
  /** A step begins or ends: `{ event, name, durationSeconds }`, and `revision` where the file is called otherwise. */
  info(message: Record<string, unknown>): void
  /** Something that needs an eye but stops nothing. */
  warn(message: Record<string, unknown>): void
  /** A step failed: `{ event: 'failed', name, revision, direction, statement, durationSeconds, message }`. The error is thrown as well. */
  error(message: Record<string, unknown>): void
  /** Not used so far. */
  debug(message: Record<string, unknown>): void
}

/** Where the applied revisions are recorded. */
export interface VersionTableOptions {
  /** Never `SequelizeMeta`, which belongs to Umzug and sequelize-cli. */
  readonly tableName: string
  /** Made where it is missing, on engines that have schemas. Default: the connection's own. */
  readonly schema?: string | undefined
}

/** How to wait for another process that migrates. */
export interface LockOptions {
  /** Milliseconds from 0 to 2 147 483 647; 0 asks once. Default 60 000. */
  readonly timeoutMs?: number | undefined
}

/** A folder of revision files (a path, or a `file:` URL), or one revision in memory. */
export type MigrationSource = string | URL | Revision

/** Names and id types of the shipped tables; what is left out has its default. */
export interface BaselineOptions {
  /** Put before `cards` and `reviews`. Default `sm2_`. */
  readonly prefix?: string | undefined
  /** Schema of the tables; made where it is missing, on engines that have schemas. Default: the connection's own. */
  readonly schema?: string | undefined
  /** Type of `learner_id`. Default `string`. */
  readonly learnerId?: IdKind | undefined
  /** Type of `item_id`. Default `string`. */
  readonly itemId?: IdKind | undefined
}

/** What {@link createMigrator} takes; only `sequelize` is required. */
export interface MigratorOptions extends AutogenerateOptions {
  /** The host's instance. Never closed, and no model is defined on it. */
  readonly sequelize: Sequelize
  /** Folder(s), or revisions in memory, or both. A relative path counts from the working folder. Default: none. */
  readonly migrations?: MigrationSource | readonly MigrationSource[] | undefined
  /** The models that autogenerate compares with. Default: all models of the instance. */
  readonly models?: Readonly<Record<string, unknown>> | readonly unknown[] | undefined
  /** The shipped SM-2 tables: `true` (default), `false` for none, or their names and id types. */
  readonly baseline?: boolean | BaselineOptions | undefined
  /** Where the applied revisions are recorded. Default `sm2kit_revisions`. */
  readonly versionTable?: string | VersionTableOptions | undefined
  /** `step` (default): each revision in a transaction of its own. `run`: all of them in one. */
  readonly transaction?: 'step' | 'run' | undefined
  /** How long to wait for another process that migrates, in milliseconds. Default 60 000. */
  readonly lock?: LockOptions | undefined
  /** Default: silent. */
  readonly logger?: MigratorLogger | undefined
}

/** The options with every default filled in. */
export interface MigratorConfig {
  readonly sequelize: Sequelize
  readonly folders: readonly string[]
  readonly revisions: readonly Revision[]
  readonly baseline: Sm2TableOptions | false
  readonly versionTable: { readonly tableName: string; readonly schema?: string }
  readonly transaction: 'step' | 'run'
  readonly lockTimeoutMs: number
  readonly logger: MigratorLogger
  /** As they were given. Undefined: those of the instance, whenever they are asked for. */
  readonly models: MigratorOptions['models']
  readonly autogenerate: AutogenerateConfig
}

const OPTION_NAMES: readonly (keyof MigratorOptions)[] = [
  'sequelize',
  'migrations',
  'models',
  'baseline',
  'versionTable',
  'transaction',
  'lock',
  'logger',
  ...autogenerateNames,
]

const ID_KINDS: readonly IdKind[] = ['string', 'uuid', 'bigint']
const LONGEST_LOCK_WAIT_MS = 2 ** 31 - 1

const nothing = (): void => {}
const SILENT: MigratorLogger = { info: nothing, warn: nothing, error: nothing, debug: nothing }

/**
 * The options, checked and completed.
 *
 * @throws MigratorError `UNKNOWN_OPTION` and `INVALID_OPTION`, which name the option and what it may be.
 */
export const parseOptions = (options: MigratorOptions): MigratorConfig => {
  if (!isRecord(options)) throw invalid('options', options, 'an object with at least "sequelize"')
  refuseUnknown(options, OPTION_NAMES, '')
  const { sequelize } = options
  if (!isSequelize(sequelize)) throw invalid('sequelize', sequelize, 'an instance of Sequelize v6')
  const sources = parseSources(options.migrations)
  return {
    sequelize,
    ...sources,
    baseline: parseBaseline(options.baseline),
    versionTable: parseVersionTable(options.versionTable),
    transaction: oneOf('transaction', options.transaction ?? 'step', ['step', 'run']),
    lockTimeoutMs: parseLock(options.lock),
    logger: parseLogger(options.logger),
    models: parseModels(options.models),
    autogenerate: parseAutogenerate(options),
  }
}

const parseModels = (models: MigratorOptions['models']): MigratorOptions['models'] => {
  if (models === undefined || (typeof models === 'object' && models !== null)) return models
  throw invalid('models', models, 'models, by name or as a list')
}

const parseSources = (
  value: MigratorOptions['migrations'],
): Pick<MigratorConfig, 'folders' | 'revisions'> => {
  const folders: string[] = []
  const revisions: Revision[] = []
  const sources: readonly unknown[] = value === undefined ? [] : Array.isArray(value) ? value : [value]
  for (const source of sources) {
    if (typeof source === 'string' && source !== '') folders.push(source)
    else if (source instanceof URL) folders.push(pathOf(source))
    else if (isRecord(source)) revisions.push(source as unknown as Revision)
    else throw invalid('migrations', source, 'a folder, a revision, or a list of them')
  }
  return { folders: [...new Set(folders)], revisions }
}

const pathOf = (url: URL): string => {
  if (url.protocol !== 'file:') throw invalid('migrations', url.href, 'a file: URL')
  return fileURLToPath(url)
}

const parseBaseline = (value: MigratorOptions['baseline']): Sm2TableOptions | false => {
  if (value === false) return false
  const given: unknown = value === undefined || value === true ? {} : value
  if (!isRecord(given))
    throw invalid('baseline', value, 'true, false, or { prefix, schema, learnerId, itemId }')
  refuseUnknown(given, ['prefix', 'schema', 'learnerId', 'itemId'], 'baseline.')
  const { prefix = 'sm2_', schema, learnerId = 'string', itemId = 'string' } = given
  // Sequelize splits names at dots, and takes what comes first for a schema.
  if (typeof prefix !== 'string' || prefix.includes('.'))
    throw invalid(
      'baseline.prefix',
      prefix,
      'a text without dots (a schema has its own option, "baseline.schema")',
    )
  if (schema !== undefined && !isText(schema))
    throw invalid('baseline.schema', schema, 'the name of a schema')
  return {
    prefix,
    ...(schema === undefined ? {} : { schema }),
    learnerId: oneOf('baseline.learnerId', learnerId, ID_KINDS),
    itemId: oneOf('baseline.itemId', itemId, ID_KINDS),
  }
}

const parseVersionTable = (value: MigratorOptions['versionTable']): MigratorConfig['versionTable'] => {
  const given: unknown =
    typeof value === 'string' ? { tableName: value } : (value ?? { tableName: 'sm2kit_revisions' })
  if (!isRecord(given)) throw invalid('versionTable', value, 'a name, or { tableName, schema }')
  refuseUnknown(given, ['tableName', 'schema'], 'versionTable.')
  const { tableName, schema } = given
  if (!isText(tableName)) throw invalid('versionTable', tableName, 'the name of a table')
  if (schema !== undefined && !isText(schema))
    throw invalid('versionTable.schema', schema, 'the name of a schema')
  if (tableName === 'SequelizeMeta') {
    throw invalid(
      'versionTable',
      tableName,
      "a table of its own; SequelizeMeta is Umzug's and sequelize-cli's",
    )
  }
  return schema === undefined ? { tableName } : { tableName, schema }
}

const parseLock = (value: MigratorOptions['lock']): number => {
  if (value === undefined) return 60_000
  if (!isRecord(value)) throw invalid('lock', value, '{ timeoutMs }')
  refuseUnknown(value, ['timeoutMs'], 'lock.')
  const { timeoutMs = 60_000 } = value
  if (typeof timeoutMs === 'number' && timeoutMs >= 0 && timeoutMs <= LONGEST_LOCK_WAIT_MS) return timeoutMs
  throw invalid('lock.timeoutMs', timeoutMs, `a number of milliseconds from 0 to ${LONGEST_LOCK_WAIT_MS}`)
}

const parseLogger = (value: MigratorOptions['logger']): MigratorLogger => {
  if (value === undefined) return SILENT
  const given: unknown = value
  const complete =
    isRecord(given) && ['info', 'warn', 'error', 'debug'].every((name) => typeof given[name] === 'function')
  if (!complete) throw invalid('logger', given, 'an object with info, warn, error and debug, like console')
  return value
}

/** By shape: the host's Sequelize may be another copy of the class than ours. */
const isSequelize = (value: unknown): value is Sequelize =>
  isRecord(value) &&
  typeof value['getQueryInterface'] === 'function' &&
  typeof value['getDialect'] === 'function' &&
  typeof value['query'] === 'function'
