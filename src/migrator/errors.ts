import type { Report } from './report.js'

/** Every code that a {@link MigratorError} can carry; `docs/errors.md` explains each. */
export type MigratorErrorCode =
  // what createMigrator or a verb was given
  | 'UNKNOWN_OPTION'
  | 'INVALID_OPTION'
  | 'UNSUPPORTED_ENGINE'
  | 'UNSUPPORTED_STORAGE'
  | 'NOT_AVAILABLE'
  // revision files and their order
  | 'FOLDER_NOT_FOUND'
  | 'REVISION_NOT_LOADABLE'
  | 'INVALID_REVISION'
  | 'DUPLICATE_REVISION'
  | 'MISSING_PARENT'
  | 'CYCLE'
  | 'UNKNOWN_REVISION'
  | 'AMBIGUOUS_REVISION'
  | 'MULTIPLE_HEADS'
  | 'TOO_FAR'
  | 'RANGE'
  | 'NOT_A_HEAD'
  | 'NOT_PENDING'
  | 'NOT_EXECUTED'
  | 'UNMET_DEPENDENCY'
  | 'HAS_DEPENDENTS'
  | 'IRREVERSIBLE'
  | 'OFFLINE_READ'
  | 'NOTHING_TO_MERGE'
  | 'NOT_SQUASHABLE'
  | 'SQUASH_DIFFERS'
  | 'FILE_EXISTS'
  | 'FOLDER_NOT_WRITABLE'
  | 'NOT_RENDERABLE'
  | 'PENDING_REVISIONS'
  | 'NO_MODELS'
  // the models
  | 'INVALID_MODEL'
  | 'MODEL_NOT_CREATABLE'
  | 'SHADOW_NOT_ALLOWED'
  // what the version table says
  | 'EDITED_REVISION'
  | 'UNKNOWN_APPLIED'
  | 'PARTLY_APPLIED'
  | 'INTERRUPTED'
  | 'NOTHING_TO_ADOPT'
  // the database
  | 'CANNOT_CONNECT'
  | 'ACCESS_DENIED'
  | 'DATABASE_NOT_FOUND'
  | 'READ_ONLY_DATABASE'
  | 'LOCK_TIMEOUT'
  | 'POOLED_SESSION'
  | 'COPY_NOT_POSSIBLE'
  | 'DATABASE_ERROR'
  // copies of the database
  | 'BACKUP_FAILED'
  | 'RESTORE_FAILED'
  | 'NOT_A_BACKUP'
  | 'NO_BACKUP_TOOL'
  // a step
  | 'STEP_FAILED'
  | 'FORGOTTEN_AWAIT'
  | 'TRANSACTION_CONTROL'
  | 'OUTSIDE_TRANSACTION'
  | 'NOT_TRANSACTIONAL'
  | 'UNSAFE_OPERATION'
  | 'NO_PRIMARY_KEY'
  | 'INCOMPLETE_REVISION'
  | 'LISTENER_FAILED'
  | 'ORIGINAL_TOUCHED'

/** What an error may carry besides its code and message. */
export interface MigratorErrorDetails {
  /** The error underneath, as the driver, Sequelize or Node threw it. */
  readonly cause?: unknown
  /** What had run when the error came up; present when something was started. */
  readonly report?: Report
  /** The revisions that the error speaks of, by id. */
  readonly revisions?: readonly string[]
  /** The file, folder or option that the error speaks of, as the user wrote it. */
  readonly subject?: string
}

/**
 * What every verb of the migrator throws: a stable `code`, what was refused, what is true now, what to do next.
 *
 * @example
 * ```ts
 * import { createMigrator, MigratorError } from 'sm2kit/migrator'
 * import { Sequelize } from 'sequelize'
 *
 * const sequelize = new Sequelize('sqlite::memory:', { logging: false })
 * const migrator = createMigrator({ sequelize, migrations: './no-such-folder' })
 * const error = await migrator.up().catch((reason: unknown) => reason)
 * error instanceof MigratorError // => true
 * error instanceof MigratorError && error.code // => 'FOLDER_NOT_FOUND'
 * ```
 */
