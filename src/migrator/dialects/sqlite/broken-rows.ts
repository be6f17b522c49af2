import { refuse } from './refusal.js'
import type { Rewriting } from './rewriting.js'
import type { Constraint } from './sql-text/constraint.js'
import type { CreateTable } from './sql-text/create-table.js'
import {
  columnOf,
  constraintsOf,
  hasRowidKey,
  isGenerated,
  keyColumns,
  primaryKeyOf,
} from './sql-text/edit.js'
import { quoteName } from './sql-text/tokens.js'
import type { Statements } from './stored-table.js'

/**
 * Refuses a definition that rows of the table break: with their number, and one of them by its key.
 *
 * @throws MigratorError `UNSAFE_OPERATION`.
 */
export const refuseBrokenRows = async (
  statements: Statements,
  { table, definition, what }: Rewriting,
): Promise<void> => {
  const name = quoteName(table.name)
  const key = keyExpression(table.definition)
  const count = async (condition: string): Promise<string | undefined> => {
    const [row] = await statements.select<{ n: number; example: unknown }>(
      `SELECT count(*) AS n, min(${key.sql}) AS example FROM ${name} WHERE ${condition}`,
    )
    if (row === undefined || Number(row.n) === 0) return undefined
    return `${rows(Number(row.n))} (such as ${key.label} ${printed(row.example)})`
  }
  for (const column of definition.columns) {
    const before = columnOf(table.definition, column.name)
    if (!isRequired(column.constraints) || isGenerated(column)) continue
    if (before === undefined) {
      if (column.constraints.some((one) => one.kind === 'default' && !/^null$/iu.test(one.expression ?? '')))
        continue
      const broken = await count('1')
      if (broken !== undefined)
        throw refuse(
          what,
          table.name,
          `"${column.name}" is NOT NULL and has no default, and ${broken} would have no value in it. ` +
            'Give it a default, or add it with allowNull, fill it, and change it then',
        )
    } else if (!isRequired(before.constraints)) {
      const broken = await count(`${quoteName(before.name)} IS NULL`)
      if (broken !== undefined)
        throw refuse(what, table.name, `"${column.name}" is NULL in ${broken}. Fill it in first`)
    }
  }
  const former = new Set(constraintsOf(table.definition).map(identityOf))
  for (const owned of constraintsOf(definition)) {
    const { kind } = owned.constraint
    if ((kind !== 'unique' && kind !== 'primary key') || former.has(identityOf(owned))) continue
    const columns = keyColumns(owned)
    // A new column has NULL, which equals nothing, or a default; the copy tells.
    if (columns.some((column) => columnOf(table.definition, column) === undefined)) continue
    const list = columns.map(quoteName)
    if (kind === 'primary key') {
      const broken = await count(list.map((column) => `${column} IS NULL`).join(' OR '))
      if (broken !== undefined)
        throw refuse(what, table.name, `the primary key (${columns.join(', ')}) is NULL in ${broken}`)
    }
    const present = list.map((column) => `${column} IS NOT NULL`).join(' AND ')
    const [twice] = await statements.select<{ n: number; example: unknown }>(
      `SELECT sum(n) AS n, min(example) AS example FROM (SELECT count(*) AS n, min(${key.sql}) AS example ` +
        `FROM ${name} WHERE ${present} GROUP BY ${list.join(', ')} HAVING count(*) > 1)`,
    )
    if (twice !== undefined && twice.n !== null && Number(twice.n) > 0)
      throw refuse(
        what,
        table.name,
        `${rows(Number(twice.n))} share their (${columns.join(', ')}) with another one (such as ${key.label} ${printed(twice.example)})`,
      )
  }
}

/** Rows that a check of the new definition does not accept, once it is in place. */
export const refuseUnmetChecks = async (
  statements: Statements,
  { table, definition, what }: Rewriting,
): Promise<void> => {
  const former = new Set(constraintsOf(table.definition).map(identityOf))
  const key = keyExpression(definition)
  for (const owned of constraintsOf(definition)) {
    const { kind, expression, text } = owned.constraint
    if (kind !== 'check' || expression === undefined || former.has(identityOf(owned))) continue
    const [row] = await statements.select<{ n: number; example: unknown }>(
      `SELECT count(*) AS n, min(${key.sql}) AS example FROM ${quoteName(table.name)} WHERE NOT (${expression})`,
    )
    if (row !== undefined && Number(row.n) > 0)
      throw refuse(
        what,
        table.name,
        `${rows(Number(row.n))} (such as ${key.label} ${printed(row.example)}) do not meet ${text}`,
      )
  }
}

const identityOf = (owned: { readonly constraint: Constraint }): string =>
  owned.constraint.kind === 'check'
    ? `check ${owned.constraint.expression}`
    : JSON.stringify([owned.constraint.kind, keyColumns(owned)])

const isRequired = (constraints: readonly Constraint[]): boolean =>
  constraints.some(({ kind }) => kind === 'not null')

/** A value that names a row to a person. */
export const keyExpression = (table: CreateTable): { readonly sql: string; readonly label: string } => {
  const key = primaryKeyOf(table)
  if (key.length === 0 || hasRowidKey(table)) {
    const [name = 'rowid'] = key
    return { sql: key.length === 0 ? name : quoteName(name), label: name }
  }
  if (key.length === 1) return { sql: quoteName(key[0] ?? ''), label: key[0] ?? '' }
  return { sql: `json_array(${key.map(quoteName).join(', ')})`, label: `(${key.join(', ')})` }
}

const rows = (count: number): string => (count === 1 ? '1 row' : `${count} rows`)

const printed = (value: unknown): string => {
  const text = String(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
