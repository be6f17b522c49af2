import type { Sequelize } from 'sequelize'
import type { AutogenerateOptions } from 'sm2kit/migrator'
import type { EngineDialect } from '../support/engines/index.js'

/** Models that cannot be compared, and what is said of them. */
export interface BrokenModels {
  /** The rest of a sentence: `a key …` is refused. */
  readonly title: string
  /** Engines that refuse them. Default: all. */
  readonly engines?: readonly EngineDialect[]
  /** Defines them on an empty instance. */
  define(sequelize: Sequelize): void
  readonly code: 'INVALID_MODEL' | 'MODEL_NOT_CREATABLE'
  /** The model that is named. */
  readonly subject: string
  /** What the message says beside it. */
  readonly says: readonly RegExp[]
}

/** A change of models: how they are defined before and after it. */
export interface Case {
  /** A sentence. */
  readonly title: string
  /** Engines that can hold it. Default: all. */
  readonly engines?: readonly EngineDialect[]
  /** Statements that are run before everything else: what models stand on. */
  readonly prepare?: readonly string[]
  /** Statements that make in the database what no model says, when the models of `before` are there. */
  readonly setup?: (dialect: EngineDialect) => readonly string[]
  /** Defines the models on an empty instance. */
  before(sequelize: Sequelize, dialect: EngineDialect): void
  /** Defines them on an empty instance, as they are after the change. */
  after(sequelize: Sequelize, dialect: EngineDialect): void
  /** For the change. */
  readonly options?: AutogenerateOptions
  /** More options, by name: each finds something else than `options` do, written behind them. */
  readonly variants?: (dialect: EngineDialect) => Readonly<Record<string, AutogenerateOptions>>
  /** Queries that give the same before the change, after it, and when it is taken back. */
  readonly keeps?: readonly string[]
  /** Models beside those of before and after, each refused. */
  readonly broken?: readonly BrokenModels[]
  /**
   * False where Sequelize's own `sync()` makes something else than the models say (cycles of keys, two models on one table),
   * or is refused.
   */
  readonly isSynced?: boolean
}