export class MigratorError extends Error {
  /** `MigratorError`, or the name of the subclass. */
  override readonly name: string = 'MigratorError'
  /** Stable; switch on this, not on the message. */
  readonly code: MigratorErrorCode
  /** What had run when the error came up; present when something was started. */
  readonly report?: Report
  /** The revisions that the error speaks of, by id. */
  readonly revisions: readonly string[]
  /** The file, folder or option that the error speaks of. */
  readonly subject?: string
  /** Absolute path of the backup that was made before the run. */
  backup?: string

  /**
   * @param code - One of {@link MigratorErrorCode}.
   * @param message - For people: what was refused, what is true now, what to do next.
   * @param details - The cause, the report, and the things concerned.
   */
  constructor(code: MigratorErrorCode, message: string, details: MigratorErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.revisions = details.revisions ?? []
    if (details.report !== undefined) this.report = details.report
    if (details.subject !== undefined) this.subject = details.subject
  }

  /**
   * Says that a backup was made before what failed.
   *
   * @param label - What the message calls it.
   * @param path - Absolute.
   */
  addBackup(label: string, path: string): void {
    this.backup = path
    this.message +=
      ` A backup was made before the run: \`migrator.restore()\` with "${label}" makes the database what it was then; ` +
      'what was written since is lost by that.'
  }
}

/**
 * A {@link MigratorError} about revisions and their order: unknown, duplicate, missing a parent, in a cycle.
 *
 * @example
 * ```ts
 * import { createMigrator, RevisionError } from 'sm2kit/migrator'
 * import { Sequelize } from 'sequelize'
 *
 * const sequelize = new Sequelize('sqlite::memory:', { logging: false })
 * const error = await createMigrator({ sequelize }).up({ to: 'nosuch' }).catch((reason: unknown) => reason)
 * error instanceof RevisionError && error.code // => 'UNKNOWN_REVISION'
 * ```
 */
export class RevisionError extends MigratorError {
  /** `RevisionError` */
  override readonly name = 'RevisionError'
}

/**
 * A {@link MigratorError} that a step raised while it ran.
 *
 * @example
 * ```ts
 * import { createMigrator, StepError } from 'sm2kit/migrator'
 * import { Sequelize } from 'sequelize'
 *
 * const sequelize = new Sequelize('sqlite::memory:', { logging: false })
 * const broken = { revision: 'broken', downRevision: null, up: async () => { throw new Error('no such word') } }
 * const migrator = createMigrator({ sequelize, baseline: false, migrations: [broken] })
 * const error = await migrator.up().catch((reason: unknown) => reason)
 * error instanceof StepError && [error.code, error.revision, error.direction] // => ['STEP_FAILED', 'broken', 'up']
 * await migrator.executed() // => []
 * ```
 */
export class StepError extends MigratorError {
  /** `StepError` */
  override readonly name = 'StepError'
  /** Id of the revision whose step failed. */
  readonly revision: string
  /** The way it was going. */
  readonly direction: 'up' | 'down'
  /** Which statement of the step was the last to be sent, counted from 1; 0 when none was. */
  readonly statement: number

  /**
   * @param code - One of {@link MigratorErrorCode}.
   * @param message - For people.
   * @param step - The step that failed.
   * @param details - The cause and the report.
   */
  constructor(
    code: MigratorErrorCode,
    message: string,
    step: { readonly revision: string; readonly direction: 'up' | 'down'; readonly statement: number },
    details: MigratorErrorDetails = {},
  ) {
    super(code, message, { revisions: [step.revision], ...details })
    this.revision = step.revision
    this.direction = step.direction
    this.statement = step.statement
  }
}

/** The text of anything thrown, for inside a message: no full stop at its end. */
export const messageOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  const { fields } = error as { readonly fields?: unknown }
  const message = error.message.replace(/\.\s*$/u, '')
  // Sequelize's "Validation error" names nothing. The driver's text would, but it can hold the row's values.
  return error.name === 'SequelizeUniqueConstraintError' && typeof fields === 'object' && fields !== null
    ? `${message}: not unique in ${Object.keys(fields).join(', ')}`
    : message
}
