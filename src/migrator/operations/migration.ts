import type { Op } from './op.js'

/** What a step is given. */
export interface MigrationParams {
  /** Umzug's name of the revision: its file name without extension, or its id when it lives in memory. */
  readonly name: string
  /** Absolute path of the revision file; absent for revisions in memory. */
  readonly path?: string
  /** Sequelize's QueryInterface, bound to the step's transaction. */
  readonly context: Op
}

/**
 * What a revision does in one direction.
 *
 * @param params - `context` is `op`, Sequelize's QueryInterface bound to the step's transaction.
 * @returns Ignored; the step is over when the promise settles.
 *
 * @example
 * ```ts
 * import { createMigrator, type Migration } from 'sm2kit/migrator'
 * import { DataTypes, Sequelize } from 'sequelize'
 *
 * const up: Migration = async ({ context: op }) => {
 *   await op.createTable('notes', { id: { type: DataTypes.INTEGER, primaryKey: true } })
 * }
 * const sequelize = new Sequelize('sqlite::memory:', { logging: false })
 * const migrations = [{ revision: '51b0c3d9a7e4', downRevision: null, up }]
 * const done = await createMigrator({ sequelize, baseline: false, migrations }).up()
 * done.map((meta) => meta.name) // => ['51b0c3d9a7e4']
 * ```
 */
export type Migration = (params: MigrationParams) => Promise<unknown>

/**
 * A revision in memory: the same names that a revision file exports.
 *
 * @example
 * ```ts
 * import { createMigrator, type Revision } from 'sm2kit/migrator'
 * import { Sequelize } from 'sequelize'
 *
 * const first: Revision = {
 *   revision: '8c1d0a5be2f7',
 *   downRevision: null,
 *   up: async ({ context: op }) => { await op.sequelize.query('CREATE TABLE a (x INTEGER)') },
 *   down: async ({ context: op }) => { await op.dropTable('a') },
 * }
 * const sequelize = new Sequelize('sqlite::memory:', { logging: false })
 * const migrator = createMigrator({ sequelize, baseline: false, migrations: [first] })
 * await migrator.up() // => [{ name: '8c1d0a5be2f7' }]
 * await migrator.down() // => [{ name: '8c1d0a5be2f7' }]
 * ```
 */
export interface Revision {
  /** Identity: 12 hexadecimal digits by convention; any text of up to 64 characters without `@ - + :` and white space. */
  readonly revision: string
  /** The revision that it stands on; `null` for the first of a line; several for a merge. */
  readonly downRevision?: string | readonly string[] | null
  /** Revisions that must be applied before, though they are not on the same line. */
  readonly dependsOn?: string | readonly string[] | null
  /** Names for the line that begins here. */
  readonly branchLabels?: string | readonly string[] | null
  /** Ids of the revisions in whose place it is, in the order in which they ran; see `docs/squash.md`. */
  readonly replaces?: readonly string[] | null
  /** One line for people. */
  readonly message?: string
  /** `false`: run outside a transaction, statement by statement in a journal. Default `true`. */
  readonly transaction?: boolean
  /** `true`: an older version of the code must not start once this is applied. Default `false`. */
  readonly breaking?: boolean
  /** Applies it. */
  readonly up: Migration
  /** Absent: irreversible; a downgrade through it is refused before anything runs. */
  readonly down?: Migration
}
