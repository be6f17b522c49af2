import { RevisionError } from '../errors.js'
import type { RevisionHeader } from './revision.js'

type Ordered = RevisionHeader & { readonly label: string }

/** What a revision stands on: its parents on the line and what it depends on beside it. */
export const requirementsOf = (revision: RevisionHeader): readonly string[] => [
  ...revision.downRevision,
  ...revision.dependsOn,
]

/**
 * The revisions in the order in which they run: every one after what it stands on, ties as they were given.
 *
 * @throws RevisionError `DUPLICATE_REVISION`, `MISSING_PARENT`, `CYCLE`; each names the revisions and their files.
 */
export const orderRevisions = <R extends Ordered>(revisions: readonly R[]): readonly R[] => {
  const byId = indexById(revisions)
  const waitingFor = new Map<string, number>()
  const dependents = new Map<string, R[]>()
  const position = new Map(revisions.map((revision, index) => [revision.revision, index]))
  for (const revision of revisions) {
    const requirements = new Set(requirementsOf(revision))
    for (const required of requirements) {
      if (!byId.has(required)) throw missingParent(revision, required)
      const list = dependents.get(required)
      if (list === undefined) dependents.set(required, [revision])
      else list.push(revision)
    }
    waitingFor.set(revision.revision, requirements.size)
  }

  const at = (revision: R): number => position.get(revision.revision) ?? 0
  // Kept descending by position, so that the earliest is popped from the end.
  const ready = revisions.filter((revision) => waitingFor.get(revision.revision) === 0).reverse()
  const ordered: R[] = []
  for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
    ordered.push(next)
    for (const dependent of dependents.get(next.revision) ?? []) {
      const left = (waitingFor.get(dependent.revision) ?? 0) - 1
      waitingFor.set(dependent.revision, left)
      if (left === 0) insertDescending(ready, dependent, at)
    }
  }
  if (ordered.length < revisions.length) {
    const stuck = revisions.filter((revision) => !ordered.includes(revision))
    throw new RevisionError(
      'CYCLE',
      `The revisions ${stuck.map((revision) => `${revision.revision} (${revision.label})`).join(', ')} stand on one ` +
        'another in a circle. Nothing was run. Correct "downRevision" or "dependsOn" in one of them.',
      { revisions: stuck.map((revision) => revision.revision) },
    )
  }
  return ordered
}

const insertDescending = <T>(list: T[], item: T, rank: (item: T) => number): void => {
  let index = list.length
  while (index > 0 && rank(list[index - 1] as T) < rank(item)) index -= 1
  list.splice(index, 0, item)
}

const indexById = <R extends Ordered>(revisions: readonly R[]): Map<string, R> => {
  const byId = new Map<string, R>()
  for (const revision of revisions) {
    const other = byId.get(revision.revision)
    if (other !== undefined) {
      throw new RevisionError(
        'DUPLICATE_REVISION',
        `Two revisions have the id ${revision.revision}: ${other.label} and ${revision.label}. Nothing was run. ` +
          'Give one of them another id (and name that one in the "downRevision" of what stands on it).',
        { revisions: [revision.revision] },
      )
    }
    byId.set(revision.revision, revision)
  }
  return byId
}

const missingParent = (revision: Ordered, parent: string): RevisionError =>
  new RevisionError(
    'MISSING_PARENT',
    `${revision.label} (revision ${revision.revision}) stands on ${parent}, and no revision has that id. ` +
      'Nothing was run. Bring the missing file back, or correct "downRevision" or "dependsOn".',
    { revisions: [revision.revision, parent], subject: revision.label },
  )
