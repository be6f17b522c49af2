import { isSame } from '../schema/equal.js'
import { findTable, isSameName, nameText } from '../schema/qualified-name.js'
import type { Column, Schema, Table } from '../schema/schema.js'

/** Something that is gone and something that is new, and may be the same under another name. */
export interface RenameProposal {
  /** What has another name, perhaps. */
  readonly kind: 'table' | 'column' | 'enum value'
  /** As it is written in `renames`: `users`, `users.name`, `enum_x.old`. */
  readonly from: string
  /** As it is written in `renames`. */
  readonly to: string
  /** How alike they are, above 0 and up to 1. */
  readonly score: number
}

/** Below it, two things are not alike. */
const LEAST_SCORE = 0.4

const pairsOfLetters = (text: string): readonly string[] => {
  const letters = text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
  return letters.length < 2 ? [letters] : [...letters.slice(1)].map((_, at) => letters.slice(at, at + 2))
}

/** How alike two names are, from 0 to 1: by the pairs of letters that they share. */
const likeness = (one: string, other: string): number => {
  const [a, b] = [pairsOfLetters(one), [...pairsOfLetters(other)]]
  const all = a.length + b.length
  let shared = 0
  for (const pair of a) {
    const at = b.indexOf(pair)
    if (at === -1) continue
    shared++
    b.splice(at, 1)
  }
  return (2 * shared) / all
}

const kindOf = ({ type, enumType }: Column): string =>
  enumType === null ? type : `enum${type.endsWith(']') ? '[]' : ''}`

/** Takes pairs from the most alike on, nothing twice. */
const bestOf = (candidates: readonly RenameProposal[]): readonly RenameProposal[] => {
  const [from, to] = [new Set<string>(), new Set<string>()]
  return candidates
    .filter(({ score }) => score >= LEAST_SCORE)
    .toSorted((one, other) => other.score - one.score)
    .filter((one) => {
      if (from.has(one.from) || to.has(one.to)) return false
      from.add(one.from)
      to.add(one.to)
      return true
    })
}

const rounded = (score: number): number => Math.round(score * 100) / 100

const tableScore = (gone: Table, fresh: Table): number => {
  const shared = gone.columns.filter((column) =>
    fresh.columns.some((other) => other.name === column.name && kindOf(other) === kindOf(column)),
  ).length
  const shape = shared / Math.max(gone.columns.length, fresh.columns.length, 1)
  return shape < 0.5 ? 0 : 0.75 * shape + 0.25 * likeness(gone.name, fresh.name)
}

const columnScore = (gone: Column, fresh: Column, isSamePlace: boolean): number => {
  if (kindOf(gone) !== kindOf(fresh)) return 0
  const shape = (column: Column): readonly unknown[] => [
    ...[column.nullable, column.default, column.autoIncrement, column.collation, column.generated],
  ]
  const isSameShape = isSame(shape(gone), shape(fresh))
  return (
    0.4 +
    0.3 * likeness(gone.name, fresh.name) +
    (isSameShape ? 0.2 : 0) +
    (isSamePlace ? 0.1 : 0) -
    (gone.nullable === fresh.nullable ? 0 : 0.2)
  )
}

/**
 * What may have been renamed: one thing gone and one new, of the same shape. Nothing is renamed for that.
 *
 * @param before - The database, after the renames that were asked for.
 * @param after - As it is to be.
 * @param wanted - What the models say, in their order of columns.
 */
export const proposeRenames = (before: Schema, after: Schema, wanted: Schema): readonly RenameProposal[] => {
  const gone = before.tables.filter((table) => findTable(after, table) === undefined)
  const fresh = after.tables.filter((table) => findTable(before, table) === undefined)
  const tables = gone.flatMap((table) =>
    fresh.map((other) => ({
      kind: 'table' as const,
      from: nameText(table),
      to: nameText(other),
      score: rounded(tableScore(table, other)),
    })),
  )
  const columns = before.tables.flatMap((table) => {
    const other = findTable(after, table)
    if (other === undefined || other === table) return []
    const places = findTable(wanted, table)?.columns.map(({ name }) => name) ?? []
    const isIn = ({ columns: list }: Table, name: string): boolean =>
      list.some((column) => column.name === name)
    const candidates = table.columns.flatMap((column, at) =>
      isIn(other, column.name)
        ? []
        : other.columns
            .filter(({ name }) => !isIn(table, name))
            .map((candidate) => ({
              kind: 'column' as const,
              from: `${nameText(table)}.${column.name}`,
              to: `${nameText(table)}.${candidate.name}`,
              score: rounded(columnScore(column, candidate, places[at] === candidate.name)),
            })),
    )
    return bestOf(candidates)
  })
  const values = before.enums.flatMap((type) => {
    const other = after.enums.find((one) => isSameName(one, type))
    if (other === undefined) return []
    const candidates = type.values.flatMap((value, at) =>
      other.values.includes(value)
        ? []
        : other.values
            .filter((one) => !type.values.includes(one))
            .map((one) => ({
              kind: 'enum value' as const,
              from: `${nameText(type)}.${value}`,
              to: `${nameText(type)}.${one}`,
              score: rounded(0.5 * likeness(value, one) + (other.values[at] === one ? 0.4 : 0)),
            })),
    )
    return bestOf(candidates)
  })
  return [...bestOf(tables), ...columns, ...values]
}

/** The proposal that concerns an object of the database, if there is one. */
export const proposalFor = (
  proposals: readonly RenameProposal[],
  kind: RenameProposal['kind'],
  from: string,
): RenameProposal | undefined => proposals.find((one) => one.kind === kind && one.from === from)
