import type { CheckReport, Operation, RevisionInfo } from '../../migrator/index.js'
import { modelsOf, type Project } from '../config/open-project.js'
import { operationLines } from '../format/operation-lines.js'
import { findingLine } from '../format/plan-review.js'
import { revisionLine } from '../format/revision-line.js'
import { oneLine } from '../format/step-label.js'
import type { Invocation } from '../invocation.js'
import type { Run } from '../verb.js'
import { withMigrator, withNearPath } from '../with-migrator.js'
import { renamesOf } from './renames.js'

/** `sm2kit check` */
export const check: Run = (invocation) =>
  withMigrator(invocation, async (migrator, _progress, project) => {
    const report = await migrator.check({
      renames: renamesOf(invocation),
      strict: invocation.isOn('strict'),
    })
    const { describeOperation } = await import('../../migrator/index.js')
    return {
      value: nearPaths(report, invocation),
      text: textOf(report, describeOperation, project),
      exitCode: (invocation.isOn('strict') ? isFit(report) : report.upToDate) ? 0 : 1,
    }
  })

/** Whether what is pending may be run: that it is pending, and that the models are ahead of the database, is then no fault. */
const isFit = ({ upToDate, pending, edited, findings }: CheckReport): boolean =>
  findings.length === 0 && edited.length === 0 && (upToDate || pending.length > 0)

const nearPaths = (report: CheckReport, invocation: Invocation): CheckReport => {
  const near = (infos: readonly RevisionInfo[]): readonly RevisionInfo[] =>
    infos.map((info) => withNearPath(info, invocation))
  return { ...report, pending: near(report.pending), edited: near(report.edited) }
}

const textOf = (
  { upToDate, pending, unknown, edited, differences, findings }: CheckReport,
  describe: (operation: Operation) => string,
  project: Project,
): string => {
  const list = (title: string, infos: readonly RevisionInfo[]): readonly string[] =>
    infos.map((info) => `${title}: ${revisionLine(info, { message: true })}`)
  const lines = [
    ...list('Pending', pending),
    ...list('Edited after it was applied', edited),
    ...list('Unknown to this code', unknown),
    ...differences.flatMap((operation) => {
      const [first = '', ...hazards] = operationLines(operation, describe)
      return [`Different: ${first}`, ...hazards]
    }),
    ...findings.flatMap((one) => [
      `Finding in ${one.revision}: ${findingLine(one)}`,
      ...(one.statement === null ? [] : [`  ${oneLine(one.statement)}`]),
      `  safe way: ${one.safeWay}`,
    ]),
  ]
  const counted = [
    ...countOf(pending.length, 'pending revision'),
    ...countOf(edited.length, 'edited revision'),
    ...countOf(unknown.length, 'unknown revision'),
    ...countOf(differences.length, 'difference'),
    ...countOf(findings.length, 'finding'),
  ].join(', ')
  const isCompared = modelsOf(project).length > 0
  const models = isCompared
    ? 'the database is what the models say'
    : 'there are no models to compare the database with'
  const end = upToDate
    ? `${unknown.length === 0 ? 'Up to date' : 'This code may be older than the database'}: nothing is pending, and ${models}.`
    : `Not up to date: ${counted}.${isCompared ? '' : ' There are no models to compare the database with.'}`
  return [...lines, end].join('\n')
}

const countOf = (many: number, what: string): readonly string[] =>
  many === 0 ? [] : [`${many} ${what}${many === 1 ? '' : 's'}`]
