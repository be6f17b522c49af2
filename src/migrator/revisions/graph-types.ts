/** A revision as {@link buildRevisionGraph} takes it: names alone, nothing that runs. */
export interface GraphRevision {
  /** 1 to 64 characters without `@ - + :` and white space; not `head`, `heads` or `base`. */
  readonly revision: string
  /** What it stands on along its line: nothing for the first of a line, an id, or several for a merge. */
  readonly downRevision?: string | readonly string[] | null | undefined
  /** What it needs beside its line: ids or branch labels. */
  readonly dependsOn?: string | readonly string[] | null | undefined
  /** Names of the line that it is on; each may be given once in a graph. */
  readonly branchLabels?: string | readonly string[] | null | undefined
  /**
   * Ids of the revisions in whose place it is, in the order in which they ran. They may be given beside it or not: they are no
   * part of the graph, and what names them means this one. Where all of them are applied, it is.
   */
  readonly replaces?: string | readonly string[] | null | undefined
  /** What messages say behind the id. */
  readonly message?: string | undefined
  /** When it was written, as a text that sorts (`20260301120000`, ISO 8601); decides where the graph leaves the order open. */
  readonly createdAt?: string | undefined
  /** Where it is written, for messages: a file's name. */
  readonly label?: string | undefined
}

/** How {@link buildRevisionGraph} reads targets. */
export interface GraphOptions {
  /**
   * Labels of branches that a package ships beside the host's revisions. Such a branch never makes a target ambiguous.
   * None by default: every branch counts, as in Alembic.
   */
  readonly shipped?: readonly string[]
  /** `file`: ids may also be names of plain Umzug files, which hold what an id of ours may not. Default `id`. */
  readonly names?: 'id' | 'file'
}

/** One revision to run, and the heads around it. */
export interface Step {
  /** Id of the revision. */
  readonly revision: string
  /** `up` applies it, `down` reverts it. */
  readonly direction: 'up' | 'down'
  /** Heads before the step, in order of id. */
  readonly headsBefore: readonly string[]
  /** Heads after the step, in order of id. */
  readonly headsAfter: readonly string[]
}

/** What stamping leads to. */
export interface Stamped {
  /**
   * The heads to record, in order of id. What stands on none of them counts as not applied. A revision that was named
   * stays in the list even below another that was named too.
   */
  readonly headsAfter: readonly string[]
}

/** What a revision takes over from the range that it replaces. */
export interface SquashedRange {
  /** Ids of the range, in the order in which they run. */
  readonly replaces: readonly string[]
  /** Ids of what the range stands on. */
  readonly downRevision: readonly string[]
  /** Ids of what it needs beside its line. */
  readonly dependsOn: readonly string[]
  /** Labels that its revisions carry. */
  readonly branchLabels: readonly string[]
}

/** What {@link RevisionGraph.show} tells of a revision. */
export interface RevisionPlace {
  /** Its id. */
  readonly revision: string
  /** Ids of its parents on the line. */
  readonly downRevision: readonly string[]
  /** Ids of what it depends on beside the line; labels are resolved. */
  readonly dependsOn: readonly string[]
  /** Ids of the revisions whose parent it is. */
  readonly children: readonly string[]
  /** Ids of the revisions that depend on it beside their line. */
  readonly dependents: readonly string[]
  /** Labels of the line that it is on, its own and those that reach it. */
  readonly branchLabels: readonly string[]
  /** Ids of the revisions in whose place it is, in order; absent where it is in nobody's. */
  readonly replaces?: readonly string[]
  /** Its message; empty when it has none. */
  readonly message: string
  /** No revision has it as a parent. */
  readonly isHead: boolean
  /** Several revisions have it as a parent. */
  readonly isBranchPoint: boolean
  /** It has several parents. */
  readonly isMergePoint: boolean
  /** It belongs to a shipped branch. */
  readonly isShipped: boolean
}

