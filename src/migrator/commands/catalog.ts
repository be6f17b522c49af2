import * as baseline from '../../../migrations/f3e3ac684f8e_baseline.js'
import type { MigratorConfig } from '../config.js'
import { createHash } from '../crypto.js'
import { type RevisionFolder, readFolder } from '../directory/folder.js'
import { bodyOf, replacesOf, revisionsIn } from '../directory/list.js'
import { RevisionError } from '../errors.js'
import type { Revision } from '../operations/migration.js'
import type { Sm2TableOptions } from '../operations/sm2-tables.js'
import { buildRevisionGraph } from '../revisions/graph.js'
import type { RevisionGraph } from '../revisions/graph-types.js'
import { isEnd, type Replacements, readReplacements } from '../revisions/replaced.js'
import { checkRevisionId, type KnownRevision, listOf, once } from '../revisions/revision.js'

/** Labels of the branches that the package ships. */
const SHIPPED_BRANCHES: readonly string[] = ['sm2']

/** Every revision that the code knows, in the order in which they run. */
export interface Catalog {
  readonly ordered: readonly KnownRevision[]
  /** The same revisions and how they stand on one another. */
  readonly graph: RevisionGraph
  readonly byId: ReadonlyMap<string, KnownRevision>
  /** By id of a revision that another one replaces, that one's header; {@link Catalog.byId} has none of them. */
  readonly replacements: Replacements
  /** Those of them that are there still, by id. */
  readonly replaced: ReadonlyMap<string, KnownRevision>
  /**
   * By Umzug's name; where a name is another's id, the id wins. The last one of a replaced range is the revision in its place.
   */
  find(reference: string): KnownRevision | undefined
}

/** Where the revisions come from, as it is now. */
export interface Sources {
  /** All that the revisions are made of; absent where some of them lie in memory, whose code has no text. */
  readonly texts?: SourceTexts
  /**
   * Looks into them, at each call.
   *
   * @throws MigratorError or RevisionError for what cannot be read and for revisions that do not fit together.
   */
  catalog(): Promise<Catalog>
}

/** What revisions are made of, not looked into. */
export interface SourceTexts {
  /** The revision that the package ships, unless the host does without. */
  readonly shipped: readonly KnownRevision[]
  readonly folders: readonly RevisionFolder[]
}

/**
 * Reads every source: the shipped revisions, then those in memory, then the folders.
 *
 * @throws MigratorError `FOLDER_NOT_FOUND`
 */
export const readSources = async (config: MigratorConfig): Promise<Sources> => {
  const shipped = config.baseline === false ? [] : [shippedBaseline(config.baseline)]
  const folders: RevisionFolder[] = []
  for (const folder of config.folders) folders.push(await readFolder(folder))
  const catalog = async (): Promise<Catalog> => {
    const revisions: KnownRevision[] = [...shipped, ...config.revisions.map(fromMemory)]
    for (const folder of folders) revisions.push(...(await revisionsIn(folder)))
    const ejected = revisions.find(({ shippedChecksum }) => shippedChecksum !== undefined)
    if (ejected !== undefined && shipped.length > 0) throw ejectedAndShipped(ejected)
    return catalogOf(revisions)
  }
  return config.revisions.length === 0 ? { texts: { shipped, folders }, catalog } : { catalog }
}

/** The catalogue of every source, as {@link readSources} finds them. */
export const readCatalog = async (config: MigratorConfig): Promise<Catalog> =>
  (await readSources(config)).catalog()

/**
 * Revisions in their order.
 *
 * @throws RevisionError for revisions that do not fit together.
 */
export const catalogOf = (revisions: readonly KnownRevision[]): Catalog => {
  const graph = graphOf(revisions)
  const replacements = readReplacements(revisions)
  const byId = new Map<string, KnownRevision>()
  const replaced = new Map<string, KnownRevision>()
  for (const revision of revisions) {
    const isReplaced = replacements.has(revision.revision)
    if (isReplaced && revision.origin === 'shipped') throw shippedReplaced(revision, replacements)
    ;(isReplaced ? replaced : byId).set(revision.revision, revision)
  }
  const ordered: KnownRevision[] = []
  for (const id of graph.order()) {
    const revision = byId.get(id)
    if (revision === undefined) continue
    // A dependency may name a branch; whoever looks at the revision is to see ids.
    const known = withIds(revision, graph, replacements)
    if (known !== revision) byId.set(id, known)
    ordered.push(known)
  }
  const byName = new Map<string, KnownRevision>()
  for (const revision of ordered) {
    const other = byName.get(revision.name)
    if (other !== undefined) throw sameName(other, revision)
    byName.set(revision.name, revision)
  }
  const find = (reference: string): KnownRevision | undefined =>
    byId.get(reference) ?? byName.get(reference) ?? inPlaceOf(reference)
  const inPlaceOf = (reference: string): KnownRevision | undefined => {
    if (replacements.size === 0) return undefined
    const named = [...replaced.values()].find(({ name }) => name === reference)?.revision ?? reference
    const replacement = replacements.get(named)
    return replacement !== undefined && isEnd(named, replacement) ? byId.get(replacement.revision) : undefined
  }
  return { ordered, graph, byId, replacements, replaced, find }
}

