import { RevisionError } from '../errors.js'

/** The part of a revision that the order of revisions needs; known without running any of its code. */
export interface RevisionHeader {
  readonly revision: string
  readonly downRevision: readonly string[]
  readonly dependsOn: readonly string[]
  readonly branchLabels: readonly string[]
  /** Ids of the revisions in whose place it is, in order; absent where it is in nobody's. */
  readonly replaces?: readonly string[]
  readonly message: string
}

/**
 * `up` or `down` as it was loaded: `({ context })` and `(queryInterface, Sequelize)` are both called with an argument
 * that is each of the two. Its own types are lost at the border of the file.
 */
export type StepFunction = (params: unknown, sequelizeClass: unknown) => unknown

/** The part of a revision that runs. */
export interface RevisionBody {
  readonly up: StepFunction
  readonly down?: StepFunction
  readonly transaction: boolean
  readonly breaking: boolean
}

/** A revision as the migrator holds it: header known, body loaded when a step needs it. */
export interface KnownRevision extends RevisionHeader {
  /** Umzug's name: the file name without extension, or the id. */
  readonly name: string
  /** Absolute path; absent in memory. */
  readonly path?: string
  /** How messages call it: the file relative to the working folder, or where it came from. */
  readonly label: string
  readonly origin: 'shipped' | 'file' | 'memory'
  /** SHA-256 in hex of what makes an edit; `null` where nothing can be compared (revisions in memory). */
  readonly checksum: string | null
  /** Of the shipped revision that the file was written from, on databases where that one was applied. */
  readonly shippedChecksum?: string
  /** What it says of its place is known by running its file alone, and may be something else the next time. */
  readonly isDynamic?: true
  load(): Promise<RevisionBody>
}

/** A {@link KnownRevision.load} that loads once, however often it is called. */
export const once = (load: () => Promise<RevisionBody>): (() => Promise<RevisionBody>) => {
  let body: Promise<RevisionBody> | undefined
  return () => {
    body ??= load()
    return body
  }
}

/** Whether a checksum that was recorded is the revision's: as it is now, or as it was shipped. */
export const isChecksumOf = (
  recorded: string | null,
  { checksum, shippedChecksum }: KnownRevision,
): boolean => recorded === checksum || (recorded !== null && recorded === shippedChecksum)

/** What a revision stands on: its parents on the line and what it depends on beside it. */
export const requirementsOf = (revision: RevisionHeader): readonly string[] => [
  ...revision.downRevision,
  ...revision.dependsOn,
]

/** `8c1d0a5be2f7 (add stars)`: how messages name a revision. */
export const describeRevision = (revision: {
  readonly revision: string
  readonly message: string
}): string =>
  revision.message === '' || revision.message === revision.revision
    ? revision.revision
    : `${revision.revision} (${revision.message})`

const MOST_NAMED = 10

/** `a, b, c`, and of a long list the first ten, `and 90 more`: for messages, beside which errors carry all of it. */
export const enumerate = (names: readonly string[]): string =>
  names.length <= MOST_NAMED
    ? names.join(', ')
    : `${names.slice(0, MOST_NAMED).join(', ')} and ${names.length - MOST_NAMED} more`

/** Words of the target grammar, which therefore name no revision and no branch. */
export const RESERVED_NAMES: ReadonlySet<string> = new Set(['head', 'heads', 'base'])

const FORBIDDEN = /[@\-+:\s]/u

const NONE: readonly string[] = Object.freeze([])

/** One, several or no ids, as revision files write them, as a list. */
export const listOf = (value: unknown, field: string, label: string): readonly string[] => {
  if (value === undefined || value === null) return NONE
  if (typeof value === 'string' && value !== '') return [value]
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (list.every((item): item is string => typeof item === 'string' && item !== '')) return list
  throw new RevisionError(
    'INVALID_REVISION',
    `${label}: "${field}" is ${JSON.stringify(value)}; it must be null, a revision id, or several. Nothing was run.`,
    { subject: label },
  )
}

/**
 * The id, when it is one.
 *
 * @throws RevisionError `INVALID_REVISION` for anything but a text of 1 to 64 characters without `@ - + :` and white space.
 */
export const checkRevisionId = (value: unknown, label: string): string => {
  if (typeof value === 'string' && value !== '' && value.length <= 64 && !FORBIDDEN.test(value)) return value
  throw new RevisionError(
    'INVALID_REVISION',
    `${label}: "revision" is ${JSON.stringify(value) ?? String(value)}; it must be a text of 1 to 64 characters without ` +
      '"@", "-", "+", ":" and white space. Nothing was run.',
    { subject: label },
  )
}
