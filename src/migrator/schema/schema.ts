/**
 * What a database looks like: plain values, JSON as they stand. Everything is there in every engine's schema; what an
 * engine does not have is `null`, empty or false. Lists whose order means nothing are in the order of their names.
 */
export interface Schema {
  /** By schema and name. Views, sequences, foreign and virtual tables and what extensions own are not among them. */
  readonly tables: readonly Table[]
  /** Types of their own (PostgreSQL); elsewhere the values stand in a column's type. By schema and name. */
  readonly enums: readonly EnumType[]
}

/** The name of a table or type. */
export interface QualifiedName {
  /** `null`: the schema that a name without one means on this connection. */
  readonly schema: string | null
  /** As it is, without quotes. */
  readonly name: string
}

/** A table. */
export interface Table extends QualifiedName {
  /** In the order of the table. */
  readonly columns: readonly Column[]
  /** Its primary key, if it has one. */
  readonly primaryKey: PrimaryKey | null
  /** Unique constraints, where the engine tells them from unique indexes; MariaDB does not, and has the indexes. */
  readonly uniques: readonly UniqueConstraint[]
  /** Indexes that no constraint stands on. */
  readonly indexes: readonly Index[]
  /** Keys to other tables. */
  readonly foreignKeys: readonly ForeignKeyConstraint[]
  /** Conditions that every row must meet; NOT NULL is the column's. */
  readonly checks: readonly CheckConstraint[]
  /** PostgreSQL's EXCLUDE constraints. */
  readonly exclusions: readonly ExclusionConstraint[]
  /** `null` where there is none. */
  readonly comment: string | null
  /** What only one engine has. Those that are not set are absent. */
  readonly options: TableOptions
}

/** A column of a table. */
export interface Column {
  /** As it is, without quotes. */
  readonly name: string
  /** The engine's own type, as the engine spells it: `character varying(255)`, `int(11) unsigned`, `VARCHAR(255)`. */
  readonly type: string
  /** The enum type that the column, or its array, is made of (PostgreSQL). */
  readonly enumType: QualifiedName | null
  /** Whether it takes NULL. */
  readonly nullable: boolean
  /** SQL, as the engine prints it; `null` without one. That of a serial column is not a default of its own. */
  readonly default: string | null
  /** How the engine numbers rows by itself, where it does. */
  readonly autoIncrement: AutoIncrement | null
  /** As SQL names it; `null` where it is the one that the table or the type has anyway. */
  readonly collation: string | null
  /** `null` where there is none. */
  readonly comment: string | null
  /** Present on a column that is computed from others. */
  readonly generated: Generated | null
  /** SQL that the column is set to when its row changes (MariaDB's ON UPDATE). */
  readonly onUpdate: string | null
  /** Left out of `SELECT *` (MariaDB's and MySQL's INVISIBLE, SQLite's hidden columns). */
  readonly isHidden: boolean
}

/** A column that is computed from others. */
export interface Generated {
  /** SQL. */
  readonly expression: string
  /** Stored in the row; otherwise computed when it is read. */
  readonly stored: boolean
}

/** How an engine numbers rows. */
export interface AutoIncrement {
  /**
   * PostgreSQL: a sequence behind a default (`serial`), or an identity. MariaDB and SQLite: AUTO_INCREMENT and AUTOINCREMENT
   * (an INTEGER PRIMARY KEY of SQLite's without that word is none).
   */
  readonly kind: 'serial' | 'identity always' | 'identity by default' | 'autoincrement'
  /** Of the sequence; `null` where it is as the engine makes it when nothing is said. */
  readonly sequence: SequenceOptions | null
}

/** How a sequence counts. Texts, since the numbers may be too long for JavaScript's. */
export interface SequenceOptions {
  /** First value. */
  readonly start: string
  /** Between two values. */
  readonly increment: string
  /** Lowest value. */
  readonly minimum: string
  /** Highest value. */
  readonly maximum: string
  /** Values that a session takes in advance. */
  readonly cache: string
  /** Whether it begins again after the last. */
  readonly cycle: boolean
}

/** When a constraint that may wait for the end of the transaction is checked; `null` where it may not wait. */
export type Deferrable = 'immediate' | 'deferred'

/** A primary key. */
export interface PrimaryKey {
  /** `null` where the engine keeps none. */
  readonly name: string | null
  /** In the order of the key. */
  readonly parts: readonly KeyPart[]
  /** Columns that its index carries along. */
  readonly include: readonly string[]
  /** `null`: it may not wait. */
  readonly deferrable: Deferrable | null
  /** SQLite's ON CONFLICT, in capitals. */
  readonly onConflict: string | null
}

/** A unique constraint. */
export interface UniqueConstraint {
  /** `null` where it was not given one (SQLite). */
  readonly name: string | null
  /** In the order of the constraint. */
  readonly parts: readonly KeyPart[]
  /** Columns that its index carries along. */
  readonly include: readonly string[]
  /** Whether two NULLs are different, as in the standard. */
  readonly nullsDistinct: boolean
  /** `null`: it may not wait. */
  readonly deferrable: Deferrable | null
  /** SQLite's ON CONFLICT, in capitals. */
  readonly onConflict: string | null
}

/** A column of a primary key or a unique constraint. */
export interface KeyPart {
  /** Its name. */
  readonly column: string
  /** Other than the default only on SQLite and MySQL. */
  readonly direction: 'asc' | 'desc'
  /** As SQL names it; `null`: the column's own. */
  readonly collation: string | null
  /** Characters or bytes of it that count (MariaDB). */
  readonly prefixLength: number | null
}

