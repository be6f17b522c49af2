/** The engines that tests can meet. `postgres-url` is the server that `SM2KIT_TEST_POSTGRES_URL` names. */
export type EngineName = 'sqlite' | 'sqlite-memory' | `postgres${number}` | 'postgres-url' | 'mariadb'

/** Sequelize's dialect; MariaDB is driven by mysql2, so its dialect is `mysql`. */
export type EngineDialect = 'sqlite' | 'postgres' | 'mysql'

/** A server and an account on it that may create databases. */
export interface ServerAccount {
  readonly host: string
  readonly port: number
  readonly username: string
  readonly password: string
  /** The database to be connected to while another one is created or dropped. */
  readonly maintenanceDatabase: string
}

/** A server that was found on this machine and can be started, or one that already runs elsewhere. */
export type ServerSource =
  | {
      readonly kind: 'postgres'
      readonly name: EngineName
      readonly label: string
      readonly initdb: string
      readonly postgres: string
    }
  | {
      readonly kind: 'mariadb'
      readonly name: EngineName
      readonly label: string
      readonly install: string
      readonly mariadbd: string
    }
  | {
      readonly kind: 'running'
      readonly name: EngineName
      readonly label: string
      readonly dialect: 'postgres' | 'mysql'
      readonly account: ServerAccount
    }

/** An engine whose tests cannot run here, and what to do about it. */
export interface MissingEngine {
  readonly label: string
  readonly remedy: string
}

/** How the test process reaches the keeper, the process that owns all servers and temporary files. */
export interface KeeperAddress {
  readonly url: string
  readonly token: string
  /** The folder that is removed when the run ends; all files of this run are in it. */
  readonly folder: string
}

/** What the global setup tells every test file. */
interface ProvidedEngines {
  readonly keeper: KeeperAddress
  readonly servers: readonly {
    readonly name: EngineName
    readonly label: string
    readonly dialect: EngineDialect
  }[]
  readonly missing: readonly MissingEngine[]
}

declare module 'vitest' {
  export interface ProvidedContext {
    engines: ProvidedEngines
  }
}
