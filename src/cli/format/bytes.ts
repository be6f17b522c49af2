const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const

/** A size for people: `512 bytes`, `4.1 kB`, `1.2 GB`. */
export const bytesText = (bytes: number): string => {
  let [value, unit] = [bytes, 0]
  while (value >= 1_000 && unit < UNITS.length - 1) {
    value /= 1_000
    unit += 1
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`
}
