/**
 * What a review costs beside the peers, as ratios: `npm run bench:sm2`; with `-- --check` it fails past the limits.
 *
 * CPU time, not wall time. The contestants take turns, and the median of each one's ratios to `supermemo` of the same
 * turn counts, so that a busy machine slows all alike. Results are stored and folded into a checksum: the compiler
 * would otherwise drop the work.
 */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { Card as PeerCard, Scheduler } from '@open-spaced-repetition/sm-2'
import { supermemo } from 'supermemo'
import { createEmptyCard, type Grade as FsrsGrade, fsrs } from 'ts-fsrs'
import type * as Sm2 from '../src/sm2/index.js'
import type { Grade, Sm2State } from '../src/sm2/index.js'

const rounds = 31
const cards = 200
const reviewsPerCard = 60
const limits = { schedule: 1.3, replay: 0.6 }

const root = fileURLToPath(new URL('..', import.meta.url))

function bundle(code: string): Buffer {
  const options = [
    '--bundle',
    '--minify',
    '--format=esm',
    '--platform=browser',
    '--loader=ts',
    '--log-level=error',
  ]
  return execFileSync(`${root}node_modules/.bin/esbuild`, options, { input: code, cwd: root })
}

const urlOf = (code: string): string => `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`

// As it is shipped, one file: between files the engine inlines less.
const shipped = bundle("export * from './src/sm2/index.ts'").toString()
const { initialState, preview, replay, schedule } = (await import(urlOf(shipped))) as typeof Sm2

/** Grades by a seeded generator (mulberry32): mostly passes, a lapse now and then, as learners do. */
function gradesOf(seed: number): Grade[] {
  const mix: readonly Grade[] = [0, 1, 2, 2, 3, 3, 4, 4, 4, 4, 4, 4, 4, 5, 5, 5]
  let a = seed
  return Array.from({ length: reviewsPerCard }, () => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return mix[((t ^ (t >>> 14)) >>> 0) % mix.length] ?? 4
  })
}

const histories = Array.from({ length: cards }, (_, index) => gradesOf(index + 1))
const scheduler = fsrs({ enable_fuzz: false })
const start = new Date('2026-01-01T00:00:00Z')
const sinks = { state: new Array<Sm2State>(cards), peer: new Array<ReturnType<typeof supermemo>>(cards) }

// The deck is reviewed as in life: a round of all cards, then the next, each state stored in between.
const deckWithSchedule = (): number => {
  const states = sinks.state
  states.fill(initialState)
  for (let k = 0; k < reviewsPerCard; k++) {
    for (let i = 0; i < cards; i++) states[i] = schedule(states[i] ?? initialState, histories[i]?.[k] ?? 4)
  }
  return states.reduce((sum, state) => sum + state.intervalDays + state.easeFactor, 0)
}

const newItem = { interval: 0, repetition: 0, efactor: 2.5 }

const deckWithSupermemo = (): number => {
  const items = sinks.peer
  items.fill(newItem)
  for (let k = 0; k < reviewsPerCard; k++) {
    for (let i = 0; i < cards; i++) items[i] = supermemo(items[i] ?? newItem, histories[i]?.[k] ?? 4)
  }
  return items.reduce((sum, item) => sum + item.interval + item.efactor, 0)
}

const foldReplay = (): number => {
  let sum = 0
  for (let i = 0; i < cards; i++) {
    const state = replay(histories[i] ?? [])
    sinks.state[i] = state
    sum += state.intervalDays + state.easeFactor
  }
  return sum
}

const foldPreview = (): number => {
  let sum = 0
  for (let i = 0; i < cards; i++) {
    let state = initialState
    for (const grade of histories[i] ?? []) state = preview(state)[grade]
    sinks.state[i] = state
    sum += state.intervalDays + state.easeFactor
  }
  return sum
}

const foldSupermemo = (): number => {
  let sum = 0
  for (let i = 0; i < cards; i++) {
    let item = { interval: 0, repetition: 0, efactor: 2.5 }
    for (const grade of histories[i] ?? []) item = supermemo(item, grade)
    sinks.peer[i] = item
    sum += item.interval + item.efactor
  }
  return sum
}

const sixSupermemo = (): number => {
  let sum = 0
  for (let i = 0; i < cards; i++) {
    let item = { interval: 0, repetition: 0, efactor: 2.5 }
    for (const grade of histories[i] ?? []) {
      const six = [0, 1, 2, 3, 4, 5].map((q) => supermemo(item, q as Grade))
      item = six[grade] ?? item
    }
    sinks.peer[i] = item
    sum += item.interval + item.efactor
  }
  return sum
}

/** The floor: no objects, no checks, integers in hundredths. */
const bareIntegers = (): number => {
  let sum = 0
  for (let i = 0; i < cards; i++) {
    let ease = 250
    let interval = 0
    let repetitions = 0
    for (const grade of histories[i] ?? []) {
      const missed = (5 - grade) | 0
      if (grade < 3) {
        interval = 1
        repetitions = 0
      } else {
        interval = repetitions === 0 ? 1 : repetitions === 1 ? 6 : ((interval * ease + 50) / 100) | 0
        repetitions = (repetitions + 1) | 0
      }
      ease = (ease + 10 - missed * (8 + missed * 2)) | 0
      if (ease < 130) ease = 130
    }
    sum += interval + ease / 100
  }
  return sum
}

