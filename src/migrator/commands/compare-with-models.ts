import type { RenameProposal } from '../autogenerate/proposals.js'
import { parseCompareSettings } from '../autogenerate/settings.js'
import type { AutogenerateConfig } from '../config-autogenerate.js'
import type { Operation } from '../operations/operation.js'
import { databaseError } from '../runtime/database-error.js'
import { selectWith } from '../runtime/session.js'
import { isSame } from '../schema/equal.js'
import { filterParts, type IncludeFilter } from '../schema/include.js'
import { findByName } from '../schema/qualified-name.js'
import type { QualifiedName, Schema } from '../schema/schema.js'
import type { CommandContext } from './context.js'
import { withNewSchemas } from './new-schemas.js'
import { isOwn } from './own-objects.js'
import type { ReadWantedOptions } from './wanted.js'

/** Models beside the database. */
export interface Comparison {
  /** What makes the database what the models say, with the rows that are at stake. */
  readonly operations: readonly Operation[]
  readonly proposals: readonly RenameProposal[]
  /** All of the database. */
  readonly before: Schema
  /** All of it after the operations. */
  readonly after: Schema
}

/** Whether there is anything to compare with: without a model everything would be one too many. */
export const hasModels = ({ config }: CommandContext): boolean =>
  config.models !== undefined || Object.keys(config.sequelize.models).length > 0

/**
 * Compares the models with the database. What that takes is loaded here and not before: a start with nothing to do has none of it.
 *
 * @returns Without models, no differences.
 * @throws MigratorError of the models, the shadow, the settings and the database.
 */
export const compareWithModels = async (
  context: CommandContext,
  options: AutogenerateConfig,
): Promise<Comparison> => {
  const { sequelize, models, lockTimeoutMs } = context.config
  const settings = parseCompareSettings(options.compare)
  if (!hasModels(context)) return NOTHING
  const { readUnlessAsWanted, readWanted } = await import('./wanted.js')
  const { include = () => true } = options
  // Without a filter there is no part to ask it about.
  const chosenParts = (all: Schema, isFiltered: (table: QualifiedName) => boolean): Schema =>
    options.include === undefined ? all : filterParts(all, include, isFiltered)
  let own: (object: QualifiedName) => boolean = () => false
  const asked: ReadWantedOptions = {
    sequelize,
    models: (models ?? sequelize.models) as ReadWantedOptions['models'],
    ...(options.shadow === undefined ? {} : { shadow: options.shadow }),
    choose: (all) => {
      own = isOwn(context, all)
      return all.filter((table) => !own(table) && isWanted(include, table))
    },
  }
  const read = needsSchemas(options)
    ? await readWanted(asked)
    : await readUnlessAsWanted(asked, (table) => own(table))
  if (read === undefined) return NOTHING
  const { schema, actual, tables, autogeneration } = read
  const wanted = chosenParts(schema, () => true)
  // What a table is dropped with must be all of it, or it could not be made again.
  const seen = chosenParts(
    { ...actual, tables: actual.tables.filter((table) => !own(table)) },
    (table) => findByName(tables, table) !== undefined,
  )
  const { compareType, namingConvention, renames } = options
  // A host's function is asked about every column, and what is renamed has to be there.
  const isSettled = compareType === undefined && Object.keys(renames).length === 0 && areTheSame(seen, wanted)
  const compared = isSettled
    ? NOTHING
    : (await import('../autogenerate/compare.js')).compareSchemas({
        actual: seen,
        wanted,
        tables,
        traits: autogeneration.traits,
        settings,
        renames,
        include: (object) => object.kind !== 'table' || (!own(object) && isWanted(include, object)),
        ...(compareType === undefined
          ? {}
          : { compareType: (one, other, table) => compareType({ table, actual: one, wanted: other }) }),
        ...(namingConvention === undefined ? {} : { namingConvention }),
      })
  const chosen = options.processOperations.reduce<readonly Operation[]>(
    (operations, hook) => hook(operations, { sequelize, actual: seen, wanted }) ?? operations,
    await withNewSchemas(
      compared.operations,
      { select: (sql) => selectWith(sequelize, sql, null) },
      autogeneration,
    ),
  )
  const operations = await counted(chosen, actual, context).catch((error: unknown) => {
    throw databaseError(error, sequelize, context.table.dialect, lockTimeoutMs)
  })
  return {
    operations,
    proposals: compared.proposals,
    before: actual,
    after: operations.length === 0 ? actual : await afterAll(actual, operations),
  }
}

const NOTHING: Comparison = {
  operations: [],
  proposals: [],
  before: { tables: [], enums: [] },
  after: { tables: [], enums: [] },
}

/** Whether functions of the host are asked or told about what is there even where nothing differs. */
const needsSchemas = ({ include, renames, processOperations, compareType }: AutogenerateConfig): boolean =>
  include !== undefined ||
  compareType !== undefined ||
  processOperations.length > 0 ||
  Object.keys(renames).length > 0

/** Whether every table that is there is wanted just so: {@link readWanted} has found that out, and gives the very same objects. */
const areTheSame = (seen: Schema, wanted: Schema): boolean =>
  seen.tables.length === wanted.tables.length &&
  seen.tables.every((table, at) => table === wanted.tables[at]) &&
  isSame(seen.enums, wanted.enums)

const isWanted = (include: IncludeFilter, { schema, name }: QualifiedName): boolean =>
  include({ kind: 'table', schema, name })

/** With the numbers of rows that the hazards concern, where there are any to be counted. */
const counted = async (
  operations: readonly Operation[],
  before: Schema,
  { config: { sequelize } }: CommandContext,
): Promise<readonly Operation[]> => {
  if (operations.length === 0) return operations
  const { rowQuestions, withRows } = await import('../operations/row-questions.js')
  const questions = rowQuestions(operations, before)
  if (questions.length === 0) return operations
  const { countRows } = await import('./count-rows.js')
  return withRows(operations, questions, await countRows(sequelize, questions))
}

/** The database after the operations; those of a host's function may not fit exactly. */
const afterAll = async (before: Schema, operations: readonly Operation[]): Promise<Schema> => {
  const { applyAll, ImpossibleOperation } = await import('../operations/apply.js')
  try {
    return applyAll(before, operations)
  } catch (error) {
    if (!(error instanceof ImpossibleOperation)) throw error
    const { applied } = await import('../operations/applied.js')
    return operations.reduce(applied, before)
  }
}
