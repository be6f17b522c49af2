import type { ReviewFacts, ServerVersion, StatementReviewer } from '../../dialect-review.js'
import { columnOf, hasRows } from '../../review/common-findings.js'
import { type Finding, finding } from '../../review/finding.js'
import type { AlterAction, SqlStatement } from '../../review/sql-statement.js'
import { nameText } from '../../schema/qualified-name.js'
import type { QualifiedName } from '../../schema/schema.js'
import { type Algorithm, algorithmOf, slowest, type Way } from './review-algorithm.js'

/** What MariaDB's and MySQL's statements do to a table in use, by the algorithm that InnoDB chooses for them. */
export const reviewMariadb: StatementReviewer = {
  async version(reader) {
    const [row] = await reader.select<{ version: string; home: string | null }>(
      'SELECT version() AS version, database() AS home',
    )
    const text = row?.version ?? ''
    const [major = 0, minor = 0] = text.split('.').map(Number)
    return { number: major * 1000 + minor, isOther: !/mariadb/iu.test(text), home: row?.home ?? null }
  },
  isSameTable: (one, other) => one.toLowerCase() === other.toLowerCase(),
  lockTimeouts: ['lock_wait_timeout'],
  judge(statement, facts) {
    const { version } = facts
    const ways = waysOf(statement, facts)
    const way = slowest(ways)
    if (way === undefined) return { ...effectOf(statement, facts), findings: [] }
    const blocksWrites = blocks(way, version)
    return {
      lock: `metadata lock; ${way.algorithm}, ${blocksWrites ? 'writes wait' : 'writes go on'}`,
      blocksWrites,
      rewritesTable: ways.some((one) => one.rewrites),
      scansTable: ways.some((one) => one.rewrites || one.scans),
      findings: findingsOf(statement, way, blocksWrites, facts),
    }
  },
}

/** A copy lets nobody write, but in MariaDB from 11.2 on. https://mariadb.com/kb/en/innodb-online-ddl-overview/ */
const blocks = ({ algorithm, isShared }: Way, { number, isOther }: ServerVersion): boolean =>
  isShared || (algorithm === 'COPY' && (isOther || number < 11_002))

const waysOf = (statement: SqlStatement, facts: ReviewFacts): readonly Way[] => {
  switch (statement.kind) {
    case 'createIndex':
      return facts.table(statement.table) === undefined ? [] : [indexWay(statement.method)]
    case 'alterTable': {
      const table = facts.table(statement.table)
      if (table === undefined) return []
      const dropsKey = statement.actions.some(({ kind }) => kind === 'dropPrimaryKey')
      const ways = statement.actions.map((action) => {
        if (action.kind === 'addIndex') return indexWay(action.type)
        const column = action.kind === 'changeColumn' ? columnOf(table, action.from) : undefined
        return algorithmOf(action, column, dropsKey, facts.version)
      })
      return refusesCopy(statement.actions) ? ways.map(withoutCopy) : ways
    }
    default:
      return []
  }
}

/** The statement says that the server is to refuse it rather than to copy the table. */
const refusesCopy = (actions: readonly AlterAction[]): boolean =>
  actions.some(
    (one) =>
      one.kind === 'option' && one.name === 'ALGORITHM' && /^(?:INPLACE|NOCOPY|INSTANT)$/u.test(one.value),
  )

const withoutCopy = (way: Way): Way =>
  way.algorithm === 'COPY' ? { ...way, algorithm: 'INPLACE', rewrites: false } : way

const indexWay = (method: string): Way => {
  const isShared = /^(?:fulltext|spatial)$/iu.test(method)
  return { algorithm: 'INPLACE', rewrites: false, scans: true, isShared }
}

const effectOf = (
  statement: SqlStatement,
  facts: ReviewFacts,
): {
  readonly lock: string
  readonly blocksWrites: boolean
  readonly rewritesTable: false
  readonly scansTable: boolean
} => {
  const short = (isThere: boolean) =>
    ({
      lock: isThere ? 'metadata lock' : 'none',
      blocksWrites: isThere,
      rewritesTable: false,
      scansTable: false,
    }) as const
  const isThere = (name: QualifiedName): boolean => facts.table(name) !== undefined
  switch (statement.kind) {
    case 'dropTable':
      return short(statement.tables.some(isThere))
    case 'renameTables':
      return short(statement.pairs.some(({ from }) => isThere(from)))
    case 'dropIndex':
      return short(true)
    case 'write':
      return statement.verb === 'TRUNCATE'
        ? short(isThere(statement.table))
        : {
            lock: 'locks of rows',
            blocksWrites: false,
            rewritesTable: false,
            scansTable: statement.verb !== 'INSERT' && !statement.hasWhere && isThere(statement.table),
          }
    default:
      return short(false)
  }
}

const findingsOf = (
  statement: SqlStatement,
  { algorithm, isShared, rewrites }: Way,
  blocksWrites: boolean,
  facts: ReviewFacts,
): readonly Finding[] => {
  if (
    (statement.kind !== 'alterTable' && statement.kind !== 'createIndex') ||
    !hasRows(statement.table, facts)
  )
    return []
  const rows = facts.rows(statement.table)
  const text = nameText(statement.table)
  const wait = blocksWrites ? ', and nobody can write meanwhile' : ''
  return [
    ...(isShared
      ? [finding('index-not-concurrent', `nobody can write to ${text} while the index is made`, rows)]
      : []),
    ...(isCopy(algorithm)
      ? [finding('copy-algorithm', `all rows of ${text} are copied into a new table${wait}`, rows)]
      : []),
    ...(rewrites &&
    statement.kind === 'alterTable' &&
    statement.actions.some(({ kind }) => kind === 'changeColumn')
      ? [finding('type-rewrite', `every row of ${text} is written anew${wait}`, rows)]
      : []),
    ...(statement.kind === 'alterTable'
      ? statement.actions.flatMap((action) =>
          action.kind === 'addColumn' && isCopy(algorithm) && action.column.default?.includes('(') === true
            ? [
                finding(
                  'default-volatile-rewrite',
                  `every row of ${text} is written anew, since the default of ${action.column.name} is computed for each`,
                  rows,
                ),
              ]
            : [],
        )
      : []),
  ]
}

const isCopy = (algorithm: Algorithm): boolean => algorithm === 'COPY'
