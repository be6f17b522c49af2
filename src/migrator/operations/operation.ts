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
import type { Hazard } from './hazard.js'

/** A constraint of a table, with what kind it is. */
export type TableConstraint =
  | OfKind<'primary key', PrimaryKey>
  | OfKind<'unique', UniqueConstraint>
  | OfKind<'foreign key', ForeignKeyConstraint>
  | OfKind<'check', CheckConstraint>
  | OfKind<'exclusion', ExclusionConstraint>

/** A value that says of what kind it is. */
export interface OfKind<Type extends string, Value> {
  /** Of what kind. */
  readonly type: Type
  /** The constraint. */
  readonly value: Value
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
  /** Tells it from the others. */
  readonly kind: 'createTable'
  /** All of it, indexes too; keys of a cycle are added by operations of their own and are not in it. */
  readonly definition: Table
}

/** A table that goes. */
export interface DropTable extends OnTable {
  /** Tells it from the others. */
  readonly kind: 'dropTable'
  /** As it is now; keys of a cycle have been removed before. */
  readonly definition: Table
}

/** A table that gets another name, or schema. */
export interface RenameTable extends OnTable {
  /** Tells it from the others. */
  readonly kind: 'renameTable'
  /** Its new name. */
  readonly to: QualifiedName
}

/** Comment or options of a table. */
export interface ChangeTable extends OnTable {
  /** Tells it from the others. */
  readonly kind: 'changeTable'
  /** As it is now. */
  readonly before: TableFacts
  /** As it is to be. */
  readonly after: TableFacts
}

/** What belongs to a table as a whole. */
export interface TableFacts {
  /** `null` where there is none. */
  readonly comment: string | null
  /** What only one engine has. */
  readonly options: TableOptions
}

/** A new column. */
export interface AddColumn extends OnTable {
  /** Tells it from the others. */
  readonly kind: 'addColumn'
  /** All of it. */
  readonly column: Column
  /** The column in front of it, where that is to be kept; `null`: it is the first; absent: it comes last. */
  readonly after?: string | null
  /** It is required, has no default, and the table has rows: added with NULL, filled by the author, then required. */
  readonly needsFill?: true
  /** What the rows get that it needs, as it may be written in a revision; undefined where only the author can tell. */
  readonly fillWith?: unknown
}

/** A column that changes and keeps its name. */
export interface ChangeColumn extends OnTable {
  /** Tells it from the others. */
  readonly kind: 'changeColumn'
  /** As it is now. */
  readonly before: Column
  /** As it is to be. */
  readonly after: Column
}

/** A column that goes; what is about it alone has been removed before. */
export interface RemoveColumn extends OnTable {
  /** Tells it from the others. */
  readonly kind: 'removeColumn'
  /** All of it. */
  readonly column: Column
  /** As of {@link AddColumn}, for the way back. */
  readonly after?: string | null
}

/** A column that gets another name and nothing else. */
export interface RenameColumn extends OnTable {
  /** Tells it from the others. */
  readonly kind: 'renameColumn'
  /** Its former name. */
  readonly from: string
  /** Its new name. */
  readonly to: string
}

/** A new constraint. */
export interface AddConstraint extends OnTable {
  /** Tells it from the others. */
  readonly kind: 'addConstraint'
  /** All of it. */
  readonly constraint: TableConstraint
  /** The index that the engine makes for a foreign key by itself, where none serves it: it goes with the key again. */
  readonly impliedIndex?: Index
}

/** A constraint that goes. */
export interface RemoveConstraint extends OnTable {
  /** Tells it from the others. */
  readonly kind: 'removeConstraint'
  /** All of it. */
  readonly constraint: TableConstraint
  /** As of {@link AddConstraint}: the one that goes with it. */
  readonly impliedIndex?: Index
}

/** A constraint that gets another name and nothing else. */
export interface RenameConstraint extends OnTable {
  /** Tells it from the others. */
  readonly kind: 'renameConstraint'
  /** With its former name. */
  readonly constraint: TableConstraint
  /** Its new name. */
  readonly to: string | null
}

/** A new index. */
export interface AddIndex extends OnTable {
  /** Tells it from the others. */
  readonly kind: 'addIndex'
  /** All of it. */
  readonly index: Index
}

/** An index that goes. */
export interface RemoveIndex extends OnTable {
  /** Tells it from the others. */
  readonly kind: 'removeIndex'
  /** All of it. */
  readonly index: Index
}

/** An index that gets another name and nothing else. */
export interface RenameIndex extends OnTable {
  /** Tells it from the others. */
  readonly kind: 'renameIndex'
  /** With its former name. */
  readonly index: Index
  /** Its new name. */
  readonly to: string
}

/** A new enum type. */
export interface CreateEnum extends Base {
  /** Tells it from the others. */
  readonly kind: 'createEnum'
  /** All of it. */
  readonly enumType: EnumType
}

/** An enum type that goes; nothing uses it any more. */
export interface DropEnum extends Base {
  /** Tells it from the others. */
  readonly kind: 'dropEnum'
  /** All of it. */
  readonly enumType: EnumType
}

/** An enum type that gets another name. */
export interface RenameEnum extends Base {
  /** Tells it from the others. */
  readonly kind: 'renameEnum'
  /** Its former name. */
  readonly from: QualifiedName
  /** Its new name. */
  readonly to: QualifiedName
}

/** A column, by its place. */
export interface ColumnPlace {
  /** Its table. */
  readonly table: QualifiedName
  /** Its name. */
  readonly column: string
}

/** Values of an enum type: added, removed, renamed, put in another order. */
export interface ChangeEnum extends Base {
  /** Tells it from the others. */
  readonly kind: 'changeEnum'
  /** As it is now. */
  readonly before: EnumType
  /** As it is to be. */
  readonly after: EnumType
  /** Former value to new value. */
  readonly renamedValues: Readonly<Record<string, string>>
  /** Every column that uses it. */
  readonly usedBy: readonly ColumnPlace[]
}

/** A new schema for tables to be in (PostgreSQL). */
export interface CreateSchema extends Base {
  /** Tells it from the others. */
  readonly kind: 'createSchema'
  /** Its name. */
  readonly schema: string
}

/** A schema that goes, when nothing is in it any more. */
export interface DropSchema extends Base {
  /** Tells it from the others. */
  readonly kind: 'dropSchema'
  /** Its name. */
  readonly schema: string
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
  | CreateSchema
  | DropSchema

/** Names of the kinds of {@link Operation}. */
export type OperationKind = Operation['kind']
