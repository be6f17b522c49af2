import type { Hazard, HazardRule } from '../operations/hazard.js'
import { RISKS } from '../operations/hazards.js'
import { SAFE_WAYS } from './safe-ways.js'

/** What may go wrong with a statement. */
export interface Finding extends Hazard {
  /** What to do instead; a part of a sentence. */
  readonly safeWay: string
  /** Present where the revision says that it is meant. */
  readonly waived?: {
    /** Why. */
    readonly reason: string
  }
}

/** A finding of a rule. */
export const finding = (rule: HazardRule, message: string, rows: number | null = null): Finding => ({
  rule,
  risk: RISKS[rule],
  message,
  rows,
  safeWay: SAFE_WAYS[rule],
})
