import { setTimeout } from 'node:timers/promises'
import type { CopyRequest } from '../dialect-copy.js'

/** How often is told how far a copy is. */
export const LOOKED_EVERY_MS = 1_000

/**
 * Runs a copy that does not tell by itself how far it is, and looks at it every second.
 *
 * @param copying - Begins the copy; called once the size is told.
 * @param bytesOf - Bytes that are there now. Where it fails, nothing is told.
 * @throws What `copying` throws; what `progress` throws, once the copy is over: nobody may remove it before.
 */
export const watched = async <T>(
  { progress }: CopyRequest,
  totalBytes: number,
  copying: () => Promise<T>,
  bytesOf: () => Promise<number>,
): Promise<T> => {
  if (progress === undefined) return copying()
  await progress({ bytes: 0, totalBytes })
  const over = new AbortController()
  const copied = copying().finally(() => over.abort())
  try {
    while (!over.signal.aborted) {
      await setTimeout(LOOKED_EVERY_MS, undefined, { signal: over.signal }).catch(() => {})
      if (over.signal.aborted) break
      const bytes = await bytesOf().catch(() => undefined)
      if (bytes !== undefined) await progress({ bytes: Math.min(bytes, totalBytes), totalBytes })
    }
  } finally {
    await copied.catch(() => {})
  }
  return copied
}
