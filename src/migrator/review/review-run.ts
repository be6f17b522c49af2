import type { ReviewFacts, ServerVersion, StatementReviewer } from '../dialect-review.js'
import { nameText } from '../schema/qualified-name.js'
import type { QualifiedName, Schema, Table } from '../schema/schema.js'
import { commonFindings, hasRows } from './common-findings.js'
import { type Finding, finding } from './finding.js'
import { readStatement } from './read-statement.js'
import type { SqlStatement } from './sql-statement.js'
import { type Waivers, withWaivers } from './waivers.js'

/** What a statement does to what goes on beside it, and what may go wrong. */
export interface StatementReview {
  /** SQL, complete and without a terminator. */
  readonly statement: string
  /** The strongest lock on a table that is there before the run, in the engine's words. */
  readonly lock: string
  /** The rows of a table are written anew. */
  readonly rewritesTable: boolean
  /** All rows of a table are read. */
  readonly scansTable: boolean
  /** Tables that are there before the run, and that it concerns. */
  readonly tables: readonly string[]
  /** What may go wrong. */
  readonly findings: readonly Finding[]
}

/** A step, as it is reviewed. */
export interface ReviewedStep {
  readonly statements: readonly { readonly sql: string; readonly lines: readonly number[] }[]
  /** The step is one transaction, and holds each lock to its end. */
  readonly isOneTransaction: boolean
  readonly waivers: Waivers
}

/** What is known before the run. */
export interface ReviewedDatabase {
  readonly schema: Schema
  readonly version: ServerVersion
  /** Rows of a table of {@link ReviewedDatabase.schema}; `null` where nobody knows. */
  rows(table: Table): number | null
}

/** More rows than these in one transaction with a change of the schema are many. */
const MANY_ROWS = 10_000

/** What the steps of a run do, statement by statement. Pure. */
export const reviewRun = (
  steps: readonly ReviewedStep[],
  database: ReviewedDatabase,
  reviewer: StatementReviewer,
): readonly (readonly StatementReview[])[] => {
  const names = new Names(database, reviewer)
  const before: SqlStatement[] = []
  return steps.map((step) => {
    const read = step.statements.map(({ sql }) => readStatement(sql))
    const rebuilt = rebuiltTables(read, reviewer)
    const state = { isLimited: false, hasToldLock: false, locked: false }
    const reviews = step.statements.map(({ sql, lines }, at): StatementReview => {
      const statement = read[at] ?? { kind: 'other', words: '', isDdl: false }
      const facts: ReviewFacts = {
        version: database.version,
        table: (name) => names.find(name),
        rows: (name) => {
          const table = names.find(name)
          return table === undefined ? 0 : database.rows(table)
        },
        before,
        isOneTransaction: step.isOneTransaction,
      }
      const effect = reviewer.judge(statement, facts)
      const tables = tablesOf(statement).filter((name) => facts.table(name) !== undefined)
      const isRebuilding = tables.some((name) => rebuilt.some((one) => names.isSame(one, name)))
      const common = commonFindings(statement, facts).filter(
        ({ rule }) => !(isRebuilding && (rule === 'drop-table' || rule === 'rename-in-use')),
      )
      const findings = [...common, ...effect.findings]
      if (statement.kind === 'set' && reviewer.lockTimeouts.includes(statement.name))
        state.isLimited = !/^(?:'?0\w*'?|default)$/iu.test(statement.value)
      const waits = effect.blocksWrites || /^metadata/u.test(effect.lock)
      const busy = tables.find((name) => hasRows(name, facts))
      if (
        waits &&
        busy !== undefined &&
        reviewer.lockTimeouts.length > 0 &&
        !state.isLimited &&
        !state.hasToldLock
      ) {
        state.hasToldLock = true
        findings.push(unlimited(busy, facts))
      }
      if (step.isOneTransaction && state.locked) findings.push(...longTransaction(statement, facts))
      if (effect.blocksWrites && statement.kind !== 'write' && busy !== undefined) state.locked = true
      names.follow(statement)
      before.push(statement)
      return {
        statement: sql,
        lock: effect.lock,
        rewritesTable: effect.rewritesTable,
        scansTable: effect.scansTable,
        tables: [...new Set(tables.map(nameText))],
        findings: withWaivers(distinct(findings), step.waivers.waivers, lines),
      }
    })
    return reviews
  })
}

