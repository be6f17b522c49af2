import type { Sequelize } from 'sequelize'
import type { NamingConvention } from './autogenerate/context.js'
import type { CompareSettings } from './autogenerate/settings.js'
import { invalid, isRecord, isText, refuseUnknown } from './config-checks.js'
import type { Operation } from './operations/operation.js'
import type { IncludeFilter } from './schema/include.js'
import type { Column, QualifiedName, Schema } from './schema/schema.js'

/** What a function that goes over the operations is told beside them. */
export interface OperationsContext {
  /** The host's. */
  readonly sequelize: Sequelize
  /** The database as it is, filtered. */
  readonly actual: Schema
  /** What the models want, filtered. */
  readonly wanted: Schema
}

/**
 * Goes over the operations before they are reported or written: leaves some out, adds to them, puts them in another order.
 * A list that it returns is taken in place of the given one; nothing returned leaves it as it is.
 */
export type ProcessOperations = (
  operations: readonly Operation[],
  context: OperationsContext,
  // biome-ignore lint/suspicious/noConfusingVoidType: a function that returns nothing is as good as one that returns undefined.
) => readonly Operation[] | void

/** A column whose type differs, as {@link AutogenerateOptions.compareType} is asked about it. */
export interface TypeComparison {
  /** Its table. */
  readonly table: QualifiedName
  /** As the database has it. */
  readonly actual: Column
  /** As the models want it, printed by the same engine. */
  readonly wanted: Column
}

/** What is compared with the models, and how: options of {@link createMigrator}, and of the verbs that compare. */
export interface AutogenerateOptions {
  /**
   * Decides about every table, enum type, column, index and constraint, of the models as of the database: what it says no to
   * is not seen. Default: everything. The migrator's own tables, the shipped ones and `SequelizeMeta` are never seen.
   */
  readonly include?: IncludeFilter | undefined
  /** Which kinds of differences count. What is left out has its default. */
  readonly compare?: Partial<CompareSettings> | undefined
  /** Tables and columns that got another name: `{ 'users.name': 'users.full_name', authors: 'writers' }`. */
  readonly renames?: Readonly<Record<string, string>> | undefined
  /** One function, or several, each of which gets what the one before it has left. */
  readonly processOperations?: ProcessOperations | readonly ProcessOperations[] | undefined
  /** Whether two types of a column are different: `true`, `false`, or undefined for what sm2kit finds itself. */
  readonly compareType?: ((comparison: TypeComparison) => boolean | undefined) | undefined
  /** Names for indexes and constraints that the models name nowhere. */
  readonly namingConvention?: NamingConvention | undefined
  /** Another database in which what differs may be made, where the rights in the host's do not suffice: `{ url }`. */
  readonly shadow?:
    | {
        /** Of a database in which tables may be made and dropped. */
        readonly url: string
      }
    | undefined
}

/** The same with what is left out filled in. */
export interface AutogenerateConfig {
  readonly include: IncludeFilter | undefined
  readonly compare: Partial<CompareSettings>
  readonly renames: Readonly<Record<string, string>>
  readonly processOperations: readonly ProcessOperations[]
  readonly compareType: AutogenerateOptions['compareType']
  readonly namingConvention: NamingConvention | undefined
  readonly shadow: { readonly url: string } | undefined
}

/** Names of the options. */
export const autogenerateNames: readonly (keyof AutogenerateOptions)[] = [
  ...(['include', 'compare', 'renames', 'processOperations'] as const),
  ...(['compareType', 'namingConvention', 'shadow'] as const),
]

/**
 * These options, checked.
 *
 * @param before - Those of the migrator, where these are a verb's: what a verb says comes on top.
 * @throws MigratorError `UNKNOWN_OPTION`, `INVALID_OPTION`
 */
export const parseAutogenerate = (
  options: AutogenerateOptions,
  before?: AutogenerateConfig,
): AutogenerateConfig => {
  const { include, compare, renames, processOperations, compareType, namingConvention, shadow } = options
  return {
    include: functionOr('include', include) ?? before?.include,
    compare: { ...before?.compare, ...parseCompare(compare) },
    renames: { ...before?.renames, ...parseRenames(renames) },
    processOperations: [...(before?.processOperations ?? []), ...parseHooks(processOperations)],
    compareType: functionOr('compareType', compareType) ?? before?.compareType,
    namingConvention: functionOr('namingConvention', namingConvention) ?? before?.namingConvention,
    shadow: parseShadow(shadow) ?? before?.shadow,
  }
}

const functionOr = <T>(name: string, value: T | undefined): T | undefined => {
  if (value === undefined || typeof value === 'function') return value
  throw invalid(name, value, 'a function')
}

const parseCompare = (value: unknown): Partial<CompareSettings> => {
  if (value === undefined) return {}
  if (!isRecord(value)) throw invalid('compare', value, 'an object of switches')
  return value
}

const parseRenames = (value: unknown): Readonly<Record<string, string>> => {
  if (value === undefined) return {}
  if (isRecord(value) && Object.values(value).every(isText)) return value as Readonly<Record<string, string>>
  throw invalid(
    'renames',
    value,
    "an object of former and new names, such as { 'users.name': 'users.full_name' }",
  )
}

const parseHooks = (value: unknown): readonly ProcessOperations[] => {
  if (value === undefined) return []
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  const isHook = (one: unknown): one is ProcessOperations => typeof one === 'function'
  if (list.every(isHook)) return list
  throw invalid('processOperations', value, 'a function or a list of functions')
}

const parseShadow = (value: unknown): { readonly url: string } | undefined => {
  if (value === undefined) return undefined
  if (!isRecord(value)) throw invalid('shadow', value, '{ url }')
  refuseUnknown(value, ['url'], 'shadow.')
  const { url } = value
  // Not shown: it may hold a password.
  if (!isText(url)) throw invalid('shadow.url', '', 'the URL of a database')
  return { url }
}
