import { isSame } from '../schema/equal.js'
import { findTable } from '../schema/qualified-name.js'
import type { Schema, Table } from '../schema/schema.js'
import type { CompareContext } from './context.js'

/** Where no two objects may share a name, as a text. */
type Namespace = string

/** Longest name that every engine takes, without the number that may come behind it. */
const LONGEST = 60

interface Entry {
  readonly namespaces: readonly Namespace[]
  readonly name: string | null
}

const RELATIONS = ['uniques', 'indexes'] as const

const LISTS = ['uniques', 'indexes', 'foreignKeys', 'checks'] as const

type Kind = (typeof LISTS)[number] | 'primaryKey' | 'exclusions'

/** Where the name of an object has to be unique: the engine's own rules, or stricter ones. */
const namespacesOf = (kind: Kind, table: Table, { traits }: CompareContext): readonly Namespace[] => {
  const own = JSON.stringify([table.schema, table.name])
  const shared = JSON.stringify([table.schema])
  const isRelation = RELATIONS.some((one) => one === kind) || kind === 'primaryKey'
  if (traits.uniquesAreIndexes)
    return isRelation ? [`index ${own}`] : kind === 'foreignKeys' ? [`key ${shared}`] : [`check ${own}`]
  return isRelation ? [`relation ${shared}`, `constraint ${own}`] : [`constraint ${own}`]
}

const entriesOf = (table: Table, context: CompareContext): readonly Entry[] => [
  { namespaces: [`relation ${JSON.stringify([table.schema])}`], name: table.name },
  { namespaces: namespacesOf('primaryKey', table, context), name: table.primaryKey?.name ?? null },
  ...[...LISTS, 'exclusions' as const].flatMap((kind) => {
    const objects = table[kind]
    if (objects.length === 0) return []
    const namespaces = namespacesOf(kind, table, context)
    return objects.map(({ name }) => ({ namespaces, name }))
  }),
]

/**
 * The tables with other names for new objects whose names are taken by something that remains.
 *
 * @param actual - The schema before.
 * @param tables - All tables as they are to be.
 */
export const freeNames = (
  actual: Schema,
  tables: readonly Table[],
  context: CompareContext,
): readonly Table[] => {
  // Without anything new, no name is in the way.
  if (tables.every((table) => isSame(findTable(actual, table), table))) return tables
  const taken = new Set<string>()
  const keyOf = (namespace: Namespace, name: string): string => `${namespace} ${name}`
  const take = ({ namespaces, name }: Entry): void => {
    if (name !== null) for (const namespace of namespaces) taken.add(keyOf(namespace, name))
  }
  const isFree = ({ namespaces, name }: Entry): boolean =>
    name === null || namespaces.every((namespace) => !taken.has(keyOf(namespace, name)))
  const isThere = (kind: Exclude<Kind, 'primaryKey'>, before: Table | undefined, value: unknown): boolean =>
    before?.[kind].some((other) => isSame(other, value)) === true

  for (const table of tables) {
    const before = findTable(actual, table)
    const remaining = {
      ...table,
      primaryKey: isSame(before?.primaryKey, table.primaryKey) ? table.primaryKey : null,
      uniques: table.uniques.filter((value) => isThere('uniques', before, value)),
      indexes: table.indexes.filter((value) => isThere('indexes', before, value)),
      foreignKeys: table.foreignKeys.filter((value) => isThere('foreignKeys', before, value)),
      checks: table.checks.filter((value) => isThere('checks', before, value)),
    }
    for (const entry of entriesOf(remaining, context)) take(entry)
  }

  const freed = (name: string, namespaces: readonly Namespace[]): string => {
    let free = name
    for (let number = 1; !isFree({ namespaces, name: free }); number++) free = name.slice(0, LONGEST) + number
    take({ namespaces, name: free })
    return free
  }
  return tables.map((table) => {
    const before = findTable(actual, table)
    const renamed = <Value extends { readonly name: string | null }>(
      kind: (typeof LISTS)[number],
      values: readonly Value[],
    ): readonly Value[] =>
      values.map((value) => {
        if (value.name === null || isThere(kind, before, value)) return value
        return { ...value, name: freed(value.name, namespacesOf(kind, table, context)) }
      })
    const { primaryKey } = table
    const isNewKey = primaryKey !== null && !isSame(before?.primaryKey, primaryKey)
    return {
      ...table,
      primaryKey:
        isNewKey && primaryKey.name !== null
          ? { ...primaryKey, name: freed(primaryKey.name, namespacesOf('primaryKey', table, context)) }
          : primaryKey,
      uniques: renamed('uniques', table.uniques),
      indexes: renamed('indexes', table.indexes),
      foreignKeys: renamed('foreignKeys', table.foreignKeys),
      checks: renamed('checks', table.checks),
    }
  })
}
