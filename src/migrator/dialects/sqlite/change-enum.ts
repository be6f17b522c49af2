import { type EnumMoves, movedDefault, movingSql } from '../../operations/enum-change.js'
import { type Alteration, alterTable } from './alter-table.js'
import { keyExpression } from './broken-rows.js'
import { enumChecks } from './enum-check.js'
import { refuse } from './refusal.js'
import { columnOf } from './sql-text/edit.js'
import { quoteName, quoteText, tokenize } from './sql-text/tokens.js'
import { readTable } from './stored-table.js'

/**
 * `op.changeEnum`: an enum is a text here. Rows get their new values, and so do the default and the checks that list the
 * values of this column and say nothing else.
 *
 * @throws MigratorError `UNSAFE_OPERATION` before anything is changed.
 */
export const changeEnum = async (
  alteration: Omit<Alteration, 'changes'>,
  column: string,
  wanted: EnumMoves,
): Promise<void> => {
  const { statements, what } = alteration
  const table = await readTable(statements, alteration.table, what)
  const stored = columnOf(table.definition, column)
  if (stored === undefined) throw refuse(what, table.name, `there is no column "${column}"`)
  const name = quoteName(stored.name)
  const has = (kind: string): boolean => stored.constraints.some((constraint) => constraint.kind === kind)
  const key = keyExpression(table.definition)
  const refuseRows = async (condition: string, why: string): Promise<void> => {
    const [row] = await statements.select<{ n: number; example: unknown }>(
      `SELECT count(*) AS n, min(${key.sql}) AS example FROM ${quoteName(table.name)} WHERE ${condition}`,
    )
    const count = Number(row?.n ?? 0)
    if (count === 0) return
    const rows = count === 1 ? '1 row has' : `${count} rows have`
    const example = String(row?.example).slice(0, 60)
    throw refuse(what, table.name, `${rows} in "${stored.name}" (such as ${key.label} ${example}) ${why}`)
  }
  const list = (values: Iterable<string>): string => [...values].map(quoteText).join(', ')
  await refuseRows(
    `${name} NOT IN (${list([...wanted.values, ...wanted.moves.keys()])})`,
    'a value that goes and has nothing in its place. Name that in `map`, or change the rows first',
  )
  const toNull = [...wanted.moves].filter(([, to]) => to === null).map(([from]) => from)
  if (has('not null') && toNull.length > 0)
    await refuseRows(
      `${name} IN (${list(toNull)})`,
      'a value that is to become NULL, which the column does not take',
    )
  const defaultSql = defaultAfter()
  const change = (values: readonly string[], sql: string | null | undefined): Promise<void> =>
    alterTable({ ...alteration, changes: [{ kind: 'enumValues', args: [stored.name, values, sql] }] })

  if (wanted.moves.size > 0) {
    const former = enumChecks(table.definition, stored.name).flatMap(({ values }) => values)
    if (former.length > 0) await change([...new Set([...former, ...wanted.values])], undefined)
    await statements.run(
      `UPDATE ${quoteName(table.name)} SET ${name} = ${movingSql(name, wanted, quoteText)} WHERE ${name} IN (${list(wanted.moves.keys())})`,
    )
  }
  // In a script the text is still the former one: its list is put in the place of the other.
  await change(wanted.values, defaultSql)

  function defaultAfter(): string | null | undefined {
    const text = stored?.constraints.find(({ kind }) => kind === 'default')?.expression
    const value = text === undefined ? undefined : literalIn(text)
    if (value === undefined) return undefined
    const moved = movedDefault(value, wanted)
    if (moved === undefined)
      throw refuse(
        what,
        table.name,
        `${JSON.stringify(value)} is the default of "${stored?.name}" and would be gone. Name what takes its place, or change the default first`,
      )
    if (moved === value) return undefined
    return moved === null ? null : quoteText(moved)
  }
}

/** The text that a default is; undefined for anything else. */
const literalIn = (expression: string): string | undefined => {
  const [token, ...others] = tokenize(expression.trim())
  if (token?.kind !== 'string' || others.length > 0) return undefined
  return token.text.slice(1, -1).replaceAll("''", "'")
}
