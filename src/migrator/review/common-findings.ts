import type { ReviewFacts } from '../dialect-review.js'
import { judgeTypeChange } from '../operations/type-change.js'
import { nameText } from '../schema/qualified-name.js'
import type { Column, QualifiedName, Table } from '../schema/schema.js'
import { type Finding, finding } from './finding.js'
import type { AlterAction, ColumnText, SqlStatement } from './sql-statement.js'

/** What goes wrong on every engine in the same way. Nothing is found on a table without rows, but what breaks running code. */
export const commonFindings = (statement: SqlStatement, facts: ReviewFacts): readonly Finding[] => {
  switch (statement.kind) {
    case 'dropTable':
      return statement.tables.flatMap((name) => {
        const table = facts.table(name)
        return table === undefined ? [] : lossOf(name, facts)
      })
    case 'createIndex':
      return statement.unique && hasRows(statement.table, facts)
        ? [uniqueOn(statement.table, statement.columns, facts)]
        : []
    case 'renameTables':
      return statement.pairs.flatMap(({ from }) => renamed(from, facts))
    case 'write':
      return ofWrite(statement, facts)
    case 'alterTable':
      return statement.actions.flatMap((action) => ofAction(statement.table, action, facts))
    default:
      return []
  }
}

/** Whether the table is there before the run and is not known to be empty. */
export const hasRows = (name: QualifiedName, facts: ReviewFacts): boolean =>
  facts.table(name) !== undefined && facts.rows(name) !== 0

const lossOf = (name: QualifiedName, facts: ReviewFacts): readonly Finding[] =>
  hasRows(name, facts)
    ? [finding('drop-table', `all rows of ${nameText(name)} are lost`, facts.rows(name))]
    : []

const renamed = (from: QualifiedName, facts: ReviewFacts): readonly Finding[] =>
  facts.table(from) === undefined
    ? []
    : [finding('rename-in-use', `code that is running still says ${nameText(from)}`, facts.rows(from))]

const uniqueOn = (table: QualifiedName, columns: readonly string[], facts: ReviewFacts): Finding =>
  finding(
    'unique-on-rows',
    `rows of ${nameText(table)} that are equal in ${columns.length === 0 ? 'it' : columns.join(', ')} make it fail`,
    facts.rows(table),
  )

const ofWrite = (
  { verb, table, hasWhere }: Extract<SqlStatement, { kind: 'write' }>,
  facts: ReviewFacts,
): readonly Finding[] =>
  (verb === 'TRUNCATE' || (verb === 'DELETE' && !hasWhere)) && hasRows(table, facts)
    ? [finding('data-loss-statement', `all rows of ${nameText(table)} are deleted`, facts.rows(table))]
    : []

const ofAction = (name: QualifiedName, action: AlterAction, facts: ReviewFacts): readonly Finding[] => {
  const table = facts.table(name)
  if (table === undefined) return []
  const rows = facts.rows(name)
  const text = nameText(name)
  if (action.kind === 'renameColumn')
    return [finding('rename-in-use', `code that is running still says ${text}.${action.from}`, rows)]
  if (action.kind === 'renameTable' || action.kind === 'setSchema') return renamed(name, facts)
  if (action.kind === 'changeColumn' && action.from !== action.column.name)
    return [
      finding('rename-in-use', `code that is running still says ${text}.${action.from}`, rows),
      ...ofRows(name, table, action, facts),
    ]
  return rows === 0 ? [] : ofRows(name, table, action, facts)
}

const ofRows = (
  name: QualifiedName,
  table: Table,
  action: AlterAction,
  facts: ReviewFacts,
): readonly Finding[] => {
  const rows = facts.rows(name)
  const text = nameText(name)
  switch (action.kind) {
    case 'dropColumn': {
      const column = columnOf(table, action.column)
      return column === undefined || column.generated !== null
        ? []
        : [finding('drop-column', `all values of ${text}.${action.column} are lost`, rows)]
    }
    case 'addColumn':
      return ofNewColumn(name, action.column, facts)
    case 'alterType':
      return typeFindings(text, columnOf(table, action.column), action.column, action.type, rows)
    case 'setNotNull':
      return requiredFindings(text, table, action.column, rows)
    case 'changeColumn':
      return [
        ...typeFindings(text, columnOf(table, action.from), action.column.name, action.column.type, rows),
        ...(action.column.notNull ? requiredFindings(text, table, action.from, rows) : []),
      ]
    case 'addConstraint':
      return ofConstraint(name, action, facts)
    case 'dropPrimaryKey':
      return [
        finding(
          'primary-key-change',
          `${text} has no primary key any more, and nobody can write meanwhile`,
          rows,
        ),
      ]
    case 'dropConstraint':
      return table.primaryKey !== null && table.primaryKey.name === action.name
        ? [
            finding(
              'primary-key-change',
              `${text} has no primary key any more, and nobody can write meanwhile`,
              rows,
            ),
          ]
        : []
    default:
      return []
  }
}

