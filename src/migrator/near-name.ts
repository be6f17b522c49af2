/** Of some names the one that may be meant by another: one letter too many, too few, other, or swapped; or one the beginning of the other. */
export const nearName = (name: string, known: readonly string[]): string | undefined =>
  known.find((other) => isNear(other.toLowerCase(), name.toLowerCase()))

const isNear = (a: string, b: string): boolean => {
  if (a.startsWith(b) || b.startsWith(a)) return Math.min(a.length, b.length) > 2
  let start = 0
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start += 1
  let end = 0
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end += 1
  return Math.max(a.length, b.length) - start - end <= 2
}
