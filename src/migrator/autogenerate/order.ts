import { isSameName, nameKey } from '../schema/qualified-name.js'
import type { ForeignKeyConstraint, Table } from '../schema/schema.js'

/** A table in an order, and the keys that could not be respected: those of a cycle. */
export interface Ordered {
  readonly table: Table
  readonly broken: readonly ForeignKeyConstraint[]
}

/** Names of the other tables of a list that a table refers to. */
const neighbours = (tables: readonly Table[]): ReadonlyMap<string, ReadonlySet<string>> => {
  const names = new Set(tables.map(nameKey))
  return new Map(
    tables.map((table) => [
      nameKey(table),
      new Set(
        table.foreignKeys
          .filter(({ target }) => names.has(nameKey(target)) && !isSameName(target, table))
          .map(({ target }) => nameKey(target)),
      ),
    ]),
  )
}

const reachable = (
  from: string,
  edges: ReadonlyMap<string, ReadonlySet<string>>,
  left: ReadonlySet<string>,
) => {
  const seen = new Set<string>()
  const queue = [from]
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    for (const other of edges.get(next) ?? []) {
      if (!left.has(other) || seen.has(other)) continue
      seen.add(other)
      queue.push(other)
    }
  }
  return seen
}

/**
 * Tables in an order in which each refers to none that comes later, the first by name first. Where tables refer to each other in a
 * circle, one is taken all the same, with the keys that then refer to later tables.
 */
export const byReference = (tables: readonly Table[]): readonly Ordered[] => {
  const edges = neighbours(tables)
  const left = new Map(tables.map((table) => [nameKey(table), table]))
  const keys = (): ReadonlySet<string> => new Set(left.keys())
  const open = (name: string): readonly string[] =>
    [...(edges.get(name) ?? [])].filter((other) => left.has(other))
  const ordered: Ordered[] = []
  while (left.size > 0) {
    const names = [...left.keys()]
    const next =
      names.find((name) => open(name).length === 0) ??
      // One whose whole surroundings lead back to it: breaking its keys breaks a circle, and nothing else.
      names.find((name) =>
        [...reachable(name, edges, keys())].every((other) => reachable(other, edges, keys()).has(name)),
      ) ??
      names[0]
    const table = next === undefined ? undefined : left.get(next)
    if (next === undefined || table === undefined) break
    const later = new Set(open(next))
    ordered.push({ table, broken: table.foreignKeys.filter(({ target }) => later.has(nameKey(target))) })
    left.delete(next)
  }
  return ordered
}
