import type { QueryInterface, Sequelize } from 'sequelize'
import type { Autogeneration } from './dialect-autogenerate.js'
import type { DatabaseBackup } from './dialect-backup.js'
import type { Copying } from './dialect-copy.js'
import type { FindPageKey, TimeoutSetting, Timeouts } from './dialect-paging.js'
import type { StatementReviewer } from './dialect-review.js'
import type { Deadline, Reader, Session } from './dialect-session.js'
import type { MigratorErrorCode } from './errors.js'
import type { NameLimit } from './operations/names.js'
import type { Schema } from './schema/schema.js'

export type { Deadline, Reader, Session } from './dialect-session.js'

/** What an engine can do; shared code asks these, never for a name. */
export interface Capabilities {
  /** Connections come from a pool and go back to it; otherwise each is opened and closed. */
  readonly pooled: boolean
  /** Tables live in schemas that can be created. */
  readonly schemas: boolean
  /** A statement that commits by itself either did all of its work or none: after a crash, a changed schema means that it ran. */
  readonly atomicStatements: boolean
  /** A backslash escapes in texts, and these may stand in double quotes. */
  readonly backslashes: boolean
  /**
   * How to ask what a statement has written, where the driver does not always tell: right behind it, on its connection. What it
   * does to `ownTables`, the engine's and those of a rebuild, is no row of anybody's. `null`: the driver tells.
   */
  readonly rowsWritten: { readonly sql: string; readonly ownTables: RegExp } | null
  /** How long a name may be. `null`: as long as one likes. */
  readonly nameLimit: NameLimit | null
}

/** How an instant is held in the version table, so that every driver and time zone setting reads the same one back. */
export interface InstantColumn {
  readonly type: string
  /** SQL literal of an instant. */
  literal(instant: Date): string
  /** SQL expression of the moment at which it is run. */
  readonly now: string
  /** SQL expression that gives the column as a text that {@link InstantColumn.parse} reads. */
  select(column: string): string
  parse(text: string): Date
}

/** A quoted table name, and the texts that locks are named from. */
export interface VersionTableName {
  readonly quoted: string
  readonly text: string
}

/** The transaction of a step. It holds the lock: between `begin` and its end this process alone migrates. */
export interface StepTransaction {
  /** Rejects with {@link LockNotTaken} at the deadline. */
  begin(session: Session, table: VersionTableName, deadline: Deadline): Promise<void>
  commit(session: Session, deadline: Deadline): Promise<void>
  rollback(session: Session): Promise<void>
}

/** What the migrator needs of an engine. One folder under `dialects/` each. */
export interface Dialect {
  /** As people call it, for messages. */
  readonly label: string
  readonly capabilities: Capabilities
  readonly instant: InstantColumn
  /** SQL of all rows in one, where a row by itself costs a way through the driver. */
  readonly inOneRow?: {
    /** Of a row, a text without line breaks: its columns as a list in JSON. */
    list(columns: readonly string[]): string
    /** Of all rows, a text: the value of each, where it has one, as a line. */
    lines(expression: string): string
  }

  /** SQL of a type for texts of up to `length` characters that are equal only when they are the same, letter by letter. */
  exactText(length: number): string

  /** Lets go of what a connection that could not be opened left in the instance, so that another attempt can be made. */
  afterFailedConnection?(sequelize: Sequelize): void

  /**
   * An empty database in memory, where connecting would make the database, which is not there yet: what reads goes there, and
   * leaves nothing behind. Undefined where the database is there, or where its options say how to open it.
   */
  standIn?(sequelize: Sequelize): Sequelize | undefined

  /** Why this instance cannot be migrated at all, or nothing. */
  refusal(sequelize: Sequelize): { readonly code: MigratorErrorCode; readonly message: string } | undefined
  /** What an error of the driver means, where it is one that users meet. */
  classify(error: unknown): MigratorErrorCode | 'MISSING_TABLE' | undefined

  /** Present where DDL takes part in transactions: a step and its record are then one. */
  readonly stepTransaction?: StepTransaction

  /** Holds the lock on the session, without a transaction, for a step that runs statement by statement. */
  lockSession(session: Session, table: VersionTableName, deadline: Deadline): Promise<void>
  unlockSession(session: Session, table: VersionTableName): Promise<void>
  /** Whether a statement commits by itself (or refuses a transaction), so that no record can share a transaction with it. */
  autocommits(sql: string): boolean
  /**
   * A digest of everything that a statement can change in the schema; equal before and after means that it did nothing.
   * Where {@link Capabilities.atomicStatements} holds, of what it names alone: what others change must not look like its work.
   */
  fingerprint(session: Session, sql: string): Promise<string>

