import type {
  AddConstraintOptions,
  DataType,
  ModelAttributeColumnOptions,
  QueryInterface,
  QueryInterfaceCreateTableOptions,
  QueryInterfaceIndexOptions,
  QueryInterfaceOptions,
  TableName,
} from 'sequelize'
import type { Generated, KeyAction } from '../schema/schema.js'
import type { DataSteps } from './data-steps.js'
import type {
  AddCompositeKeyOptions,
  ColumnPosition,
  ConstraintExtras,
  IndexExtras,
  IndexFieldLike,
  TableOptionChange,
  UniqueOfIndex,
  UnnamedConstraint,
  WrittenConstraint,
} from './op-extras.js'

/** A check constraint: its name, and the SQL condition that every row must meet. */
export interface Check {
  /** Of the constraint; unique in its table, and on MariaDB short enough: 64 characters. */
  readonly name: string
  /** SQL, taken as it is: quote the names in it that need quotes. */
  readonly expression: string
}

/** A foreign key of one or more columns, which Sequelize's attributes can say for one column only. */
export interface ForeignKey {
  /** Of the constraint. */
  readonly name: string
  /** Columns of the new table, in the order of the key. */
  readonly columns: readonly string[]
  /** What they refer to. */
  readonly references: KeyTarget
  /** Default: the engine's own, NO ACTION. */
  readonly onDelete?: KeyAction
  /** Default: the engine's own, NO ACTION. */
  readonly onUpdate?: KeyAction
}

/** What a foreign key refers to. */
export interface KeyTarget {
  /** A name, or `{ tableName, schema }`. */
  readonly table: TableName
  /** Columns of a primary or unique key, in the order of the key. */
  readonly columns: readonly string[]
}

/** What a column can be told beyond Sequelize's options, on every engine that has it. */
export interface ColumnExtras {
  /** Check constraints of the table that come with the column. */
  readonly checks?: readonly Check[]
  /** As SQL names it, where it is not that of the table or the type. */
  readonly collation?: string
  /** A column that is computed from others. */
  readonly generated?: Generated
  /** `ON UPDATE` of MariaDB and MySQL, as SQL: `CURRENT_TIMESTAMP`. */
  readonly onUpdateSql?: string
}

/** {@link ColumnExtras} as `op.changeColumn` takes them: `null` takes away. */
export interface ColumnChange {
  /** Check constraints that are added; on MariaDB and MySQL one of the same name is replaced. */
  readonly checks?: readonly Check[]
  /** As SQL names it; `null`: that of the table or the type. */
  readonly collation?: string | null
  /** `null`: a plain column, with the values that it has. */
  readonly generated?: Generated | null
  /** `ON UPDATE` of MariaDB and MySQL; `null` for none. */
  readonly onUpdateSql?: string | null
  /** SQL that makes the new value from the former one, on engines that take it (PostgreSQL). */
  readonly using?: string
}

/** How `op.changeEnum` gets from the former values to the new ones. */
export interface EnumChange {
  /** Former value to new value: rows keep their meaning. */
  readonly rename?: Readonly<Record<string, string>>
  /** What rows get whose value is removed: another value, or `null`. A value that rows hold and that is not in it is refused. */
  readonly map?: Readonly<Record<string, string | null>>
}

/** Constraints that `op.createTable` takes beside Sequelize's options. */
export interface TableConstraints {
  /** Conditions that every row must meet. */
  readonly checks?: readonly Check[]
  /** Keys to other tables. */
  readonly foreignKeys?: readonly ForeignKey[]
}

/**
 * What a step works with: Sequelize's QueryInterface, bound to the step's transaction.
 *
 * A call that forgets `{ transaction }` is inside all the same; so are `op.sequelize.query` and calls on the host's
 * models while the step runs. A forgotten `await` is an error, and the step is rolled back.
 *
 * @example
 * ```ts
 * import { createMigrator, type Op } from 'sm2kit/migrator'
 * import { DataTypes, Sequelize } from 'sequelize'
 *
 * const addStars = async (op: Op) => {
 *   const stars = { type: DataTypes.INTEGER, allowNull: false, defaultValue: 0 }
 *   await op.createTable('notes', { id: { type: DataTypes.INTEGER, primaryKey: true } })
 *   await op.addColumn('notes', 'stars', { ...stars, checks: [{ name: 'notes_stars_check', expression: 'stars >= 0' }] })
 * }
 * const sequelize = new Sequelize('sqlite::memory:', { logging: false })
 * const revision = { revision: 'notes', downRevision: null, up: ({ context }: { context: Op }) => addStars(context) }
 * await createMigrator({ sequelize, baseline: false, migrations: [revision] }).up() // => [{ name: 'notes' }]
 * Object.keys(await sequelize.getQueryInterface().describeTable('notes')) // => ['id', 'stars']
 * ```
 */
