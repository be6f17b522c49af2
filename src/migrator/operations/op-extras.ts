import type { fn, literal, TableName } from 'sequelize'

/** What `op.addIndex` can be told beyond Sequelize's options, on engines that have it. */
export interface IndexExtras {
  /** Columns that the index carries along. */
  readonly include?: readonly string[]
  /** True: a unique index takes two NULLs for equal. */
  readonly nullsNotDistinct?: boolean
  /** Storage parameters: `fillfactor=70`. */
  readonly storage?: readonly string[]
}

/** A column, a column with its order, or SQL. */
export type IndexFieldLike = string | IndexField | ReturnType<typeof fn> | ReturnType<typeof literal>

/** What an index is sorted by. */
export interface IndexField {
  /** The column. */
  readonly name: string
  /** Characters of it that count, on engines that have it. */
  readonly length?: number
  /** Default: ascending. */
  readonly order?: 'ASC' | 'DESC'
  /** Default: the engine's own. */
  readonly nulls?: 'FIRST' | 'LAST'
  /** As SQL names it, without quotes. */
  readonly collate?: string
  /** The operator class. */
  readonly operator?: string
}

/** Where `op.addColumn` puts a column, on engines that can put it anywhere (SQLite, MariaDB, MySQL); on others it comes last. */
export interface ColumnPosition {
  /** True: in front of all others. */
  readonly first?: boolean
  /** The column in front of it. Default: the last one. */
  readonly after?: string
}

/** What `op.changeTable` changes; what is not named stays. */
export interface TableOptionChange {
  /** `null` or empty for none. SQLite has none. */
  readonly comment?: string | null
  /** MariaDB and MySQL: the storage engine. */
  readonly engine?: string
  /** MariaDB and MySQL: of columns to come; those that are there keep theirs. */
  readonly collation?: string
}

/** What `op.addConstraint` can be told beyond Sequelize's options, on engines that have it. */
export interface ConstraintExtras {
  /** The rows that are there are not looked at; `op.validateConstraint` does that later. PostgreSQL: keys and checks; MariaDB and MySQL: keys; elsewhere they are looked at. */
  readonly notValid?: boolean
}

/** A unique constraint, for `op.addConstraint`, of a unique index that is there: no row is read, and nobody waits for more than a moment. */
export interface UniqueOfIndex {
  /** Tells it from other constraints. */
  readonly type: 'unique'
  /** Of the constraint; the index gets it too. Default: as without `usingIndex`, from the table and the columns. */
  readonly name?: string
  /** The columns of the index, in its order. */
  readonly fields: string[]
  /** Name of the index. Where a unique index is all that a unique constraint is (SQLite, MariaDB, MySQL), it gets the constraint's name. */
  readonly usingIndex: string
}

/** A foreign key of several columns, for `op.addConstraint`. */
export interface AddCompositeKeyOptions {
  /** Tells it from other constraints. */
  readonly type: 'foreign key'
  /** Of the constraint. */
  readonly name?: string
  /** In the order of the key. */
  readonly fields: string[]
  /** What it refers to, in the order of the key. */
  readonly references: {
    /** The table that it refers to. */
    readonly table: TableName
    /** In the order of the key. */
    readonly fields: readonly string[]
  }
  /** Default: the engine's own, NO ACTION. */
  readonly onDelete?: string
  /** Default: the engine's own, NO ACTION. */
  readonly onUpdate?: string
  /** Whether it may wait for the end of the transaction. */
  readonly deferrable?: object
}

/** A constraint as SQL, for what there are no words: from `CONSTRAINT`, or from what it is, on. SQLite takes it. */
export interface WrittenConstraint {
  /** As it stands in `CREATE TABLE`. */
  readonly sql: string
}

/** What tells a constraint without a name from others, on engines that have such constraints. */
export interface UnnamedConstraint {
  /** What it is. */
  readonly type: 'primary key' | 'unique' | 'foreign key' | 'check'
  /** Columns of a key, in its order. */
  readonly fields?: readonly string[]
  /** Of a foreign key. */
  readonly references?: {
    /** The table that it refers to. */
    readonly table: string
    /** In the order of the key. */
    readonly fields: readonly string[]
  }
  /** Of a check: its condition as it is written. */
  readonly expression?: string
  /** Of a foreign key, where that tells it from another one. */
  readonly onDelete?: string
  /** Of a foreign key, where that tells it from another one. */
  readonly onUpdate?: string
}