/** A column of the table before the run. */
export const columnOf = (table: Table, name: string): Column | undefined =>
  table.columns.find((column) => column.name === name) ??
  table.columns.find((column) => column.name.toLowerCase() === name.toLowerCase())

const ofNewColumn = (name: QualifiedName, column: ColumnText, facts: ReviewFacts): readonly Finding[] => {
  const rows = facts.rows(name)
  const text = `${nameText(name)}.${column.name}`
  const isUnfilled =
    column.notNull &&
    (column.default === null || /^null$/iu.test(column.default)) &&
    !column.isNumbered &&
    column.generated === null
  return [
    ...(isUnfilled
      ? [
          finding(
            'not-null-without-default',
            `rows of ${nameText(name)} have no value for ${column.name}, which takes no NULL`,
            rows,
          ),
        ]
      : []),
    ...(column.generated === 'stored'
      ? [
          finding(
            'generated-rewrite',
            `${text} is computed for every row, and nobody can write meanwhile`,
            rows,
          ),
        ]
      : []),
    ...(column.isPrimary
      ? [
          finding(
            'primary-key-change',
            `${nameText(name)} gets a primary key, and nobody can write meanwhile`,
            rows,
          ),
        ]
      : []),
    ...(column.isUnique && column.default !== null ? [uniqueOn(name, [column.name], facts)] : []),
  ]
}

const requiredFindings = (
  text: string,
  table: Table,
  name: string,
  rows: number | null,
): readonly Finding[] =>
  columnOf(table, name)?.nullable === true
    ? [finding('not-null-on-nulls', `rows of ${text} may be NULL in ${name}`, rows)]
    : []

const typeFindings = (
  text: string,
  before: Column | undefined,
  column: string,
  after: string,
  rows: number | null,
): readonly Finding[] => {
  if (before === undefined || after === '' || typeChange(before, after) !== 'narrowing') return []
  const areEnums = before.enumType !== null || [before.type, after].every((type) => /^enum\b/iu.test(type))
  return areEnums
    ? [
        finding(
          'drop-enum-value',
          `rows of ${text} that hold a value of ${column} which goes need another first`,
          rows,
        ),
      ]
    : [
        finding(
          'type-narrowing',
          `values of ${text}.${column} may not fit ${after}, which was ${before.type}`,
          rows,
        ),
      ]
}

/** What becomes of the values of a column. */
export const typeChange = (before: Column, after: string): ReturnType<typeof judgeTypeChange> => {
  const lower = (type: string): string => (/'/u.test(type) ? type : type.replaceAll('"', '').toLowerCase())
  return judgeTypeChange(lower(before.type), lower(after).replace(/\s+character set \w+/iu, ''))
}

const ofConstraint = (
  name: QualifiedName,
  action: Extract<AlterAction, { kind: 'addConstraint' }>,
  facts: ReviewFacts,
): readonly Finding[] => {
  const rows = facts.rows(name)
  const text = nameText(name)
  switch (action.type) {
    case 'primary key':
      return [
        finding(
          'primary-key-change',
          `rows of ${text} that are equal in the primary key, or NULL, make it fail`,
          rows,
        ),
      ]
    case 'unique':
      return action.usesIndex ? [] : [uniqueOn(name, action.columns, facts)]
    case 'foreign key':
      return action.isNotValid || areKeysUnchecked(facts)
        ? []
        : [finding('foreign-key-on-rows', `rows of ${text} that refer to nothing make it fail`, rows)]
    case 'check':
      return action.isNotValid
        ? []
        : [finding('check-on-rows', `rows of ${text} that do not meet it make it fail`, rows)]
    case 'exclusion':
      return []
  }
}

/** The session has the server's checks of foreign keys off. */
const areKeysUnchecked = ({ before }: ReviewFacts): boolean => {
  const last = before.findLast((one) => one.kind === 'set' && one.name === 'foreign_key_checks')
  return last?.kind === 'set' && /^(?:0|off)$/iu.test(last.value)
}
