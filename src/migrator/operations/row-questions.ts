import { isSameName, nameOf } from '../schema/qualified-name.js'
import type { ForeignKeyConstraint, QualifiedName, Schema } from '../schema/schema.js'
import type { Hazard } from './hazard.js'
import { isUnfilled } from './hazards.js'
import type { Operation } from './operation.js'

/** Which rows of a table are asked for. */
export type RowCondition =
  | { readonly kind: 'all' }
  | { readonly kind: 'is null'; readonly column: string }
  /** Rows that are not alone with their values, none of which is NULL. */
  | { readonly kind: 'duplicates'; readonly columns: readonly string[] }
  /** Rows whose values are not in the target, none of them being NULL. */
  | {
      readonly kind: 'orphans'
      readonly columns: readonly string[]
      readonly target: QualifiedName
      readonly targetColumns: readonly string[]
    }
  /** Rows for which the SQL condition is false. */
  | { readonly kind: 'violates'; readonly expression: string }
  /** Rows that hold one of the values. */
  | { readonly kind: 'holds'; readonly column: string; readonly values: readonly string[] }

/** How many rows a hazard concerns, as a question: all names are those that the database has before the first operation. */
export interface RowQuestion {
  /** Position of the operation in the list. */
  readonly operation: number
  /** Position of the hazard in the operation. */
  readonly hazard: number
  readonly table: QualifiedName
  readonly condition: RowCondition
}

/** Names as they are before the operations up to some point; undefined for what is not there yet. */
interface FormerNames {
  table(name: QualifiedName): QualifiedName | undefined
  column(table: QualifiedName, column: string): string | undefined
}

const formerNames = (before: Schema, operations: readonly Operation[]): FormerNames => {
  const back = operations.toReversed()
  const tableBefore = (name: QualifiedName): QualifiedName | undefined => {
    let now = nameOf(name)
    for (const one of back) {
      if (one.kind === 'renameTable' && isSameName(one.to, now)) now = nameOf(one.table)
      if (one.kind === 'createTable' && isSameName(one.table, now)) return undefined
    }
    return before.tables.some((table) => isSameName(table, now)) ? now : undefined
  }
  const columnBefore = (table: QualifiedName, column: string): string | undefined => {
    let [owner, now] = [nameOf(table), column]
    for (const one of back) {
      if (one.kind === 'renameTable' && isSameName(one.to, owner)) owner = nameOf(one.table)
      if (!('table' in one) || !isSameName(one.table, owner)) continue
      if (one.kind === 'renameColumn' && one.to === now) now = one.from
      if (one.kind === 'addColumn' && one.column.name === now) return undefined
    }
    const found = before.tables.find((one) => isSameName(one, owner))
    return found?.columns.some(({ name }) => name === now) === true ? now : undefined
  }
  return { table: tableBefore, column: columnBefore }
}

const ALL: RowCondition = { kind: 'all' }

const columnsBefore = (
  names: FormerNames,
  table: QualifiedName,
  columns: readonly string[],
): readonly string[] | undefined => {
  const found = columns.map((column) => names.column(table, column)).filter((column) => column !== undefined)
  return found.length === columns.length ? found : undefined
}

const orphans = (names: FormerNames, table: QualifiedName, key: ForeignKeyConstraint): RowCondition => {
  const [columns, target] = [columnsBefore(names, table, key.columns), names.table(key.target)]
  const targetColumns = target && columnsBefore(names, key.target, key.targetColumns)
  return columns && target && targetColumns ? { kind: 'orphans', columns, target, targetColumns } : ALL
}

/** What concerns rows that the database has now; where a column is new, all rows are asked for. */
const conditionOf = (
  operation: Operation,
  { rule }: Hazard,
  names: FormerNames,
): { readonly table: QualifiedName; readonly condition: RowCondition } | undefined => {
  const duplicates = (table: QualifiedName, parts: readonly string[]): RowCondition => {
    const columns = columnsBefore(names, table, parts)
    return columns === undefined || columns.length === 0 ? ALL : { kind: 'duplicates', columns }
  }
  if (operation.kind === 'changeEnum') {
    const [use] = operation.usedBy
    const column = use && names.column(use.table, use.column)
    const values = operation.before.values.filter((value) => !operation.after.values.includes(value))
    return use && column !== undefined && rule === 'drop-enum-value'
      ? { table: use.table, condition: { kind: 'holds', column, values } }
      : undefined
  }
  if (!('table' in operation)) return undefined
  const { table } = operation
  const on = (condition: RowCondition) => ({ table, condition })
  switch (rule) {
    case 'drop-table':
    case 'drop-column':
    case 'not-null-without-default':
    case 'type-narrowing':
    case 'type-rewrite':
    case 'generated-rewrite':
      return on(ALL)
    case 'not-null-on-nulls': {
      const column =
        operation.kind === 'changeColumn' ? names.column(table, operation.before.name) : undefined
      return on(column === undefined ? ALL : { kind: 'is null', column })
    }
    default:
  }
  if (operation.kind === 'addIndex' && rule === 'unique-on-rows') {
    const parts = operation.index.parts.map((part) => (part.kind === 'column' ? part.column : ''))
    // Which rows are equal in an expression, or in a part of the table, only the engine can tell.
    return on(operation.index.where === null ? duplicates(table, parts) : ALL)
  }
  if (operation.kind !== 'addConstraint') return undefined
  const { constraint } = operation
  switch (constraint.type) {
    case 'primary key':
    case 'unique':
      return on(
        duplicates(
          table,
          constraint.value.parts.map(({ column }) => column),
        ),
      )
    case 'foreign key':
      return on(orphans(names, table, constraint.value))
    case 'check':
      return on({ kind: 'violates', expression: constraint.value.expression })
    case 'exclusion':
      return on(ALL)
  }
}

/**
 * What has to be counted to know how many rows the hazards of a list concern; the same question may come more than once.
 *
 * @param before - The database before the first operation.
 */
export const rowQuestions = (operations: readonly Operation[], before: Schema): readonly RowQuestion[] =>
  operations.flatMap((operation, at) => {
    const names = formerNames(before, operations.slice(0, at))
    return operation.hazards.flatMap((one, hazard) => {
      const found = conditionOf(operation, one, names)
      const table = found && names.table(found.table)
      return found && table ? [{ operation: at, hazard, table, condition: found.condition }] : []
    })
  })

/**
 * The operations with the numbers of rows that their hazards concern. A required column without a default on a table with
 * rows is marked as one that the author has to fill.
 *
 * @param counts - Answers to the questions, in their order; `null` where nobody has counted.
 */
export const withRows = (
  operations: readonly Operation[],
  questions: readonly RowQuestion[],
  counts: readonly (number | null)[],
): readonly Operation[] =>
  operations.map((operation, at) => {
    const rowsOf = (hazard: number): number | null =>
      counts[questions.findIndex((one) => one.operation === at && one.hazard === hazard)] ?? null
    const hazards = operation.hazards.map((one, hazard) => ({ ...one, rows: rowsOf(hazard) }))
    const hasRows = hazards.some(
      ({ rule, rows }) => rule === 'not-null-without-default' && rows !== null && rows > 0,
    )
    if (operation.kind === 'addColumn' && isUnfilled(operation.column) && hasRows)
      return { ...operation, hazards, needsFill: true }
    return { ...operation, hazards }
  })
