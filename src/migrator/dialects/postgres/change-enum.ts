import type { MigratorError } from '../../errors.js'
import type { EnumChange } from '../../operations/op.js'
import { type EnumColumn, type EnumFacts, readEnum } from './enum-facts.js'
import { swapStatements } from './enum-swap.js'
import { isOneValue, valuesIn, withValues } from './enum-text.js'
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
  const statements = room.statements(undefined)
  const table = nameOf(given)
  const what = `op.changeEnum of "${column}" on "${table.name}"`
  enumValuesSql(what, values)
  if (values.length === 0) throw refuse(what, 'an enum needs a value')
  const as = callText('changeEnum', table, column, values, change)
  const request: EnumRequest = { what, table, column, values, change, mayAdd: statements.mode === 'numbered' }
  let renamed: readonly string[] | undefined
  await statements.together(`${as} renames`, async () => {
    const facts = await factsOf(room, statements, request)
    if (isSameList(facts.values, values)) return []
    const renames = renamesOf(what, facts, values, change)
    renamed = named(facts.values, renames)
    return renames.map(
      ([from, to]) => `ALTER TYPE ${facts.sql} RENAME VALUE ${sqlText(from)} TO ${sqlText(to)}`,
    )
  })
  // Read again: checks, defaults and conditions of indexes have the new names in them now.
  await statements.together(`${as} values`, () => enumStatements(room, statements, request, renamed))
  await room.typesChanged()
}

/** What is asked of an enum. */
interface EnumRequest {
  /** For messages. */
  readonly what: string
  readonly table: Named
  readonly column: string
  readonly values: readonly string[]
  readonly change?: EnumChange
  /** Values can be added to the type as it is: each is there for the statements of later transactions only. */
  readonly mayAdd: boolean
}

const factsOf = async (
  { names }: Room,
  statements: Statements,
  { what, table, column }: EnumRequest,
): Promise<EnumFacts> => {
  const facts = await readEnum(statements, names, table, column)
  if (facts !== undefined) return facts
  if (statements.mode === 'collected') throw offline(what, 'the enum type of the column')
  throw refuse(what, 'there is no such column, or its type is no enum')
}

const named = (
  values: readonly string[],
  renames: readonly (readonly [string, string])[],
): readonly string[] =>
  renames.reduce((list, [from, to]) => list.map((value) => (value === from ? to : value)), values)

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

/**
 * The statements that make what is not done by giving values other names.
 *
 * @param renamed - The values as they are by then, where the renames have not been sent. Default: as the database says.
 */
export const enumStatements = async (
  room: Room,
  statements: Statements,
  request: EnumRequest,
  renamed?: readonly string[],
): Promise<readonly string[]> => {
  const { what, values, change = {}, mayAdd } = request
  const read = await factsOf(room, statements, request)
  const former = (statements.mode === 'collected' ? renamed : undefined) ?? read.values
  if (isSameList(former, values)) return []
  const facts: EnumFacts = { ...read, values: former }
  const removed = former.filter((value) => !values.includes(value))
  const map = new Map(entriesOf(change.map))
  for (const [from, to] of map) {
    if (!removed.includes(from))
      throw refuse(what, `\`map\` has ${JSON.stringify(from)}, which is no value that is removed`)
    if (to !== null && !values.includes(to))
      throw refuse(what, `\`map\` gives ${JSON.stringify(to)}, which is none of the new values`)
  }
  const kept = former.filter((value) => values.includes(value))
  const onlyAdds =
    removed.length === 0 &&
    isSameList(
      kept,
      values.filter((value) => former.includes(value)),
    )
  // In a transaction, values that were added could not be used before it ends; where nothing else is possible, so be it.
  if (onlyAdds && (mayAdd || facts.holders.length > 0)) return additions(facts, values)
  if (facts.holders.length > 0)
    throw refuse(
      what,
      `the type ${facts.sql} cannot be made anew while it is used by ${facts.holders.join(', ')}. Drop that before, and make it again after`,
    )
  await refuseRows(
    room,
    statements,
    what,
    facts,
    removed.filter((value) => !map.has(value)),
  )
  await refuseNulls(
    room,
    statements,
    what,
    facts,
    removed.filter((value) => map.get(value) === null),
  )
  refuseInTexts(what, facts, removed)
  const defaults = facts.columns.map((column) => mappedDefault(room, what, facts, column, removed, map))
  return swapStatements(room.names, facts, values, map, defaults)
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

/** What is made again by its text cannot have a value in it that is removed. */
const refuseInTexts = (what: string, { dependents, sql }: EnumFacts, removed: readonly string[]): void => {
  for (const { name, make } of dependents) {
    const [held] = make.flatMap((text) => valuesIn(text, sql)).filter((value) => removed.includes(value))
    if (held === undefined) continue
    throw refuse(
      what,
      `${name} has the value ${JSON.stringify(held)} in it, which is removed. Drop it before, and make it again after as it is to be`,
    )
  }
}

/** Refuses what rows have; nothing is looked at in a plan. */
const refuseHeld = async (
  { names }: Room,
  statements: Statements,
  columns: readonly EnumColumn[],
  held: readonly string[],
  refusal: (rows: string, id: string, values: string) => MigratorError,
): Promise<void> => {
  if (held.length === 0 || statements.mode === 'collected') return
  const list = held.map(sqlText).join(', ')
  for (const column of columns) {
    const id = names.id(column.column)
    const holds = column.isArray ? `${id}::text[] && ARRAY[${list}]` : `${id}::text IN (${list})`
    const found = await countRows(statements, names, column.table, column.key, holds)
    if (found === undefined) continue
    const values = held.map((value) => JSON.stringify(value)).join(', ')
    throw refusal(`${describeRows(found)} of ${column.table}`, id, values)
  }
}

const refuseRows = (
  room: Room,
  statements: Statements,
  what: string,
  { columns }: EnumFacts,
  lost: readonly string[],
): Promise<void> =>
  refuseHeld(room, statements, columns, lost, (rows, id, values) =>
    refuse(
      what,
      `${rows} hold in ${id} a value that is removed (${values}). Nothing of it was done. Name in \`map\` what they get instead`,
    ),
  )

const refuseNulls = (
  room: Room,
  statements: Statements,
  what: string,
  { columns }: EnumFacts,
  emptied: readonly string[],
): Promise<void> => {
  // A value of a list becomes NULL in it: the list is none.
  const required = columns.filter(({ isRequired, isArray }) => isRequired && !isArray)
  return refuseHeld(room, statements, required, emptied, (rows, id, values) =>
    refuse(
      what,
      `${rows} hold in ${id} a value that is to become NULL (${values}), which the column does not take. Nothing of it was done. ` +
        'Name in `map` another value, or let the column take NULL before',
    ),
  )
}

/** A default with what takes the place of its values; `null` for none. */
const mappedDefault = (
  { names }: Room,
  what: string,
  { sql }: EnumFacts,
  { table, column, default: former }: EnumColumn,
  removed: readonly string[],
  map: ReadonlyMap<string, string | null>,
): string | null => {
  if (former === null) return null
  const held = valuesIn(former, sql).filter((value) => removed.includes(value))
  const lost = held.find((value) => !map.has(value))
  if (lost !== undefined)
    throw refuse(
      what,
      `the default of column ${table}.${names.id(column)} is ${former}, and ${JSON.stringify(lost)} is removed. Change the default before, or name in \`map\` what takes its place`,
    )
  if (held.length === 0) return former
  const [only] = held
  if (only !== undefined && isOneValue(former, sql) && map.get(only) === null) return null
  return withValues(former, sql, (value) => map.get(value))
}
