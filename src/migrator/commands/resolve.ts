import { MigratorError } from '../errors.js'
import { describeRevision, type KnownRevision } from '../revisions/revision.js'
import { JournalTable } from '../runtime/journal-table.js'
import { type CommandContext, runWriting } from './context.js'
import { find } from './select.js'
import { readState } from './state.js'

/** `migrator.resolve()`: the operator's word on the statement of which the migrator cannot know whether it ran. */
export const resolve = (
  context: CommandContext,
  reference: string,
  outcome: 'applied' | 'not-applied',
): Promise<void> =>
  runWriting(context, async () => {
    if (outcome !== 'applied' && outcome !== 'not-applied') {
      throw new MigratorError(
        'INVALID_OPTION',
        'resolve() takes "applied" or "not-applied". Nothing was recorded.',
        {
          subject: 'outcome',
        },
      )
    }
    await context.runner.sessions.write(async (session) => {
      const state = await readState(context, session)
      const known = find(state, reference)
      if (!state.interrupted.includes(known)) throw notInterrupted(known)
      const journal = new JournalTable(session, context.table.journal)
      const last = (await journal.read(known.revision))?.entries.at(-1)
      if (outcome === 'applied') await journal.vouch(known.revision)
      // A batch has committed its place together with its rows: there is nothing about it that one could not know.
      else if (last === undefined || last.done || last.progress !== undefined) throw nothingOpen(known)
      else await journal.delete(known.revision, last.step)
    })
  })

const notInterrupted = (known: KnownRevision): MigratorError =>
  new MigratorError(
    'INTERRUPTED',
    `Revision ${describeRevision(known)} was not interrupted, so there is nothing to resolve. Nothing was recorded.`,
    { revisions: [known.revision] },
  )

const nothingOpen = (known: KnownRevision): MigratorError =>
  new MigratorError(
    'INTERRUPTED',
    `Every statement of ${describeRevision(known)} that is noted has done its work, so none can be said not to have. Nothing was ` +
      'recorded. Put the statements back as they were and run again, or accept what is done with "applied".',
    { revisions: [known.revision] },
  )
