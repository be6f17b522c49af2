import { type Dirent, readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { MigratorError, messageOf } from '../errors.js'

const EXTENSIONS = new Set(['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'])
/** Read in one go, in some milliseconds; then the host's process has its turn. */
const FILES_A_TURN = 256

/** A revision file, as it was read. */
export interface RevisionFile {
  /** Absolute. */
  readonly path: string
  readonly fileName: string
  /** How messages call it. */
  readonly label: string
  readonly text: string
}

/**
 * The revision files of one folder, read and not looked into: a start with nothing to do needs to know that they are the
 * same, and not what they say.
 */
export class RevisionFolder {
  readonly #before: string
  readonly #labelBefore: string

  /**
   * @param names - Of the files, sorted.
   * @param texts - Of the files, in the same order.
   */
  constructor(
    root: string,
    readonly names: readonly string[],
    readonly texts: readonly string[],
  ) {
    // Names of files are put behind it as they are: joining paths for a thousand of them takes as long as reading them.
    this.#before = join(root, sep)
    const label = labelOf(root)
    this.#labelBefore = label === '' ? '' : label + sep
  }

  /** The files, in order of file name. */
  files(): readonly RevisionFile[] {
    return this.names.map((fileName, index) => ({
      path: this.#before + fileName,
      fileName,
      label: this.#labelBefore + fileName,
      text: this.texts[index] ?? '',
    }))
  }

  /** The path of the file of a revision, by Umzug's name of it. */
  pathOf(name: string): string | undefined {
    const fileName = this.names.find((one) => one.startsWith(name) && revisionNameOf(one) === name)
    return fileName === undefined ? undefined : this.#before + fileName
  }
}

/**
 * Reads the revision files of one folder.
 *
 * @param folder - As the host wrote it; relative to the working folder.
 * @throws MigratorError `FOLDER_NOT_FOUND`; `REVISION_NOT_LOADABLE` where a file cannot be read, as behind a link to nowhere.
 */
export const readFolder = async (folder: string): Promise<RevisionFolder> => {
  const root = resolve(folder)
  const names = (await entriesOf(root, folder)).filter(isRevisionFile).map((entry) => entry.name)
  names.sort()
  const before = join(root, sep)
  const texts: string[] = []
  for (const [index, name] of names.entries()) {
    if (index % FILES_A_TURN === FILES_A_TURN - 1) await setImmediate()
    // Synchronous: a file handle of `node:fs/promises` costs ten times as much as a small file takes to read.
    try {
      texts.push(readFileSync(before + name, 'utf8'))
    } catch (cause) {
      throw notReadable(join(labelOf(root), name), cause)
    }
  }
  return new RevisionFolder(root, names, texts)
}

const entriesOf = async (root: string, folder: string): Promise<readonly Dirent[]> => {
  try {
    return await readdir(root, { withFileTypes: true })
  } catch (cause) {
    throw new MigratorError(
      'FOLDER_NOT_FOUND',
      `The migrations folder "${folder}" cannot be read (${codeOf(cause)}). Nothing was run. ` +
        'Create it, or correct "migrations" in the options; a relative path counts from the working folder.',
      { cause, subject: folder },
    )
  }
}

const notReadable = (label: string, cause: unknown): MigratorError =>
  new MigratorError(
    'REVISION_NOT_LOADABLE',
    `${label} cannot be read (${codeOf(cause)}). Nothing was run. Make it readable, or take it out of the folder.`,
    { cause, subject: label },
  )

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : messageOf(error)

const isRevisionFile = (entry: Dirent): boolean => {
  const { name } = entry
  const extension = name.slice(Math.max(0, name.lastIndexOf('.')))
  return (
    EXTENSIONS.has(extension) &&
    !name.startsWith('.') &&
    !(extension.endsWith('ts') && name.endsWith(`.d${extension}`)) &&
    (entry.isFile() || entry.isSymbolicLink())
  )
}

/** Umzug's name of the revision in a file. */
export const revisionNameOf = (fileName: string): string => fileName.slice(0, fileName.lastIndexOf('.'))

/** A folder, relative to the working folder where it lies inside it; else its last name alone, no path of the machine. */
export const labelOf = (root: string): string => {
  const near = relative('', root)
  return near.startsWith('..') || isAbsolute(near) ? basename(root) : near
}
