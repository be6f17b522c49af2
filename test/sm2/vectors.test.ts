import { readFileSync } from 'node:fs'
import {
  type Grade,
  needsRepeat,
  replay,
  type Sm2Rules,
  sourceRules,
  textRules,
  trajectory,
} from 'sm2kit/sm2'
import { describe, expect, it } from 'vitest'

interface Vectors {
  readonly profiles: Record<string, { lapse: string; ef: string; rounding: string }>
  readonly sequences: readonly Sequence[]
}
interface Sequence {
  readonly name: string
  readonly grades: readonly Grade[]
  readonly repetitions: readonly number[]
  readonly repeatToday: readonly boolean[]
  readonly results: Record<string, { interval: readonly (number | string)[]; ef100: readonly number[] }>
}

const vectors = JSON.parse(readFileSync(new URL('./sm2-vectors.json', import.meta.url), 'utf8')) as Vectors

// The vectors know no longest interval: the largest that rules can have is taken, and past it the rule must show.
const maxIntervalDays = Number.MAX_SAFE_INTEGER

function rulesOf(profile: string): Sm2Rules {
  const said = vectors.profiles[profile]
  return {
    lapseEase: said?.lapse === 'keep' ? 'keep' : 'update',
    easeInInterval: said?.ef === 'new' ? 'updated' : 'previous',
    rounding: said?.rounding === 'half-even' ? 'nearest-even' : said?.rounding === 'up' ? 'up' : 'nearest',
    maxIntervalDays,
  }
}

describe('the published sequences, computed in exact arithmetic', () => {
  it('has the two shipped sets of rules among the profiles', () => {
    expect({ ...sourceRules, maxIntervalDays }).toEqual(rulesOf('delphi-half-up'))
    expect({ ...textRules, maxIntervalDays }).toEqual(rulesOf('text-literal'))
  })

  it.each(Object.keys(vectors.profiles))('agrees at every step of every sequence under %s', (profile) => {
    const rules = rulesOf(profile)
    let steps = 0
    for (const { name, grades, repetitions, results } of vectors.sequences) {
      const wanted = results[profile]
      const states = [...trajectory(grades, { rules })]
      expect(states, name).toEqual(
        grades.map((_, k) => ({
          easeFactor: Number(`${wanted?.ef100[k] ?? 0}e-2`),
          intervalDays: Math.min(Number(wanted?.interval[k]), maxIntervalDays),
          repetitions: repetitions[k],
        })),
      )
      expect(replay(grades, { rules }), name).toEqual(states.at(-1))
      steps += states.length
    }
    expect(vectors.sequences.length).toBe(234)
    expect(steps).toBe(1439)
  })

  it('stops at the longest interval where a sequence passes 2^53 - 1', () => {
    const past = vectors.sequences.filter((s) =>
      Object.values(s.results).some((r) => r.interval.some((i) => typeof i === 'string')),
    )
    expect(past.map((s) => s.name)).toEqual(['all-5 x30 (past 2^53)'])
    for (const { grades, results } of past) {
      for (const profile of Object.keys(results)) {
        const states = [...trajectory(grades, { rules: rulesOf(profile) })]
        expect(states.at(-1)?.intervalDays).toBe(maxIntervalDays)
        expect(
          [...trajectory(grades, { rules: { ...rulesOf(profile), maxIntervalDays: 36500 } })].at(-1)
            ?.intervalDays,
        ).toBe(36500)
      }
    }
  })

  it('says for every grade whether it is repeated on the same day', () => {
    for (const { grades, repeatToday } of vectors.sequences) {
      expect(grades.map((grade) => needsRepeat(grade))).toEqual(repeatToday)
    }
  })
})
