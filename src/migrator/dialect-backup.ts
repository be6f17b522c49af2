import type { Deadline, OwnedSession } from './dialect-session.js'

/** What a backup is made with, or a database brought back. */
export interface BackupRequest {
  /** Absolute path of the file. */
  readonly file: string
  /** What messages call it. */
  readonly label: string
  readonly deadline: Deadline
  /** Opens a connection to the database that nobody else gets. */
  open(): Promise<OwnedSession>
  /** Holds the migrator's lock meanwhile, for an engine whose own means do not keep other migrators out. */
  underLock<T>(use: () => Promise<T>): Promise<T>
  /** A text without the passwords of the connection: what a program of the engine's own has said goes through here. */
  redact(text: string): string
}

/** What was found on reading a backup again. */
export interface SavedDatabase {
  /** Rows whose foreign key refers to nothing, where the engine lets such rows be. */
  readonly brokenKeys: number
}

/** How an engine saves a whole database in a file and brings it back: loaded when it is needed, through `Dialect.backup`. */
export interface DatabaseBackup {
  /** The end of a backup's name, with its dot. */
  readonly extension: string

  /**
   * Writes the database, as it is at one moment, into the file, which is there, empty and private; then reads it again.
   *
   * @throws MigratorError `BACKUP_FAILED`, `NO_BACKUP_TOOL`, `UNSUPPORTED_STORAGE`; LockNotTaken.
   */
  save(request: BackupRequest): Promise<SavedDatabase>

  /**
   * Makes the database what the file holds, once the file has proved to be whole. What was made since is gone afterwards.
   *
   * @throws MigratorError `RESTORE_FAILED`, `NOT_A_BACKUP`, `NO_BACKUP_TOOL`, `UNSUPPORTED_STORAGE`; LockNotTaken.
   */
  restore(request: BackupRequest): Promise<void>
}
