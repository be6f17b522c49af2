import { mkdir, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { randomBytes } from '../crypto.js'
import { labelOf } from '../directory/folder.js'
import { bodyOf } from '../directory/list.js'
import { loadModule } from '../directory/load.js'
import { checksumOf, significantTokens } from '../directory/tokens.js'
import { MigratorError, RevisionError, StepError } from '../errors.js'
import type { RevisionSource } from '../render/revision-source.js'
import { describeRevision, enumerate, type KnownRevision, once } from '../revisions/revision.js'
import { databaseError } from '../runtime/database-error.js'
import { type Catalog, catalogOf } from './catalog.js'
import { type CommandContext, withCatalog } from './context.js'
import { copyError, copyingOf, quietContextOn } from './copy-context.js'
import { goDown, goUp } from './go.js'
import { differencesOf, type Look, lookAt, rowsBetween } from './rehearsal-look.js'
import { guarding, type Touch } from './rehearse-guard.js'
import { knownOf } from './select.js'
import type { PreparedRevision } from './write-revision.js'

/** A revision that is ready to be written, and those in whose place it would be. */
export interface SquashToProve {
  readonly catalog: Catalog
  readonly members: readonly KnownRevision[]
  readonly source: RevisionSource
  readonly prepared: PreparedRevision
  readonly isReversible: boolean
}

/** A new database before the range, behind it, and after its way back. */
interface Built {
  readonly top: Look
  readonly back: Look | undefined
}

/**
 * Runs the range on a new database and the revision in its place on another, there and back, and compares what they come to.
 *
 * @throws RevisionError `SQUASH_DIFFERS`; `NOT_SQUASHABLE` where the range itself does not run on a new database; MigratorError
 *   `COPY_NOT_POSSIBLE`.
 */
export const proveSquash = async (context: CommandContext, squash: SquashToProve): Promise<void> => {
  const { catalog, members, prepared, source } = squash
  const { downRevision, dependsOn = [] } = source
  const below = catalog.graph.upgrade([], [...downRevision, ...dependsOn])
  const build = (on: Catalog, range: readonly KnownRevision[]): Promise<Built> =>
    buildOn(context, on, { below: knownOf(on, below), range, isReversible: squash.isReversible })
  const former = await build(catalog, members).catch((error: unknown) => {
    throw error instanceof StepError ? notBuildable(members, error) : error
  })
  await whileWritten(prepared, async (path) => {
    const known = knownAs(squash, path)
    const present = await build(catalogOf([...catalog.ordered, known]), [known]).catch((error: unknown) => {
      throw error instanceof StepError ? differs(members, [`it fails: ${error.message}`], error) : error
    })
    const found = [
      ...differencesBetween(former.top, present.top),
      ...(former.back === undefined || present.back === undefined
        ? []
        : differencesBetween(former.back, present.back).map((text) => `after its \`down\` ${text}`)),
    ]
    if (found.length > 0) throw differs(members, found)
  })
}

const buildOn = async (
  context: CommandContext,
  catalog: Catalog,
  steps: {
    readonly below: readonly KnownRevision[]
    readonly range: readonly KnownRevision[]
    readonly isReversible: boolean
  },
): Promise<Built> => {
  const { sequelize: source, lockTimeoutMs } = context.config
  const copying = await copyingOf(context, 'a proof')
  const scratch = await copying
    .copy({ source, rows: 0, keep: false, isEmpty: true, checkpoint: () => {} })
    .catch((error: unknown) => {
      throw copyError(error, context, 'A squash is proven on new databases')
    })
  try {
    const on = withCatalog(quietContextOn(context, scratch.sequelize), catalog)
    return await guarding(source, async (guarded) => {
      const step = async (go: typeof goUp | typeof goDown, revision: KnownRevision): Promise<void> => {
        const touch: Touch = { sql: undefined }
        await guarded(() => go(on, () => [revision]), touch)
      }
      for (const revision of [...steps.below, ...steps.range]) await step(goUp, revision)
      const top = await lookAt(on)
      if (!steps.isReversible) return { top, back: undefined }
      for (const revision of [...steps.range].reverse()) await step(goDown, revision)
      return { top, back: await lookAt(on) }
    })
  } catch (error) {
    throw error instanceof MigratorError
      ? error
      : databaseError(error, scratch.sequelize, context.table.dialect, lockTimeoutMs)
  } finally {
    // Whatever has failed before says more than a database that cannot be dropped, which the next one removes.
    await scratch.drop().catch(() => {})
  }
}

/** Under a name that nobody takes for a revision's, beside what it may import. */
const whileWritten = async (
  { path, text }: PreparedRevision,
  work: (path: string) => Promise<void>,
): Promise<void> => {
  const folder = dirname(path)
  const hidden = join(folder, `.${randomBytes(6).toString('hex')}_${basename(path)}`)
  await mkdir(folder, { recursive: true })
  try {
    await writeFile(hidden, text, { flag: 'wx' })
    await work(hidden)
  } finally {
    await rm(hidden, { force: true })
  }
}

const knownAs = ({ source, prepared }: SquashToProve, hidden: string): KnownRevision => {
  const { revision, message, downRevision, dependsOn = [], branchLabels = [], replaces = [] } = source
  const file = basename(prepared.path)
  const label = join(labelOf(dirname(prepared.path)), file)
  return {
    ...{ revision, message, downRevision, dependsOn, branchLabels, replaces, label },
    ...{ name: file.slice(0, file.lastIndexOf('.')), path: hidden, origin: 'file' },
    checksum: checksumOf(significantTokens(prepared.text)),
    load: once(async () => bodyOf(await loadModule(hidden, label), label)),
  }
}

const differencesBetween = (former: Look, present: Look): readonly string[] => [
  ...differencesOf(former.schema, present.schema),
  ...rowsBetween(former, present).flatMap(({ table, before, after }) =>
    before === null || after === null || before === after
      ? []
      : [`the table "${table}" has ${after} rows instead of ${before}`],
  ),
]

const idsOf = (revisions: readonly KnownRevision[]): readonly string[] =>
  revisions.map(({ revision }) => revision)

const differs = (
  members: readonly KnownRevision[],
  differences: readonly string[],
  cause?: unknown,
): RevisionError =>
  new RevisionError(
    'SQUASH_DIFFERS',
    `One revision in the place of ${enumerate(members.map(describeRevision))} does not come to the same on a new database: ` +
      `${enumerate(differences)}. Nothing was written. Something in these files does not only depend on the database: the ` +
      'name of the revision, the time, what a module remembers.',
    { revisions: idsOf(members), ...(cause === undefined ? {} : { cause }) },
  )

const notBuildable = (members: readonly KnownRevision[], cause: StepError): RevisionError =>
  new RevisionError(
    'NOT_SQUASHABLE',
    `The range cannot be proven to be one revision, as it does not run on a new database: ${cause.message} Nothing was written.`,
    { revisions: idsOf(members), cause },
  )
