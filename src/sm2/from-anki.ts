import { refuse } from './sm2-error.js'
import { initialState, type Sm2State } from './state.js'

/**
 * What {@link fromAnki} reads of a row of Anki's `cards` table; further columns may be there.
 *
 * @example
 * ```ts
 * import { type AnkiRow, fromAnki } from 'sm2kit/sm2'
 *
 * const row: AnkiRow = { factor: 2500, ivl: 12, reps: 9, type: 2 }
 * fromAnki(row).intervalDays // => 12
 * ```
 */
export interface AnkiRow {
  /** The ease in thousandths, from 1300; 0 on a card that has none yet. */
  readonly factor: number
  /** The interval: days when positive, seconds when negative. */
  readonly ivl: number
  /** How often the card was shown in all, lapses and learning steps included. */
  readonly reps: number
  /** 0 new, 1 learning, 2 review, 3 relearning; when missing, a card with an interval of days is taken as a review card. */
  readonly type?: number | undefined
}

/**
 * The SM-2 state nearest to a card of Anki.
 *
 * Anki keeps no count of passes in a row (`reps` is a total), so a review card becomes one with 2 repetitions: from 2
 * on, SM-2 makes no difference. A card in relearning has lapsed: 0 repetitions. A card whose interval is below a day
 * (new, learning, seconds) has 0 days and 0 repetitions, and keeps its ease when it has one.
 *
 * @param row - Of the `cards` table.
 * @returns A state that {@link schedule} takes.
 * @throws {@link Sm2Error} `INVALID_ANKI_ROW` when a number is none or out of range; when a `factor` is below 1300,
 * notably up to 1100, where it is no ease but a difficulty of FSRS (convert such cards by their stability instead).
 * @example
 * ```ts
 * import { fromAnki } from 'sm2kit/sm2'
 *
 * fromAnki({ factor: 2350, ivl: 21, reps: 14, type: 2 }) // => { easeFactor: 2.35, intervalDays: 21, repetitions: 2 }
 * fromAnki({ factor: 0, ivl: -600, reps: 1, type: 1 }) // => { easeFactor: 2.5, intervalDays: 0, repetitions: 0 }
 * fromAnki({ factor: 520, ivl: 21, reps: 14, type: 2 }) // throws INVALID_ANKI_ROW
 * ```
 */
export function fromAnki(row: AnkiRow): Sm2State {
  if (typeof row !== 'object' || row === null) refuse('INVALID_ANKI_ROW', 'row', row, 'an object')
  const { factor, ivl, reps, type } = row
  if (!Number.isSafeInteger(ivl) || ivl > 36_500)
    refuse('INVALID_ANKI_ROW', 'row.ivl', ivl, 'an integer up to 36500')
  if (!Number.isSafeInteger(reps) || reps < 0)
    refuse('INVALID_ANKI_ROW', 'row.reps', reps, 'an integer from 0')
  if (type !== undefined && type !== 0 && type !== 1 && type !== 2 && type !== 3) {
    refuse('INVALID_ANKI_ROW', 'row.type', type, '0, 1, 2, 3')
  }
  const hasDays = ivl > 0 && type !== 0 && type !== 1
  if (type === 2 && !hasDays) refuse('INVALID_ANKI_ROW', 'row.ivl', ivl, 'days, from 1, on a review card')
  if (!Number.isSafeInteger(factor) || factor > 1e6 || (factor < 1300 && (factor !== 0 || hasDays))) {
    const allowed =
      'an ease in thousandths, from 1300 (up to 1100 it is a difficulty of FSRS); 0 before the first review'
    refuse('INVALID_ANKI_ROW', 'row.factor', factor, allowed)
  }
  return {
    easeFactor: factor === 0 ? initialState.easeFactor : factor / 1000,
    intervalDays: hasDays ? ivl : 0,
    repetitions: hasDays && type !== 3 ? 2 : 0,
  }
}
