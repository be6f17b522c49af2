import type { ModelColumn, ModelTable } from '../schema/model-table.js'
import type { QualifiedName } from '../schema/schema.js'
import { referenceOf } from './sync-sql.js'

/** The tables, each after those that it refers to, and the keys that make circles of them. */
export interface CreationOrder {
  readonly tables: readonly ModelTable[]
  /** Keys to a table of the same circle; a table's key to itself is none. */
  readonly isInCircle: (table: ModelTable, column: ModelColumn) => boolean
}

/**
 * In which order tables can be made: Tarjan's strongly connected components.
 *
 * @param keyOf - The same text for two names of one table.
 */
export const creationOrder = (
  tables: readonly ModelTable[],
  keyOf: (name: QualifiedName) => string,
): CreationOrder => {
  const byKey = new Map(tables.map((table) => [keyOf(table), table]))
  const targetsOf = (table: ModelTable): readonly string[] =>
    table.columns.flatMap((column) => {
      const target = referenceOf(column)
      return target !== undefined && byKey.has(keyOf(target)) ? [keyOf(target)] : []
    })
  const found = new Map<string, { readonly index: number; low: number; isOpen: boolean }>()
  const open: string[] = []
  const ordered: ModelTable[] = []
  const circleOf = new Map<string, number>()

  const visit = (key: string, table: ModelTable): number => {
    const state = { index: found.size, low: found.size, isOpen: true }
    found.set(key, state)
    open.push(key)
    for (const target of targetsOf(table)) {
      const known = found.get(target)
      const next = byKey.get(target)
      if (known === undefined && next !== undefined) state.low = Math.min(state.low, visit(target, next))
      else if (known?.isOpen === true) state.low = Math.min(state.low, known.index)
    }
    if (state.low !== state.index) return state.low
    for (const member of open.splice(open.indexOf(key))) {
      const of = found.get(member)
      if (of !== undefined) of.isOpen = false
      circleOf.set(member, state.index)
      const made = byKey.get(member)
      if (made !== undefined) ordered.push(made)
    }
    return state.low
  }

  for (const [key, table] of byKey) if (!found.has(key)) visit(key, table)
  return {
    tables: ordered,
    isInCircle: (table, column) => {
      const target = referenceOf(column)
      if (target === undefined || keyOf(target) === keyOf(table)) return false
      const circle = circleOf.get(keyOf(target))
      return circle !== undefined && circle === circleOf.get(keyOf(table))
    },
  }
}
