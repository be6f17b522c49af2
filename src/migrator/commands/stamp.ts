import { MigratorError } from '../errors.js'
import { requirementsOf } from '../revisions/order.js'
import type { KnownRevision } from '../revisions/revision.js'
import { JournalTable } from '../runtime/journal-table.js'
import { type CommandContext, runWriting } from './context.js'
import { find } from './select.js'
import { type MigrationState, readState } from './state.js'

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
 * stands on it does not, and what is neither keeps its record.
 */
export const stamp = (
  context: CommandContext,
  target: string | readonly string[],
  options: StampOptions = {},
): Promise<StampReport> =>
  runWriting(context, async () => {
    const { purge = false } = checkOptions(options)
    const names = checkTarget(target)
    const { table, runner } = context
    // What cannot be meant is refused before anything is made; what is recorded is decided under the lock.
    wantedBy(await readState(context), names, purge)
    let report: StampReport = { added: [], removed: [], accepted: [] }
    await runner.sessions.write(async (session) => {
      const state = await readState(context, session)
      const { targeted, kept } = wantedBy(state, names, purge)
      const removed = [...state.rows.keys()].filter(
        (revision) => !targeted.has(revision) && !kept.has(revision),
      )
      const inOrder = state.catalog.ordered.filter(({ revision }) => targeted.has(revision))
      const added = inOrder.filter(({ revision }) => !state.rows.has(revision))
      const accepted = inOrder.filter((known) => needsAccepting(state, known))
      // A journal speaks of a step that is neither begun nor to be gone on with any more.
      const journal = new JournalTable(session, table.journal)
      for (const { revision, state: begun } of state.rows.values()) {
        if (begun === 'started' && !kept.has(revision)) await journal.delete(revision)
      }
      for (const revision of [...removed, ...accepted.map(idOf)]) await table.delete(session, revision)
      for (const known of [...accepted, ...added]) {
        const { breaking } = await known.load()
        const { revision, name, checksum } = known
        await table.insert(session, { revision, name, checksum, breaking, durationMs: 0, state: 'applied' })
      }
      report = { added: added.map(idOf), removed, accepted: accepted.map(idOf) }
    })
    return report
  })

const idOf = ({ revision }: KnownRevision): string => revision

const needsAccepting = (state: MigrationState, { revision, checksum }: KnownRevision): boolean => {
  const row = state.rows.get(revision)
  return row !== undefined && (row.state === 'started' || row.checksum !== checksum)
}

const checkTarget = (target: string | readonly string[]): readonly string[] => {
  const names: readonly unknown[] = Array.isArray(target) ? target : [target]
  if (names.length > 0 && names.every((name): name is string => typeof name === 'string' && name !== ''))
    return names
  throw new MigratorError(
    'INVALID_OPTION',
    'stamp() needs a revision, several, "head", or "base". Nothing was recorded.',
    { subject: 'target' },
  )
}

/** Which revisions are to count as applied, and which records are nobody's business here and stay as they are. */
const wantedBy = (
  state: MigrationState,
  names: readonly string[],
  purge: boolean,
): { readonly targeted: ReadonlySet<string>; readonly kept: ReadonlySet<string> } => {
  const { ordered } = state.catalog
  const none: ReadonlySet<string> = new Set()
  const unknown = purge ? none : new Set(state.unknown.map(({ revision }) => revision))
  if (names.includes('head') || names.includes('heads'))
    return { targeted: new Set(ordered.map(idOf)), kept: unknown }
  if (names.includes('base')) return { targeted: none, kept: unknown }
  const targets = names.map((name) => find(state, name))
  const targeted = closure(targets, ordered)
  if (purge) return { targeted, kept: none }
  const isAbove = (revision: KnownRevision): boolean => {
    const below = closure([revision], ordered)
    return targets.some((target) => below.has(target.revision))
  }
  const above = new Set(ordered.filter(isAbove).map(idOf))
  const isKept = (revision: string): boolean => !above.has(revision) && !targeted.has(revision)
  return { targeted, kept: new Set([...state.rows.keys()].filter(isKept)) }
}

/** The revisions and everything that they stand on. */
const closure = (
  revisions: readonly KnownRevision[],
  ordered: readonly KnownRevision[],
): ReadonlySet<string> => {
  const reached = new Set(revisions.map(idOf))
  // Requirements come earlier in the order, so one pass from the end reaches all of them.
  for (const revision of [...ordered].reverse()) {
    if (reached.has(revision.revision)) for (const required of requirementsOf(revision)) reached.add(required)
  }
  return reached
}

const checkOptions = (options: StampOptions): StampOptions => {
  const [unknown] = Object.keys(options).filter((name) => name !== 'purge')
  if (unknown === undefined) return options
  throw new MigratorError(
    'UNKNOWN_OPTION',
    `stamp() has no option "${unknown}". It takes "purge". Nothing was recorded.`,
    {
      subject: unknown,
    },
  )
}
