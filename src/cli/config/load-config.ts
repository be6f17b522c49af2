import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, extname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { CliError, messageOf } from '../cli-error.js'
import type { FoundConfig } from './find-config.js'

// How Node 20 refuses ES modules in a `.js` file of a package that is not marked as one.
const ESM_IN_COMMONJS = /Cannot use import statement outside a module|Unexpected token 'export'/u
const TYPESCRIPT = new Set(['.ts', '.mts', '.cts'])

/**
 * What a config file gives, its function called.
 *
 * @param x - What a config that is a function is called with.
 * @throws CliError `CONFIG_NOT_LOADABLE`, `INVALID_CONFIG`.
 */
export const loadConfig = async (
  found: FoundConfig,
  x: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, unknown>>> => {
  const { label } = found
  const exported = await importDefault(found)
  const config: unknown = typeof exported === 'function' ? await callConfig(exported, x, found) : exported
  if (typeof config === 'object' && config !== null && !Array.isArray(config)) return { ...config }
  throw new CliError(
    'INVALID_CONFIG',
    `${label} ${typeof exported === 'function' ? 'is a function that returns' : 'exports'} ${nameOf(config)}; ` +
      'it must export a config by default: `export default defineConfig({ url, migrations })`. Nothing was run.',
    { subject: label },
  )
}

const nameOf = (value: unknown): string =>
  value === undefined
    ? 'nothing'
    : value === null
      ? 'null'
      : Array.isArray(value)
        ? 'a list'
        : `a ${typeof value}`

const callConfig = async (
  make: unknown,
  x: Readonly<Record<string, string>>,
  found: FoundConfig,
): Promise<unknown> => {
  const { label } = found
  try {
    return await (make as (given: unknown) => unknown)({ x })
  } catch (cause) {
    throw new CliError(
      'CONFIG_NOT_LOADABLE',
      `The function that ${label} exports failed: ${tidy(cause, found)}. Nothing was run.`,
      { cause, subject: label },
    )
  }
}

const importDefault = async (found: FoundConfig): Promise<unknown> => {
  const { path, label } = found
  try {
    return extname(path) === '.json'
      ? (JSON.parse((await readFile(path, 'utf8')).replace(/^\uFEFF/u, '')) as unknown)
      : defaultOf(await importAny(path))
  } catch (cause) {
    throw new CliError(
      'CONFIG_NOT_LOADABLE',
      `${label} cannot be loaded: ${tidy(cause, found)}. Nothing was run. Correct the file and run again.`,
      { cause, subject: label },
    )
  }
}

/** The cause, with the file and its neighbours called as the user calls them. */
const tidy = (cause: unknown, { path, label }: FoundConfig): string =>
  messageOf(cause).split(path).join(label).split(dirname(path)).join(dirname(label))

const importAny = async (path: string): Promise<unknown> => {
  if (TYPESCRIPT.has(extname(path))) return importTypeScript(path)
  if (extname(path) === '.cjs') return createRequire(path)(path)
  try {
    return await import(pathToFileURL(path).href)
  } catch (error) {
    if (error instanceof SyntaxError && ESM_IN_COMMONJS.test(error.message)) return importTypeScript(path)
    throw error
  }
}

const importTypeScript = async (path: string): Promise<unknown> => {
  const { createJiti } = await import('jiti')
  // No cache on disk: it would lie in a folder that others may write to.
  return createJiti(pathToFileURL(path).href, { fsCache: false }).import(path)
}

/** The default export; of CommonJS that was compiled from ES modules, the one inside. */
const defaultOf = (module: unknown): unknown => {
  if (!isObject(module)) return module
  const outer = 'default' in module ? module['default'] : module
  return isObject(outer) && outer['__esModule'] === true && 'default' in outer ? outer['default'] : outer
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null
