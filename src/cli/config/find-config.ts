import { statSync } from 'node:fs'
import { extname, join, resolve } from 'node:path'
import { CliError } from '../cli-error.js'

/** What a config may be called, the first one first. */
export const CONFIG_NAMES = ['ts', 'mts', 'js', 'mjs', 'cjs', 'json'].map(
  (extension) => `sm2kit.config.${extension}`,
)

const EXTENSIONS = new Set([...CONFIG_NAMES.map(extname), '.cts'])

/** A config file that is there. */
export interface FoundConfig {
  /** Absolute. */
  readonly path: string
  /** As the user calls it, for messages. */
  readonly label: string
  /** Others beside it, which are not read. */
  readonly others: readonly string[]
}

/**
 * The config that was named, or the one in the working folder, or none.
 *
 * @throws CliError `CONFIG_NOT_FOUND` when the named one is not there or cannot be a config.
 */
export const findConfig = (folder: string, named: string | undefined): FoundConfig | undefined => {
  if (named === undefined) {
    const [label, ...others] = CONFIG_NAMES.filter((name) => isFile(join(folder, name)))
    return label === undefined ? undefined : { path: join(folder, label), label, others }
  }
  const path = resolve(folder, named)
  if (!EXTENSIONS.has(extname(path))) {
    throw new CliError(
      'CONFIG_NOT_FOUND',
      `"${named}" cannot be a config: it must end in ${[...EXTENSIONS].join(', ')}. Nothing was run.`,
      { subject: named },
    )
  }
  if (!isFile(path)) {
    throw new CliError(
      'CONFIG_NOT_FOUND',
      `There is no config "${named}". Nothing was run. Correct the name behind --config, or write one with \`sm2kit init\`.`,
      { subject: named },
    )
  }
  return { path, label: named, others: [] }
}

const isFile = (path: string): boolean => {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}
