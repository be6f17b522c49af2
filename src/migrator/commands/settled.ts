import { createHash } from '../crypto.js'
import type { KnownRevision } from '../revisions/revision.js'
import { marksOf } from '../runtime/version-rows.js'
import { VERSION } from '../version.js'
import type { Catalog, Sources, SourceTexts } from './catalog.js'
import { appliedInfo, newestFirst, type PlaceInfo, placeOf, type RevisionInfo } from './revision-info.js'
import type { MigrationState, Sides } from './state.js'

/*
 * A run that has applied everything there was leaves a note beside its last row: a digest of all files and all rows, and
 * what is current with them. A start that finds the same files and rows knows by it, without looking into the files or
 * putting them in order, that there is nothing to do and nothing to say.
 *
 * The note is true of files and rows whoever has written it, and says nothing of any others: whatever has changed since, by
 * whichever hand, has another digest, and is looked at in full.
 */

/** Another one whenever notes are to be written anew, between two versions of the package. */
const FORMAT = 1

/** A longer note, of a great many labels, is not worth its place; MariaDB has room for 65,535 bytes. */
const MOST_CHARACTERS = 16_000

/** What is known without looking into anything. */
export interface Settled {
  /** As `current()` gives it. */
  current(): readonly RevisionInfo[]
}

/** What a note says beside its digest. */
interface Note {
  readonly current: readonly PlaceInfo[]
}

/**
 * Of all files and all rows.
 *
 * @param marks - {@link VersionState.marks} of the rows.
 */
const digestOf = ({ shipped, folders }: SourceTexts, marks: string): string => {
  const digest = createHash('sha256').update(`${FORMAT} ${VERSION}\0${marks}\0`)
  for (const { revision, checksum } of shipped) digest.update(`${revision} ${checksum}\0`)
  // Names and lengths first: where one text ends and the next begins is no guess.
  for (const { names, texts } of folders)
    digest.update(JSON.stringify([names, texts.map(({ length }) => length)])).update(texts.join(''))
  return digest.digest('hex')
}

/**
 * What a former run has noted of exactly these files and rows: nothing is pending, edited, unknown or interrupted, and `head`
 * leaves nothing open.
 */
export const settledOf = ({ sources: { texts }, versions }: Sides): Settled | undefined => {
  const { notes } = versions
  if (notes.length === 0 || texts === undefined) return undefined
  const digest = digestOf(texts, versions.marks)
  const found = notes.find((note) => note.startsWith(digest))
  if (found === undefined) return undefined
  return {
    current: () => {
      const { current }: Note = JSON.parse(found.slice(digest.length))
      const pathOf = (name: string): string | undefined =>
        texts.folders.flatMap((folder) => folder.pathOf(name) ?? [])[0]
      return current.map((place) => appliedInfo(place, pathOf(place.name), versions.row(place.revision)))
    },
  }
}

/**
 * What the last row of a run notes when these revisions are all that it is to apply; nothing where something would be left to
 * do or to say, or where files alone do not tell what there is.
 *
 * @param state - As it is before the run, which would be refused with anything edited, unknown or partly applied.
 */
export const noteAfter = (
  { texts }: Sources,
  state: MigrationState,
  wanted: readonly KnownRevision[],
): string | undefined => {
  const { catalog, recorded, pending } = state
  if (texts === undefined || wanted.length === 0 || new Set(wanted).size < pending.length) return undefined
  if ([...catalog.ordered, ...catalog.replaced.values()].some(({ isDynamic }) => isDynamic)) return undefined
  const all = catalog.ordered.map(({ revision }) => revision)
  if (!isPlain('head', all, catalog)) return undefined
  const applied = wanted.map(({ revision, checksum }) => ({ revision, checksum, state: 'applied' }) as const)
  const digest = digestOf(texts, marksOf([...recorded.values(), ...applied]))
  const heads = new Set(catalog.graph.headsOf(all))
  const note: Note = { current: newestFirst(catalog, heads).map((id) => placeOf(catalog, id)) }
  const text = digest + asciiOf(JSON.stringify(note))
  return text.length > MOST_CHARACTERS ? undefined : text
}

/** A JSON text in ASCII, which any character set of a database holds. */
const asciiOf = (json: string): string =>
  json.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** Whether a target says what it means. */
const isPlain = (target: string, applied: readonly string[], { graph }: Catalog): boolean => {
  try {
    graph.upgrade(applied, [target])
    return true
  } catch {
    return false
  }
}
