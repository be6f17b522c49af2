import type { KnownRevision } from '../revisions/revision.js'
import type { KeptConnection } from './locked-sessions.js'
import type { ReportBuilder } from './report.js'
import type { PinnedSession } from './session.js'
import type { RowNote, TimedRow, VersionRow } from './version-rows.js'

/** The way a step goes. */
export type Direction = 'up' | 'down'

/** What the steps of one command have in common. */
export interface Run {
  readonly report: ReportBuilder
  /** Every revision that the code knew when the run began. */
  readonly all: readonly KnownRevision[]
  /** What is noted beside the row of a revision, the last one of a run that leaves nothing to do. */
  readonly note?: RowNote | undefined
  /** What the steps use one after another, each in a transaction of its own. */
  readonly kept?: KeptConnection
  /** The one transaction of `transaction: 'run'`, when there is one. */
  readonly session?: PinnedSession
  /** What the version table says in it: nobody else can write there, so it is read once. */
  readonly states?: Map<string, VersionRow['state']>
  /** Rows of its steps that are still to be written, at the latest before it is committed. */
  readonly unwritten?: TimedRow[]
  /** What is to be told once that transaction is committed, and not before. */
  readonly announcements?: (() => Promise<void>)[]
}

/** How a command of several steps is run. */
export interface RunOptions {
  readonly direction: Direction
  /** All steps in one transaction, where the engine has it. */
  readonly oneTransaction: boolean
  /** Every revision that the code knows. */
  readonly all: readonly KnownRevision[]
  readonly note?: RowNote | undefined
}

/** A revision to run in a direction, with what its place among the others tells. */
export interface StepToRun {
  readonly revision: KnownRevision
  readonly direction: Direction
  /** Every revision that the code knows. */
  readonly all: readonly KnownRevision[]
}
