import type { Sequelize } from 'sequelize'
import type { OwnedSession, Reader } from './dialect-session.js'
import type { OpCall } from './operations/op-call.js'
import type { Operation } from './operations/operation.js'
import type { ModelTable } from './schema/model-table.js'
import type { EnumType, QualifiedName, Schema, Table } from './schema/schema.js'

/** What two schemas of an engine may differ in without being different, and what its operations can do. */
export interface ComparisonTraits {
  /** A CREATE TABLE may refer to tables that come later, and keys are best written there (SQLite). */
  readonly keysMayComeFirst: boolean
  /** A foreign key needs an index that begins with its columns, and makes one where there is none (MariaDB, MySQL). */
  readonly keysMakeIndexes: boolean
  /** Columns of a foreign key cannot change their type while the key is there (MariaDB, MySQL). */
  readonly keysHoldTypes: boolean
  /** Unique constraints are unique indexes and nothing else (MariaDB, MySQL). */
  readonly uniquesAreIndexes: boolean
  /** Names of columns, or of indexes, that differ in case alone are one name (SQLite, MariaDB, MySQL). */
  readonly columnsIgnoreCase: boolean
  /** Tables and columns have comments. */
  readonly comments: boolean
  /** RESTRICT and NO ACTION are the same (MariaDB, MySQL). */
  readonly restrictIsNoAction: boolean
  /** An index can get another name in place; elsewhere it is dropped and made again. */
  readonly renamesIndexes: boolean
  /** So can a constraint. */
  readonly renamesConstraints: boolean
}

/** What only the server knows and a translation depends on; `null` where it is not needed, or the engine has none. */
export interface ServerFacts {
  /** As the server prints it. */
  readonly version: string | null
  /** The schema that a name without one means. */
  readonly schema: string | null
  /** Of tables that say nothing else; it names the character set too. */
  readonly collation: string | null
  /** Names of tables that differ in case alone are one name. */
  readonly tablesIgnoreCase: boolean
}

/** Model tables that are to be made where nobody sees it, and read back. */
export interface ShadowRequest {
  /** The host's. */
  readonly sequelize: Sequelize
  /** To be made as `Model.sync` makes them; keys of a cycle are added when all tables are there. */
  readonly tables: readonly ModelTable[]
  /** What these refer to and no model says: made of the reflected value, as far as a key needs it. */
  readonly stubs: readonly Table[]
  /** Of the host's database. */
  readonly facts: ServerFacts
  /** Another database to do it in, where rights are missing in the host's. */
  readonly url?: string
  /** A connection of an instance, the host's or one that the shadow has made, pinned: the shadow closes it. */
  openSession(sequelize: Sequelize): Promise<OwnedSession>
}

/** Thrown by a shadow: the server refuses what a model says. The error of the driver is the cause. */
export class ModelRefused extends Error {
  override readonly name = 'ModelRefused'

  /**
   * @param table - That could not be made, or is only referred to.
   * @param models - That say it; none for a table that is only referred to.
   */
  constructor(
    readonly table: QualifiedName,
    readonly models: readonly string[],
    cause: unknown,
  ) {
    super(`The table ${table.name} is refused`, { cause })
  }
}

/** Thrown by a shadow that may not be made. The error of the driver is the cause. */
export class ShadowRefused extends Error {
  override readonly name = 'ShadowRefused'

  /**
   * @param fault - What is missing, or in the way; a sentence without a full stop.
   * @param remedy - The statement or the act that helps; part of a sentence.
   */
  constructor(
    readonly fault: string,
    readonly remedy: string,
    cause?: unknown,
  ) {
    super(fault, { cause })
  }
}

/** What the calls of operations are made from, beside the operations. */
export interface CallContext {
  /** The host's: its class has the data types and the functions that values are made of. */
  readonly sequelize: Sequelize
  /** The database before the first operation. */
  readonly before: Schema
  /** The database after the last. */
  readonly after: Schema
}

/** A table as the engine would print it, and the enum types that are made with it. */
export interface TranslatedTable {
  readonly table: Table
  readonly enums: readonly EnumType[]
}

/** Knows what `Model.sync` makes of tables of models, as far as that can be known without asking the engine. */
export interface Translator {
  /**
   * What the engine would print for a table that `Model.sync` has made, without asking it: fast, and never wrong.
   *
   * @param actual - The table as it was read, where it is there: given back itself when it is known to have been made by the same
   *   statements.
   * @returns Undefined where only the engine can tell.
   */
  translate(table: ModelTable, actual?: Table): TranslatedTable | undefined

  /**
   * Whether the database has these tables just as `Model.sync` makes them, and no others but those that are left alone: found out from
   * the statements that the engine keeps, by one statement, with none of what they have made being read. Absent where an engine keeps
   * no statements.
   *
   * @param isLeftAlone - Of a table that none of these is.
   * @returns False where anything else may be true.
   */
  areAsMade?(
    reader: Reader,
    tables: readonly ModelTable[],
    isLeftAlone: (table: QualifiedName) => boolean,
  ): Promise<boolean>
}

/** What an engine does for autogenerate: loaded when it is needed, through `Dialect.autogeneration`. */
export interface Autogeneration {
  readonly traits: ComparisonTraits

  /** What {@link Autogeneration.translate} has to know for these tables: one statement, or none where nothing is needed. */
  facts(reader: Reader, tables: readonly ModelTable[]): Promise<ServerFacts>

  /**
   * Which of these schemas are not there; one statement. Absent where a schema is no more than a part of a table's name.
   */
  missingSchemas?(reader: Reader, schemas: readonly string[]): Promise<readonly string[]>

  /**
   * What translates the tables of one comparison.
   *
   * @param sequelize - The host's. Its models may change later on: what a translator remembers is not for another comparison.
   */
  translator(sequelize: Sequelize, facts: ServerFacts): Translator

  /**
   * Makes the tables in a shadow, reads them back and leaves nothing behind. Names are those of the host's database: what
   * lives in the shadow's own schema or database is printed as if it lived in its place.
   *
   * @throws {@link ModelRefused}, {@link ShadowRefused}.
   */
  shadow(request: ShadowRequest): Promise<Schema>

  /** What writes the calls: loaded when there is something to write. */
  calls(): Promise<CallMaker>
}

/**
 * Calls of `op` that make the operations, in order. Run on `before` they give what the operations describe, exactly; several
 * operations may become one call, where that reads as a person would write it.
 */
export type CallMaker = (operations: readonly Operation[], context: CallContext) => readonly OpCall[]