export interface Op extends QueryInterface, DataSteps {
  /** Itself, so that `({ context: op })` and `(queryInterface, Sequelize)` are one. */
  readonly context: Op

  /**
   * A type for ids that are texts: equal only when they are the same, letter by letter. On MariaDB and MySQL that needs a
   * collation of its own; elsewhere it is what `DataTypes.STRING(length)` is.
   *
   * @param length - Most characters, 1 to 255.
   */
  exactText(length: number): string

  /** As Sequelize's, with check constraints and keys of several columns, and with what an attribute cannot say. */
  createTable(
    tableName: TableName,
    attributes: Readonly<Record<string, DataType | (ModelAttributeColumnOptions & ColumnExtras)>>,
    options?: QueryInterfaceCreateTableOptions & TableConstraints & { readonly comment?: string },
  ): Promise<void>

  /** As Sequelize's, with what {@link ColumnExtras} and {@link ColumnPosition} say of the new column. */
  addColumn(
    table: TableName,
    key: string,
    attribute: DataType | (ModelAttributeColumnOptions & ColumnExtras & ColumnPosition),
    options?: QueryInterfaceOptions | null,
  ): Promise<void>

  /**
   * Gives an enum column another list of values. Rows keep their meaning: `rename` says what a former value is called now,
   * `map` what rows get whose value goes. A default follows.
   *
   * @param table - A name, or `{ tableName, schema }`.
   * @param column - Its name.
   * @param values - All of the new list, in order.
   * @param change - Renamed and removed values; two may change places.
   * @throws MigratorError `UNSAFE_OPERATION` where rows, or the default, have a value that goes and nothing is to take its
   *   place, before anything is changed; `INVALID_OPTION` where the arguments contradict each other.
   *
   * @example
   * ```ts
   * import { createMigrator, type Op } from 'sm2kit/migrator'
   * import { DataTypes, QueryTypes, Sequelize } from 'sequelize'
   *
   * const up = async ({ context: op }: { context: Op }) => {
   *   await op.createTable('notes', { level: DataTypes.ENUM('low', 'high', 'odd') })
   *   await op.bulkInsert('notes', [{ level: 'low' }, { level: 'odd' }])
   *   await op.changeEnum('notes', 'level', ['easy', 'high'], { rename: { low: 'easy' }, map: { odd: null } })
   * }
   * const sequelize = new Sequelize('sqlite::memory:', { logging: false })
   * const migrations = [{ revision: 'notes', downRevision: null, up }]
   * await createMigrator({ sequelize, baseline: false, migrations }).up() // => [{ name: 'notes' }]
   * await sequelize.query('SELECT level FROM notes', { type: QueryTypes.SELECT }) // => [{ level: 'easy' }, { level: null }]
   * ```
   */
  changeEnum(table: TableName, column: string, values: readonly string[], change?: EnumChange): Promise<void>

  /** Gives an index another name. */
  renameIndex(table: TableName, from: string, to: string): Promise<void>

  /** Gives a constraint another name. MariaDB and MySQL call each primary key PRIMARY: there that is refused. */
  renameConstraint(table: TableName, from: string, to: string): Promise<void>

  /** Changes what belongs to the table alone; what an engine does not have is passed over. */
  changeTable(table: TableName, change: TableOptionChange): Promise<void>

  /**
   * Changes what it names and keeps the rest: type, NOT NULL, default, comment, autoincrement, unique, key, checks. `null` takes
   * a default, a comment, a key or an expression away. Rows that do not fit are an error that counts them.
   *
   * @throws MigratorError `UNSAFE_OPERATION`, before anything has changed.
   */
  changeColumn(
    table: TableName,
    key: string,
    attribute?: DataType | (Partial<ModelAttributeColumnOptions> & ColumnChange),
    options?: QueryInterfaceOptions,
  ): Promise<void>

