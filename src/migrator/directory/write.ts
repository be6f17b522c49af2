import { link, mkdir, rm, writeFile } from 'node:fs/promises'
import { basename, join, relative, resolve } from 'node:path'
import { randomBytes } from '../crypto.js'
import { MigratorError, messageOf } from '../errors.js'
import { labelOf } from './folder.js'

const LONGEST_SLUG = 40
/** Names that Windows keeps for devices, whatever their extension. */
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)$/u

/** Letters that are no other letter with a mark on it. */
const FOLDED: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ħ: 'h',
  ı: 'i',
}

/**
 * The part of a file name that says what a revision does: `a-z`, `0-9` and `_`, at most 40 characters, cut between words
 * where that is possible. Letters with marks lose these; other letters are left out.
 *
 * @returns Empty when nothing of the message is left.
 */
export const slugOf = (message: string): string => {
  const words = message
    .normalize('NFKD')
    .replaceAll(/[\p{M}'’]/gu, '')
    .toLowerCase()
    .replaceAll(/[ßæœøłđðþħı]/gu, (letter) => FOLDED[letter] ?? '')
    .split(/[^a-z0-9]+/u)
    .filter((word) => word !== '')
  let slug = ''
  for (const word of words) {
    const longer = slug === '' ? word : `${slug}_${word}`
    if (longer.length > LONGEST_SLUG) break
    slug = longer
  }
  if (slug === '') slug = (words[0] ?? '').slice(0, LONGEST_SLUG)
  return RESERVED.test(slug) ? `${slug}_` : slug
}

/** `20260301120000`: an instant in UTC, as file names begin with it. */
export const stampOf = (instant: Date): string => instant.toISOString().replaceAll(/\D/gu, '').slice(0, 14)

/** A file to be written. */
export interface NewFile {
  /** Existing or not; it is made, with the folders above it. */
  readonly folder: string
  /** Without a folder. */
  readonly name: string
  readonly text: string
}

/**
 * Writes a new file, whole or not at all; a file that is there is never overwritten, by two processes at once neither.
 *
 * @returns Its absolute path.
 * @throws MigratorError `FILE_EXISTS`, `FOLDER_NOT_WRITABLE`, `INVALID_OPTION`.
 */
export const writeNewFile = async ({ folder, name, text }: NewFile): Promise<string> => {
  const root = resolve(folder)
  const path = join(root, name)
  // Names are made of slugs; this holds whatever becomes of that.
  if (basename(path) !== name || relative(root, path) !== name || name.startsWith('.'))
    throw new MigratorError(
      'INVALID_OPTION',
      `${JSON.stringify(name)} is no file name. Nothing was written.`,
      { subject: name },
    )
  await makeFolder(root, folder)
  const temporary = join(root, `.${name}.${randomBytes(6).toString('hex')}`)
  try {
    await writeFile(temporary, text, { flag: 'wx' })
    await moveTo(temporary, path, text)
  } catch (cause) {
    if (isCode(cause, 'EEXIST'))
      throw new MigratorError(
        'FILE_EXISTS',
        `${join(basename(root), name)} is there already. Nothing was written. Move it away, or write the new one under another name.`,
        { cause, subject: name },
      )
    throw notWritable(folder, cause)
  } finally {
    await rm(temporary, { force: true }).catch(() => {})
  }
  return path
}

const makeFolder = async (root: string, folder: string): Promise<void> => {
  try {
    await mkdir(root, { recursive: true })
  } catch (cause) {
    throw notWritable(folder, cause)
  }
}

/** Unlike a rename, a link refuses a name that is taken. Some file systems have no links. */
const moveTo = async (temporary: string, path: string, text: string): Promise<void> => {
  try {
    await link(temporary, path)
  } catch (error) {
    if (isCode(error, 'EEXIST')) throw error
    await writeFile(path, text, { flag: 'wx' })
  }
}

const notWritable = (folder: string, cause: unknown): MigratorError =>
  new MigratorError(
    'FOLDER_NOT_WRITABLE',
    `Nothing can be written to the folder "${labelOf(resolve(folder))}" (${codeOf(cause)}). Nothing was written. ` +
      'Correct its rights, or name another folder.',
    { cause, subject: labelOf(resolve(folder)) },
  )

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : messageOf(error)
