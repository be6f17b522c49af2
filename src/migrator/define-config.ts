import type { Sequelize } from 'sequelize'
import type { MigratorOptions } from './config.js'

/** How the command line reaches the database: by a URL, by an instance of the host's, or by a function that makes one. */
export type ConfigConnection =
  | {
      /** Such as `sqlite:app.sqlite` or `postgres://user:password@host/database`; left out, it comes from the environment. */
      readonly url?: string | undefined
      /** Not beside `url`. */
      readonly sequelize?: undefined
    }
  | {
      /** Not beside `sequelize`. */
      readonly url?: undefined
      /** The host's instance, or a function that makes one; one that a function made is closed when the command is done. */
      readonly sequelize: Sequelize | (() => Sequelize | Promise<Sequelize>)
    }

/** What `sm2kit.config.*` holds: what {@link createMigrator} takes, with other ways to reach the database. */
export type Config = Omit<MigratorOptions, 'sequelize'> &
  ConfigConnection & {
    /** A command that is run on each file that a verb has written, such as `['npx', 'biome', 'check', '--write']`. */
    readonly postWrite?: readonly string[] | undefined
  }

/** What a config that is a function is called with. */
export interface ConfigArguments {
  /** What was given on the command line as `-x key=value`; a key without a value is the empty text. */
  readonly x: Readonly<Record<string, string>>
}

/** What `sm2kit.config.*` exports by default: a config, or a function that makes one. */
export type ConfigExport = Config | ((given: ConfigArguments) => Config | Promise<Config>)

/**
 * Its argument, with the types checked: for the default export of `sm2kit.config.ts`.
 *
 * @param config - What {@link createMigrator} takes, but `url`, or a function that makes `sequelize`, for the instance; or a
 *   function that returns this.
 * @returns The same value.
 *
 * @example
 * ```ts
 * import { defineConfig } from 'sm2kit/migrator'
 *
 * const config = defineConfig({ url: 'sqlite:app.sqlite', migrations: './migrations' })
 * config // => { url: 'sqlite:app.sqlite', migrations: './migrations' }
 *
 * const byTenant = defineConfig(({ x }) => ({ url: `sqlite:${x['tenant'] ?? 'main'}.sqlite` }))
 * byTenant({ x: { tenant: 'north' } }) // => { url: 'sqlite:north.sqlite' }
 * ```
 */
export const defineConfig = <const T extends ConfigExport>(config: T): T => config
