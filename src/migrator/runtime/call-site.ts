import { fileURLToPath } from 'node:url'
import { AsyncValue } from './async-value.js'

/** Frames that are looked at: between the author's line and the driver stand about thirty of Sequelize's and ours. */
const FRAMES = 60

/** Knows from which lines of a revision file what is called comes. */
export class CallSites {
  readonly #lines = new AsyncValue<readonly number[]>()

  /** @param path - Of the file; undefined in memory, where no line is known. */
  constructor(readonly path: string | undefined) {}

  /** Calls something, and remembers the lines for all that it does later. */
  around<T>(call: () => T): T {
    const lines = this.#linesHere()
    return lines.length === 0 ? call() : this.#lines.run(lines, call)
  }

  /** The lines from which the present call comes, the innermost first; empty where they are not known. */
  get lines(): readonly number[] {
    const here = this.#linesHere()
    return here.length > 0 ? here : (this.#lines.get() ?? [])
  }

  #linesHere(): readonly number[] {
    return this.path === undefined ? [] : linesIn(stackHere(), this.path)
  }
}

const stackHere = (): string => {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = FRAMES
  try {
    return new Error('here').stack ?? ''
  } finally {
    Error.stackTraceLimit = limit
  }
}

/** The lines of a file in a stack: `at up (file:///app/migrations/a.mjs?v=1:3:9)`, `at /app/migrations/a.ts:3:9`. */
export const linesIn = (stack: string, path: string): readonly number[] =>
  stack.split('\n').flatMap((frame) => {
    const [, place = '', line = ''] = /(?:\(|\bat (?:async )?)([^()]+):(\d+):\d+\)?$/u.exec(frame) ?? []
    return pathOf(place) === path ? [Number(line)] : []
  })

const pathOf = (place: string): string => {
  if (!place.startsWith('file:')) return place
  try {
    return fileURLToPath(place.replace(/\?.*$/u, ''))
  } catch {
    return place
  }
}
