import { poll, type Session } from '../dialect.js'
import { MigratorError } from '../errors.js'
import { describeRevision, enumerate, isChecksumOf, type KnownRevision } from '../revisions/revision.js'
import { databaseError } from '../runtime/database-error.js'
import type { VersionRow, VersionState } from '../runtime/version-rows.js'
import type { Catalog, Sources } from './catalog.js'
import type { CommandContext } from './context.js'
import { type FoldedRows, foldRows } from './fold-rows.js'

/** The code's revisions beside the database's record of them. */
export interface MigrationState extends FoldedRows {
  readonly catalog: Catalog
  /** As they are recorded. */
  readonly recorded: ReadonlyMap<string, VersionRow>
  /** In the order of the catalogue. */
  readonly applied: readonly KnownRevision[]
  /** In the order of the catalogue; interrupted ones are among them. */
  readonly pending: readonly KnownRevision[]
  /** Begun without a transaction, and not ended. */
  readonly interrupted: readonly KnownRevision[]
  /** Recorded, and unknown to the code. */
  readonly unknown: readonly VersionRow[]
  /** Ids of {@link MigrationState.applied}, as the graph takes them. */
  appliedIds(): readonly string[]
  /** Ids of the pending revisions on which something applied stands. */
  belowHead(): ReadonlySet<string>
}

/** What the code has and what the database records, as it was read. */
export interface Sides {
  readonly sources: Sources
  readonly versions: VersionState
}

/**
 * Reads both sides: the folders, and the version table in one statement.
 *
 * @param session - That holds the lock, for a verb that writes by what it reads. Default: any connection.
 */
export const readSides = async (context: CommandContext, session?: Session): Promise<Sides> => ({
  sources: await context.sources(),
  versions: await readVersions(context, session),
})

/** Puts both sides beside each other. */
export const stateOf = async ({ sources, versions }: Sides): Promise<MigrationState> => {
  const catalog = await sources.catalog()
  const { rows: recorded } = versions
  const folded = foldRows(recorded, catalog)
  const { rows } = folded
  const isApplied = ({ revision }: KnownRevision): boolean => rows.get(revision)?.state === 'applied'
  const applied = catalog.ordered.filter(isApplied)
  const pending = catalog.ordered.filter((revision) => !isApplied(revision))
  const appliedIds = (): readonly string[] => applied.map(({ revision }) => revision)
  let below: ReadonlySet<string> | undefined
  return {
    catalog,
    recorded,
    ...folded,
    applied,
    pending,
    interrupted: pending.filter(({ revision }) => rows.has(revision)),
    unknown: [...rows.values()].filter((row) => !catalog.byId.has(row.revision)),
    appliedIds,
    belowHead: () => {
      if (below !== undefined) return below
      const closure = pending.length === 0 ? new Set<string>() : catalog.graph.closure(appliedIds())
      below = new Set(pending.map(({ revision }) => revision).filter((id) => closure.has(id)))
      return below
    },
  }
}

/** Reads both sides, as {@link readSides} does, and puts them beside each other. */
export const readState = async (context: CommandContext, session?: Session): Promise<MigrationState> =>
  stateOf(await readSides(context, session))

const readVersions = async (
  { table, config, runner }: CommandContext,
  session: Session | undefined,
): Promise<VersionState> => {
  let state: VersionState | undefined
  await runner.writeRows()
  // Another process may be committing: SQLite then answers "busy" for a moment.
  const attempt = async (): Promise<boolean> => {
    try {
      state = await table.read((session ?? runner.currentRun()?.session)?.transaction)
      return true
    } catch (error) {
      if (table.dialect.classify(error) === 'LOCK_TIMEOUT') return false
      throw databaseError(error, config.sequelize, table.dialect, config.lockTimeoutMs)
    }
  }
  await poll(runner.sessions.deadline(), attempt, () => 'another connection that keeps the database locked')
  if (state !== undefined) return state
  throw new MigratorError(
    'LOCK_TIMEOUT',
    `The version table could not be read within ${config.lockTimeoutMs} ms: another connection keeps the database locked. ` +
      'Nothing was run. Run again when it is done, or raise `lock.timeoutMs`.',
  )
}

