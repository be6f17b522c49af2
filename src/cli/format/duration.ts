/**
 * A time as people read it.
 *
 * @param milliseconds - Not negative.
 * @returns Such as `12 ms`, `1.2 s`, `2 min 3 s`.
 */
export const duration = (milliseconds: number): string => {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(1)} s`
  const seconds = Math.round(milliseconds / 1000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}
