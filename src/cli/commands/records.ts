import { type Invocation, usage } from '../invocation.js'
import type { Run } from '../verb.js'
import { whileRecording, withMigrator } from '../with-migrator.js'

/** `sm2kit stamp` */
export const stamp: Run = (invocation) =>
  withMigrator(invocation, async (migrator) => {
    const targets = invocation.rest(0)
    const [only] = targets
    whileRecording(invocation)
    const report = await migrator.stamp(targets.length === 1 && only !== undefined ? only : targets, {
      purge: invocation.isOn('purge'),
    })
    const parts = [
      sentence('Recorded as applied', report.added),
      sentence('Recorded as not applied', report.removed),
      sentence('Accepted as the file is now', report.accepted),
    ].filter((part) => part !== '')
    const text = parts.length === 0 ? 'Nothing to do: it is recorded like that already.' : parts.join('\n')
    return { value: report, text: parts.length === 0 ? text : `${text}\nNo revision was run.` }
  })

/** `sm2kit adopt` */
export const adopt: Run = (invocation) =>
  withMigrator(invocation, async (migrator) => {
    const from = invocation.text('from')
    whileRecording(invocation)
    const report = await migrator.adopt(from === undefined ? {} : { from })
    const parts = [
      sentence('Taken over', report.adopted),
      sentence('Recorded already', report.already),
      `${from ?? 'SequelizeMeta'} is as it was; no revision was run.`,
    ].filter((part) => part !== '')
    return { value: report, text: parts.join('\n') }
  })

/** `sm2kit resolve` */
export const resolve: Run = async (invocation) => {
  const outcome = outcomeOf(invocation)
  const revision = invocation.argument(0)
  return withMigrator(invocation, async (migrator) => {
    whileRecording(invocation)
    await migrator.resolve(revision, outcome)
    const text =
      outcome === 'applied'
        ? `Noted: the open statement of ${revision} has done its work. The next upgrade or downgrade goes on behind it.`
        : `Noted: the open statement of ${revision} has not run. The next upgrade or downgrade runs it again.`
    return { value: { revision, outcome }, text }
  })
}

const outcomeOf = (invocation: Invocation): 'applied' | 'not-applied' => {
  const isApplied = invocation.isOn('applied')
  if (isApplied !== invocation.isOn('notApplied')) return isApplied ? 'applied' : 'not-applied'
  throw usage('Say either --applied or --not-applied: what became of the open statement.', '--applied')
}

const MOST_NAMED = 10

/** With the first ten of a long list; `--json` has all of it. */
const sentence = (what: string, ids: readonly string[]): string => {
  if (ids.length === 0) return ''
  const more = ids.length > MOST_NAMED ? ` and ${ids.length - MOST_NAMED} more` : ''
  return `${what}: ${ids.slice(0, MOST_NAMED).join(', ')}${more}.`
}
