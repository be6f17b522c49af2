import type { CopyingEvent } from '../../migrator/index.js'
import { bytesText } from './bytes.js'
import { duration } from './duration.js'

/**
 * How far a copy is, and how long it will still take at the rate that it had.
 *
 * @returns Such as `about 1.2 GB`, before anything is copied, or `45 % of about 1.2 GB, about 12 s left`.
 */
export const copyingSoFar = ({ bytes, totalBytes, elapsedMs }: CopyingEvent): string => {
  const size = `about ${bytesText(totalBytes)}`
  if (bytes === 0 || totalBytes === 0) return size
  const part = Math.min(bytes / totalBytes, 1)
  const left = part === 1 ? '' : `, about ${duration((elapsedMs * (1 - part)) / part)} left`
  return `${Math.floor(part * 100)} % of ${size}${left}`
}