const unlimited = (table: QualifiedName, facts: ReviewFacts): Finding =>
  finding(
    'lock-without-timeout',
    `it waits for whoever uses ${nameText(table)}, without a limit, and everybody else waits behind it`,
    facts.rows(table),
  )

const longTransaction = (statement: SqlStatement, facts: ReviewFacts): readonly Finding[] => {
  if (statement.kind !== 'write' || statement.verb === 'TRUNCATE') return []
  const source = statement.verb === 'INSERT' ? statement.from : statement.table
  if (source === null || facts.table(source) === undefined) return []
  const rows = facts.rows(source)
  if (rows === null || rows < MANY_ROWS) return []
  const what = `rows of ${nameText(source)} are written while the locks of the statements before it are held`
  return [finding('long-transaction-mixed', what, rows)]
}

/** One statement may say the same of several of its parts. */
const distinct = (findings: readonly Finding[]): readonly Finding[] =>
  findings.filter(
    ({ rule, message }, at) =>
      findings.findIndex((one) => one.rule === rule && one.message === message) === at,
  )

const tablesOf = (statement: SqlStatement): readonly QualifiedName[] => {
  switch (statement.kind) {
    case 'createTable':
      return statement.references
    case 'dropTable':
      return statement.tables
    case 'renameTables':
      return statement.pairs.map(({ from }) => from)
    case 'write':
      return [statement.table, ...(statement.from === null ? [] : [statement.from])]
    case 'alterTable':
    case 'createIndex':
      return [statement.table]
    case 'dropIndex':
      return statement.table === null ? [] : [statement.table]
    case 'set':
    case 'other':
      return []
  }
}

/** Tables whose rows are copied into a new one that takes their name in the same step. */
const rebuiltTables = (
  statements: readonly SqlStatement[],
  { isSameTable }: StatementReviewer,
): readonly QualifiedName[] => {
  const renames = statements.flatMap((one) => renamesOf(one))
  return statements.flatMap((one) => {
    if (one.kind !== 'write' || one.verb !== 'INSERT' || one.from === null) return []
    const { from, table } = one
    const takesItsName = renames.some(
      (rename) => isSameTable(rename.from.name, table.name) && isSameTable(rename.to.name, from.name),
    )
    if (!takesItsName) return []
    const former = renames.filter((rename) => isSameTable(rename.from.name, from.name)).map(({ to }) => to)
    return [from, ...former]
  })
}

const renamesOf = (
  statement: SqlStatement,
): readonly { readonly from: QualifiedName; readonly to: QualifiedName }[] => {
  if (statement.kind === 'renameTables') return statement.pairs
  if (statement.kind !== 'alterTable') return []
  return statement.actions.flatMap((action) =>
    action.kind === 'renameTable'
      ? [{ from: statement.table, to: { ...action.to, schema: action.to.schema ?? statement.table.schema } }]
      : [],
  )
}

/** Which table of the database a name means, while statements make, drop and rename them. */
class Names {
  readonly #tables: { name: QualifiedName; readonly table: Table }[]

  constructor(
    readonly database: ReviewedDatabase,
    readonly reviewer: StatementReviewer,
  ) {
    this.#tables = database.schema.tables.map((table) => ({ name: table, table }))
  }

  isSame(one: QualifiedName, other: QualifiedName): boolean {
    const schema = (name: QualifiedName): string | null =>
      name.schema === this.database.version.home ? null : name.schema
    return this.reviewer.isSameTable(one.name, other.name) && schema(one) === schema(other)
  }

  find(name: QualifiedName): Table | undefined {
    const exact = this.#tables.find((entry) => entry.name.name === name.name && this.isSame(entry.name, name))
    return (exact ?? this.#tables.find((entry) => this.isSame(entry.name, name)))?.table
  }

  follow(statement: SqlStatement): void {
    for (const { from, to } of renamesOf(statement))
      for (const entry of this.#tables) if (this.isSame(entry.name, from)) entry.name = to
    if (statement.kind !== 'dropTable') return
    for (const name of statement.tables) {
      const at = this.#tables.findIndex((entry) => this.isSame(entry.name, name))
      if (at !== -1) this.#tables.splice(at, 1)
    }
  }
}