  /**
   * Everything that {@link Schema} knows of, the migrator's own tables too, in a number of statements that does not depend
   * on how much there is. Lists may be in any order.
   *
   * @param schemas - Default: the current one. Given only where there are {@link Capabilities.schemas}.
   */
  reflect(reader: Reader, schemas?: readonly string[]): Promise<Schema>

  /** What a table is gone through by, page by page. */
  readonly pageKey: FindPageKey
  /**
   * The settings that hold time-outs, with their wanted values.
   *
   * @param isLocal - They are to end with the transaction, where the engine can do that.
   */
  timeouts(timeouts: Timeouts, isLocal: boolean): readonly TimeoutSetting[]

  /** A statement as the engine's own command-line client takes it from a script, ended. Default: with a semicolon. */
  scriptStatement?(sql: string): string
  /**
   * The rows that a query of Sequelize's own can only give on a database of which nothing is known; undefined for any other
   * query, which cannot be answered without a database.
   */
  rowsOffline?(sql: string): readonly object[] | undefined

  /** What autogenerate needs of the engine; loaded at the first call. */
  autogeneration?(): Promise<Autogeneration>
  /** What a review needs of the engine; loaded at the first call. Without it statements are told, and not judged. */
  review?(): Promise<StatementReviewer>

  /** How the whole database is saved in a file and brought back; loaded at the first call. */
  backup?(): Promise<DatabaseBackup>
  /** How a database is copied, for a rehearsal; loaded at the first call. */
  copying?(): Promise<Copying>

  /**
   * QueryInterface methods that are replaced on `op`: what this engine does otherwise, or would do with a loss. Loaded at the
   * first step: a start with nothing to do has no use for them.
   */
  operations(): Promise<MakeOperations>
}

/**
 * What becomes of a step's statements: `sent` in its transaction; `numbered` one by one in a journal, where a run after a
 * crash must send the same ones again; `collected` and not sent, with reads answered by the database as it is.
 */
export type StatementsMode = 'sent' | 'numbered' | 'collected'

/** What a dialect's statement can tell a journal, as the option `journal` of its query. */
export interface JournalHints {
  /**
   * What it is known by instead of its text, where the text is made from what the database says: after a crash that is another
   * already. It names everything that the statement changes.
   */
  readonly as?: string
  /** It is sent on every run, and is not noted. */
  readonly isUnnoted?: true
  /** Where it was begun and nobody knows whether it ran, it can be sent again. */
  readonly isRepeatable?: true
}

/**
 * The methods of one step.
 *
 * @param queryInterface - Bound to the step; its prototype is Sequelize's own.
 * @param mode - What becomes of the statements.
 * @param hooks - What the step gives to its operations.
 */
export type MakeOperations = (
  queryInterface: QueryInterface,
  mode: StatementsMode,
  hooks: StepHooks,
) => Partial<Record<keyof QueryInterface, (...args: never[]) => Promise<unknown>>>

/** What a step gives to its operations. */
export interface StepHooks {
  /** The step is one transaction, also where its statements are collected: what cannot be part of one is refused. */
  readonly isOneTransaction: boolean
  /** Takes what is to be done when the step's function has returned. */
  atEnd(task: () => Promise<void>): void
  /**
   * Where statements are numbered: whether the next one is known by this and is done. Its turn is then over: nothing is to be
   * read for it, and nothing sent.
   */
  isDone?(as: string): Promise<boolean>
}

/** Thrown by a dialect when another one held the lock until the deadline. */
export class LockNotTaken extends Error {
  override readonly name = 'LockNotTaken'

  /** @param holder - Who holds it, as far as the engine tells; part of a sentence. */
  constructor(readonly holder: string) {
    super(`The lock is held by ${holder}`)
  }
}

const FIRST_PAUSE_MS = 5
const LONGEST_PAUSE_MS = 250

/**
 * Asks again and again, with growing pauses, until `attempt` says yes or the deadline is over.
 *
 * @param holder - Who is waited for, for whoever is to be told meanwhile.
 * @returns Whether it said yes.
 */
export const poll = async (
  deadline: Deadline,
  attempt: () => Promise<boolean>,
  holder?: () => string | Promise<string>,
): Promise<boolean> => {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS)) {
    if (await attempt()) return true
    if (holder !== undefined) await deadline.waiting?.(holder)
    const remainingMs = deadline.remainingMs()
    if (remainingMs <= 0) return false
    await new Promise((resolve) =>
      setTimeout(resolve, Math.min(pauseMs * (0.5 + Math.random()), remainingMs)),
    )
  }
}
