import type { Rehearsal, RehearsedStep } from '../../migrator/index.js'
import { duration } from '../format/duration.js'
import { oneLine } from '../format/step-label.js'
import { type Invocation, usage } from '../invocation.js'
import type { Outcome, Run } from '../verb.js'
import { withMigrator } from '../with-migrator.js'

const INTERRUPTED = 'The database was only read, and its copy is removed: at once, or by the next rehearsal.'

/** `sm2kit rehearse` */
export const rehearse: Run = async (invocation) => {
  const { interrupts, terminal } = invocation.surroundings
  const rows = rowsOf(invocation)
  const keep = invocation.isOn('keep')
  const controller = new AbortController()
  const { signal } = controller
  const rehearsing = withMigrator(invocation, (migrator) =>
    migrator.rehearse(invocation.optionalArgument(0) ?? 'head', {
      keep,
      signal,
      ...(rows === undefined ? {} : { rows }),
    }),
  )
  interrupts.beforeEnding(async () => {
    terminal.remark(
      'Removing the copy as soon as its statement is over; once more to leave it to the next rehearsal.',
    )
    interrupts.set(INTERRUPTED)
    controller.abort()
    await rehearsing.catch(() => {})
    // Closing the project says that nothing is going on.
    interrupts.set(INTERRUPTED)
  })
  try {
    return outcomeOf(await rehearsing)
  } catch (error) {
    // Whoever has interrupted it ends the process, with words of its own.
    if (signal.aborted) await new Promise(() => {})
    throw error
  }
}

const rowsOf = (invocation: Invocation): number | undefined => {
  const text = invocation.text('rows')
  if (text === undefined || text === 'all') return undefined
  if (/^\d{1,15}$/u.test(text)) return Number(text)
  throw usage(`"--rows ${oneLine(text)}" is no number of rows.`, '--rows')
}

const outcomeOf = (rehearsal: Rehearsal): Outcome => {
  const { ok, problems, notes, steps, restored, matchesModels, copy, copyMs, durationMs } = rehearsal
  const facts = [
    ...(restored === null
      ? []
      : [restored ? 'the way back gives the former schema' : 'the way back does not give the former schema']),
    ...(matchesModels === null ? [] : [matchesModels ? 'the models match' : 'the models do not match']),
  ]
  const verdict = ok
    ? steps.length === 0
      ? 'Nothing to rehearse: no step leads there'
      : 'Rehearsed: no problem'
    : `Rehearsed: ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`
  const lines = [
    `Copied in ${duration(copyMs)}.`,
    ...steps.map(stepLine),
    ...notes.map(({ message }) => `Note: ${oneLine(message)}`),
    ...problems.map(({ kind, message }) => `Problem (${kind}): ${oneLine(message)}`),
    `${[verdict, ...facts].join('; ')}. ${duration(durationMs)} in all; the database was only read.`,
    ...(copy === null ? [] : [`The copy is kept: ${copy}`]),
  ]
  return { value: rehearsal, text: lines.join('\n'), exitCode: ok ? 0 : 1 }
}

const stepLine = ({ revision, direction, durationMs, rowsChanged, rows }: RehearsedStep): string => {
  const changed = rows
    .filter(({ before, after }) => before !== after)
    .map(({ table, before, after }) => `${table} ${before ?? 'no table'} -> ${after ?? 'no table'}`)
  const what =
    (changed.length === 0 ? '' : `; rows: ${oneLine(changed.join(', '))}`) +
    (rowsChanged === 0 ? '' : `; ${rowsChanged} ${rowsChanged === 1 ? 'row' : 'rows'} changed`)
  return `${direction === 'up' ? 'Up  ' : 'Down'} ${revision} … ${duration(durationMs)}${what}`
}
