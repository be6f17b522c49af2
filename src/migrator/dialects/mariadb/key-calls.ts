import type { MadeCalls } from '../../operations/call-parts.js'
import { sqlCall } from '../../operations/op-call.js'
import type { Operation } from '../../operations/operation.js'
import { isSame } from '../../schema/equal.js'
import type { Column, PrimaryKey, QualifiedName, Table } from '../../schema/schema.js'
import { alterTable, columnSql, indexSql, primaryKeySql, quoted } from './ddl.js'

// A numbered column is the first of a key at every moment: what makes it one and what makes its key is one statement.

/** A change that makes a column a numbered one, together with the key or index behind it that begins with the column. */
export const numbered = (
  table: QualifiedName,
  change: string,
  { name }: Column,
  rest: readonly Operation[],
): MadeCalls => {
  const [, next] = rest
  const sql = next === undefined || !isOn(next, table) ? undefined : keySql(next, name)
  return sql === undefined
    ? { calls: [sqlCall(`${alterTable(table)} ${change}`)] }
    : { calls: [sqlCall(`${alterTable(table)} ${change}, ADD ${sql}`)], count: 2 }
}

const isOn = (operation: Operation, table: QualifiedName): boolean =>
  'table' in operation && isSame(operation.table, table)

const keySql = (operation: Operation, column: string): string | undefined => {
  if (operation.kind === 'addIndex') {
    const [part] = operation.index.parts
    return part?.kind === 'column' && part.column === column ? indexSql(operation.index) : undefined
  }
  if (operation.kind !== 'addConstraint' || operation.constraint.type !== 'primary key') return undefined
  const { value } = operation.constraint
  return value.parts[0]?.column === column ? primaryKeySql(value) : undefined
}

/** Takes the primary key away, together with what comes of its numbered column, or with the key that takes its place. */
export const removePrimaryKey = (
  table: QualifiedName,
  key: PrimaryKey,
  state: Table | undefined,
  rest: readonly Operation[],
): MadeCalls => {
  const [, next] = rest
  const drop = `${alterTable(table)} DROP PRIMARY KEY`
  const first = state?.columns.find(({ name }) => name === key.parts[0]?.column)
  const together = (sql: string): MadeCalls => ({ calls: [sqlCall(`${drop}, ${sql}`)], count: 2 })
  if (next === undefined || !isOn(next, table)) return { calls: [sqlCall(drop)] }
  if (next.kind === 'addConstraint' && next.constraint.type === 'primary key')
    return together(`ADD ${primaryKeySql(next.constraint.value)}`)
  if (first !== undefined && first.autoIncrement !== null) {
    if (next.kind === 'removeColumn' && next.column.name === first.name)
      return together(`DROP COLUMN ${quoted(first.name)}`)
    if (next.kind === 'changeColumn' && next.after.name === first.name)
      return together(`MODIFY COLUMN ${columnSql(next.after, state?.checks ?? [])}`)
  }
  return { calls: [sqlCall(drop)] }
}
