/** The parts that are there, with a space between. */
export const words = (...parts: readonly (string | null | false | undefined)[]): string =>
  parts.filter((part) => typeof part === 'string' && part !== '').join(' ')

/** `SQL (a, b)`, or nothing for an empty list. */
export const listed = (sql: string, items: readonly string[]): string =>
  items.length === 0 ? '' : words(sql, `(${items.join(', ')})`)
