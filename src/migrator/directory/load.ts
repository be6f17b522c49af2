import { readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, extname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { MigratorError, messageOf } from '../errors.js'

const TYPESCRIPT = new Set(['.ts', '.mts', '.cts'])
// How Node 20 refuses ES modules in a `.js` file of a package that is not marked as one.
const ESM_IN_COMMONJS = /Cannot use import statement outside a module|Unexpected token 'export'/u

/**
 * The exports of a revision file.
 *
 * `.mjs` and `.js` are imported, `.cjs` is required, TypeScript is read through jiti, which is loaded for the first such
 * file (a quarter of a second, once). An edited file is read anew.
 *
 * @param path - Absolute.
 * @param label - How the message calls the file.
 * @param text - Of the file, where it was read already.
 * @throws MigratorError `REVISION_NOT_LOADABLE`, with the cause.
 */
export const loadModule = async (
  path: string,
  label: string,
  text?: string,
): Promise<Readonly<Record<string, unknown>>> => {
  try {
    const module: unknown = await importAny(path, text)
    return flatten(module)
  } catch (cause) {
    throw new MigratorError(
      'REVISION_NOT_LOADABLE',
      `${label} cannot be loaded: ${tidy(messageOf(cause), path, label)}\nNothing was run. Correct the file and run again.`,
      { cause, subject: label },
    )
  }
}

const importAny = async (path: string, text?: string): Promise<unknown> => {
  const extension = extname(path)
  if (TYPESCRIPT.has(extension)) return importTypeScript(path)
  if (extension === '.cjs') return requireFresh(path)
  try {
    const require = requireOf(path)
    const realPath = forget(require, path)
    if (extension === '.js' && isCommonJs(realPath, text)) {
      try {
        // A third of what `import()` costs, and what it would give.
        return { default: require(path) }
      } catch (error) {
        if (!isForImport(error)) throw error
      }
    }
    // The query makes an edited file another module to Node's cache of ES modules; CommonJS is kept by path alone.
    const { ino, mtimeMs, ctimeMs } = statSync(path)
    // The times have the grain of the kernel's clock: a file that takes this one's place at once is told by its inode.
    return await import(`${pathToFileURL(path).href}?v=${ino}-${mtimeMs}-${ctimeMs}`)
  } catch (error) {
    if (error instanceof SyntaxError && ESM_IN_COMMONJS.test(error.message)) return importTypeScript(path)
    throw error
  }
}

/** Whether a `.js` file is surely CommonJS; where it takes Node's own reading to tell, it is not. */
const isCommonJs = (path: string, text?: string): boolean => {
  const type = packageType(dirname(path))
  if (type !== undefined) return type === 'commonjs'
  // Newer versions of Node take a file for an ES module that is written like one.
  return !/\b(?:import|export)\b/u.test(text ?? readFileSync(path, 'utf8'))
}

const types = new Map<string, string | undefined>()

/** `type` of the package.json that counts for a folder, which Node, too, reads once in a process. */
const packageType = (folder: string): string | undefined => {
  if (types.has(folder)) return types.get(folder)
  const type = ownPackageType(folder)
  types.set(folder, type)
  return type
}

const ownPackageType = (folder: string): string | undefined => {
  if (basename(folder) === 'node_modules') return undefined
  let text: string
  try {
    text = readFileSync(join(folder, 'package.json'), 'utf8')
  } catch {
    return dirname(folder) === folder ? undefined : packageType(dirname(folder))
  }
  try {
    const { type }: { readonly type?: unknown } = JSON.parse(text)
    return typeof type === 'string' ? type : undefined
  } catch {
    // What is wrong with it, Node says best.
    return 'unknown'
  }
}

/** Refused before anything of it ran, as with an `await` outside functions. */
const isForImport = (error: unknown): boolean =>
  error instanceof Error &&
  (('code' in error && ['ERR_REQUIRE_ESM', 'ERR_REQUIRE_ASYNC_MODULE'].includes(String(error.code))) ||
    (error instanceof SyntaxError && error.message.startsWith('await is only valid')))

const requireFresh = (path: string): unknown => {
  const require = requireOf(path)
  forget(require, path)
  return require(path)
}

const requires = new Map<string, NodeJS.Require>()

/** The `require` of a file's folder; each that is made costs as much as a small file takes to load. */
const requireOf = (path: string): NodeJS.Require => {
  const folder = dirname(path)
  const require = requires.get(folder) ?? createRequire(path)
  requires.set(folder, require)
  return require
}

/** Has the file read anew. Returns its path without links. */
const forget = (require: NodeJS.Require, path: string): string => {
  const realPath = require.resolve(path)
  delete require.cache[realPath]
  return realPath
}

const importTypeScript = async (path: string): Promise<unknown> => {
  const { createJiti } = await import('jiti')
  // No cache on disk: it would lie in a folder that others may write to.
  return createJiti(pathToFileURL(path).href, { fsCache: false, moduleCache: false }).import(path)
}

/** CommonJS comes as `default` from `import()`; its names may or may not be seen beside it. */
const flatten = (module: unknown): Readonly<Record<string, unknown>> => {
  if (!isRecord(module)) return {}
  const inner = module['default']
  return isRecord(inner) ? { ...inner, ...withoutDefault(module) } : module
}

const withoutDefault = (module: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  const { default: _default, 'module.exports': _exports, ...rest } = module
  return rest
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  (typeof value === 'object' || typeof value === 'function') && value !== null

/** The cause's first lines, with the file and its neighbours called as the user calls them. */
const tidy = (message: string, path: string, label: string): string => {
  const named = message.split(path).join(label).split(dirname(path)).join(dirname(label))
  return named
    .replaceAll(`file://${dirname(label)}`, dirname(label))
    .split('\n')
    .slice(0, 6)
    .join('\n')
}
