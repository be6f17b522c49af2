import type { ReviewFacts, StatementEffect, StatementReviewer } from '../../dialect-review.js'
import { columnOf, hasRows, typeChange } from '../../review/common-findings.js'
import { type Finding, finding } from '../../review/finding.js'
import type { AlterAction, ColumnText, SqlStatement } from '../../review/sql-statement.js'
import { nameText } from '../../schema/qualified-name.js'
import type { QualifiedName, Table } from '../../schema/schema.js'
import { blocksWrites, type Lock, strongest } from './review-lock.js'

/** What an action of ALTER TABLE does. */
interface Effect {
  readonly lock: Lock
  readonly rewrites?: boolean
  readonly scans?: boolean
  readonly findings?: readonly Finding[]
}

/** What PostgreSQL's statements do to a table in use. https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES */
export const reviewPostgres: StatementReviewer = {
  async version(reader) {
    const [row] = await reader.select<{ version: string; home: string | null }>(
      "SELECT current_setting('server_version_num') AS version, current_schema()::text AS home",
    )
    const number = Number(row?.version ?? 0)
    return { number: Math.floor(number / 10_000) * 1000, isOther: false, home: row?.home ?? null }
  },
  // Without quotes a name is in small letters; an exact one is looked for first.
  isSameTable: (one, other) => one.toLowerCase() === other.toLowerCase(),
  lockTimeouts: ['lock_timeout', 'statement_timeout'],
  judge(statement, facts) {
    const effects = effectsOf(statement, facts)
    const lock = strongest(effects.map((effect) => effect.lock))
    return {
      lock,
      blocksWrites: blocksWrites(lock),
      rewritesTable: effects.some(({ rewrites }) => rewrites === true),
      scansTable: effects.some(({ rewrites, scans }) => rewrites === true || scans === true),
      findings: effects.flatMap(({ findings = [] }) => findings),
    } satisfies StatementEffect
  },
}

