import type {
  CheckConstraint,
  Column,
  EnumType,
  ExclusionConstraint,
  ForeignKeyConstraint,
  Index,
  PrimaryKey,
  QualifiedName,
  Table,
  TableOptions,
  UniqueConstraint,
} from '../schema/schema.js'

/** A constraint of a table, with what kind it is. */
export type TableConstraint =
  | { readonly type: 'primary key'; readonly value: PrimaryKey }
  | { readonly type: 'unique'; readonly value: UniqueConstraint }
  | { readonly type: 'foreign key'; readonly value: ForeignKeyConstraint }
  | { readonly type: 'check'; readonly value: CheckConstraint }
  | { readonly type: 'exclusion'; readonly value: ExclusionConstraint }

/** Stable names of what may go wrong with a change; `docs/hazards.md` explains each. */
export type HazardRule =
  | 'drop-table'
  | 'drop-column'
  | 'drop-enum-value'
  | 'possible-rename'
  | 'not-null-without-default'
  | 'not-null-on-nulls'
  | 'unique-on-rows'
  | 'foreign-key-on-rows'
  | 'check-on-rows'
  | 'type-narrowing'
  | 'type-rewrite'
  | 'generated-rewrite'
  | 'index-not-concurrent'
  | 'rename-in-use'
  | 'primary-key-change'
  | 'foreign-key-not-valid'
  | 'check-not-valid'
  | 'default-volatile-rewrite'
  | 'set-not-null-scan'
  | 'lock-without-timeout'
  | 'data-loss-statement'
  | 'table-rebuild'
  | 'copy-algorithm'
  | 'long-transaction-mixed'
  | 'invalid-waiver'

/** What may go wrong when a change runs on a database with rows in it. */
export interface Hazard {
  /** Its name, the same in every version. */
  readonly rule: HazardRule
  /** What is at stake. */
  readonly risk:
    | 'data loss'
    | 'may fail'
    | 'table rewrite'
    | 'long lock'
    | 'breaks running code'
    | 'not judged'
  /** One line for people, without a full stop: names the thing, and what to do. */
  readonly message: string
  /** Rows concerned, where they were counted. */
  readonly rows: number | null
}

/** What every operation has. */
interface Base {
  /** Empty: nothing is known to be dangerous about it. */
  readonly hazards: readonly Hazard[]
}

/** Operations on one table. */
interface OnTable extends Base {
  /** The table, by the name that it has when the operation runs. */
  readonly table: QualifiedName
}

/** A new table. */
export interface CreateTable extends OnTable {
  readonly kind: 'createTable'
  /** All of it, indexes too; keys of a cycle are added by operations of their own and are not in it. */
  readonly definition: Table
}

/** A table that goes. */
export interface DropTable extends OnTable {
  readonly kind: 'dropTable'
  /** As it is now; keys of a cycle have been removed before. */
  readonly definition: Table
}

/** A table that gets another name, or schema. */
export interface RenameTable extends OnTable {
  readonly kind: 'renameTable'
  readonly to: QualifiedName
}

/** Comment or options of a table. */
export interface ChangeTable extends OnTable {
  readonly kind: 'changeTable'
  readonly before: { readonly comment: string | null; readonly options: TableOptions }
  readonly after: { readonly comment: string | null; readonly options: TableOptions }
}

/** A new column. */
export interface AddColumn extends OnTable {
  readonly kind: 'addColumn'
  readonly column: Column
  /** The column in front of it, where that is to be kept; `null`: it is the first; absent: it comes last. */
  readonly after?: string | null
  /** It is required, has no default, and the table has rows: added with NULL, filled by the author, then required. */
  readonly needsFill?: true
}

/** A column that changes and keeps its name. */
export interface ChangeColumn extends OnTable {
  readonly kind: 'changeColumn'
  readonly before: Column
  readonly after: Column
}

/** A column that goes; what is about it alone has been removed before. */
export interface RemoveColumn extends OnTable {
  readonly kind: 'removeColumn'
  readonly column: Column
  /** As of {@link AddColumn}, for the way back. */
  readonly after?: string | null
}

/** A column that gets another name and nothing else. */
export interface RenameColumn extends OnTable {
  readonly kind: 'renameColumn'
  readonly from: string
  readonly to: string
}

/** A new constraint. */
export interface AddConstraint extends OnTable {
  readonly kind: 'addConstraint'
  readonly constraint: TableConstraint
  /** The index that the engine makes for a foreign key by itself, where none serves it: it goes with the key again. */
  readonly impliedIndex?: Index
}

/** A constraint that goes. */
export interface RemoveConstraint extends OnTable {
  readonly kind: 'removeConstraint'
  readonly constraint: TableConstraint
  readonly impliedIndex?: Index
}

/** A constraint that gets another name and nothing else. */
export interface RenameConstraint extends OnTable {
  readonly kind: 'renameConstraint'
  /** With its former name. */
  readonly constraint: TableConstraint
  readonly to: string | null
}

/** A new index. */
export interface AddIndex extends OnTable {
  readonly kind: 'addIndex'
  readonly index: Index
}

/** An index that goes. */
export interface RemoveIndex extends OnTable {
  readonly kind: 'removeIndex'
  readonly index: Index
}

/** An index that gets another name and nothing else. */
export interface RenameIndex extends OnTable {
  readonly kind: 'renameIndex'
  /** With its former name. */
  readonly index: Index
  readonly to: string
}

/** A new enum type. */
export interface CreateEnum extends Base {
  readonly kind: 'createEnum'
  readonly enumType: EnumType
}

/** An enum type that goes; nothing uses it any more. */
export interface DropEnum extends Base {
  readonly kind: 'dropEnum'
  readonly enumType: EnumType
}

/** An enum type that gets another name. */
export interface RenameEnum extends Base {
  readonly kind: 'renameEnum'
  readonly from: QualifiedName
  readonly to: QualifiedName
}

/** Values of an enum type: added, removed, renamed, put in another order. */
export interface ChangeEnum extends Base {
  readonly kind: 'changeEnum'
  readonly before: EnumType
  readonly after: EnumType
  /** Former value to new value. */
  readonly renamedValues: Readonly<Record<string, string>>
  /** Every column that uses it. */
  readonly usedBy: readonly { readonly table: QualifiedName; readonly column: string }[]
}

/** A change of a schema as a value. Its `kind` is the method of `op` that makes it. */
export type Operation =
  | CreateTable
  | DropTable
  | RenameTable
  | ChangeTable
  | AddColumn
  | ChangeColumn
  | RemoveColumn
  | RenameColumn
  | AddConstraint
  | RemoveConstraint
  | RenameConstraint
  | AddIndex
  | RemoveIndex
  | RenameIndex
  | CreateEnum
  | DropEnum
  | RenameEnum
  | ChangeEnum

/** Names of the kinds of {@link Operation}. */
export type OperationKind = Operation['kind']
