import type { ComparisonTraits } from '../dialect-autogenerate.js'
import type { IncludeFilter } from '../schema/include.js'
import type { ModelTable } from '../schema/model-table.js'
import { nameText } from '../schema/qualified-name.js'
import type { Column, QualifiedName } from '../schema/schema.js'
import type { CompareSettings } from './settings.js'

/** Says whether two types differ: `true` and `false` decide, anything else leaves it to the comparison. */
export type CompareType = (actual: Column, wanted: Column, table: QualifiedName) => boolean | undefined

/** An object that gets a name. */
export interface NamedObject {
  /** What it is. */
  readonly kind: 'primary key' | 'unique' | 'foreign key' | 'check' | 'index'
  /** Its table. */
  readonly table: QualifiedName
  /** Its columns, in order; empty for a check. */
  readonly columns: readonly string[]
  /** The name that it would have. */
  readonly name: string | null
}

/** Names new objects whose name no author has written; undefined leaves the name as it is. */
export type NamingConvention = (object: NamedObject) => string | undefined

/** Something that is not as the models say, or that no model says, and is left alone. */
export interface Ignored {
  /** For people: `index words_text of words`. */
  readonly what: string
  /** For people, a sentence without its full stop. */
  readonly why: string
}

/** What the parts of the comparison share. */
export interface CompareContext {
  readonly traits: ComparisonTraits
  readonly settings: CompareSettings
  readonly include: IncludeFilter
  readonly compareType: CompareType | undefined
  readonly namingConvention: NamingConvention | undefined
  /** What the models say of a table. */
  model(table: QualifiedName): ModelTable | undefined
  /** Notes what is left alone. */
  ignore(what: string, why: string): void
}

/** For people: `index words_text of words`. */
export const ofTable = (what: string, table: QualifiedName): string => `${what} of ${nameText(table)}`
