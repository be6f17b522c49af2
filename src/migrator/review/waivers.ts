import type { HazardRule } from '../operations/hazard.js'
import { RISKS } from '../operations/hazards.js'
import { type Finding, finding } from './finding.js'

/** What a revision file says about a rule: it is meant. */
export interface Waiver {
  readonly rule: HazardRule
  readonly reason: string
  /** The line of code that it is about: its own, or the next below it that has code. */
  readonly line: number
}

/** What the comments of a revision file say. */
export interface Waivers {
  readonly waivers: readonly Waiver[]
  /** Comments that are meant as one, and are none. */
  readonly faults: readonly Finding[]
}

const MARK = /\/\/\s*sm2kit-allow\b(.*)$/u
const COMMENT_LINE = /^\s*(?:\/\/.*)?$/u

/** Reads `// sm2kit-allow <rule>: <reason>` in the text of a revision file. */
export const waiversIn = (source: string): Waivers => {
  const lines = source.split(/\r?\n/u)
  const waivers: Waiver[] = []
  const faults: Finding[] = []
  for (const [index, line] of lines.entries()) {
    const [, rest] = MARK.exec(line) ?? []
    if (rest === undefined) continue
    const [, name = '', reason = ''] = /^\s*([\w-]*)\s*:?\s*(.*?)\s*$/u.exec(rest) ?? []
    const where = `line ${index + 1}`
    if (!isRule(name))
      faults.push(
        finding('invalid-waiver', `${where}: there is no rule ${name === '' ? 'named' : `"${name}"`}`),
      )
    else if (reason === '')
      faults.push(finding('invalid-waiver', `${where}: ${name} is allowed without a reason`))
    else waivers.push({ rule: name, reason, line: lineOf(lines, index) })
  }
  return { waivers, faults }
}

const isRule = (name: string): name is HazardRule => Object.hasOwn(RISKS, name) && name !== 'invalid-waiver'

const lineOf = (lines: readonly string[], index: number): number => {
  if (!COMMENT_LINE.test(lines[index] ?? '')) return index + 1
  const below = lines.findIndex((line, at) => at > index && !COMMENT_LINE.test(line))
  return below + 1
}

/**
 * The findings with what the file says about them.
 *
 * @param lines - Of the file, from which the statement came; empty where that is not known: then the whole file counts.
 */
export const withWaivers = (
  findings: readonly Finding[],
  waivers: readonly Waiver[],
  lines: readonly number[],
): readonly Finding[] =>
  findings.map((one) => {
    const waiver = waivers.find(
      ({ rule, line }) => rule === one.rule && (lines.length === 0 || lines.includes(line)),
    )
    return waiver === undefined ? one : { ...one, waived: { reason: waiver.reason } }
  })
