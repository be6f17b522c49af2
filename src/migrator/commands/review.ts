import { readFile } from 'node:fs/promises'
import type { Sequelize } from 'sequelize'
import { type Finding, finding } from '../review/finding.js'
import { type ReviewedStep, reviewRun, type StatementReview } from '../review/review-run.js'
import { waiversIn } from '../review/waivers.js'
import type { KnownRevision } from '../revisions/revision.js'
import type { RecordedStatement } from '../runtime/recorder.js'
import { selectWith } from '../runtime/session.js'
import type { QualifiedName, Table } from '../schema/schema.js'
import type { CommandContext } from './context.js'

/** A step whose statements are known. */
export interface RecordedStep {
  readonly known: KnownRevision
  readonly statements: readonly RecordedStatement[]
}

/** What a review says about a step. */
export interface StepReview {
  readonly review: readonly StatementReview[]
  /** Of the revision itself, not of one of its statements. */
  readonly findings: readonly Finding[]
}

/** More rows than these are not counted: their number is then said to be this one. */
export const MOST_COUNTED = 100_000

/** What the steps of a run do on the database as it is. Reads, and changes nothing. */
export const reviewSteps = async (
  { config: { sequelize }, table: { dialect } }: CommandContext,
  steps: readonly RecordedStep[],
): Promise<readonly StepReview[]> => {
  const waivers = await Promise.all(steps.map(({ known }) => waiversOf(known)))
  const reviewer = await dialect.review?.()
  if (reviewer === undefined || steps.every(({ statements }) => statements.length === 0))
    return steps.map(({ statements }, at) => ({
      review: statements.map(({ sql }) => unjudged(sql)),
      findings: waivers[at]?.faults ?? [],
    }))
  const reader = { select: <Row extends object>(sql: string) => selectWith<Row>(sequelize, sql, null) }
  const version = await reviewer.version(reader)
  const schema = await dialect.reflect(reader)
  const reviewed = await Promise.all(
    steps.map(async ({ known, statements }, at): Promise<ReviewedStep> => {
      const { transaction } = await known.load()
      const isOneTransaction = transaction && dialect.stepTransaction !== undefined
      return { statements, isOneTransaction, waivers: waivers[at] ?? { waivers: [], faults: [] } }
    }),
  )
  const run = (rows: (table: Table) => number | null): readonly (readonly StatementReview[])[] =>
    reviewRun(reviewed, { schema, version, rows }, reviewer)
  // Counted are only the tables that a first look, in which each may have rows, comes upon.
  const concerned = new Set<Table>()
  run((table) => {
    concerned.add(table)
    return null
  })
  const counts = new Map<Table, number | null>()
  for (const table of concerned) counts.set(table, await rowsIn(sequelize, table))
  const reviews = run((table) => counts.get(table) ?? null)
  return steps.map((_step, at) => ({ review: reviews[at] ?? [], findings: waivers[at]?.faults ?? [] }))
}

const unjudged = (statement: string): StatementReview => ({
  statement,
  lock: 'not known',
  rewritesTable: false,
  scansTable: false,
  tables: [],
  findings: [],
})

const waiversOf = async ({ path, label }: KnownRevision): Promise<ReturnType<typeof waiversIn>> => {
  if (path === undefined) return { waivers: [], faults: [] }
  try {
    return waiversIn(await readFile(path, 'utf8'))
  } catch {
    return { waivers: [], faults: [finding('invalid-waiver', `${label} cannot be read`)] }
  }
}

/** Rows of a table, up to {@link MOST_COUNTED}; `null` where it cannot be read. */
const rowsIn = async (sequelize: Sequelize, { schema, name }: QualifiedName): Promise<number | null> => {
  const quote = (part: string): string => sequelize.getQueryInterface().quoteIdentifier(part, true)
  const from = schema === null ? quote(name) : `${quote(schema)}.${quote(name)}`
  try {
    const [row] = await selectWith<{ n: unknown }>(
      sequelize,
      `SELECT count(*) AS n FROM (SELECT 1 AS one FROM ${from} LIMIT ${MOST_COUNTED}) AS counted`,
      null,
    )
    return row === undefined ? null : Number(row.n)
  } catch {
    return null
  }
}

/** The findings that no revision allows, with where they are. */
export const openFindings = (
  revision: string,
  { review, findings }: StepReview,
): readonly PendingFinding[] => [
  ...findings.map((one) => ({ ...one, revision, statement: null })),
  ...review.flatMap(({ statement, findings: found }) =>
    found.filter(({ waived }) => waived === undefined).map((one) => ({ ...one, revision, statement })),
  ),
]

/** A finding of a pending revision that it does not allow. */
export interface PendingFinding extends Finding {
  /** Id of the revision. */
  readonly revision: string
  /** SQL; `null` for what is wrong with the file itself. */
  readonly statement: string | null
}
