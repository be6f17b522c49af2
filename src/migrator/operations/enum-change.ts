import { MigratorError } from '../errors.js'
import type { EnumChange } from './op.js'

/** What `op.changeEnum` does to the values in rows. */
export interface EnumMoves {
  /** Former value to what takes its place, those that change only. */
  readonly moves: ReadonlyMap<string, string | null>
  /** The list that is wanted. */
  readonly values: readonly string[]
}

/**
 * Reads the arguments of `op.changeEnum`.
 *
 * @param what - The call, for messages: `op.changeEnum of "level" on "notes"`.
 * @throws MigratorError `INVALID_OPTION`.
 */
export const enumMoves = (what: string, values: readonly string[], change: EnumChange = {}): EnumMoves => {
  const refuse = (why: string): MigratorError =>
    new MigratorError('INVALID_OPTION', `${what} is refused: ${why}. Nothing was changed by it`)
  if (!Array.isArray(values) || values.length === 0) throw refuse('it needs a list of values')
  const wrong: unknown = values.find((value) => typeof value !== 'string')
  if (wrong !== undefined) throw refuse(`${JSON.stringify(wrong)} is no text`)
  const twice = values.find((value, index) => values.indexOf(value) !== index)
  if (twice !== undefined) throw refuse(`${JSON.stringify(twice)} is in the list twice`)
  const moves = new Map<string, string | null>()
  for (const [from, to] of [...Object.entries(change.rename ?? {}), ...Object.entries(change.map ?? {})]) {
    if (to !== null && !values.includes(to))
      throw refuse(`${JSON.stringify(from)} is to become ${JSON.stringify(to)}, which is not in the list`)
    if (moves.has(from)) throw refuse(`${JSON.stringify(from)} is in both rename and map`)
    if (from !== to) moves.set(from, to)
  }
  return { moves, values }
}

/** What a default becomes; undefined where its value goes and nothing takes its place. */
export const movedDefault = (value: string, { moves, values }: EnumMoves): string | null | undefined => {
  const moved = moves.get(value)
  if (moved !== undefined) return moved
  return values.includes(value) ? value : undefined
}

/** A value that stands for another one at the end of its way, as SQL: all at once, so that two can change places. */
export const movingSql = (column: string, { moves }: EnumMoves, text: (value: string) => string): string =>
  [
    `CASE ${column}`,
    ...[...moves].map(([from, to]) => `WHEN ${text(from)} THEN ${to === null ? 'NULL' : text(to)}`),
    `ELSE ${column} END`,
  ].join(' ')