const effectsOf = (statement: SqlStatement, facts: ReviewFacts): readonly Effect[] => {
  const isThere = (name: QualifiedName): boolean => facts.table(name) !== undefined
  switch (statement.kind) {
    case 'createTable':
      return statement.references.some(isThere) ? [{ lock: 'SHARE ROW EXCLUSIVE' }] : []
    case 'dropTable':
      return statement.tables.some(isThere) ? [{ lock: 'ACCESS EXCLUSIVE' }] : []
    case 'createIndex':
      return isThere(statement.table) ? [indexEffect(statement, facts)] : []
    case 'dropIndex':
      return [{ lock: statement.isConcurrent ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE' }]
    case 'alterTable': {
      const table = facts.table(statement.table)
      if (table === undefined) return []
      return statement.actions.map((action) => {
        const effect = actionEffect(statement.table, table, action, facts)
        return facts.rows(statement.table) === 0 ? { lock: effect.lock } : effect
      })
    }
    case 'write':
      if (!isThere(statement.table)) return []
      return statement.verb === 'TRUNCATE'
        ? [{ lock: 'ACCESS EXCLUSIVE' }]
        : [{ lock: 'ROW EXCLUSIVE', scans: statement.verb !== 'INSERT' && !statement.hasWhere }]
    case 'other':
      return otherEffect(statement.words)
    case 'renameTables':
    case 'set':
      return []
  }
}

const otherEffect = (words: string): readonly Effect[] => {
  if (/^COMMENT ON (?:TABLE|COLUMN)\b/iu.test(words)) return [{ lock: 'SHARE UPDATE EXCLUSIVE' }]
  if (/^CREATE (?:OR REPLACE )?(?:CONSTRAINT )?TRIGGER\b/iu.test(words))
    return [{ lock: 'SHARE ROW EXCLUSIVE' }]
  if (/^(?:VACUUM FULL|CLUSTER)\b/iu.test(words)) return [{ lock: 'ACCESS EXCLUSIVE', rewrites: true }]
  if (/^REINDEX\b/iu.test(words) && !/CONCURRENTLY/iu.test(words)) return [{ lock: 'SHARE', scans: true }]
  return /^(?:ALTER|DROP) INDEX\b|^DROP TRIGGER\b/iu.test(words) ? [{ lock: 'ACCESS EXCLUSIVE' }] : []
}

const indexEffect = (
  { table, name, isConcurrent }: Extract<SqlStatement, { kind: 'createIndex' }>,
  facts: ReviewFacts,
): Effect => {
  if (isConcurrent) return { lock: 'SHARE UPDATE EXCLUSIVE', scans: true }
  if (!hasRows(table, facts)) return { lock: 'SHARE' }
  const message = `nobody can write to ${nameText(table)} while the index ${name} is made`
  return {
    lock: 'SHARE',
    scans: true,
    findings: [finding('index-not-concurrent', message, facts.rows(table))],
  }
}

const HEAVY: Effect = { lock: 'ACCESS EXCLUSIVE', rewrites: true }
const SHORT: Effect = { lock: 'ACCESS EXCLUSIVE' }

const actionEffect = (name: QualifiedName, table: Table, action: AlterAction, facts: ReviewFacts): Effect => {
  const rows = facts.rows(name)
  const text = nameText(name)
  switch (action.kind) {
    case 'addColumn':
      return newColumnEffect(text, action.column, rows)
    case 'alterType': {
      const column = columnOf(table, action.column)
      if (column === undefined || isInPlace(column.type, typeChange(column, action.type))) return SHORT
      const message = `every row of ${text} is written anew with ${action.column} as ${action.type}, and nobody can read or write meanwhile`
      return { ...HEAVY, findings: [finding('type-rewrite', message, rows)] }
    }
    case 'setNotNull': {
      if (columnOf(table, action.column)?.nullable === false) return SHORT
      if (isKnownFilled(table, action.column, facts)) return SHORT
      const message = `all rows of ${text} are read to see that ${action.column} is never NULL, and nobody can read or write meanwhile`
      return { ...SHORT, scans: true, findings: [finding('set-not-null-scan', message, rows)] }
    }
    case 'addConstraint':
      return constraintEffect(name, action, facts)
    case 'validateConstraint':
      return { lock: 'SHARE UPDATE EXCLUSIVE', scans: true }
    case 'other':
      if (/^SET (?:LOGGED|UNLOGGED|TABLESPACE|ACCESS)\b/iu.test(action.words)) return HEAVY
      return /^SET \(/iu.test(action.words) ? { lock: 'SHARE UPDATE EXCLUSIVE' } : SHORT
    default:
      return SHORT
  }
}

/** `char(n)` loses its blanks in every other type: its values are written anew. */
const isInPlace = (before: string, change: 'none' | 'rewrite' | 'narrowing'): boolean =>
  change === 'none' && !/^char(?:acter)?(?:\(|$)/u.test(before)

const newColumnEffect = (text: string, column: ColumnText, rows: number | null): Effect => {
  if (column.generated === 'stored') return HEAVY
  const volatile = column.isNumbered ? 'a sequence' : volatileIn(column.default)
  if (volatile !== undefined) {
    const message = `every row of ${text} is written anew, since ${volatile} gives ${column.name} a value of its own in each`
    return { ...HEAVY, findings: [finding('default-volatile-rewrite', message, rows)] }
  }
  return column.hasCheck || (column.hasReference && column.default !== null) || column.isUnique
    ? { ...SHORT, scans: true }
    : SHORT
}

/** Functions that give one value for a whole statement. Those that are not known may give another for each row. */
const STABLE = new Set([
  ...[
    'now',
    'transaction_timestamp',
    'statement_timestamp',
    'current_setting',
    'current_date',
    'current_timestamp',
    'localtimestamp',
  ],
  ...[
    'lower',
    'upper',
    'coalesce',
    'concat',
    'to_date',
    'to_timestamp',
    'make_date',
    'date_trunc',
    'cast',
    'array',
    'jsonb_build_object',
  ],
  ...['json_build_object', 'md5', 'length', 'abs', 'timezone', 'date_part', 'extract', 'interval'],
])

const volatileIn = (expression: string | null): string | undefined => {
  if (expression === null) return undefined
  const bare = expression
    .replace(/'(?:''|[^'])*'/gu, "''")
    .replace(/(?:::|\bAS\s+)\s*"?[\w ]+"?\s*\([\d, ]*\)/giu, '')
  for (const [, name = ''] of bare.matchAll(/"?(\w+)"?\s*\(/gu))
    if (!STABLE.has(name.toLowerCase())) return `${name}()`
  return undefined
}

/** A check that holds for all rows says it already: then none of them is read. */
const isKnownFilled = (table: Table, column: string, { before }: ReviewFacts): boolean => {
  const says = (expression: string): boolean =>
    new RegExp(`^\\(*"?${column.replace(/[^\w]/gu, '\\$&')}"? IS NOT NULL\\)*$`, 'iu').test(expression.trim())
  if (table.checks.some(({ expression, validated }) => validated && says(expression))) return true
  const actions = before.flatMap((one) =>
    one.kind === 'alterTable' && one.table.name === table.name ? one.actions : [],
  )
  const names = [
    ...table.checks.filter(({ expression }) => says(expression)).map(({ name }) => name),
    ...actions.flatMap((one) =>
      one.kind === 'addConstraint' && one.type === 'check' && one.isNotValid && says(one.expression)
        ? [one.name]
        : [],
    ),
  ]
  return (
    actions.some((one) => one.kind === 'validateConstraint' && names.includes(one.name)) ||
    actions.some(
      (one) =>
        one.kind === 'addConstraint' && one.type === 'check' && !one.isNotValid && says(one.expression),
    )
  )
}

const constraintEffect = (
  name: QualifiedName,
  { type, isNotValid, usesIndex }: Extract<AlterAction, { kind: 'addConstraint' }>,
  facts: ReviewFacts,
): Effect => {
  const rows = facts.rows(name)
  const text = nameText(name)
  switch (type) {
    case 'foreign key': {
      if (isNotValid) return { lock: 'SHARE ROW EXCLUSIVE' }
      const message = `nobody can write to ${text} and to what it refers to while all rows of ${text} are checked`
      return {
        lock: 'SHARE ROW EXCLUSIVE',
        scans: true,
        findings: [finding('foreign-key-not-valid', message, rows)],
      }
    }
    case 'check': {
      if (isNotValid) return SHORT
      const message = `nobody can read or write ${text} while all its rows are checked`
      return { ...SHORT, scans: true, findings: [finding('check-not-valid', message, rows)] }
    }
    case 'exclusion':
      return { ...SHORT, scans: true }
    case 'primary key':
    case 'unique': {
      if (usesIndex) return SHORT
      const message = `nobody can read or write ${text} while the index of the ${type} is made`
      return { ...SHORT, scans: true, findings: [finding('index-not-concurrent', message, rows)] }
    }
  }
}
