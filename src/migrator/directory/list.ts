import { type Dirent, readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { MigratorError, messageOf, RevisionError } from '../errors.js'
import {
  checkRevisionId,
  type KnownRevision,
  listOf,
  once,
  type RevisionBody,
  type RevisionHeader,
} from '../revisions/revision.js'
import { readHeader } from './header.js'
import { HEADER_NAMES } from './header-names.js'
import { loadModule } from './load.js'
import { quickRead } from './quick-read.js'

const EXTENSIONS = new Set(['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'])
/** Read in one go, in some milliseconds; then the host's process has its turn. */
const FILES_A_TURN = 64
const TIMESTAMP = /^\d{8,17}[_.-]?/
const WORD_BREAKS = /[_-]/g

/**
 * The revisions of one folder, in order of file name; no file is run unless its header cannot be read from the text.
 *
 * Files without `revision` are taken as Umzug and sequelize-cli take them: one chain in order of file name.
 *
 * @param folder - As the host wrote it; relative to the working folder.
 * @throws MigratorError `FOLDER_NOT_FOUND`, `REVISION_NOT_LOADABLE`; RevisionError `INVALID_REVISION`.
 */
export const listFolder = async (folder: string): Promise<readonly KnownRevision[]> => {
  const root = resolve(folder)
  const names = (await entriesOf(root, folder)).filter(isRevisionFile).map((entry) => entry.name)
  names.sort()
  // Names of files are put behind it as they are: joining paths for a thousand of them takes as long as reading them.
  const before = join(root, sep)
  const label = labelOf(root)
  const labelBefore = label === '' ? '' : label + sep
  const revisions: KnownRevision[] = []
  let lastPlain: string | null = null
  for (const [index, fileName] of names.entries()) {
    if (index % FILES_A_TURN === FILES_A_TURN - 1) await setImmediate()
    const file = { path: before + fileName, fileName, label: labelBefore + fileName }
    const { values, checksum } = quickRead(file.path) ?? (await read(file))
    const revision = knownOf(file, values, checksum, lastPlain)
    if (values['revision'] === undefined) lastPlain = revision.revision
    revisions.push(revision)
  }
  return revisions
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

interface RevisionFile {
  /** Absolute. */
  readonly path: string
  readonly fileName: string
  /** How messages call it. */
  readonly label: string
}

type Values = Readonly<Record<string, unknown>>

/** Of a file of any kind; run, where its text does not tell. */
const read = async ({ path, label }: RevisionFile): Promise<{ values: Values; checksum: string }> => {
  // js-tokens is loaded only where it is needed.
  const { checksumOf, significantTokens } = await import('./tokens.js')
  const tokens = significantTokens(readFileSync(path, 'utf8'))
  const checksum = checksumOf(tokens)
  const header = readHeader(tokens)
  return { values: header.kind === 'static' ? header.values : pick(await loadModule(path, label)), checksum }
}

const knownOf = (
  { path, fileName, label }: RevisionFile,
  values: Values,
  checksum: string,
  lastPlain: string | null,
): KnownRevision => {
  const name = fileName.slice(0, fileName.lastIndexOf('.'))
  const { revision, message, shippedChecksum } = values
  const known = {
    revision: revision === undefined ? name : checkRevisionId(revision, label),
    downRevision:
      revision === undefined
        ? lastPlain === null
          ? []
          : [lastPlain]
        : listOf(values['downRevision'], 'downRevision', label),
    dependsOn: listOf(values['dependsOn'], 'dependsOn', label),
    branchLabels: listOf(values['branchLabels'], 'branchLabels', label),
    message: typeof message === 'string' ? message : messageFromName(name),
    name,
    path,
    label,
    origin: 'file' as const,
    checksum,
    load: once(async () => bodyOf(await loadModule(path, label), label)),
  }
  // Spread where there is something to spread: it costs as much as the rest of the object.
  if (values['replaces'] === undefined && typeof shippedChecksum !== 'string') return known
  return {
    ...known,
    ...replacesOf(values['replaces'], label),
    ...(typeof shippedChecksum === 'string' ? { shippedChecksum } : {}),
  }
}

/** What a revision is in the place of, as its file or object says it. */
export const replacesOf = (value: unknown, label: string): Pick<RevisionHeader, 'replaces'> => {
  const replaces = listOf(value, 'replaces', label)
  return replaces.length === 0 ? {} : { replaces }
}

const pick = (module: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(HEADER_NAMES.map((name) => [name, module[name]]))

/** A folder, relative to the working folder where it lies inside it; else its last name alone, no path of the machine. */
export const labelOf = (root: string): string => {
  const near = relative('', root)
  return near.startsWith('..') || isAbsolute(near) ? basename(root) : near
}

const messageFromName = (name: string): string => name.replace(TIMESTAMP, '').replace(WORD_BREAKS, ' ').trim()

/**
 * What a revision runs, checked.
 *
 * @throws RevisionError `INVALID_REVISION` when `up` is missing or one of the names has another type.
 */
export const bodyOf = (module: Readonly<Record<string, unknown>>, label: string): RevisionBody => {
  const { up, down, transaction, breaking } = module
  const refuse = (what: string): RevisionError =>
    new RevisionError('INVALID_REVISION', `${label} ${what} Nothing was run.`, { subject: label })
  if (typeof up !== 'function') {
    throw refuse('does not export "up". Export `const up: Migration = async ({ context: op }) => { … }`.')
  }
  if (down !== undefined && down !== null && typeof down !== 'function') {
    throw refuse('exports a "down" that is no function; leave it out when the revision is irreversible.')
  }
  for (const [field, value] of Object.entries({ transaction, breaking })) {
    if (value !== undefined && typeof value !== 'boolean')
      throw refuse(`exports "${field}" that is neither true nor false.`)
  }
  return {
    up: up as RevisionBody['up'],
    ...(typeof down === 'function' ? { down: down as RevisionBody['up'] } : {}),
    transaction: transaction !== false,
    breaking: breaking === true,
  }
}
