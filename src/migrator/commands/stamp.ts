import type { Target } from '../revisions/graph-types.js'
import { isChecksumOf, type KnownRevision } from '../revisions/revision.js'
import { JournalTable } from '../runtime/journal-table.js'
import { appliedRow } from '../runtime/version-rows.js'
import { type CommandContext, runWriting } from './context.js'
import { replaceRowsIn } from './replaced-rows.js'
import { type MigrationState, readState } from './state.js'
import { refuseUnknownOptions, targetsOf } from './target.js'

/** What `stamp` takes beside its target. */
export interface StampOptions {
  /** Forget every record first, those of revisions that the code does not know included. Default `false`. */
  readonly purge?: boolean
}

/** What `stamp` changed, by revision id. */
export interface StampReport {
  /** Recorded as applied now and not before; their code did not run. */
  readonly added: readonly string[]
  /** Recorded before and not now; their code did not run. */
  readonly removed: readonly string[]
  /** Recorded before and now, with the checksum of the present file. */
  readonly accepted: readonly string[]
}

/**
 * `migrator.stamp()`: records without running. The target and everything below it count as applied afterwards, what
 * stands on it does not, and other lines keep their records.
 */
export const stamp = (
  context: CommandContext,
  target: Target,
  options: StampOptions = {},
): Promise<StampReport> =>
  runWriting(context, async () => {
    refuseUnknownOptions('stamp', options, ['purge'])
    const { purge = false } = options
    const { table, runner } = context
    // What cannot be meant is refused before anything is made; what is recorded is decided under the lock.
    wantedBy(await readState(context), target, purge)
    let report: StampReport = { added: [], removed: [], accepted: [] }
    await runner.sessions.write(async (session) => {
      const state = await replaceRowsIn(context, session)
      const { targeted, named, kept } = wantedBy(state, target, purge)
      const removed = [...state.recorded.keys()].filter(
        (revision) => !targeted.has(revision) && !kept.has(revision),
      )
      const inOrder = state.catalog.ordered.filter(({ revision }) => targeted.has(revision))
      const added = inOrder.filter(({ revision }) => !state.rows.has(revision))
      const accepted = inOrder.filter((known) => named.has(known.revision) && needsAccepting(state, known))
      // A journal speaks of a step that is neither begun nor to be gone on with any more.
      const journal = new JournalTable(session, table.journal)
      for (const { revision, state: begun } of state.recorded.values()) {
        if (begun === 'started' && !kept.has(revision)) await journal.delete(revision)
      }
      for (const revision of [...removed, ...accepted.map(idOf)]) await table.delete(session, revision)
      for (const known of [...accepted, ...added]) {
        await table.insert(session, appliedRow(known, await known.load()))
      }
      report = { added: added.map(idOf), removed, accepted: accepted.map(idOf) }
    })
    return report
  })

const idOf = ({ revision }: KnownRevision): string => revision

const needsAccepting = (state: MigrationState, known: KnownRevision): boolean => {
  const row = state.rows.get(known.revision)
  return row !== undefined && (row.state === 'started' || !isChecksumOf(row.checksum, known))
}

/** Which revisions are to count as applied, which of them were named, and which records stay as they are. */
interface Wanted {
  readonly targeted: ReadonlySet<string>
  /** Named, or below what was: an edited file among them is accepted. */
  readonly named: ReadonlySet<string>
  readonly kept: ReadonlySet<string>
}

const wantedBy = (state: MigrationState, target: Target, purge: boolean): Wanted => {
  const { graph } = state.catalog
  const texts = targetsOf(state.catalog, target)
  const recorded = [...state.applied, ...state.interrupted].map(idOf)
  const applied = purge ? [] : recorded
  const named = graph.closure(texts.flatMap((text) => graph.resolve(text, applied)))
  return {
    targeted: graph.closure(graph.stamp(applied, texts).headsAfter),
    named,
    // A part of what was replaced is neither: what the target says of the one in its place decides.
    kept: new Set(
      purge
        ? []
        : state.unknown.map(({ revision }) => revision).filter((id) => !state.catalog.replacements.has(id)),
    ),
  }
}