/** As whoever looks at the revision is to see it: a dependency may name a branch, and anything what was replaced. */
const withIds = (revision: KnownRevision, graph: RevisionGraph, { size }: Replacements): KnownRevision => {
  if (revision.dependsOn.length === 0 && size === 0) return revision
  const { downRevision, dependsOn } = graph.show(revision.revision)
  return size === 0 ? { ...revision, dependsOn } : { ...revision, downRevision, dependsOn }
}

const shippedReplaced = ({ revision }: KnownRevision, replacements: Replacements): RevisionError =>
  new RevisionError(
    'INVALID_REVISION',
    `Revision ${replacements.get(revision)?.revision ?? ''} replaces ${revision}, which sm2kit ships. Nothing was run. ` +
      'Leave it out of "replaces", and name it in "dependsOn".',
    { revisions: [revision] },
  )

/** Where the revisions leave the order open, it is: the shipped ones, those in memory as given, the files by name (their date). */
const createdAt = ({ origin, name }: KnownRevision, index: number): string =>
  origin === 'shipped' ? '' : origin === 'memory' ? `0${String(index).padStart(9, '0')}` : `1${name}`

const graphOf = (revisions: readonly KnownRevision[]): RevisionGraph =>
  buildRevisionGraph(
    revisions.map((known, index) => ({
      revision: known.revision,
      downRevision: known.downRevision,
      dependsOn: known.dependsOn,
      branchLabels: known.branchLabels,
      replaces: known.replaces,
      message: known.message,
      label: known.label,
      createdAt: createdAt(known, index),
    })),
    { shipped: SHIPPED_BRANCHES, names: 'file' },
  )

const ejectedAndShipped = ({ revision, label }: KnownRevision): RevisionError =>
  new RevisionError(
    'DUPLICATE_REVISION',
    `${label} is revision ${revision}, which sm2kit ships too. Nothing was run. Give the option "baseline" false: the file is in its place.`,
    { revisions: [revision], subject: label },
  )

/** Umzug knows a migration by its name alone. */
const sameName = (one: KnownRevision, other: KnownRevision): RevisionError =>
  new RevisionError(
    'DUPLICATE_REVISION',
    `Two revisions have the name "${one.name}": ${one.label} and ${other.label}. Nothing was run. Rename one of the files.`,
    { revisions: [one.revision, other.revision] },
  )

const shippedBaseline = (tables: Sm2TableOptions): KnownRevision => ({
  revision: baseline.revision,
  downRevision: listOf(baseline.downRevision, 'downRevision', 'baseline'),
  dependsOn: baseline.dependsOn,
  branchLabels: baseline.branchLabels,
  message: baseline.message,
  name: baseline.revision,
  label: 'shipped with sm2kit',
  origin: 'shipped',
  // The code is released and never edited; what may change are the host's names and types for the tables.
  checksum: createHash('sha256')
    .update(
      JSON.stringify([baseline.revision, tables.prefix, tables.schema, tables.learnerId, tables.itemId]),
    )
    .digest('hex'),
  load: once(async () => bodyOf({ ...baseline.migrationsFor(tables) }, 'shipped with sm2kit')),
})

const fromMemory = (given: Revision, index: number): KnownRevision => {
  const position = `migrations[${index}]`
  const revision = checkRevisionId(given.revision, position)
  const label = `${position} (in memory)`
  return {
    revision,
    downRevision: listOf(given.downRevision, 'downRevision', label),
    dependsOn: listOf(given.dependsOn, 'dependsOn', label),
    branchLabels: listOf(given.branchLabels, 'branchLabels', label),
    ...replacesOf(given.replaces, label),
    message: given.message ?? '',
    name: revision,
    label,
    origin: 'memory',
    checksum: null,
    load: once(async () => bodyOf({ ...given }, label)),
  }
}