/** The applied revisions that are not what they were when they ran. */
export const editedOf = ({ applied, rows, recorded, catalog }: MigrationState): readonly KnownRevision[] => {
  const isEdited = (known: KnownRevision, row: VersionRow | undefined): boolean => {
    const checksum = row?.checksum ?? null
    return checksum !== null && known.checksum !== null && !isChecksumOf(checksum, known)
  }
  return [
    // Of what is replaced and still there: what replaces it was made of it as it is now.
    ...[...catalog.replaced.values()].filter((known) => isEdited(known, recorded.get(known.revision))),
    ...applied.filter((known) => isEdited(known, rows.get(known.revision))),
  ]
}

/** Throws `EDITED_REVISION` when an applied revision is not what it was when it ran. */
export const refuseEdited = (state: MigrationState): void => {
  const edited = editedOf(state)
  const [first] = edited
  if (first === undefined) return
  const shipped = first.origin === 'shipped'
  const accept = acceptance(state, edited)
  throw new MigratorError(
    'EDITED_REVISION',
    shipped
      ? `The baseline was applied with another prefix, schema or id type than the options give now. Nothing was run. ` +
          `Give the former "baseline" options again, or accept the present ones with ${accept}.`
      : `${enumerate(edited.map((revision) => revision.label))} ${edited.length === 1 ? 'was' : 'were'} edited after ` +
          `${edited.length === 1 ? 'it was' : 'they were'} applied. Nothing was run. Take the edit back and write a new revision, ` +
          `or accept ${edited.length === 1 ? 'the file as it is' : 'the files as they are'} with ${accept}.`,
    { revisions: edited.map((revision) => revision.revision), subject: first.label },
  )
}

/**
 * The call that accepts what was edited: of the applied heads above it, as a stamp below them would forget these; with what it
 * would do besides.
 */
const acceptance = (state: MigrationState, edited: readonly KnownRevision[]): string => {
  const { catalog, appliedIds } = state
  const { graph } = catalog
  const stands = (head: string): boolean => {
    const below = graph.closure([head])
    return edited.some(({ revision }) => below.has(revision))
  }
  const heads = graph.headsOf(appliedIds()).filter(stands)
  const names = heads.map((head) => `'${head}'`)
  const call = names.length === 1 ? `stamp(${names[0]})` : `stamp([${names.join(', ')}])`
  // Everything below a stamped revision counts as applied, also what never ran.
  const stamped = graph.closure(heads)
  const isUnrun = state.belowHead()
  const unrun = state.pending.filter(({ revision }) => stamped.has(revision) && isUnrun.has(revision))
  if (unrun.length === 0) return call
  const [is, have, them] = unrun.length === 1 ? ['is', 'it has', 'it'] : ['are', 'they have', 'them']
  return (
    `${call}, once ${enumerate(unrun.map(describeRevision))} ${is} applied: pending below, ${have} never run, and stamping now would record ${them} ` +
    'as applied without running. So take the edit back, run up(), make the edit again, and stamp'
  )
}

/** Throws `UNKNOWN_APPLIED` when the database is ahead of this code in a way that cannot be passed over. */
export const refuseUnknown = (
  context: CommandContext,
  state: MigrationState,
  somethingToRun: boolean,
): void => {
  if (state.unknown.length === 0) return
  const names = enumerate(state.unknown.map(describeRow))
  const breaking = state.unknown.filter((row) => row.breaking)
  if (!somethingToRun && breaking.length === 0) {
    context.config.logger.warn({
      event: 'unknown',
      message: `The database knows ${names}, which this code does not: it is older than the database. Nothing is pending.`,
    })
    return
  }
  const why = somethingToRun
    ? 'and there is something to run: the order of the two is not known'
    : `and ${enumerate(breaking.map(describeRow))} was recorded as breaking older code`
  throw new MigratorError(
    'UNKNOWN_APPLIED',
    `The database knows ${names}, which this code does not, ${why}. Nothing was run. ` +
      'Deploy the code that has these revisions, or bring their files back.',
    { revisions: state.unknown.map((row) => row.revision) },
  )
}

const describeRow = (row: VersionRow): string =>
  describeRevision({ revision: row.revision, message: row.name === row.revision ? '' : row.name })
