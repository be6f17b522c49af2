import { RevisionError } from '../errors.js'
import { describeRevision, enumerate, listOf } from './revision.js'

/** A revision that replaces others, and those: in order, so that the last is where their range ends. */
export interface Replacement {
  readonly revision: string
  readonly message: string
  readonly replaces: readonly string[]
}

/** By id of a replaced revision, what replaces it. */
export type Replacements = ReadonlyMap<string, Replacement>

interface Replacing {
  readonly revision: string
  readonly message?: string | undefined
  readonly replaces?: string | readonly string[] | null | undefined
  readonly label?: string | undefined
}

const NONE: Replacements = new Map()

/** Which revisions are replaced, whether they are still there or not. Throws `INVALID_REVISION`, `DUPLICATE_REVISION`. */
export const readReplacements = (revisions: readonly Replacing[]): Replacements => {
  if (revisions.every(({ replaces }) => replaces === undefined || replaces === null)) return NONE
  const given = new Map<string, Replacing>()
  for (const one of revisions) given.set(one.revision, one)
  const listed = (one: Replacing): readonly string[] => [
    ...new Set(listOf(one.replaces, 'replaces', one.label || `Revision ${one.revision}`)),
  ]
  const isReplaced = new Set(revisions.flatMap(listed))
  const found = new Map<string, Replacement>()
  for (const one of revisions) {
    const { revision, message = '' } = one
    const replaces = listed(one)
    // What is replaced in turn is in nobody's place any more: what it replaced is gone everywhere.
    for (const id of replaces) if (isReplaced.has(revision) && given.has(id)) throw nested(one, id)
    if (isReplaced.has(revision)) continue
    for (const id of replaces) {
      const other = found.get(id)
      if (other !== undefined)
        throw new RevisionError(
          'DUPLICATE_REVISION',
          `The revisions ${other.revision} and ${revision} both replace ${id}. Nothing was run. Remove one of the two files.`,
          { revisions: [other.revision, revision, id] },
        )
      found.set(id, { revision, message, replaces })
    }
  }
  return found
}

const nested = ({ revision, label = '' }: Replacing, id: string): RevisionError =>
  id === revision
    ? new RevisionError(
        'INVALID_REVISION',
        `${label || `Revision ${revision}`}: "replaces" names the revision itself. Nothing was run. Correct "replaces".`,
        { revisions: [id], subject: label || revision },
      )
    : new RevisionError(
        'INVALID_REVISION',
        `Revision ${revision} is replaced and itself replaces ${id}, which is still there. Nothing was run. Remove ${id}, once ` +
          `every database has ${revision}.`,
        { revisions: [revision, id] },
      )

/** Whether the name is that of a range's last revision: where that one is applied, all of the range is. */
export const isEnd = (id: string, { replaces }: Replacement): boolean => replaces.at(-1) === id

/** A range of which a part is applied. */
export interface PartlyApplied {
  readonly replacement: Replacement
  readonly applied: readonly string[]
  readonly missing: readonly string[]
}

/** What is applied, told by the revisions that are there, and what nobody can tell so. */
export interface Folded {
  /** Ids; of a range that is applied, the one of the revision that replaces it. */
  readonly applied: ReadonlySet<string>
  /** Replaced ranges that are applied as such: their record is to be replaced. */
  readonly whole: readonly Replacement[]
  readonly partly: readonly PartlyApplied[]
}

/**
 * Puts a revision in the place of those that it replaces, where all of them are applied.
 *
 * @param recorded - Ids of what is applied.
 */
export const foldApplied = (recorded: Iterable<string>, replacements: Replacements): Folded => {
  const applied = new Set(recorded)
  if (replacements.size === 0) return { applied, whole: [], partly: [] }
  const touched = new Set<Replacement>()
  for (const id of applied) {
    const replacement = replacements.get(id)
    if (replacement !== undefined) touched.add(replacement)
  }
  const whole: Replacement[] = []
  const partly: PartlyApplied[] = []
  for (const replacement of touched) {
    const { revision, replaces } = replacement
    const missing = replaces.filter((id) => !applied.has(id))
    if (missing.length === 0) whole.push(replacement)
    else if (!applied.has(revision))
      partly.push({ replacement, applied: replaces.filter((id) => applied.has(id)), missing })
  }
  for (const { replaces } of touched) for (const id of replaces) applied.delete(id)
  for (const { revision } of whole) applied.add(revision)
  return { applied, whole, partly }
}

/** The refusal of a range of which a part is applied. */
export const partlyApplied = ({ replacement, applied, missing }: PartlyApplied): RevisionError =>
  new RevisionError(
    'PARTLY_APPLIED',
    `Revision ${describeRevision(replacement)} replaces ${enumerate(replacement.replaces)}; of these ${enumerate(applied)} ` +
      `${applied.length === 1 ? 'is' : 'are'} recorded and ${enumerate(missing)} ${missing.length === 1 ? 'is' : 'are'} not applied. ` +
      `Nothing was run. Upgrade this database to ${replacement.replaces.at(-1) ?? ''} with the code that still has the ` +
      'replaced revisions alone; then run this one again.',
    { revisions: [replacement.revision, ...applied, ...missing] },
  )

/** The refusal of a name that means a moment within a range: the database is never there any more. */
export const withinReplaced = (id: string, replacement: Replacement): RevisionError =>
  new RevisionError(
    'UNKNOWN_REVISION',
    `Revision ${id} was replaced, with others, by ${describeRevision(replacement)}: there is nothing between what that one ` +
      `stands on and what it comes to. Nothing was run. Name ${replacement.revision} instead.`,
    { revisions: [id, replacement.revision], subject: id },
  )
