import type { Constraint } from './sql-text/constraint.js'
import type { CreateTable } from './sql-text/create-table.js'
import {
  columnOf,
  constraintsOf,
  withChangedConstraint,
  withPiece,
  withReplacedColumn,
} from './sql-text/edit.js'
import { TokenReader } from './sql-text/token-reader.js'
import { isName, isSameName, isWord, nameOf, quoteText } from './sql-text/tokens.js'

/** A check that says which values a column takes: `level IN ('low', 'high')`, and nothing else. */
export interface EnumCheck {
  readonly constraint: Constraint
  readonly values: readonly string[]
}

/** The checks of this form that name the column. */
export const enumChecks = (table: CreateTable, column: string): readonly EnumCheck[] =>
  constraintsOf(table).flatMap(({ constraint }) => {
    const values =
      constraint.kind === 'check' ? valuesIn(TokenReader.of(constraint.expression ?? ''), column) : undefined
    return values === undefined ? [] : [{ constraint, values }]
  })

const valuesIn = (reader: TokenReader, column: string): readonly string[] | undefined => {
  const group = reader.group()
  if (group !== undefined)
    return reader.isAtEnd ? valuesIn(TokenReader.of(group.slice(1, -1)), column) : undefined
  const name = reader.skip()
  if (!isName(name) || !isSameName(nameOf(name), column) || !reader.takes('IN')) return undefined
  const list = reader.group()
  if (list === undefined || !reader.isAtEnd) return undefined
  const values: string[] = []
  for (const item of TokenReader.of(list.slice(1, -1)).listItems()) {
    const token = item.skip()
    if (token.kind !== 'string' || !item.isAtEnd) return undefined
    values.push(nameOf(token))
  }
  return values
}

/**
 * With another list of values in the checks that say them.
 *
 * @param defaultSql - Of the column; `null` takes it away, undefined leaves it.
 */
export const withEnumValues = (
  table: CreateTable,
  column: string,
  values: readonly string[],
  defaultSql: unknown,
): CreateTable => {
  let changed = table
  for (const { constraint } of enumChecks(table, column))
    changed = withChangedConstraint(changed, constraint, (text) => withList(text, values))
  const stored = columnOf(changed, column)
  if (stored === undefined || defaultSql === undefined) return changed
  const piece = typeof defaultSql === 'string' ? `DEFAULT ${defaultSql}` : undefined
  return withReplacedColumn(changed, withPiece(stored, 'default', piece))
}

/** The text with another list behind its IN. */
const withList = (text: string, values: readonly string[]): string => {
  const { start, end } = listIn(text, 0)
  return `${text.slice(0, start)}(${values.map(quoteText).join(', ')})${text.slice(end)}`
}

const listIn = (text: string, offset: number): { readonly start: number; readonly end: number } => {
  const reader = TokenReader.of(text)
  while (!reader.isAtEnd) {
    const token = reader.peek()
    const start = token?.start ?? 0
    if (isWord(token, 'IN') && isWord(reader.peek(1), '(')) {
      reader.skip()
      const from = reader.peek()?.start ?? 0
      const group = reader.group() ?? ''
      return { start: offset + from, end: offset + from + group.length }
    }
    const group = reader.group()
    if (group !== undefined) {
      const inner = listIn(group.slice(1, -1), offset + start + 1)
      if (inner.end > inner.start) return inner
    } else reader.skip()
  }
  return { start: offset + text.length, end: offset + text.length }
}
