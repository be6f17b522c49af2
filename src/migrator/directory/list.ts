import { setImmediate } from 'node:timers/promises'
import { RevisionError } from '../errors.js'
import {
  checkRevisionId,
  type KnownRevision,
  listOf,
  once,
  type RevisionBody,
  type RevisionHeader,
} from '../revisions/revision.js'
import { type RevisionFile, type RevisionFolder, revisionNameOf } from './folder.js'
import { readHeader } from './header.js'
import { HEADER_NAMES } from './header-names.js'
import { loadModule } from './load.js'
import { quickRead } from './quick-read.js'

/** Looked into in one go, in some milliseconds; then the host's process has its turn. */
const FILES_A_TURN = 64
const TIMESTAMP = /^\d{8,17}[_.-]?/
const WORD_BREAKS = /[_-]/g

/**
 * The revisions of the files of one folder, in the same order; no file is run unless its header cannot be read from the text.
 *
 * Files without `revision` are taken as Umzug and sequelize-cli take them: one chain in order of file name.
 *
 * @throws MigratorError `REVISION_NOT_LOADABLE`; RevisionError `INVALID_REVISION`.
 */
export const revisionsIn = async (folder: RevisionFolder): Promise<readonly KnownRevision[]> => {
  const revisions: KnownRevision[] = []
  let lastPlain: string | null = null
  for (const [index, file] of folder.files().entries()) {
    if (index % FILES_A_TURN === FILES_A_TURN - 1) await setImmediate()
    const header = quickRead(file.text) ?? (await read(file))
    const revision = knownOf(file, header, lastPlain)
    if (header.values['revision'] === undefined) lastPlain = revision.revision
    revisions.push(revision)
  }
  return revisions
}

type Values = Readonly<Record<string, unknown>>

interface ReadHeader {
  readonly values: Values
  readonly checksum: string
  /** Only running the file tells what it says, and it may say something else the next time. */
  readonly isDynamic?: true
}

/** Of a file of any kind; run, where its text does not tell. */
const read = async ({ path, label, text }: RevisionFile): Promise<ReadHeader> => {
  // js-tokens is loaded only where it is needed.
  const { checksumOf, significantTokens } = await import('./tokens.js')
  const tokens = significantTokens(text)
  const checksum = checksumOf(tokens)
  const header = readHeader(tokens)
  if (header.kind === 'static') return { values: header.values, checksum }
  return { values: pick(await loadModule(path, label)), checksum, isDynamic: true }
}

const knownOf = (
  { path, fileName, label, text }: RevisionFile,
  { values, checksum, isDynamic }: ReadHeader,
  lastPlain: string | null,
): KnownRevision => {
  const name = revisionNameOf(fileName)
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
    load: once(async () => bodyOf(await loadModule(path, label, text), label)),
  }
  // Spread where there is something to spread: it costs as much as the rest of the object.
  if (values['replaces'] === undefined && typeof shippedChecksum !== 'string' && isDynamic !== true)
    return known
  return {
    ...known,
    ...(isDynamic === true ? { isDynamic } : {}),
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
