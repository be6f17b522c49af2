import type { RenameProposal } from '../autogenerate/proposals.js'
import type { AutogenerateConfig } from '../config-autogenerate.js'
import { MigratorError } from '../errors.js'
import { describe } from '../operations/describe.js'
import type { Hazard } from '../operations/hazard.js'
import type { Op } from '../operations/op.js'
import type { OpCall } from '../operations/op-call.js'
import type { Operation } from '../operations/operation.js'
import { runCalls } from '../operations/run-calls.js'
import type { RevisionFormat, RevisionSource } from '../render/revision-source.js'
import { describeRevision } from '../revisions/revision.js'
import { recordStep } from '../runtime/recorder.js'
import type { Catalog } from './catalog.js'
import { type Comparison, compareWithModels, hasModels } from './compare-with-models.js'
import { type CommandContext, withCatalog } from './context.js'
import { readState, refuseUnknown } from './state.js'
import { prepareRevision, type WrittenRevision } from './write-revision.js'

/** A {@link Hazard}, with the change that it comes from. */
export interface ReportedHazard extends Hazard {
  /** The change, in a line for people. */
  readonly operation: string
}

/** A revision whose steps were generated. */
export interface GeneratedRevision extends WrittenRevision {
  /** What `up` does; empty where the database is what the models say. */
  readonly operations: readonly Operation[]
  /** All hazards of the operations, in order; they stand above the lines in the file too. */
  readonly hazards: readonly ReportedHazard[]
  /** What may have got another name: told so by `renames`, it is renamed and keeps its rows. */
  readonly proposals: readonly RenameProposal[]
  /** With `preview: 'source'`: what would be written to `path`. */
  readonly text?: string
  /** With `preview: 'sql'`: what `up` would send to this database. */
  readonly statements?: readonly string[]
}

/** What a revision is generated from. */
export interface Generation {
  readonly folder: string | undefined
  readonly format: RevisionFormat | undefined
  readonly preview: 'source' | 'sql' | undefined
  readonly settings: AutogenerateConfig
  /** Whether revisions of the files may be missing in the database. */
  readonly allowPending: boolean
  /** The revision without its steps. */
  readonly draft: (catalog: Catalog) => RevisionSource
}

/** Throws where the database is not what the files make of it: what they lack would be generated again. */
const refuseBehind = async (context: CommandContext): Promise<void> => {
  const state = await readState(context)
  const { graph } = state.catalog
  // The shipped tables are not compared.
  const pending = state.pending.filter(({ revision }) => !graph.show(revision).isShipped)
  if (pending.length > 0) {
    const names = pending.slice(0, 5).map(describeRevision).join(', ')
    const more = pending.length > 5 ? ` and ${pending.length - 5} more` : ''
    throw new MigratorError(
      'PENDING_REVISIONS',
      `Nothing can be generated: the database lacks ${names}${more}, and what ${pending.length === 1 ? 'it does' : 'they do'} would be ` +
        'generated again. Nothing was written. Upgrade the database to head first, or say `allowPending`.',
      { revisions: pending.map(({ revision }) => revision) },
    )
  }
  refuseUnknown(context, state, state.unknown.length > 0)
}

/** Throws where there is nothing to compare the database with. */
const refuseWithoutModels = (context: CommandContext): void => {
  if (hasModels(context)) return
  throw new MigratorError(
    'NO_MODELS',
    'Nothing can be generated: there are no models to compare the database with. Nothing was written. ' +
      'Import your models where the instance of Sequelize is made, or give the option "models".',
    { subject: 'models' },
  )
}

/** Compares, and writes what is different as a revision. */
export const generateRevision = async (
  context: CommandContext,
  { folder, format, preview, settings, draft, allowPending }: Generation,
): Promise<GeneratedRevision> => {
  refuseWithoutModels(context)
  let comparison: Comparison | undefined
  let calls: Directions | undefined
  const prepared = await prepareRevision(context, { folder, format }, async (catalog) => {
    // First what is wrong with the revision itself. A folder that is to be made is not among what is read.
    const source = draft(catalog)
    if (!allowPending) await refuseBehind(withCatalog(context, catalog))
    comparison = await compareWithModels(context, settings)
    calls = await callsOf(context, comparison)
    return withSteps(source, calls)
  })
  const { operations = [], proposals = [] } = comparison ?? {}
  const found = {
    operations,
    hazards: operations.flatMap((operation) =>
      operation.hazards.map((hazard) => ({ ...hazard, operation: describe(operation) })),
    ),
    proposals,
  }
  const { revision, path, message, downRevision, text } = prepared
  const written = { revision, path, message, downRevision }
  if (preview === 'source') return { ...written, ...found, text }
  if (preview === 'sql')
    return { ...written, ...found, statements: await statementsOf(context, written, calls?.up ?? []) }
  return { ...(await prepared.write()), ...found }
}

interface Directions {
  readonly up: readonly OpCall[]
  readonly down: readonly OpCall[]
}

const callsOf = async (
  { config: { sequelize }, table: { dialect } }: CommandContext,
  { operations, before, after }: Comparison,
): Promise<Directions> => {
  if (operations.length === 0 || dialect.autogeneration === undefined) return { up: [], down: [] }
  const [{ takeBack }, calls] = await Promise.all([
    import('../operations/refill.js'),
    dialect.autogeneration().then((autogeneration) => autogeneration.calls()),
  ])
  return {
    up: calls(operations, { sequelize, before, after }),
    down: calls(takeBack(operations, before), { sequelize, before: after, after: before }),
  }
}

const withSteps = async (source: RevisionSource, { up, down }: Directions): Promise<RevisionSource> => {
  const { renderCalls } = await import('../render/op-calls.js')
  const [forth, back] = [renderCalls(up), renderCalls(down)]
  return {
    ...source,
    up: forth.lines.length === 0 ? 'nothing' : forth.lines,
    down: back.lines.length === 0 ? 'nothing' : back.lines,
    sequelizeNames: new Set([...forth.sequelizeNames, ...back.sequelizeNames]),
  }
}

/** What the calls would send, collected by running them. */
const statementsOf = (
  { config: { sequelize }, table: { dialect } }: CommandContext,
  { revision, message, downRevision }: WrittenRevision,
  calls: readonly OpCall[],
): Promise<readonly string[]> =>
  recordStep(
    {
      ...{ revision, message, downRevision, dependsOn: [], branchLabels: [] },
      ...{ name: revision, label: 'the new revision', origin: 'memory', checksum: null },
      load: async () => ({
        up: (op) => runCalls(op as Op, calls),
        transaction: true,
        breaking: false,
      }),
    },
    { sequelize, dialect, direction: 'up', reads: 'database' },
  )
