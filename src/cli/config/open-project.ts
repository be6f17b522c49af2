import { dirname } from 'node:path'
import type { Sequelize } from 'sequelize'
import type { MigratorOptions } from '../../migrator/index.js'
import { CliError, messageOf } from '../cli-error.js'
import { type Invocation, usage } from '../invocation.js'
import { close, connect } from './connect.js'
import { findConfig } from './find-config.js'
import { loadConfig } from './load-config.js'
import { refuseUnknownOptions } from './option-names.js'

/** What a command works on: the config, and how to reach the database. */
export interface Project {
  /** What the config is called; undefined when there is none. */
  readonly config: string | undefined
  readonly sequelize: Sequelize
  /** For `createMigrator`, all but the logger. */
  readonly options: MigratorOptions
  /** A command that is run on the files that are written; empty for none. */
  readonly postWrite: readonly string[]
  /** Where the host's packages are looked for, the first one first. */
  readonly folders: readonly string[]
  /** Closes an instance that was made for the command. */
  close(): Promise<void>
}

/**
 * The project of a command: reads the config, and makes an instance of Sequelize. Nothing is connected yet.
 *
 * @throws CliError; see `docs/errors.md`.
 */
export const openProject = async (invocation: Invocation): Promise<Project> => {
  const { folder, terminal } = invocation.surroundings
  const found = findConfig(folder, invocation.text('config'))
  if (found !== undefined && found.others.length > 0) {
    terminal.remark(
      `${found.label} is used; ${found.others.join(', ')} beside it ${found.others.length === 1 ? 'is' : 'are'} not read.`,
    )
  }
  const config = found === undefined ? {} : await loadConfig(found, extrasOf(invocation.list('x')))
  const folders = [...new Set([...(found === undefined ? [] : [dirname(found.path)]), folder])]
  const { sequelize, isOurs } = await instanceOf(invocation, config, found?.label, folders)
  const { url: _url, sequelize: _sequelize, logger: _logger, postWrite, ...rest } = config
  const migrations = invocation.list('migrations')
  const closeOurs = async (): Promise<void> => {
    if (isOurs) await close(sequelize)
  }
  try {
    if (found !== undefined) refuseUnknownOptions(config, found.label)
  } catch (error) {
    await closeOurs()
    throw error
  }
  return {
    config: found?.label,
    sequelize,
    folders,
    postWrite: postWriteOf(postWrite, found?.label),
    options: {
      ...(rest as Omit<MigratorOptions, 'sequelize'>),
      sequelize,
      ...(migrations.length === 0 ? {} : { migrations }),
    },
    close: closeOurs,
  }
}

/** The models that the project's database would be compared with. */
export const modelsOf = ({ sequelize, options: { models } }: Project): readonly unknown[] =>
  Object.values(models ?? sequelize.models)

const postWriteOf = (given: unknown, label: string | undefined): readonly string[] => {
  if (given === undefined) return []
  if (Array.isArray(given) && given.every((part) => typeof part === 'string' && part !== '')) return given
  throw invalidConfig(
    label,
    '"postWrite" that is no list of texts, such as ["npx", "biome", "check", "--write"]',
  )
}

const extrasOf = (pairs: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=')
      if (at === 0) throw usage(`-x takes key=value, and "${pair}" has no key.`, '-x')
      return at === -1 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)]
    }),
  )

interface Instance {
  readonly sequelize: Sequelize
  readonly isOurs: boolean
}

const instanceOf = async (
  invocation: Invocation,
  config: Readonly<Record<string, unknown>>,
  label: string | undefined,
  folders: readonly string[],
): Promise<Instance> => {
  const { env, secrets } = invocation.surroundings
  const { url, sequelize } = config
  if (url !== undefined && typeof url !== 'string') throw invalidConfig(label, '"url" that is no text')
  if (url !== undefined && sequelize !== undefined)
    throw invalidConfig(label, 'both "url" and "sequelize"; one of them must go')
  secrets.addUrl(url ?? '')
  const given: readonly (readonly [string, string | undefined])[] = [['--url', invocation.text('url')]]
  const environment = (['SM2KIT_URL', 'DATABASE_URL'] as const).map((name) => [name, env[name]] as const)
  if (sequelize !== undefined && invocation.text('url') === undefined) {
    const instance = await instanceFromConfig(sequelize, label)
    addPasswords(invocation, instance.sequelize)
    return instance
  }
  for (const [source, text] of [...given, [label ?? 'the config', url] as const, ...environment]) {
    if (text === undefined || (text === '' && source !== '--url')) continue
    secrets.addUrl(text)
    const made = connect(text, source, folders)
    addPasswords(invocation, made)
    return { sequelize: made, isOurs: true }
  }
  throw new CliError(
    'CONFIG_NOT_FOUND',
    label === undefined
      ? 'There is no sm2kit.config.* in this folder, and no URL of a database. Nothing was run. ' +
          'Write a config with `sm2kit init`, name one with --config, or give --url, SM2KIT_URL or DATABASE_URL.'
      : `${label} has neither "url" nor "sequelize", and no URL was given. Nothing was run. Add one of them, or give --url, SM2KIT_URL or DATABASE_URL.`,
    label === undefined ? {} : { subject: label },
  )
}

const instanceFromConfig = async (given: unknown, label: string | undefined): Promise<Instance> => {
  if (typeof given !== 'function') return { sequelize: checked(given, label), isOurs: false }
  let made: unknown
  try {
    made = await (given as () => unknown)()
  } catch (cause) {
    throw new CliError(
      'CONFIG_NOT_LOADABLE',
      `The function "sequelize" of ${label ?? 'the config'} failed: ${messageOf(cause)}. Nothing was run.`,
      { cause, ...(label === undefined ? {} : { subject: label }) },
    )
  }
  return { sequelize: checked(made, label), isOurs: true }
}

const checked = (value: unknown, label: string | undefined): Sequelize => {
  if (
    typeof value === 'object' &&
    value !== null &&
    'getDialect' in value &&
    typeof value.getDialect === 'function' &&
    'query' in value
  )
    return value as Sequelize
  throw invalidConfig(
    label,
    '"sequelize" that is neither an instance of Sequelize v6 nor a function that returns one',
  )
}

const addPasswords = ({ surroundings: { secrets } }: Invocation, sequelize: Sequelize): void => {
  const { config } = sequelize as unknown as { readonly config?: { readonly password?: unknown } }
  secrets.addPassword(config?.password)
}

const invalidConfig = (label: string | undefined, what: string): CliError =>
  new CliError('INVALID_CONFIG', `${label ?? 'The config'} has ${what}. Nothing was run.`, {
    ...(label === undefined ? {} : { subject: label }),
  })
