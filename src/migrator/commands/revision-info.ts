import type { KnownRevision } from '../revisions/revision.js'
import type { VersionRow } from '../runtime/version-rows.js'
import type { Catalog } from './catalog.js'
import type { MigrationState } from './state.js'

/**
 * A revision: what its file says, its place in the graph, and what the database records of it.
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
  /** Ids of the revisions in whose place it is, in order; absent where it is in nobody's. */
  readonly replaces?: readonly string[]
  /** Absolute path of the file; absent in memory and for unknown revisions. */
  readonly path?: string
  /** `interrupted`: begun without a transaction and not ended. `unknown`: recorded, but the code does not have it. */
  readonly state: 'applied' | 'pending' | 'interrupted' | 'unknown'
  /** Pending, though something applied stands on it: it was put below the applied ones later. */
  readonly isBelowHead: boolean
  /** Labels of the line that it is on, its own and those that reach it, sorted. */
  readonly labels: readonly string[]
  /** Ids of the revisions whose parent it is. */
  readonly children: readonly string[]
  /** Ids of the revisions that depend on it beside their line. */
  readonly dependents: readonly string[]
  /** No revision of the code has it as a parent. */
  readonly isHead: boolean
  /** A head on which no other revision depends either. */
  readonly isEffectiveHead: boolean
  /** Several revisions have it as a parent. */
  readonly isBranchPoint: boolean
  /** It has several parents. */
  readonly isMergePoint: boolean
  /** It belongs to the branch that sm2kit ships. */
  readonly isShipped: boolean
  /** When it was applied; `null` when it is not. */
  readonly appliedAt: Date | null
  /** How long it took, in milliseconds; `null` when it is not applied. */
  readonly durationMs: number | null
  /** The version of sm2kit that applied it; `null` when it is not applied. */
  readonly version: string | null
  /** Who applied it and on which machine, as `anna@web-1`; `null` when it is not applied, or a script of `sql()` has applied it. */
  readonly appliedBy: string | null
}

/** What the code alone says of a revision, except for where its file is. */
export type PlaceInfo = Omit<RevisionInfo, 'path' | 'state' | 'isBelowHead' | keyof TimesInfo>

type TimesInfo = Pick<RevisionInfo, 'appliedAt' | 'durationMs' | 'version' | 'appliedBy'>

/** What is known of a revision of the code. */
export const infoOf = (state: MigrationState, id: string): RevisionInfo => {
  const { path } = state.catalog.byId.get(id) as KnownRevision
  const row = state.rows.get(id)
  return {
    ...placeOf(state.catalog, id),
    ...(path === undefined ? {} : { path }),
    state: row === undefined ? 'pending' : row.state === 'applied' ? 'applied' : 'interrupted',
    isBelowHead: state.belowHead().has(id),
    ...timesOf(row?.state === 'applied' ? row : undefined),
  }
}

/** Of a revision that is applied, as everything below it is. */
export const appliedInfo = (
  place: PlaceInfo,
  path: string | undefined,
  row: VersionRow | undefined,
): RevisionInfo => ({
  ...place,
  ...(path === undefined ? {} : { path }),
  state: 'applied',
  isBelowHead: false,
  ...timesOf(row),
})

/** What the code says of a revision and of its place among the others. */
export const placeOf = ({ byId, graph }: Catalog, id: string): PlaceInfo => {
  const known = byId.get(id) as KnownRevision
  const { revision, name, message, downRevision, dependsOn, branchLabels, replaces } = known
  const place = graph.show(id)
  return {
    ...{ revision, name, message, downRevision, dependsOn, branchLabels },
    ...(replaces === undefined ? {} : { replaces }),
    labels: place.branchLabels,
    children: place.children,
    dependents: place.dependents,
    isHead: place.isHead,
    isEffectiveHead: place.isHead && place.dependents.length === 0,
    isBranchPoint: place.isBranchPoint,
    isMergePoint: place.isMergePoint,
    isShipped: place.isShipped,
  }
}

/** Those of some revisions that the code knows, newest first. */
export const newestFirst = (
  { ordered }: Pick<Catalog, 'ordered'>,
  ids: ReadonlySet<string>,
): readonly string[] =>
  ordered
    .map(({ revision }) => revision)
    .filter((id) => ids.has(id))
    .reverse()

/** What is known of a revision that only the database knows. */
export const unknownInfo = (row: VersionRow): RevisionInfo => ({
  ...{ revision: row.revision, name: row.name, message: '', state: 'unknown' },
  ...{ downRevision: [], dependsOn: [], branchLabels: [], labels: [], children: [], dependents: [] },
  ...{ isBelowHead: false, isHead: false, isEffectiveHead: false },
  ...{ isBranchPoint: false, isMergePoint: false, isShipped: false },
  ...timesOf(row),
})

const timesOf = (row: VersionRow | undefined): TimesInfo => ({
  appliedAt: row?.appliedAt ?? null,
  durationMs: row?.durationMs ?? null,
  version: row?.version ?? null,
  appliedBy: row?.appliedBy ?? null,
})
