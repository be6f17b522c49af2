import type { ColumnChangeCall } from './column-change.js'
import type { ColumnFacts, KeyFacts } from './column-facts.js'
import { deferrableSql, referencesSql } from './column-sql.js'
import type { Attribute } from './column-type.js'
import { offline, refuse } from './statements.js'

/** Actions of ALTER TABLE on the constraints of one column. */
export interface ConstraintChanges {
  readonly removed: readonly string[]
  readonly added: readonly string[]
}

/** `unique`, `primaryKey`, `references`, `onDelete` and `onUpdate` of `op.changeColumn`. */
export const constraintsOf = (call: ColumnChangeCall): ConstraintChanges => {
  const { what, attribute, facts } = call
  const { unique, primaryKey, references, onDelete, onUpdate } = attribute
  const parts: ConstraintChanges[] = []
  const known = (why: string): ColumnFacts => {
    if (facts === undefined) throw offline(what, why)
    return facts
  }
  if (unique !== undefined && unique !== null)
    parts.push(uniqueChange(call, known('which unique constraints the column has')))
  if (primaryKey !== undefined && primaryKey !== null)
    parts.push(primaryKeyChange(call, known('which primary key the table has')))
  if (references !== undefined || onDelete !== undefined || onUpdate !== undefined)
    parts.push(keyChange(call, known('which foreign key the column has')))
  return {
    removed: parts.flatMap(({ removed }) => removed),
    added: parts.flatMap(({ added }) => added),
  }
}

const uniqueChange = (
  { room, column, attribute }: ColumnChangeCall,
  facts: ColumnFacts,
): ConstraintChanges => {
  const { names } = room
  const { unique } = attribute
  const drops = facts.uniques.map((name) => `DROP CONSTRAINT ${names.id(name)}`)
  if (unique === false) return { removed: drops, added: [] }
  if (facts.uniques.length > 0) return { removed: [], added: [] }
  const given = typeof unique === 'object' ? (unique as Attribute)['name'] : unique
  const named = typeof given === 'string' ? `CONSTRAINT ${names.id(given)} ` : ''
  return { removed: [], added: [`ADD ${named}UNIQUE (${names.id(column)})`] }
}

const primaryKeyChange = (
  { room, what, column, attribute }: ColumnChangeCall,
  { primaryKey: key }: ColumnFacts,
): ConstraintChanges => {
  const { names } = room
  const isPart = key?.columns.includes(names.kept(column)) === true
  const wanted = attribute['primaryKey'] === true
  if (wanted === isPart) return { removed: [], added: [] }
  if (key === null) return { removed: [], added: [`ADD PRIMARY KEY (${names.id(column)})`] }
  if (!wanted && key.columns.length === 1)
    return { removed: [`DROP CONSTRAINT ${names.id(key.name)}`], added: [] }
  throw refuse(
    what,
    `the table has the primary key "${key.name}" on ${key.columns.map((name) => `"${name}"`).join(', ')}. Remove that with op.removeConstraint, and add the new one with op.addConstraint`,
  )
}

const keyChange = (call: ColumnChangeCall, { keys }: ColumnFacts): ConstraintChanges => {
  const { room, what, column, attribute, table } = call
  const { names, queryInterface } = room
  const removed = keys.map(({ name }) => `DROP CONSTRAINT ${names.id(name)}`)
  if (attribute['references'] === null) return { removed, added: [] }
  const [former] = keys
  const target =
    attribute['references'] === undefined
      ? formerTarget(call, former)
      : referencesSql(
          { queryInterface, names, table },
          { references: withoutDeferrable(attribute['references']) },
        )
  if (target === undefined) throw refuse(what, 'it has no foreign key: name what it is to refer to')
  const body = [
    target,
    ...actionSql('DELETE', attribute['onDelete'], former?.onDelete),
    ...actionSql('UPDATE', attribute['onUpdate'], former?.onUpdate),
    ...deferred(call, former),
  ].join(' ')
  const named = former === undefined ? '' : `CONSTRAINT ${names.id(former.name)} `
  return { removed, added: [`ADD ${named}FOREIGN KEY (${names.id(column)}) ${body}`] }
}

const withoutDeferrable = (references: unknown): unknown =>
  typeof references === 'object' ? { ...references, deferrable: undefined } : references

const formerTarget = ({ room }: ColumnChangeCall, former: KeyFacts | undefined): string | undefined =>
  former === undefined ? undefined : `REFERENCES ${former.target} (${room.names.ids(former.targetColumns)})`

const actionSql = (event: string, wanted: unknown, former: string | undefined): readonly string[] => {
  const action = typeof wanted === 'string' && wanted !== '' ? wanted.toUpperCase() : former
  return action === undefined || action === 'NO ACTION' ? [] : [`ON ${event} ${action}`]
}

const deferred = ({ room, attribute }: ColumnChangeCall, former: KeyFacts | undefined): readonly string[] => {
  const { deferrable } = (attribute['references'] ?? {}) as { readonly deferrable?: unknown }
  if (deferrable !== undefined) return [deferrableSql(room.names, deferrable)]
  return former === undefined || former.deferrable === '' ? [] : [former.deferrable]
}
