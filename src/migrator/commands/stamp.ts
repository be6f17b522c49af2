import { MigratorError } from '../errors.js'
import { requirementsOf } from '../revisions/order.js'
import type { KnownRevision } from '../revisions/revision.js'
import { JournalTable } from '../runtime/journal.js'
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
    const state = await readState(context)
    const wanted = wantedBy(state, target, purge)
    const added = state.catalog.ordered.filter(
      ({ revision }) => wanted.has(revision) && !state.rows.has(revision),
    )
    const removed = [...state.rows.keys()].filter((revision) => !wanted.has(revision))
    const accepted = state.catalog.ordered.filter(
      (known) => wanted.has(known.revision) && needsAccepting(state, known),
    )
    const { table } = context
    await context.runner.sessions.write(async (session) => {
      for (const revision of removed) await table.delete(session, revision)
      for (const { revision } of accepted) await table.delete(session, revision)
      for (const known of [...accepted, ...added]) {
        const { breaking } = await known.load()
        const { revision, name, checksum } = known
        await table.insert(session, { revision, name, checksum, breaking, durationMs: 0, state: 'applied' })
      }
      // A journal speaks of a step that is neither begun nor to be gone on with any more.
      if (state.interrupted.length > 0) {
        const journal = new JournalTable(session, table.journal)
        for (const { revision } of state.interrupted) await journal.delete(revision)
      }
    })
    return { added: added.map(idOf), removed, accepted: accepted.map(idOf) }
  })

const idOf = ({ revision }: KnownRevision): string => revision

const needsAccepting = (state: MigrationState, { revision, checksum }: KnownRevision): boolean => {
  const row = state.rows.get(revision)
  return row !== undefined && (row.state === 'started' || row.checksum !== checksum)
}

const wantedBy = (
  state: MigrationState,
  target: string | readonly string[],
  purge: boolean,
): ReadonlySet<string> => {
  const names: readonly unknown[] = Array.isArray(target) ? target : [target]
  if (names.length === 0 || !names.every((name): name is string => typeof name === 'string' && name !== '')) {
    throw new MigratorError(
      'INVALID_OPTION',
      'stamp() needs a revision, several, "head", or "base". Nothing was recorded.',
      { subject: 'target' },
    )
  }
  const { ordered } = state.catalog
  if (names.includes('head') || names.includes('heads')) return new Set(ordered.map(idOf))
  if (names.includes('base')) return new Set()
  const targets = names.map((name) => find(state, name))
  const below = closure(targets, ordered)
  const above = new Set(
    ordered
      .filter((revision) => targets.some((one) => closure([revision], ordered).has(one.revision)))
      .map(idOf),
  )
  const kept = purge ? [] : [...state.rows.keys()].filter((revision) => !above.has(revision))
  return new Set([...below, ...kept])
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
