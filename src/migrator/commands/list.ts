import { requirementsOf } from '../revisions/order.js'
import type { KnownRevision } from '../revisions/revision.js'
import type { VersionRow } from '../runtime/version-table.js'
import type { CommandContext } from './context.js'
import { type MigrationMeta, metaOf } from './run-steps.js'
import { type MigrationState, readState } from './state.js'

/**
 * A revision beside what the database records of it.
 *
 * @example
 * ```ts
 * import { createMigrator, type RevisionInfo } from 'sm2kit/migrator'
 * import { Sequelize } from 'sequelize'
 *
 * const migrator = createMigrator({ sequelize: new Sequelize('sqlite::memory:', { logging: false }) })
 * const [newest]: RevisionInfo[] = await migrator.history()
 * newest?.state // => 'pending'
 * newest?.branchLabels // => ['sm2']
 * newest?.appliedAt // => null
 * ```
 */
export interface RevisionInfo {
  /** Id. */
  readonly revision: string
  /** Umzug's name: the file name without extension, or the id. */
  readonly name: string
  /** One line for people; empty where the code does not know the revision. */
  readonly message: string
  /** Ids of what it stands on, on its own line: none for the first, several for a merge. */
  readonly downRevision: readonly string[]
  /** Ids of what must be applied before it, beside its line. */
  readonly dependsOn: readonly string[]
  /** Names of the line that begins with it. */
  readonly branchLabels: readonly string[]
  /** Absolute path of the file; absent in memory and for unknown revisions. */
  readonly path?: string
  /** `interrupted`: begun without a transaction and not ended. `unknown`: recorded, but the code does not have it. */
  readonly state: 'applied' | 'pending' | 'interrupted' | 'unknown'
  /** Whether no other revision of the code stands on it. */
  readonly isHead: boolean
  /** When it was applied; `null` when it is not. */
  readonly appliedAt: Date | null
  /** How long it took, in milliseconds; `null` when it is not applied. */
  readonly durationMs: number | null
}

/** `migrator.pending()`: what is not applied, in the order in which it would run. */
export const pending = async (context: CommandContext): Promise<readonly MigrationMeta[]> =>
  (await readState(context)).pending.map(metaOf)

/** `migrator.executed()`: what is applied, in order; what the code does not know comes last, by the name it had. */
export const executed = async (context: CommandContext): Promise<readonly MigrationMeta[]> => {
  const state = await readState(context)
  return [...state.applied.map(metaOf), ...state.unknown.map(({ name }) => ({ name }))]
}

/** `migrator.current()`: the applied revisions on which no other applied one stands, newest first. */
export const current = async (context: CommandContext): Promise<readonly RevisionInfo[]> => {
  const state = await readState(context)
  const below = new Set(state.applied.flatMap(requirementsOf))
  const heads = state.applied.filter(({ revision }) => !below.has(revision)).reverse()
  return [...state.unknown.map(unknownInfo), ...heads.map((revision) => infoOf(state, revision))]
}

/** `migrator.history()`: every revision of the code, newest first. */
export const history = async (context: CommandContext): Promise<readonly RevisionInfo[]> => {
  const state = await readState(context)
  return [...state.catalog.ordered].reverse().map((revision) => infoOf(state, revision))
}

const infoOf = (state: MigrationState, known: KnownRevision): RevisionInfo => {
  const row = state.rows.get(known.revision)
  const { revision, name, message, downRevision, dependsOn, branchLabels, path } = known
  return {
    revision,
    name,
    message,
    downRevision,
    dependsOn,
    branchLabels,
    ...(path === undefined ? {} : { path }),
    state: row === undefined ? 'pending' : row.state === 'applied' ? 'applied' : 'interrupted',
    isHead: !state.catalog.ordered.some((other) => requirementsOf(other).includes(revision)),
    ...timesOf(row?.state === 'applied' ? row : undefined),
  }
}

const unknownInfo = (row: VersionRow): RevisionInfo => ({
  revision: row.revision,
  name: row.name,
  message: '',
  downRevision: [],
  dependsOn: [],
  branchLabels: [],
  state: 'unknown',
  isHead: false,
  ...timesOf(row),
})

const timesOf = (row: VersionRow | undefined): Pick<RevisionInfo, 'appliedAt' | 'durationMs'> => ({
  appliedAt: row?.appliedAt ?? null,
  durationMs: row?.durationMs ?? null,
})
