import type { Generated, QualifiedName } from './schema.js'

/**
 * What the models say of one table, before any engine has made it: the union of all models on it. Types, defaults and index
 * options are Sequelize's own values, so the engine's own copy of Sequelize turns them into SQL.
 */
export interface ModelTable extends QualifiedName {
  /** Names of the models that say it, for messages. */
  readonly models: readonly string[]
  /** By the name of the column, in order: `virtual` attributes are not among them. */
  readonly columns: readonly ModelColumn[]
  /** Unique constraints: of one column as well as of several. */
  readonly uniques: readonly ModelUnique[]
  readonly indexes: readonly ModelIndex[]
  /** Undefined: the models say nothing of checks, and those of the database are left alone. An empty list owns them all. */
  readonly checks: readonly { readonly name?: string; readonly expression: string }[] | undefined
  /** Undefined: nothing is said. */
  readonly comment: string | undefined
  /** `engine`, `charset`, `collate`, `rowFormat`: as `Model.sync` takes them, only those that are said. */
  readonly options: Readonly<Record<string, unknown>>
}

/** A column of a {@link ModelTable}. */
export interface ModelColumn {
  readonly name: string
  /** Sequelize's attribute as `Model.sync` hands it to the query generator: normalised, `references` with a table and a column. */
  readonly attribute: Readonly<Record<string, unknown>>
  /** Said in `sm2kit.generated`. */
  readonly generated: Generated | undefined
  /** Said in `sm2kit.collations`, or undefined. */
  readonly collation: string | undefined
}

/** A unique constraint of a {@link ModelTable}. */
export interface ModelUnique {
  /** The name that Sequelize gives to the constraint. */
  readonly name: string
  /** Whether the author has written that name, and not Sequelize. */
  readonly isNamed: boolean
  readonly columns: readonly string[]
}

/** An index of a {@link ModelTable}: the options that `Model.sync` gives to `addIndex`, columns instead of attributes. */
export interface ModelIndex {
  readonly name: string
  /** Whether the author has written that name, and not Sequelize. */
  readonly isNamed: boolean
  readonly options: Readonly<Record<string, unknown>>
}
