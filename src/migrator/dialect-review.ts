import type { Reader } from './dialect-session.js'
import type { Finding } from './review/finding.js'
import type { SqlStatement } from './review/sql-statement.js'
import type { QualifiedName, Table } from './schema/schema.js'

/** What is known when a statement is judged. */
export interface ReviewFacts {
  /** As {@link StatementReviewer.version} gave it. */
  readonly version: ServerVersion
  /** A table that is there before the run, by the name that it has when the statement comes; undefined for others. */
  table(name: QualifiedName): Table | undefined
  /** Rows of it now: 0 of one that the run makes; `null` where nobody knows. */
  rows(name: QualifiedName): number | null
  /** The statements of the run that come before it, the earliest first. */
  readonly before: readonly SqlStatement[]
  /** The step is one transaction, and holds each lock to its end. */
  readonly isOneTransaction: boolean
}

/** What a server is. */
export interface ServerVersion {
  /** Major and minor, `10.11` as 10011: compared as a number. */
  readonly number: number
  /** Of the two products that one dialect serves, the other (MySQL). */
  readonly isOther: boolean
  /** The schema that a name without one means. */
  readonly home: string | null
}

/** What a statement does to what goes on beside it. */
export interface StatementEffect {
  /** The strongest lock that it takes on a table that is there, in the engine's words; `none` where it takes none that anybody waits for. */
  readonly lock: string
  /** Whether nobody can write to the table while it runs. */
  readonly blocksWrites: boolean
  /** The rows of the table are written anew. */
  readonly rewritesTable: boolean
  /** All rows of the table are read. */
  readonly scansTable: boolean
  /** What may go wrong, beside what goes wrong on every engine. */
  readonly findings: readonly Finding[]
}

/** What an engine does for a review: loaded when it is needed, through `Dialect.review`. */
export interface StatementReviewer {
  /** One statement. */
  version(reader: Reader): Promise<ServerVersion>
  /** Whether two names name one table. */
  isSameTable(one: string, other: string): boolean
  /** How a lock can be limited: the names of its settings, in small letters. Empty where a lock has its limit anyway. */
  readonly lockTimeouts: readonly string[]
  /** Pure: from the statement and what is known. */
  judge(statement: SqlStatement, facts: ReviewFacts): StatementEffect
}
