import type { Deadline } from '../dialect.js'

/** A deadline that is `timeoutMs` milliseconds from now. */
export const deadlineAfter = (timeoutMs: number): Deadline => {
  const end = performance.now() + timeoutMs
  return { remainingMs: () => Math.max(0, end - performance.now()) }
}
