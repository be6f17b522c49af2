import type { ReviewFacts, StatementReviewer } from '../../dialect-review.js'
import { hasRows } from '../../review/common-findings.js'
import { type Finding, finding } from '../../review/finding.js'
import type { AlterAction, SqlStatement } from '../../review/sql-statement.js'
import { nameText } from '../../schema/qualified-name.js'
import type { QualifiedName } from '../../schema/schema.js'

/** What is said of a step that writes: there is one lock, of the file. https://www.sqlite.org/lockingv3.html */
const LOCK = 'write lock of the file'

/** What SQLite's statements do to a database in use. */
export const reviewSqlite: StatementReviewer = {
  async version(reader) {
    const [row] = await reader.select<{ version: string }>('SELECT sqlite_version() AS version')
    const [major = 0, minor = 0] = (row?.version ?? '').split('.').map(Number)
    return { number: major * 1000 + minor, isOther: false, home: 'main' }
  },
  isSameTable: (one, other) => one.toLowerCase() === other.toLowerCase(),
  // A connection waits for the file as long as its own setting says, and never for ever.
  lockTimeouts: [],
  judge(statement, facts) {
    const isWrite = isWriting(statement)
    const rebuilt = rebuiltBy(statement, facts)
    const rewritesTable = rebuilt !== undefined || dropsColumn(statement, facts)
    return {
      lock: isWrite ? LOCK : 'none',
      blocksWrites: isWrite,
      rewritesTable,
      scansTable: rewritesTable || scans(statement, facts),
      findings: rebuilt === undefined ? [] : rebuildFindings(rebuilt, facts),
    }
  },
}

const isWriting = (statement: SqlStatement): boolean =>
  statement.kind === 'other' ? statement.isDdl : statement.kind !== 'set'

/** The table whose rows are copied into a new one, which takes its place. */
const rebuiltBy = (statement: SqlStatement, facts: ReviewFacts): QualifiedName | undefined => {
  if (statement.kind !== 'write' || statement.verb !== 'INSERT' || statement.from === null) return undefined
  const { from, table } = statement
  const isNew = facts.before.some((one) => one.kind === 'createTable' && one.table.name === table.name)
  return isNew && hasRows(from, facts) ? from : undefined
}

const rebuildFindings = (table: QualifiedName, facts: ReviewFacts): readonly Finding[] => [
  finding(
    'table-rebuild',
    `all rows of ${nameText(table)} are copied into a new table, and nobody can write to the database meanwhile`,
    facts.rows(table),
  ),
]

const actionsOn = (statement: SqlStatement, facts: ReviewFacts): readonly AlterAction[] =>
  statement.kind === 'alterTable' && hasRows(statement.table, facts) ? statement.actions : []

const dropsColumn = (statement: SqlStatement, facts: ReviewFacts): boolean =>
  actionsOn(statement, facts).some(({ kind }) => kind === 'dropColumn')

const scans = (statement: SqlStatement, facts: ReviewFacts): boolean => {
  if (statement.kind === 'createIndex') return hasRows(statement.table, facts)
  if (statement.kind === 'write')
    return statement.verb !== 'INSERT' && !statement.hasWhere && hasRows(statement.table, facts)
  return actionsOn(statement, facts).some(
    (action) =>
      action.kind === 'addColumn' &&
      (action.column.hasCheck || (action.column.notNull && action.column.generated !== null)),
  )
}
