import type { ComparisonTraits } from '../dialect-autogenerate.js'
import { mentions } from '../operations/sql-names.js'
import { isSame } from '../schema/equal.js'
import type { Column, Schema, Table } from '../schema/schema.js'
import { type Standing, standingOf, standsOn } from './standing.js'
import { type Pair, pairsOf } from './worksheet.js'

/** What is not a foreign key. */
export type Standalone = Exclude<Standing, { type: 'foreign key' }>

/** What a table has to go through. */
export interface TableChanges extends Pair {
  /** Columns that are there before or after, and not both; or are computed anew: what stands on them goes first. */
  readonly touched: ReadonlySet<string>
  /** Columns that are removed and added again under their name, since their expression cannot be changed in place. */
  readonly rewritten: ReadonlySet<string>
  /** What remains as it is. */
  readonly staying: readonly Standalone[]
  /** What gets another name and is the same otherwise. */
  readonly renamed: readonly { readonly from: Standalone; readonly to: string }[]
}

/** Whether a column is stored in another way, so that what is computed from it has to be computed anew. */
export const isRetyped = (before: Column, after: Column): boolean =>
  !isSame([before.type, before.enumType, before.collation], [after.type, after.enumType, after.collation])

const rewrittenIn = ({ before, after }: Pair, traits: ComparisonTraits): ReadonlySet<string> => {
  const rewritten = new Set<string>()
  const changed = new Set<string>()
  for (const column of before.columns) {
    const other = after.columns.find(({ name }) => name === column.name)
    if (other === undefined) continue
    if (other.generated !== null && !isSame(column.generated, other.generated)) rewritten.add(column.name)
    // Where a key may come before its table, a changed table is written anew as a whole, and nothing in it holds on to a column.
    else if (!traits.keysMayComeFirst && isRetyped(column, other)) changed.add(column.name)
  }
  const computed = before.columns.filter(
    ({ name, generated }) =>
      generated !== null && after.columns.some((column) => column.name === name && column.generated !== null),
  )
  const spreads = (column: Column): boolean =>
    !rewritten.has(column.name) &&
    [...rewritten, ...changed].some(
      (name) => name !== column.name && mentions(column.generated?.expression ?? '', name),
    )
  for (let more = computed.find(spreads); more !== undefined; more = computed.find(spreads))
    rewritten.add(more.name)
  // A computed column of another type is computed anew too.
  for (const { name } of computed) if (changed.has(name)) rewritten.add(name)
  return rewritten
}

const namesIn = (schema: Schema, owner: string | null): ReadonlySet<string | null> =>
  new Set(
    schema.tables
      .filter((table) => table.schema === owner)
      .flatMap((table) => [
        table.name,
        ...standingOf(table).map(({ value }) => value.name),
        ...table.foreignKeys.map(({ name }) => name),
      ]),
  )

const isSameButName = (one: Standalone, other: Standalone): boolean =>
  one.type === other.type && isSame({ ...one.value, name: null }, { ...other.value, name: null })

const changesOf = (pair: Pair, from: Schema, traits: ComparisonTraits): TableChanges => {
  const { before, after } = pair
  if (isSame(before, after))
    return { ...pair, touched: new Set(), rewritten: new Set(), staying: standingOf(before), renamed: [] }
  const rewritten = rewrittenIn(pair, traits)
  const gone = before.columns.filter(({ name }) => !after.columns.some((column) => column.name === name))
  const touched = new Set([...rewritten, ...gone.map(({ name }) => name)])
  const untouched = standingOf(before).filter(
    (object) => ![...touched].some((name) => standsOn(object, name)),
  )
  const wanted = standingOf(after)
  const staying = untouched.filter((object) => wanted.some((other) => isSame(object, other)))
  const candidates = wanted.filter((object) => !staying.some((other) => isSame(object, other)))
  // Most tables get nothing new, and all names of a schema are many.
  const taken = new Set(candidates.length === 0 ? [] : namesIn(from, before.schema))
  const renamed: TableChanges['renamed'][number][] = []
  for (const object of untouched) {
    const canRename = object.type === 'index' ? traits.renamesIndexes : traits.renamesConstraints
    if (!canRename || object.type === 'primary key' || staying.includes(object)) continue
    const other = candidates.find(
      (one) => isSameButName(one, object) && one.value.name !== null && !taken.has(one.value.name),
    )
    if (other === undefined || other.value.name === null || object.value.name === null) continue
    taken.add(other.value.name)
    renamed.push({ from: object, to: other.value.name })
  }
  return { ...pair, touched, rewritten, staying, renamed }
}

/** What each table that remains has to go through. */
export const tableChanges = (from: Schema, to: Schema, traits: ComparisonTraits): readonly TableChanges[] =>
  pairsOf(from, to).map((pair) => changesOf(pair, from, traits))

/** Whether an object remains, under its name or another. */
export const remains = ({ staying, renamed }: TableChanges, object: Standalone): boolean =>
  staying.some((other) => isSame(object, other)) || renamed.some(({ from }) => isSame(object, from))

/** The column, if the table has it. */
export const columnOf = (table: Table | undefined, name: string): Column | undefined =>
  table?.columns.find((column) => column.name === name)
