import { foldApplied, type PartlyApplied, type Replacement } from '../revisions/replaced.js'
import type { VersionRow } from '../runtime/version-rows.js'
import type { Catalog } from './catalog.js'

/** What the version table says, in the names of the revisions that are there. */
export interface FoldedRows {
  /** Of a replaced range that is applied, one row: of the revision in its place. */
  readonly rows: ReadonlyMap<string, VersionRow>
  /** Ranges that are recorded as they were, and are to be recorded as what replaces them. */
  readonly toReplace: readonly Replacement[]
  /** Ranges of which a part is recorded; those rows are among the others. */
  readonly partly: readonly PartlyApplied[]
}

/** Puts one row in the place of those of a range that was replaced. */
export const foldRows = (
  rows: ReadonlyMap<string, VersionRow>,
  { replacements, byId }: Pick<Catalog, 'replacements' | 'byId'>,
): FoldedRows => {
  if (replacements.size === 0) return { rows, toReplace: [], partly: [] }
  const applied = [...rows.values()].filter(({ state }) => state === 'applied')
  const begun = [...rows.values()].filter(({ state }) => state === 'started')
  const { whole, partly } = foldApplied(idsOf(applied), replacements)
  const folded = new Map(rows)
  const isPartOf = new Set(partly.flatMap((part) => part.applied))
  for (const id of replacements.keys()) if (!isPartOf.has(id)) folded.delete(id)
  for (const { revision, replaces } of whole) {
    const known = byId.get(revision)
    if (known === undefined || folded.has(revision)) continue
    const parts = replaces.flatMap((id) => rows.get(id) ?? [])
    const last = parts.reduce((one, other) => (other.appliedAt > one.appliedAt ? other : one))
    folded.set(revision, {
      ...{ revision, name: known.name, checksum: known.checksum, state: 'applied' },
      ...{ appliedAt: last.appliedAt, appliedBy: last.appliedBy, version: last.version },
      durationMs: parts.reduce((sum, { durationMs }) => sum + durationMs, 0),
      breaking: parts.some(({ breaking }) => breaking),
    })
  }
  const open = begun.filter(({ revision }) => replacements.has(revision))
  return { rows: folded, toReplace: whole, partly: [...partly, ...begunParts(open, partly, replacements)] }
}

const idsOf = (rows: readonly VersionRow[]): readonly string[] => rows.map(({ revision }) => revision)

/** A range whose first revision was begun and never ended: nothing of it is applied, and something is recorded. */
const begunParts = (
  begun: readonly VersionRow[],
  partly: readonly PartlyApplied[],
  replacements: Catalog['replacements'],
): readonly PartlyApplied[] =>
  begun.flatMap(({ revision }) => {
    const replacement = replacements.get(revision)
    if (replacement === undefined || partly.some((part) => part.replacement === replacement)) return []
    return [
      { replacement, applied: [revision], missing: replacement.replaces.filter((id) => id !== revision) },
    ]
  })
