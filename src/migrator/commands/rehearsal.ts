/** What {@link Migrator.rehearse} takes. */
export interface RehearseOptions {
  /** How many rows of each table are copied, where the engine can leave some out (not SQLite). Default: `all`. */
  readonly rows?: number | 'all' | undefined
  /** Lets the copy stay; where it is, is in the result. */
  readonly keep?: boolean | undefined
  /** Ends the rehearsal between two steps, or two pages of the copy; the copy is removed first. */
  readonly signal?: AbortSignal | undefined
}

/** How many rows a table had before and after a step; `null`: there was no such table. */
export interface RehearsedRows {
  /** With its schema, where that is not the connection's own. */
  readonly table: string
  /** Rows before the step; `null`: there was no such table. */
  readonly before: number | null
  /** Rows after it; `null`: there is no such table. */
  readonly after: number | null
}

/** A step that was tried. */
export interface RehearsedStep {
  /** Id of the revision. */
  readonly revision: string
  /** The way it went. */
  readonly direction: 'up' | 'down'
  /** Wall time in milliseconds. */
  readonly durationMs: number
  /** Rows that its statements inserted, updated and deleted, as far as the engine tells. */
  readonly rowsChanged: number
  /** Every table but those of the migrator. */
  readonly rows: readonly RehearsedRows[]
}

/** Something that production would have met. */
export interface RehearsalProblem {
  /**
   * - `up-failed`, `down-failed`: a step fails on the rows that there are
   * - `rows-deleted`: a table that is there before and after a step up has fewer rows
   * - `not-restored`: after its `down` the schema is not what it was before its `up`
   * - `rows-not-restored`, `values-not-restored`: after all `down`s a table has other rows than before
   * - `broken-keys`: rows refer to rows that are not there, more than before
   * - `models-differ`: with everything applied the database is not what the models say
   * - `not-repeatable`: after up and down, up fails or makes something else
   * - `original-touched`: a step sent a statement to the database itself; it was refused
   */
  readonly kind:
    | 'up-failed'
    | 'down-failed'
    | 'rows-deleted'
    | 'not-restored'
    | 'rows-not-restored'
    | 'values-not-restored'
    | 'broken-keys'
    | 'models-differ'
    | 'not-repeatable'
    | 'original-touched'
  /** `null`: of no single revision. */
  readonly revision: string | null
  /** One line for people. */
  readonly message: string
}

/** Something to know that is no problem. */
export interface RehearsalNote {
  /** `irreversible`: no `down` by intention. `not-copied`: the copy lacks it. `table-dropped`: with so many rows. */
  readonly kind: 'irreversible' | 'not-copied' | 'table-dropped'
  /** `null`: of no single revision. */
  readonly revision: string | null
  /** One line for people. */
  readonly message: string
}

/** What happened to the copy. */
export interface Rehearsal {
  /** There are no problems. */
  readonly ok: boolean
  /** What production would meet. */
  readonly problems: readonly RehearsalProblem[]
  /** What is worth knowing, and no problem. */
  readonly notes: readonly RehearsalNote[]
  /** Up, down, and up again, in the order in which they ran. */
  readonly steps: readonly RehearsedStep[]
  /** Whether all `down`s together gave the former schema; `null`: they were not run to the end. */
  readonly restored: boolean | null
  /** Whether the database is what the models say once the target is reached; `null`: there are no models, or it was not reached. */
  readonly matchesModels: boolean | null
  /** Where the copy is, with `keep`. */
  readonly copy: string | null
  /** Wall time in milliseconds, of making the copy. */
  readonly copyMs: number
  /** Wall time in milliseconds, of everything. */
  readonly durationMs: number
}
