import type { ComparisonTraits } from '../dialect-autogenerate.js'
import { applyOperation } from '../operations/apply.js'
import { withHazards } from '../operations/hazards.js'
import type { Operation } from '../operations/operation.js'
import { canonicalSchema } from '../schema/canonical.js'
import { isSame } from '../schema/equal.js'
import { filterTables, type IncludeFilter, includeByDefault } from '../schema/include.js'
import type { ModelTable } from '../schema/model-table.js'
import { findByName, findTable, nameOf } from '../schema/qualified-name.js'
import type { Schema } from '../schema/schema.js'
import type { CompareContext, CompareType, Ignored, NamingConvention } from './context.js'
import { goalSchema } from './goal-schema.js'
import { renameCases, renameEnums, renameMovedEnums, withActualEnums } from './own-renames.js'
import { planChanges } from './plan.js'
import { proposalFor, proposeRenames, type RenameProposal } from './proposals.js'
import { makeRenames, type Renames } from './renames.js'
import { type CompareSettings, DEFAULT_COMPARE } from './settings.js'
import { worksheet } from './worksheet.js'

/** What is compared, and how. */
export interface CompareInput {
  /** The database, without the migrator's own tables and the shipped ones. */
  readonly actual: Schema
  /** What the models want, as the same engine prints it. */
  readonly wanted: Schema
  /** What the models say, for each table of {@link CompareInput.wanted}: which names are an author's, what is said at all. */
  readonly tables: readonly ModelTable[]
  readonly traits: ComparisonTraits
  /** Default: {@link DEFAULT_COMPARE}. */
  readonly settings?: CompareSettings
  /** What is to get another name: former name to new name. */
  readonly renames?: Renames
  /** Decides about tables, on both sides; their parts have been chosen already. Default: all but the migrator's own. */
  readonly include?: IncludeFilter
  readonly compareType?: CompareType
  readonly namingConvention?: NamingConvention
}

/** What two schemas differ in. */
export interface Comparison {
  /** In the order in which they can be run, with what may go wrong; their inverses can be run in the opposite one. */
  readonly operations: readonly Operation[]
  /** What may have been renamed, and is dropped and added instead. */
  readonly proposals: readonly RenameProposal[]
  /** What is not as the models say, or what no model says, and is left alone. */
  readonly ignored: readonly Ignored[]
  /** The database after the operations. */
  readonly after: Schema
}

/** The wanted schema with columns called as they are: for those whose names differ in case alone, where that is not compared. */
const withActualCases = (wanted: Schema, actual: Schema): Schema =>
  wanted.tables.reduce((schema, table) => {
    const names = findTable(actual, table)?.columns.map(({ name }) => name) ?? []
    return table.columns.reduce((state, { name }) => {
      const to = names.find((other) => other.toLowerCase() === name.toLowerCase())
      if (to === undefined || names.includes(name)) return state
      return applyOperation(state, {
        kind: 'renameColumn',
        table: nameOf(table),
        from: name,
        to,
        hazards: [],
      })
    }, schema)
  }, wanted)

/** More passes than any schema has been seen to take. */
const MOST_PASSES = 20

/**
 * The goal at which a comparison comes to rest. What is kept because something else needs it (an index for a key that is left
 * alone, say) may be needed no longer in the schema that comes of it, so the goal is itself compared, until that gives itself.
 */
const settledGoal = (
  actual: Schema,
  goalOf: (from: Schema, ignore: CompareContext['ignore']) => Schema,
): Pick<Comparison, 'after' | 'ignored'> => {
  let from = actual
  for (let pass = 1; ; pass++) {
    const ignored: Ignored[] = []
    const after = goalOf(from, (what, why) => {
      if (!ignored.some((one) => one.what === what && one.why === why)) ignored.push({ what, why })
    })
    const isSettled = isSame(after, from) || isSame(canonicalSchema(after), canonicalSchema(from))
    if (isSettled || pass === MOST_PASSES) return { after, ignored }
    from = after
  }
}

/**
 * Compares a database with what the models want. What the models cannot say, and what they say nothing of, is left alone.
 *
 * @returns Operations after which a second comparison finds nothing, and whose inverses lead back exactly.
 * @throws MigratorError `INVALID_OPTION` when `renames` names something that is not there.
 */
export const compareSchemas = (input: CompareInput): Comparison => {
  const { traits, settings = DEFAULT_COMPARE, include = includeByDefault } = input
  const isIncluded = filterTables(input.wanted, include)
  const cased =
    traits.columnsIgnoreCase && !settings.columns ? withActualCases(isIncluded, input.actual) : isIncluded

  const sheet = worksheet(input.actual, traits)
  makeRenames(sheet, input.renames ?? {}, cased)
  if (traits.columnsIgnoreCase && settings.columns) renameCases(sheet, cased)
  if (settings.enums && settings.types) renameMovedEnums(sheet, cased)
  const wanted = withActualEnums(cased, sheet.schema)
  if (settings.enums && settings.types) renameEnums(sheet, wanted)
  const renamed = sheet.schema

  const rest = { traits, settings, include, compareType: input.compareType }
  const context = (ignore: CompareContext['ignore']): CompareContext => ({
    ...rest,
    namingConvention: input.namingConvention,
    model: (table) => findByName(input.tables, table),
    ignore,
  })
  const schemas = new Set(input.tables.map(({ schema }) => schema))
  const { after, ignored } = settledGoal(renamed, (from, ignore) =>
    goalSchema(from, wanted, schemas.size === 0 ? new Set([null]) : schemas, context(ignore)),
  )
  const proposals = proposeRenames(renamed, after, wanted)
  const operations = [...sheet.operations, ...planChanges(renamed, after, traits)]
  return {
    operations: withHazards(operations, (kind, from) => proposalFor(proposals, kind, from)?.to),
    proposals,
    ignored,
    after,
  }
}
