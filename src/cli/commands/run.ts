import type { Migrator, Plan, UpgradeOptions, UpgradeReport } from '../../migrator/index.js'
import { duration } from '../format/duration.js'
import { planMarkdown, planText } from '../format/plan-review.js'
import { revisionLine } from '../format/revision-line.js'
import { stepLabel } from '../format/step-label.js'
import { type Invocation, usage } from '../invocation.js'
import type { Outcome, Run } from '../verb.js'
import { withMigrator, withNearPath } from '../with-migrator.js'

/** `sm2kit upgrade` */
export const upgrade: Run = (invocation) => go(invocation, 'up', invocation.optionalArgument(0) ?? 'head')

/** `sm2kit downgrade` */
export const downgrade: Run = (invocation) => go(invocation, 'down', invocation.argument(0))

/** Where `--backup` wants one; undefined without it. */
const backupOf = ({ options }: Invocation): UpgradeOptions['backup'] => {
  const { backup } = options
  if (typeof backup !== 'string') return undefined
  return backup === '' ? true : { to: backup }
}

const go = async (invocation: Invocation, direction: 'up' | 'down', target: string): Promise<Outcome> => {
  const isSql = invocation.isOn('sql')
  const isDryRun = invocation.isOn('dryRun')
  const isPlan = invocation.isOn('plan')
  const isMarkdown = invocation.isOn('markdown')
  if (isSql && isDryRun) throw usage('--sql and --dry-run exclude each other.', '--sql')
  const backup = backupOf(invocation)
  if (backup !== undefined && (isSql || isDryRun || isPlan))
    throw usage(
      `${isSql ? '--sql' : isPlan ? '--plan' : '--dry-run'} changes nothing, so --backup does not go with it.`,
      '--backup',
    )
  if (isPlan && (isSql || isDryRun)) throw usage('--plan excludes --sql and --dry-run.', '--plan')
  if (isMarkdown && !isPlan) throw usage('--markdown goes with --plan.', '--markdown')
  if (!isSql && target.includes(':'))
    throw usage(
      `The range "${target}" can only be made a script of; add --sql, or name its end alone.`,
      target,
    )
  return withMigrator(invocation, async (migrator, progress) => {
    if (isSql) return script(migrator, direction, target)
    if (isPlan) {
      const plan = await migrator.plan(target, { direction })
      return { value: plan, text: isMarkdown ? planMarkdown(plan) : planText(plan) }
    }
    if (isDryRun) return planned(await migrator.plan(target, { direction }))
    progress.know(await migrator.history())
    const report = await (direction === 'up'
      ? migrator.upgrade(target, backup === undefined ? {} : { backup })
      : migrator.downgrade(target))
    return reported(migrator, nearBackup(report, invocation))
  })
}

const script = async (migrator: Migrator, direction: 'up' | 'down', target: string): Promise<Outcome> => {
  const at = target.indexOf(':')
  const [from, to] = at === -1 ? ['', target] : [target.slice(0, at), target.slice(at + 1)]
  const [first, last] = direction === 'up' ? ['base', 'head'] : ['head', 'base']
  const sql = await migrator.sql({ from: from || first, to: to || last, direction })
  return { value: { sql }, text: sql }
}

const planned = (plan: Plan): Outcome => {
  const { direction, steps } = plan
  if (steps.length === 0) return { value: plan, text: 'Nothing to do: no step leads there.' }
  const texts = steps.map((step) => {
    const below = step.isBelowHead ? ' (pending below head)' : ''
    const statements = step.statements.map(
      (statement) =>
        `\n    ${statement.trim().replaceAll('\n', '\n    ')}${statement.startsWith('--') ? '' : ';'}`,
    )
    return `${stepLabel(step, direction, 'Would run')}${below}${statements.join('')}`
  })
  const many = `${steps.length} ${steps.length === 1 ? 'step' : 'steps'}`
  return { value: plan, text: [...texts, `${many} would run; nothing was changed.`].join('\n') }
}

/** With the path of the backup as seen from the working folder. */
const nearBackup = (report: UpgradeReport, invocation: Invocation): UpgradeReport =>
  report.backup === undefined ? report : { ...report, backup: withNearPath(report.backup, invocation) }

const reported = async (migrator: Migrator, report: UpgradeReport): Promise<Outcome> => {
  const heads = await migrator.current()
  const value = { ...report, current: heads.map((info) => info.revision) }
  const place =
    heads.length === 0
      ? 'nothing is applied'
      : `the database is at ${heads.map((info) => revisionLine(info)).join(', ')}`
  const done = report.steps.filter((step) => step.state === 'done').length
  const skipped = report.steps.filter((step) => step.state === 'skipped').length
  const others =
    skipped === 0 ? '' : ` ${skipped} more ${skipped === 1 ? 'was' : 'were'} done by another process.`
  if (done === 0) return { value, text: `Nothing to do: ${place}.${others}` }
  const what = `${done} ${done === 1 ? 'revision' : 'revisions'} ${report.direction === 'up' ? 'applied' : 'taken back'}`
  const saved = report.backup === undefined ? '' : `\nBackup: ${report.backup.path}, made before the run.`
  return { value, text: `Done: ${what} in ${duration(report.durationMs)}; ${place}.${others}${saved}` }
}
