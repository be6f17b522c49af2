import { statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, extname } from 'node:path'
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
 * @throws MigratorError `REVISION_NOT_LOADABLE`, with the cause.
 */
export const loadModule = async (path: string, label: string): Promise<Readonly<Record<string, unknown>>> => {
  try {
    const module: unknown = await importAny(path)
    return flatten(module)
  } catch (cause) {
    throw new MigratorError(
      'REVISION_NOT_LOADABLE',
      `${label} cannot be loaded: ${tidy(messageOf(cause), path, label)}\nNothing was run. Correct the file and run again.`,
      { cause, subject: label },
    )
  }
}

const importAny = async (path: string): Promise<unknown> => {
  const extension = extname(path)
  if (TYPESCRIPT.has(extension)) return importTypeScript(path)
  if (extension === '.cjs') return requireFresh(path)
  try {
    // The query makes an edited file another module to Node's cache of ES modules; CommonJS is kept by path alone.
    const { ino, mtimeMs, ctimeMs } = statSync(path)
    forget(createRequire(path), path)
    // The times have the grain of the kernel's clock: a file that takes this one's place at once is told by its inode.
    return await import(`${pathToFileURL(path).href}?v=${ino}-${mtimeMs}-${ctimeMs}`)
  } catch (error) {
    if (error instanceof SyntaxError && ESM_IN_COMMONJS.test(error.message)) return importTypeScript(path)
    throw error
  }
}

const requireFresh = (path: string): unknown => {
  const require = createRequire(path)
  forget(require, path)
  return require(path)
}

const forget = (require: NodeJS.Require, path: string): void => {
  delete require.cache[require.resolve(path)]
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
