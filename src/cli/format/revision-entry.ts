import { relative } from 'node:path'
import type { RevisionInfo } from '../../migrator/index.js'
import { duration } from './duration.js'
import { marksOf } from './revision-line.js'
import { oneLine, parentsText } from './step-label.js'

/**
 * A revision on several lines, as Alembic's verbose form lays it out, with what the database records of it.
 *
 * @param folder - Absolute; paths are shown as seen from it.
 */
export const revisionEntry = (info: RevisionInfo, folder: string, isCurrent = false): string => {
  const { isMergePoint, downRevision, dependsOn, isBranchPoint, children, labels, path } = info
  const lines = [
    `Rev: ${info.revision}${marksOf(info, { tree: true, isCurrent })}`,
    isMergePoint ? `Merges: ${downRevision.join(', ')}` : `Parent: ${parentsText(downRevision)}`,
    ...(dependsOn.length > 0 ? [`Also depends on: ${dependsOn.join(', ')}`] : []),
    ...(isBranchPoint ? [`Branches into: ${children.join(', ')}`] : []),
    ...(info.replaces === undefined ? [] : [`Replaces: ${info.replaces.join(', ')}`]),
    ...(labels.length > 0 ? [`Branch names: ${labels.join(', ')}`] : []),
    `Path: ${path === undefined ? sourceOf(info) : relative(folder, path)}`,
    `State: ${stateText(info)}`,
  ]
  if (info.message !== '') lines.push('', `    ${oneLine(info.message)}`)
  return `${lines.join('\n')}\n`
}

const sourceOf = ({ state, isShipped }: RevisionInfo): string =>
  state === 'unknown' ? '(not in this code)' : isShipped ? '(shipped with sm2kit)' : '(in memory)'

const stateText = ({
  state,
  appliedAt,
  appliedBy,
  durationMs,
  version,
  isBelowHead,
}: RevisionInfo): string => {
  if (state === 'pending') return isBelowHead ? 'pending, below applied revisions' : 'pending'
  if (state === 'interrupted') return 'interrupted'
  const when = appliedAt === null ? '' : ` ${instantText(appliedAt)}`
  const time = durationMs === null ? '' : ` in ${duration(durationMs)}`
  const who = appliedBy === null ? '' : ` by ${oneLine(appliedBy)}`
  const by = version === null ? '' : ` with sm2kit ${version}`
  return `${state === 'unknown' ? 'applied by other code' : 'applied'}${when}${time}${who}${by}`
}

/** A record that was damaged by hand is shown all the same. */
const instantText = (instant: Date): string => (Number.isNaN(instant.getTime()) ? '?' : instant.toISOString())
