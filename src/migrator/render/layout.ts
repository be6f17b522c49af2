/** A piece of source before it is broken into lines. */
export type Code = string | CodeGroup

/** Pieces between two brackets: on one line where they fit, else each on a line of its own. */
export interface CodeGroup {
  readonly open: string
  readonly items: readonly CodeItem[]
  readonly close: string
  /** White space inside the brackets of one line, as in `{ a: 1 }`. */
  readonly isSpaced?: boolean
  /** A call: where only its last argument is too long, that one alone is broken. */
  readonly isCall?: boolean
}

/** A piece behind its key. */
export interface CodeItem {
  /** Such as `name: `; may be empty. */
  readonly key: string
  readonly code: Code
}

/** Characters of a line, its indentation counted. */
const WIDTH = 100

/** An item without a key. */
export const item = (code: Code): CodeItem => ({ key: '', code })

/**
 * The source as lines.
 *
 * @param code - What to lay out.
 * @param column - Where it begins on its line.
 * @param indent - Of that line; what is broken stands two further.
 */
export const layOut = (code: Code, column = 0, indent = 0): string => {
  const flat = flatten(code)
  if (typeof code === 'string' || code.items.length === 0) return flat
  if (!flat.includes('\n') && column + flat.length <= WIDTH) return flat
  return (code.isCall === true ? breakLast(code, column, indent) : undefined) ?? breakAll(code, indent)
}

const flatten = (code: Code): string => {
  if (typeof code === 'string') return code
  const items = code.items.map(({ key, code: inner }) => key + flatten(inner)).join(', ')
  const space = code.isSpaced === true && items !== '' ? ' ' : ''
  return `${code.open}${space}${items}${space}${code.close}`
}

/** `call('a', {` … `})`: everything but the last argument stays on the first line. */
const breakLast = ({ open, items, close }: CodeGroup, column: number, indent: number): string | undefined => {
  const last = items.at(-1)
  const others = items.slice(0, -1)
  if (last === undefined || typeof last.code === 'string' || others.some(({ code }) => isList(code))) return
  const start = `${open}${others.map(({ key, code }) => `${key}${flatten(code)}, `).join('')}`
  if (start.includes('\n') || column + start.length + 1 > WIDTH) return
  return `${start}${last.key}${breakAll(last.code, indent)}${close}`
}

const isList = (code: Code): boolean => typeof code !== 'string' && code.isCall !== true

const breakAll = ({ open, items, close }: CodeGroup, indent: number): string => {
  const inner = indent + 2
  const lines = items.map(
    ({ key, code }) => `${' '.repeat(inner)}${key}${layOut(code, inner + key.length, inner)},`,
  )
  return [open, ...lines, `${' '.repeat(indent)}${close}`].join('\n')
}