const foldPeerSm2 = (share: number) => (): number => {
  let sum = 0
  for (let i = 0; i < cards / share; i++) {
    let card = new PeerCard(i, 0, 2.5, 0, start)
    for (const grade of histories[i] ?? []) {
      // It refuses a card that is not due, and answers a repeat in place of a review: set both back.
      card.due = start
      card.needsExtraReview = false
      card = Scheduler.reviewCard(card, grade, start).card
    }
    sum += card.I + card.EF
  }
  return sum
}

const foldFsrs = (share: number) => (): number => {
  const ratings: readonly FsrsGrade[] = [1, 1, 1, 2, 3, 4]
  let sum = 0
  for (let i = 0; i < cards / share; i++) {
    let card = createEmptyCard(start)
    for (const grade of histories[i] ?? []) card = scheduler.next(card, card.due, ratings[grade] ?? 3).card
    sum += card.scheduled_days + card.stability
  }
  return sum
}

interface Contestant {
  readonly name: string
  /** The work of one turn; a slow peer does a share of it, and its time is multiplied. */
  readonly run: () => number
  readonly share: number
  /** Whose time it is measured against. */
  readonly beside: string
}

const contestants: readonly Contestant[] = [
  { name: 'supermemo, a deck', run: deckWithSupermemo, share: 1, beside: 'supermemo, a deck' },
  { name: 'schedule', run: deckWithSchedule, share: 1, beside: 'supermemo, a deck' },
  { name: 'supermemo, folded', run: foldSupermemo, share: 1, beside: 'supermemo, folded' },
  { name: 'replay', run: foldReplay, share: 1, beside: 'supermemo, folded' },
  { name: 'bare Int32 loop', run: bareIntegers, share: 1, beside: 'supermemo, folded' },
  { name: '@open-spaced-repetition/sm-2', run: foldPeerSm2(10), share: 10, beside: 'supermemo, folded' },
  { name: 'ts-fsrs next', run: foldFsrs(50), share: 50, beside: 'supermemo, folded' },
  { name: 'supermemo, six grades', run: sixSupermemo, share: 1, beside: 'supermemo, six grades' },
  { name: 'preview', run: foldPreview, share: 1, beside: 'supermemo, six grades' },
]

const checksums = new Map<string, number>()

function cpuOf({ name, run, share }: Contestant, repeats: number): number {
  let sum = 0
  const before = process.cpuUsage()
  for (let i = 0; i < repeats; i++) sum += run()
  const { user, system } = process.cpuUsage(before)
  checksums.set(name, sum / repeats)
  return ((user + system) * share) / repeats
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN

/** Enough repeats for some 15 ms, so that the clock's grain does not show. */
const repeats = new Map(
  contestants.map((one) => [one.name, Math.ceil((15_000 * one.share) / Math.max(cpuOf(one, 20), 1))]),
)
const times = new Map<string, number[]>(contestants.map(({ name }) => [name, []]))
for (let round = 0; round < rounds; round++) {
  for (const one of contestants) times.get(one.name)?.push(cpuOf(one, repeats.get(one.name) ?? 1))
}

const ratioOf = ({ name, beside }: Contestant): number => {
  const others = times.get(beside) ?? []
  return median((times.get(name) ?? []).map((time, round) => time / (others[round] ?? Number.NaN)))
}
const ratios = new Map(contestants.map((one) => [one.name, ratioOf(one)]))

console.log(
  `CPU time beside supermemo, median of ${rounds} turns, ${cards} cards x ${reviewsPerCard} reviews`,
)
for (const { name, beside } of contestants) {
  if (name === beside) console.log(`\n  beside ${name}`)
  else console.log(`  ${name.padEnd(30)} x ${(ratios.get(name) ?? 0).toFixed(2).padStart(7)}`)
}
for (const name of checksums.keys())
  console.log(`  checksum ${name.padEnd(30)} ${(checksums.get(name) ?? 0).toFixed(3)}`)

const imports = {
  'sm2kit/sm2 schedule': "export { schedule } from './src/sm2/index.ts'",
  'sm2kit/sm2, all': "export * from './src/sm2/index.ts'",
  supermemo: "export { supermemo } from 'supermemo'",
  '@open-spaced-repetition/sm-2': "export { Card, Scheduler } from '@open-spaced-repetition/sm-2'",
  'ts-fsrs': "export { createEmptyCard, fsrs } from 'ts-fsrs'",
}

/** CPU time of a process that imports the bundle, less that of one that imports nothing. */
function coldImport(code: string): number {
  const script = `const a = process.cpuUsage(); await import(${JSON.stringify(urlOf(code))}); const b = process.cpuUsage(a); console.log(b.user + b.system)`
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }))
}

console.log('\nBytes, minified and gzipped, and the cold import beside that of supermemo')
const bundles = Object.entries(imports).map(([name, code]) => ({ name, code: bundle(code) }))
const cold = new Map<string, number[]>(bundles.map(({ name }) => [name, []]))
for (let round = 0; round < 7; round++) {
  for (const { name, code } of bundles) cold.get(name)?.push(coldImport(code.toString()))
}
for (const { name, code } of bundles) {
  const ratio = median(cold.get(name) ?? []) / median(cold.get('supermemo') ?? [])
  console.log(
    `  ${name.padEnd(30)} ${String(gzipSync(code, { level: 9 }).length).padStart(6)} B   x ${ratio.toFixed(2)}`,
  )
}

if (process.argv.includes('--check')) {
  for (const [name, limit] of Object.entries(limits)) {
    const ratio = ratios.get(name) ?? Number.NaN
    if (ratio <= limit) continue
    console.error(`${name} costs ${ratio.toFixed(2)} times supermemo; the limit is ${limit}`)
    process.exitCode = 1
  }
}