  /** Makes an enum type, on engines that have such types; elsewhere nothing, since values stand in the column's type there. */
  createEnum(name: TableName, values: readonly string[]): Promise<void>

  /** Drops an enum type, if it is there; where there are no such types, nothing. */
  dropEnum(name: TableName): Promise<void>

  /** Gives an enum type another name, or schema; where there are no such types, nothing. */
  renameEnum(from: TableName, to: TableName): Promise<void>

  /** As Sequelize's, with what {@link IndexExtras} says. */
  addIndex(
    table: TableName,
    fields: readonly IndexFieldLike[],
    options?: Omit<QueryInterfaceIndexOptions, 'fields'> & IndexExtras,
    rawTablename?: string,
  ): Promise<void>
  addIndex(
    table: TableName,
    options: Omit<QueryInterfaceIndexOptions, 'fields'> &
      IndexExtras & { readonly fields: readonly IndexFieldLike[] },
    rawTablename?: string,
  ): Promise<void>

  /**
   * As Sequelize's, with what {@link ConstraintExtras} says; and a unique constraint of an index that is there ({@link UniqueOfIndex}).
   *
   * @throws MigratorError `UNSAFE_OPERATION` where `usingIndex` names no unique index (SQLite, MariaDB, MySQL).
   */
  addConstraint(
    table: TableName,
    options?:
      | ((AddConstraintOptions | AddCompositeKeyOptions) & ConstraintExtras)
      | UniqueOfIndex
      | WrittenConstraint,
  ): Promise<void>

  /** As Sequelize's; one that has no name is told by what it says. */
  removeConstraint(
    table: TableName,
    constraint: string | UnnamedConstraint,
    options?: QueryInterfaceOptions,
  ): Promise<void>

  /** Looks at the rows of a constraint that was added with `notValid`, while others write; SQLite: nothing, all were looked at. */
  validateConstraint(table: TableName, name: string): Promise<void>

  /**
   * Several changes of one table. On SQLite they are one rebuild, where each alone would be one; elsewhere they are made one
   * after the other.
   *
   * @param table - A name, or `{ tableName, schema }`.
   * @param describe - Says the changes; they are made when it has returned.
   *
   * @example
   * ```ts
   * import { createMigrator, type Op } from 'sm2kit/migrator'
   * import { DataTypes, Sequelize } from 'sequelize'
   *
   * const up = async ({ context: op }: { context: Op }) => {
   *   await op.createTable('notes', { id: { type: DataTypes.INTEGER, primaryKey: true }, title: DataTypes.STRING })
   *   await op.alterTable('notes', (t) => {
   *     t.addColumn('slug', { type: DataTypes.STRING, unique: true })
   *     t.changeColumn('title', { allowNull: false })
   *   })
   * }
   * const sequelize = new Sequelize('sqlite::memory:', { logging: false })
   * const migrations = [{ revision: 'notes', downRevision: null, up }]
   * await createMigrator({ sequelize, baseline: false, migrations }).up() // => [{ name: 'notes' }]
   * const { title } = await sequelize.getQueryInterface().describeTable('notes')
   * title?.allowNull // => false
   * ```
   */
  alterTable(table: TableName, describe: (table: TableChanges) => unknown): Promise<void>
}

/** What `op.alterTable` gives to its function: methods of `op` for the one table. Each is noted, and made afterwards. */
export interface TableChanges {
  /** As `op.addColumn`. */
  addColumn(
    key: string,
    attribute: DataType | (ModelAttributeColumnOptions & ColumnExtras & ColumnPosition),
  ): void
  /** As `op.changeColumn`. */
  changeColumn(key: string, attribute: DataType | (Partial<ModelAttributeColumnOptions> & ColumnChange)): void
  /** As `op.removeColumn`. */
  removeColumn(key: string): void
  /** As `op.renameColumn`. */
  renameColumn(before: string, after: string): void
  /** As `op.addConstraint`. */
  addConstraint(
    options: ((AddConstraintOptions | AddCompositeKeyOptions) & ConstraintExtras) | WrittenConstraint,
  ): void
  /** As `op.removeConstraint`. */
  removeConstraint(constraint: string | UnnamedConstraint): void
}
