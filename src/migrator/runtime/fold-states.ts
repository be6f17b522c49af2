import { foldApplied, partlyApplied, readReplacements } from '../revisions/replaced.js'
import type { KnownRevision } from '../revisions/revision.js'
import type { VersionRow } from './version-rows.js'

type States = ReadonlyMap<string, VersionRow['state']>

/** Of the revisions of a run, asked at each of its steps. */
const known = new WeakMap<readonly KnownRevision[], readonly KnownRevision[]>()

const replacing = (all: readonly KnownRevision[]): readonly KnownRevision[] => {
  const found = known.get(all) ?? all.filter(({ replaces }) => replaces !== undefined)
  known.set(all, found)
  return found
}

/** Ids, and those of what they are in the place of: the record may still be theirs. */
export const withReplaced = (ids: readonly string[], all: readonly KnownRevision[]): readonly string[] => {
  const list = replacing(all)
  if (list.length === 0) return ids
  const named = new Set(ids)
  return [...ids, ...list.flatMap(({ revision, replaces = [] }) => (named.has(revision) ? replaces : []))]
}

/**
 * States by the revisions that are there, as another process with the code of before may have recorded them meanwhile.
 *
 * @throws RevisionError `PARTLY_APPLIED`
 */
export const foldStates = (states: States, all: readonly KnownRevision[]): States => {
  const list = replacing(all)
  if (list.length === 0) return states
  const replacements = readReplacements(list)
  const appliedIds = [...states].flatMap(([id, state]) => (state === 'applied' ? [id] : []))
  const { whole, partly } = foldApplied(appliedIds, replacements)
  const begun = [...states].find(([id, state]) => state === 'started' && replacements.has(id))
  const open = begun === undefined ? undefined : replacements.get(begun[0])
  const part =
    partly[0] ??
    (begun === undefined || open === undefined
      ? undefined
      : { replacement: open, applied: [begun[0]], missing: open.replaces.filter((id) => id !== begun[0]) })
  if (part !== undefined) throw partlyApplied(part)
  const folded = new Map(states)
  for (const { revision } of whole) folded.set(revision, 'applied')
  return folded
}
