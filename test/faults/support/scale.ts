import { randomInt } from 'node:crypto'

const isFull = process.env['SM2KIT_TEST_SCALE'] === 'full'

/** One number for the default run, and one for `SM2KIT_TEST_SCALE=full`. */
export const scaled = (normal: number, full: number): number => (isFull ? full : normal)

/** Where the random delays of this run begin; `SM2KIT_TEST_SEED` repeats a former one. */
export const seed = Number(process.env['SM2KIT_TEST_SEED'] ?? randomInt(1_000_000))

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
export const randomFrom = (start: number): (() => number) => {
  let state = start >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
