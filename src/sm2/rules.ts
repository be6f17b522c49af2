import { isInteger } from './integer.js'
import { refuse } from './sm2-error.js'

/**
 * Which reading of SM-2 to follow, where its two publications disagree, and the longest interval.
 *
 * All four are always given; to change one, spread one of the shipped sets.
 *
 * @example
 * ```ts
 * import { replay, type Sm2Rules, sourceRules } from 'sm2kit/sm2'
 *
 * const yearAtMost: Sm2Rules = { ...sourceRules, maxIntervalDays: 365 }
 * replay([5, 5, 5, 5, 5, 5, 5], { rules: yearAtMost }).intervalDays // => 365
 * ```
 */
export interface Sm2Rules {
  /** Whether a grade below 3 changes the ease factor (`'update'`) or leaves it (`'keep'`). */
  readonly lapseEase: 'update' | 'keep'
  /** Which ease factor multiplies the interval: the one before this review, or the one after. */
  readonly easeInInterval: 'previous' | 'updated'
  /** How a fraction of a day is rounded: to the nearest day (a half goes up), a half to the even day, or always up. */
  readonly rounding: 'nearest' | 'nearest-even' | 'up'
  /** The longest interval in days; an integer from 1 to 2^53 − 1. The shipped sets have 36500, a hundred years. */
  readonly maxIntervalDays: number
}

/**
 * The rules of Wozniak's published Delphi source, and the default: the ease factor changes on every grade, the interval
 * is multiplied by the ease factor from before the review and rounded to the nearest day.
 *
 * @example
 * ```ts
 * import { sourceRules } from 'sm2kit/sm2'
 *
 * sourceRules // => { lapseEase: 'update', easeInInterval: 'previous', rounding: 'nearest', maxIntervalDays: 36500 }
 * ```
 * @see https://super-memory.com/english/ol/sm2source.htm
 */
export const sourceRules: Sm2Rules = /* @__PURE__ */ Object.freeze({
  lapseEase: 'update',
  easeInInterval: 'previous',
  rounding: 'nearest',
  maxIntervalDays: 36500,
})

/**
 * The rules of Wozniak's text of 1990: a lapse leaves the ease factor, the interval is multiplied by the updated ease
 * factor and rounded up.
 *
 * @example
 * ```ts
 * import { replay, sourceRules, textRules } from 'sm2kit/sm2'
 *
 * replay([5, 5, 5, 1], { rules: textRules }).easeFactor // => 2.8
 * replay([5, 5, 5, 1], { rules: sourceRules }).easeFactor // => 2.26
 * ```
 * @see P. A. Wozniak, "Optimization of Learning" (1990), 3.2, https://super-memory.com/english/ol/sm2.htm
 */
export const textRules: Sm2Rules = /* @__PURE__ */ Object.freeze({
  lapseEase: 'keep',
  easeInInterval: 'updated',
  rounding: 'up',
  maxIntervalDays: 36500,
})

const allowed = {
  lapseEase: 'update,keep',
  easeInInterval: 'previous,updated',
  rounding: 'nearest,nearest-even,up',
  maxIntervalDays: 'an integer from 1',
}

/** Throws unless the rules are complete and known. The default set is known good: callers skip it, and save a call. */
export function checkRules(rules: Sm2Rules): void {
  let name: keyof Sm2Rules
  for (name in allowed) {
    const found = rules?.[name]
    const choices = allowed[name]
    if (name === 'maxIntervalDays' ? !isInteger(found, 1) : !choices.split(',').includes(found as string)) {
      refuse('INVALID_RULES', `rules.${name}`, found, choices)
    }
  }
}
