import type { RevisionInfo } from '../../migrator/index.js'
import { oneLine, parentsText } from './step-label.js'

/** What a line about a revision holds beside its id; nothing of it unless said. */
export interface LineParts {
  /** `<base> -> ` before the id. */
  readonly parents?: boolean
  /** ` (sm2)` behind it. */
  readonly labels?: boolean
  /** ` (branchpoint)`, ` (mergepoint)`. */
  readonly tree?: boolean
  /** `, baseline` at the end. */
  readonly message?: boolean
  /** ` (current)`, when the database is at it. */
  readonly isCurrent?: boolean
}

/**
 * A revision on one line, as Alembic lays it out: `<base> -> f3e3ac684f8e (sm2) (head), baseline`. What Alembic has no
 * word for is said behind: unknown, interrupted, pending below head.
 *
 * @see https://alembic.sqlalchemy.org/en/latest/tutorial.html#viewing-history-ranges
 */
export const revisionLine = (info: RevisionInfo, parts: LineParts = {}): string => {
  const before =
    parts.parents === true ? `${parentsText(info.downRevision)}${dependenciesText(info)} -> ` : ''
  const labels = parts.labels === true && info.labels.length > 0 ? ` (${info.labels.join(', ')})` : ''
  const message = parts.message === true && info.message !== '' ? `, ${oneLine(info.message)}` : ''
  return `${before}${info.revision}${labels}${marksOf(info, parts)}${message}`
}

const dependenciesText = ({ dependsOn }: RevisionInfo): string =>
  dependsOn.length === 0 ? '' : ` (${dependsOn.join(', ')})`

/** What a revision is, in brackets, each behind a space. */
export const marksOf = (info: RevisionInfo, { tree = false, isCurrent = false }: LineParts): string => {
  const marks = [
    info.isHead && info.isEffectiveHead ? 'head' : undefined,
    info.isHead && !info.isEffectiveHead ? 'effective head' : undefined,
    isCurrent ? 'current' : undefined,
    tree && info.isBranchPoint ? 'branchpoint' : undefined,
    tree && info.isMergePoint ? 'mergepoint' : undefined,
    info.state === 'unknown' ? 'unknown to this code' : undefined,
    info.state === 'interrupted' ? 'interrupted' : undefined,
    info.isBelowHead ? 'pending below head' : undefined,
  ]
  return marks
    .filter((mark) => mark !== undefined)
    .map((mark) => ` (${mark})`)
    .join('')
}
