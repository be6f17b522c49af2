/** One step of a run: a revision in a direction, and what became of it. */
export interface StepReport {
  /** Id of the revision. */
  readonly revision: string
  /** Umzug's name of it: the file name without extension, or the id. */
  readonly name: string
  /** One line for people; may be empty. */
  readonly message: string
  /** Ids of what it stands on, on its own line. */
  readonly downRevision: readonly string[]
  /** The way it was going. */
  readonly direction: 'up' | 'down'
  /**
   * `skipped`: another process had done it while this one waited for the lock. `rolled-back`: it was done, and taken back
   * with the one transaction of the run.
   */
  readonly state: 'done' | 'skipped' | 'failed' | 'rolled-back'
  /** Wall time in milliseconds, the wait for the lock not counted. */
  readonly durationMs: number
  /** Statements that the revision sent. */
  readonly statements: number
}

/** What a run did, step by step; also carried by the errors of a run. */
export interface Report {
  /** The way the run was going. */
  readonly direction: 'up' | 'down'
  /** In the order in which they were begun. */
  readonly steps: readonly StepReport[]
  /** Wall time of the whole run in milliseconds, waits counted. */
  readonly durationMs: number
}
