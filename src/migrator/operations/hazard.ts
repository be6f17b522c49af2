/** Stable names of what may go wrong with a change; `docs/hazards.md` explains each. */
export type HazardRule =
  | 'drop-table'
  | 'drop-column'
  | 'drop-enum-value'
  | 'possible-rename'
  | 'not-null-without-default'
  | 'not-null-on-nulls'
  | 'unique-on-rows'
  | 'foreign-key-on-rows'
  | 'check-on-rows'
  | 'type-narrowing'
  | 'type-rewrite'
  | 'generated-rewrite'
  | 'index-not-concurrent'
  | 'rename-in-use'
  | 'primary-key-change'
  | 'foreign-key-not-valid'
  | 'check-not-valid'
  | 'default-volatile-rewrite'
  | 'set-not-null-scan'
  | 'lock-without-timeout'
  | 'data-loss-statement'
  | 'table-rebuild'
  | 'copy-algorithm'
  | 'long-transaction-mixed'
  | 'invalid-waiver'

/** What may go wrong when a change runs on a database with rows in it. */
export interface Hazard {
  /** Its name, the same in every version. */
  readonly rule: HazardRule
  /** What is at stake. */
  readonly risk:
    | 'data loss'
    | 'may fail'
    | 'table rewrite'
    | 'long lock'
    | 'breaks running code'
    | 'not judged'
  /** One line for people, without a full stop: names the thing, and what to do. */
  readonly message: string
  /** Rows concerned, where they were counted. */
  readonly rows: number | null
}
