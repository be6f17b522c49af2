import type { QualifiedName } from '../schema/schema.js'

/** What a column is said to be, where it is added or written anew. */
export interface ColumnText {
  readonly name: string
  /** As it is written. */
  readonly type: string
  readonly notNull: boolean
  /** SQL, as it is written; `null` without one. */
  readonly default: string | null
  /** It numbers rows by itself. */
  readonly isNumbered: boolean
  readonly generated: 'stored' | 'virtual' | null
  readonly isUnique: boolean
  readonly isPrimary: boolean
  readonly hasReference: boolean
  readonly hasCheck: boolean
}

/** What an ALTER TABLE does to a table, one by one. */
export type AlterAction =
  | { readonly kind: 'addColumn'; readonly column: ColumnText }
  | { readonly kind: 'dropColumn'; readonly column: string }
  | { readonly kind: 'renameColumn'; readonly from: string; readonly to: string }
  | { readonly kind: 'renameTable'; readonly to: QualifiedName }
  | { readonly kind: 'setSchema' }
  | {
      readonly kind: 'alterType'
      readonly column: string
      readonly type: string
      readonly isConverted: boolean
    }
  /** The whole definition anew, with or without another name (MODIFY, CHANGE). */
  | { readonly kind: 'changeColumn'; readonly from: string; readonly column: ColumnText }
  | { readonly kind: 'setNotNull'; readonly column: string }
  | {
      readonly kind: 'addConstraint'
      readonly type: 'foreign key' | 'check' | 'unique' | 'primary key' | 'exclusion'
      readonly name: string | null
      readonly columns: readonly string[]
      /** SQL of a check. */
      readonly expression: string
      /** NOT VALID: the rows that are there are not looked at. */
      readonly isNotValid: boolean
      /** Of an index that is there. */
      readonly usesIndex: boolean
    }
  | { readonly kind: 'validateConstraint'; readonly name: string }
  | { readonly kind: 'dropConstraint'; readonly name: string }
  | { readonly kind: 'dropPrimaryKey' }
  | {
      readonly kind: 'addIndex'
      readonly unique: boolean
      readonly columns: readonly string[]
      readonly type: string
    }
  | { readonly kind: 'dropIndex'; readonly name: string }
  | { readonly kind: 'option'; readonly name: string; readonly value: string }
  /** What changes no row and takes no time. */
  | { readonly kind: 'light'; readonly words: string }
  /** Anything else. */
  | { readonly kind: 'other'; readonly words: string }

/** What a statement does, as far as a review has to know. */
export type SqlStatement =
  | {
      readonly kind: 'createTable'
      readonly table: QualifiedName
      /** Tables that its keys refer to. */
      readonly references: readonly QualifiedName[]
    }
  | { readonly kind: 'dropTable'; readonly tables: readonly QualifiedName[] }
  | { readonly kind: 'alterTable'; readonly table: QualifiedName; readonly actions: readonly AlterAction[] }
  | {
      readonly kind: 'createIndex'
      readonly name: string
      readonly table: QualifiedName
      readonly unique: boolean
      readonly isConcurrent: boolean
      /** Of an index of columns alone. */
      readonly columns: readonly string[]
      readonly method: string
    }
  | {
      readonly kind: 'dropIndex'
      readonly name: QualifiedName
      readonly table: QualifiedName | null
      readonly isConcurrent: boolean
    }
  | {
      readonly kind: 'renameTables'
      readonly pairs: readonly { readonly from: QualifiedName; readonly to: QualifiedName }[]
    }
  | {
      readonly kind: 'write'
      readonly verb: 'UPDATE' | 'DELETE' | 'TRUNCATE' | 'INSERT'
      readonly table: QualifiedName
      readonly hasWhere: boolean
      readonly from: QualifiedName | null
    }
  | { readonly kind: 'set'; readonly name: string; readonly value: string }
  | { readonly kind: 'other'; readonly words: string; readonly isDdl: boolean }