/** How {@link RevisionGraph.parentsFor} chooses. */
export interface ParentOptions {
  /** A parent may have a child already: the new revision begins a branch there. `false` by default. */
  readonly splice?: boolean
}

/** One or several references; a text with commas is several, unless a revision has it as its id. */
export type Target = string | readonly string[]

/**
 * Revisions and what they stand on, with Alembic's words and answers. Knows no files and no database.
 * `applied` is always the set of applied revisions, not their heads; {@link RevisionGraph.closure} makes one of the other.
 */
export interface RevisionGraph {
  /**
   * Everything that is applied when these are the heads: they and what they stand on, by parent or dependency.
   * Throws `UNKNOWN_REVISION`.
   */
  closure(heads: Iterable<string>): Set<string>
  /** The applied revisions on which no other applied one stands, by parent or dependency, in order of id. Throws `UNKNOWN_REVISION`. */
  headsOf(applied: Iterable<string>): string[]
  /**
   * The steps to where the target and all that it stands on is applied; none when it is.
   * Throws `MULTIPLE_HEADS`, `UNKNOWN_REVISION`, `AMBIGUOUS_REVISION`, `TOO_FAR`.
   */
  upgrade(applied: Iterable<string>, target: Target): Step[]
  /**
   * The steps to where the target is the newest of its line; what depends on a reverted revision is reverted before it.
   * Throws as {@link RevisionGraph.upgrade} does, and `RANGE` when the target is not below what is applied.
   */
  downgrade(applied: Iterable<string>, target: Target): Step[]
  /** The heads to record when the targets are declared applied; heads of other lines stay. Throws as {@link RevisionGraph.upgrade} does. */
  stamp(applied: Iterable<string>, targets: Target): Stamped
  /**
   * Ids between two references, both included, newest first: `a:b`, `a:`, `:b`, `:`; without a range all.
   * `current` is what is applied; `r2:+2` counts from the lower end, `-3:current` down from the upper one. Throws `RANGE` when the lower end is not below the upper.
   */
  history(range?: string, applied?: Iterable<string>): string[]
  /** Revisions that are nobody's parent, in order of id. */
  heads(): string[]
  /** Revisions without a parent, in order of id. */
  bases(): string[]
  /** Heads on which no other revision depends either. */
  effectiveHeads(): string[]
  /** Bases that depend on nothing. */
  effectiveBases(): string[]
  /** Revisions with several children. */
  branchPoints(): string[]
  /** Revisions with several parents. */
  mergePoints(): string[]
  /** Labels of the line that the revision is on, sorted. Throws `UNKNOWN_REVISION`. */
  labelsOf(reference: string): string[]
  /** Everything the graph knows about one revision. Throws `UNKNOWN_REVISION`, `AMBIGUOUS_REVISION`, `MULTIPLE_HEADS`. */
  show(reference: string): RevisionPlace
  /**
   * What one revision in the place of a range would be: `a:b`, both included; `:b` is from the base of the line. The range must be
   * closed: what is outside stands on its last revision alone, and only its first ones stand on what is outside.
   * Throws `NOT_SQUASHABLE`, `RANGE`, and as {@link RevisionGraph.upgrade} does.
   */
  squash(range: string): SquashedRange
  /** All ids in the order in which an empty database would run them. */
  order(): string[]
  /**
   * Ids that a reference stands for; none for `base`. `+1` and `-1` count from `applied`: by default `+` from nothing
   * and `-` from everything. Throws as {@link RevisionGraph.upgrade} does.
   */
  resolve(reference: string, applied?: Iterable<string>): string[]
  /**
   * The parents of a revision to be written; none for a first one. On a graph with shipped branches `head` and `heads` are
   * the host's alone. Throws `NOT_A_HEAD` unless `splice` is set, and as {@link RevisionGraph.upgrade} does.
   */
  parentsFor(head?: Target, options?: ParentOptions): string[]
}
