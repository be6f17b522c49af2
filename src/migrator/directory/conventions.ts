import { readdir, readFile, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'

/** Names of the files of a folder, in order; none where there is no folder. */
export const namesIn = async (folder: string): Promise<readonly string[]> => {
  try {
    return (await readdir(folder)).sort()
  } catch {
    return []
  }
}

/** Whether there is a folder. */
export const isFolder = async (path: string): Promise<boolean> => {
  try {
    return (await stat(path)).isDirectory()
  } catch {
    return false
  }
}

/** Whether the working folder or one above it has a `tsconfig.json`. */
export const usesTypeScript = async (): Promise<boolean> =>
  (await findAbove(resolve(''), 'tsconfig.json')) !== undefined

/** What a `.js` file in this folder is to Node: the nearest `package.json` says it. */
export const packageSyntaxOf = async (folder: string): Promise<'esm' | 'commonjs'> => {
  const text = await findAbove(resolve(folder), 'package.json')
  try {
    const found: unknown = JSON.parse(text ?? '{}')
    const isModule = typeof found === 'object' && found !== null && 'type' in found && found.type === 'module'
    return isModule ? 'esm' : 'commonjs'
  } catch {
    return 'commonjs'
  }
}

/** The text of the nearest file of this name, from the folder upwards. */
const findAbove = async (folder: string, name: string): Promise<string | undefined> => {
  try {
    return await readFile(join(folder, name), 'utf8')
  } catch {
    const above = dirname(folder)
    return above === folder ? undefined : findAbove(above, name)
  }
}
