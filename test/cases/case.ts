import type { Sequelize } from 'sequelize'
import type { AutogenerateOptions } from 'sm2kit/migrator'
import type { EngineDialect } from '../support/engines/index.js'

/** A change of models: how they are defined before and after it. */
export interface Case {
  /** A sentence. */
  readonly title: string
  /** Engines that can hold it. Default: all. */
  readonly engines?: readonly EngineDialect[]
  /** Statements that are run before everything else: no revision makes a schema. */
  readonly prepare?: readonly string[]
  /** Statements that make in the database what no model says, when the models of `before` are there. */
  readonly setup?: (dialect: EngineDialect) => readonly string[]
  /** Defines the models on an empty instance. */
  before(sequelize: Sequelize, dialect: EngineDialect): void
  /** Defines them on an empty instance, as they are after the change. */
  after(sequelize: Sequelize, dialect: EngineDialect): void
  /** For the change. */
  readonly options?: AutogenerateOptions
  /**
   * False where Sequelize's own `sync()` makes something else than the models say (cycles of keys, two models on one table),
   * or is refused.
   */
  readonly isSynced?: boolean
}