/** An index that no constraint stands on. */
export interface Index {
  /** As it is, without quotes. */
  readonly name: string
  /** In the order of the index. */
  readonly parts: readonly IndexPart[]
  /** Whether two rows may not be equal in it. */
  readonly unique: boolean
  /** Whether two NULLs are different, as in the standard. */
  readonly nullsDistinct: boolean
  /** SQL, of a partial index: the rows that are in it. */
  readonly where: string | null
  /** In small letters, as the engine names it: `btree`, `gin`, `hash`, `fulltext`. */
  readonly method: string
  /** Columns that it carries along. */
  readonly include: readonly string[]
  /** Storage parameters (PostgreSQL): `fillfactor=70`. */
  readonly storage: readonly string[]
  /** `null` where there is none. */
  readonly comment: string | null
  /**
   * False for one that the engine keeps and makes no use of: what a failed CREATE INDEX CONCURRENTLY has left, or one that
   * is IGNORED (MariaDB) or INVISIBLE (MySQL).
   */
  readonly isUsed: boolean
}

/** What an index is sorted by: a column, or an expression. */
export type IndexPart = IndexedColumn | IndexedExpression

/** A column in an index. */
export interface IndexedColumn extends IndexOrder {
  /** Tells it from an expression. */
  readonly kind: 'column'
  /** Its name. */
  readonly column: string
}

/** An expression in an index. */
export interface IndexedExpression extends IndexOrder {
  /** Tells it from a column. */
  readonly kind: 'expression'
  /** SQL, as the engine prints it. */
  readonly expression: string
}

/** How an index orders one of its parts. */
export interface IndexOrder {
  /** `asc` too where the method knows no order. */
  readonly direction: 'asc' | 'desc'
  /** Where NULLs stand; `null` where that cannot be chosen. */
  readonly nulls: 'first' | 'last' | null
  /** As SQL names it; `null`: the column's own. */
  readonly collation: string | null
  /** As SQL names it, with its parameters; `null`: the default of the type. */
  readonly operatorClass: string | null
  /** Characters or bytes of it that count (MariaDB). */
  readonly prefixLength: number | null
}

/** What happens to a row whose referenced row is deleted or gets another key. */
export type KeyAction = 'CASCADE' | 'RESTRICT' | 'SET NULL' | 'SET DEFAULT' | 'NO ACTION'

/** A key to another table, or to its own. */
export interface ForeignKeyConstraint {
  /** `null` where it was not given one (SQLite). */
  readonly name: string | null
  /** In the order of the key. */
  readonly columns: readonly string[]
  /** The table that it refers to. */
  readonly target: QualifiedName
  /** In the order of the key; empty where the engine does not say (SQLite, when the target is missing). */
  readonly targetColumns: readonly string[]
  /** What NULLs in a key of several columns mean. */
  readonly match: 'simple' | 'full' | 'partial'
  /** As the engine has it, also where nothing was said. */
  readonly onDelete: KeyAction
  /** As the engine has it, also where nothing was said. */
  readonly onUpdate: KeyAction
  /** The columns that SET NULL and SET DEFAULT concern; empty: all of the key (PostgreSQL 15). */
  readonly onDeleteColumns: readonly string[]
  /** `null`: it may not wait. */
  readonly deferrable: Deferrable | null
  /** Whether the rows that were there have been checked (PostgreSQL's NOT VALID: false). */
  readonly validated: boolean
}

/** A condition that every row must meet. */
export interface CheckConstraint {
  /** `null` where it was not given one (SQLite; MariaDB in a column). */
  readonly name: string | null
  /** SQL, as the engine prints it. */
  readonly expression: string
  /** The column in whose definition it stands, where the engine makes a difference (MariaDB). */
  readonly column: string | null
  /** Whether tables that inherit from this one are free of it (PostgreSQL). */
  readonly noInherit: boolean
  /** Whether the rows that were there have been checked (PostgreSQL's NOT VALID: false). */
  readonly validated: boolean
}

/** A constraint that no two rows may both meet (PostgreSQL). */
export interface ExclusionConstraint {
  /** As it is, without quotes. */
  readonly name: string
  /** SQL, from EXCLUDE on. */
  readonly definition: string
}

/** An enum type (PostgreSQL). */
export interface EnumType extends QualifiedName {
  /** In the order in which they compare. */
  readonly values: readonly string[]
  /** `null` where there is none. */
  readonly comment: string | null
}

/** What only one engine has; what is not set is absent. */
export interface TableOptions {
  /** SQLite: without row ids. */
  readonly withoutRowid?: true
  /** SQLite: types are held. */
  readonly strict?: true
  /** MariaDB: the storage engine. */
  readonly engine?: string
  /** MariaDB: of columns that say nothing else; it names the character set too. */
  readonly collation?: string
  /** MariaDB: further options, as the server prints them: `row_format=COMPRESSED`. */
  readonly createOptions?: string
  /** MariaDB: the rows' history is kept. */
  readonly systemVersioned?: true
  /** PostgreSQL: not written ahead to the log. */
  readonly unlogged?: true
  /** PostgreSQL: how it is partitioned; the partitions themselves are left out. */
  readonly partitionBy?: string
  /** PostgreSQL: the tables that it inherits from. */
  readonly inherits?: readonly QualifiedName[]
  /** PostgreSQL: storage parameters. */
  readonly storage?: readonly string[]
}
