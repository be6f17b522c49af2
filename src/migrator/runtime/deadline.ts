import type { Deadline } from '../dialect.js'
import type { WaitingEvent } from './events.js'

const FIRST_TOLD_MS = 1_000
const TOLD_EVERY_MS = 10_000

/**
 * A deadline that is `timeoutMs` milliseconds from now.
 *
 * @param tell - Told of a wait of more than a second, and then every ten; a short one costs nothing.
 */
export const deadlineAfter = (timeoutMs: number, tell?: (wait: WaitingEvent) => Promise<void>): Deadline => {
  const start = performance.now()
  const end = start + timeoutMs
  const remainingMs = (): number => Math.max(0, end - performance.now())
  if (tell === undefined) return { remainingMs }
  let nextMs = FIRST_TOLD_MS
  return {
    remainingMs,
    async waiting(holder) {
      const waitedMs = performance.now() - start
      if (waitedMs < nextMs) return
      nextMs = waitedMs + TOLD_EVERY_MS
      await tell({ holder: await holder(), waitedMs: Math.round(waitedMs), timeoutMs })
    },
  }
}
