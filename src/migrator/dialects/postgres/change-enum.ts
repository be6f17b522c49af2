import type { EnumChange } from '../../operations/op.js'
import { type EnumFacts, readEnum } from './enum-facts.js'
import { swapStatements } from './enum-swap.js'
import { enumValuesSql } from './enums.js'
import { countRows, describeRows } from './misfits.js'
import { type Named, nameOf, sqlText } from './names.js'
import type { Room } from './room.js'
import { callText, offline, refuse, type Statements } from './statements.js'

const isSameList = (one: readonly string[], other: readonly string[]): boolean =>
  JSON.stringify(one) === JSON.stringify(other)

/** Entries of a record that somebody may have written with inherited names in it. */
const entriesOf = <V>(record: Readonly<Record<string, V>> | undefined): readonly (readonly [string, V])[] =>
  Object.entries(record ?? {})

/** `op.changeEnum`. */
export const changeEnum = async (
  room: Room,
  given: unknown,
  column: string,
  values: readonly string[],
  change: EnumChange = {},
): Promise<void> => {
  const { names } = room
  const statements = room.statements(undefined)
  const table = nameOf(given)
  const what = `op.changeEnum of "${column}" on "${table.name}"`
  enumValuesSql(what, values)
  if (values.length === 0) throw refuse(what, 'an enum needs a value')
  const before = await readEnum(statements, names, table, column)
  if (before === undefined) {
    if (statements.mode !== 'sent') throw offline(what, 'the enum type of the column')
    throw refuse(what, 'there is no such column, or its type is no enum')
  }
  const as = callText('changeEnum', table, column, values, change)
  const isDone = isSameList(before.values, values)
  const renames = isDone ? [] : renamesOf(what, before, values, change)
  await statements.together(
    `${as} renames`,
    renames.map(([from, to]) => `ALTER TYPE ${before.sql} RENAME VALUE ${sqlText(from)} TO ${sqlText(to)}`),
  )
  const rest = isDone
    ? []
    : await othersOf(room, statements, { what, table, column, values, change, before, renames })
  await statements.together(`${as} values`, rest)
  await room.typesChanged()
}

const renamesOf = (
  what: string,
  { values: former }: EnumFacts,
  values: readonly string[],
  change: EnumChange,
): readonly (readonly [string, string])[] => {
  const renames = entriesOf(change.rename).filter(([from, to]) => from !== to)
  for (const [from, to] of renames) {
    if (!former.includes(from)) throw refuse(what, `it has no value ${JSON.stringify(from)} to rename`)
    if (!values.includes(to))
      throw refuse(
        what,
        `${JSON.stringify(from)} is to be renamed to ${JSON.stringify(to)}, which is none of the new values`,
      )
    if (former.includes(to) && !renames.some(([other]) => other === to))
      throw refuse(
        what,
        `${JSON.stringify(from)} is to be renamed to ${JSON.stringify(to)}, which it has already: with \`map\` rows get that value`,
      )
  }
  return inOrder(renames)
}

/** A value is free for another one when it has its new name: swaps go by a name in between. */
const inOrder = (renames: readonly (readonly [string, string])[]): readonly (readonly [string, string])[] => {
  const waiting = [...renames]
  const ordered: (readonly [string, string])[] = []
  while (waiting.length > 0) {
    const free = waiting.findIndex(([, to]) => !waiting.some(([from]) => from === to))
    const [[from, to] = ['', '']] = waiting.splice(Math.max(free, 0), 1)
    if (free >= 0) {
      ordered.push([from, to])
    } else {
      const between = `sm2kit ${ordered.length}`
      ordered.push([from, between])
      waiting.push([between, to])
    }
  }
  return ordered
}

interface Others {
  readonly what: string
  readonly table: Named
  readonly column: string
  readonly values: readonly string[]
  readonly change: EnumChange
  readonly before: EnumFacts
  readonly renames: readonly (readonly [string, string])[]
}

/** The statements that make what is not done by giving values other names. */
const othersOf = async (room: Room, statements: Statements, others: Others): Promise<readonly string[]> => {
  const { what, table, column, values, change, before, renames } = others
  const named = renames.reduce(
    (list, [from, to]) => list.map((value) => (value === from ? to : value)),
    [...before.values],
  )
  if (isSameList(named, values)) return []
  // Read again: checks, defaults and conditions of indexes have the new names in them now.
  const renamed = (await readEnum(statements, room.names, table, column)) ?? before
  const facts: EnumFacts = { ...renamed, values: named }
  const removed = named.filter((value) => !values.includes(value))
  const map = new Map(entriesOf(change.map))
  for (const [from, to] of map) {
    if (!removed.includes(from))
      throw refuse(what, `\`map\` has ${JSON.stringify(from)}, which is no value that is removed`)
    if (to !== null && !values.includes(to))
      throw refuse(what, `\`map\` gives ${JSON.stringify(to)}, which is none of the new values`)
  }
  const kept = named.filter((value) => values.includes(value))
  const onlyAdds =
    removed.length === 0 &&
    isSameList(
      kept,
      values.filter((value) => named.includes(value)),
    )
  // In a transaction, values that were added could not be used before it ends; where nothing else is possible, so be it.
  if (onlyAdds && (statements.mode === 'numbered' || facts.holders.length > 0))
    return additions(facts, values)
  if (facts.holders.length > 0)
    throw refuse(
      what,
      `the type ${facts.sql} cannot be made anew while it is used by ${facts.holders.join(', ')}. Drop that before, and make it again after`,
    )
  await refuseRemoved(room, statements, what, facts, removed, map)
  return swapStatements(room.names, facts, values, map)
}

/** ADD VALUE for each new one, behind the one that stands before it. */
const additions = (facts: EnumFacts, values: readonly string[]): readonly string[] =>
  values.flatMap((value, index) => {
    if (facts.values.includes(value)) return []
    const place =
      index > 0 ? `AFTER ${sqlText(values[index - 1] ?? '')}` : `BEFORE ${sqlText(facts.values[0] ?? '')}`
    return [
      `ALTER TYPE ${facts.sql} ADD VALUE ${sqlText(value)}${facts.values.length === 0 ? '' : ` ${place}`}`,
    ]
  })

const refuseRemoved = async (
  { names }: Room,
  statements: Statements,
  what: string,
  facts: EnumFacts,
  removed: readonly string[],
  map: ReadonlyMap<string, string | null>,
): Promise<void> => {
  const lost = removed.filter((value) => !map.has(value))
  const list = lost.map(sqlText).join(', ')
  for (const column of facts.columns) {
    const id = names.id(column.column)
    const isLost = column.defaultValue !== null && lost.includes(column.defaultValue.replaceAll("''", "'"))
    if (isLost)
      throw refuse(
        what,
        `the default of column ${column.table}.${id} is ${column.default}, which is removed. Change the default before, or name in \`map\` what takes its place`,
      )
    if (lost.length === 0 || statements.mode === 'collected') continue
    const holds = column.isArray ? `${id}::text[] && ARRAY[${list}]` : `${id}::text IN (${list})`
    const found = await countRows(statements, names, column.table, column.key, holds)
    if (found === undefined) continue
    const values = lost.map((value) => JSON.stringify(value)).join(', ')
    throw refuse(
      what,
      `${describeRows(found)} of ${column.table} hold in ${id} a value that is removed (${values}). Nothing of it was done. Name in \`map\` what they get instead`,
    )
  }
}
