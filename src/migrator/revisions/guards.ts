import { RevisionError } from '../errors.js'
import { describeRevision, enumerate, type KnownRevision, requirementsOf } from './revision.js'

/** Throws `UNMET_DEPENDENCY` when something that the revision stands on is not applied. */
export const refuseUnmet = (revision: KnownRevision, isApplied: (id: string) => boolean): void => {
  const missing = requirementsOf(revision).filter((id) => !isApplied(id))
  if (missing.length === 0) return
  throw new RevisionError(
    'UNMET_DEPENDENCY',
    `Revision ${describeRevision(revision)} stands on ${enumerate(missing)}, which ${missing.length === 1 ? 'is' : 'are'} not ` +
      'applied. It was not run. Apply what it stands on first: up() without "migrations" does.',
    { revisions: [revision.revision, ...missing] },
  )
}

/** Of the revisions of a run, asked twice at each step of a way down. */
const dependents = new WeakMap<readonly KnownRevision[], ReadonlyMap<string, readonly KnownRevision[]>>()

/** The revisions that stand on this one, applied or not. */
export const dependentsOf = (
  revision: KnownRevision,
  all: readonly KnownRevision[],
): readonly KnownRevision[] => {
  const known = dependents.get(all) ?? indexDependents(all)
  dependents.set(all, known)
  return known.get(revision.revision) ?? []
}

const indexDependents = (all: readonly KnownRevision[]): ReadonlyMap<string, readonly KnownRevision[]> => {
  const index = new Map<string, KnownRevision[]>()
  for (const revision of all)
    for (const id of new Set(requirementsOf(revision))) {
      const found = index.get(id)
      if (found === undefined) index.set(id, [revision])
      else found.push(revision)
    }
  return index
}

/** Throws `HAS_DEPENDENTS` when something that is applied stands on the revision. */
export const refuseDependents = (
  revision: KnownRevision,
  all: readonly KnownRevision[],
  isApplied: (id: string) => boolean,
): void => {
  const applied = dependentsOf(revision, all).filter((other) => isApplied(other.revision))
  if (applied.length === 0) return
  const names = enumerate(applied.map(describeRevision))
  throw new RevisionError(
    'HAS_DEPENDENTS',
    `Revision ${describeRevision(revision)} cannot be reverted: ${names} ${applied.length === 1 ? 'stands' : 'stand'} on it ` +
      `and ${applied.length === 1 ? 'is' : 'are'} applied. It was not run. Revert what stands on it first.`,
    { revisions: [revision.revision, ...applied.map((other) => other.revision)] },
  )
}

/** The refusal of a downgrade through a revision that has no `down`. */
export const refuseIrreversible = (revision: KnownRevision): RevisionError =>
  new RevisionError(
    'IRREVERSIBLE',
    `Revision ${describeRevision(revision)} (${revision.label}) has no "down". Nothing was run. Write one, or restore a backup.`,
    { revisions: [revision.revision], subject: revision.label },
  )
