import { TokenReader } from './sql-text/token-reader.js'
import { isWord } from './sql-text/tokens.js'

/** What the text of an index says beyond SQLite's pragmas. */
export interface IndexText {
  /** What each part is, without its collation and its direction. */
  readonly parts: readonly string[]
  /** Condition of a partial index. */
  readonly where: string | null
}

/** The words of an item in brackets, up to its collation and its direction; both end it, and stand outside brackets. */
const withoutOrder = (item: TokenReader): string => {
  const starts: { readonly position: number; readonly isCollate: boolean; readonly isOrder: boolean }[] = []
  while (!item.isAtEnd) {
    const token = item.peek()
    starts.push({
      position: item.position,
      isCollate: isWord(token, 'COLLATE'),
      isOrder: isWord(token, 'ASC', 'DESC'),
    })
    item.skip()
  }
  if (starts.at(-1)?.isOrder === true) starts.pop()
  if (starts.at(-2)?.isCollate === true) starts.splice(-2)
  const tokens = item.tokensFrom(0)
  const last = starts.at(-1)
  if (last === undefined) return ''
  // Read again up to the last word that belongs to it.
  const again = new TokenReader(tokens)
  while (again.position <= last.position) again.skip()
  return again.textFrom(0)
}

/**
 * Reads a stored `CREATE INDEX`.
 *
 * @returns Undefined for a text that is none.
 * @see https://www.sqlite.org/lang_createindex.html
 */
export const parseCreateIndex = (sql: string): IndexText | undefined => {
  const reader = TokenReader.of(sql)
  if (!reader.takes('CREATE')) return undefined
  reader.takes('UNIQUE')
  if (!reader.takes('INDEX')) return undefined
  while (!reader.isAtEnd && !isWord(reader.peek(), '(')) reader.skip()
  const list = reader.group()
  if (list === undefined) return undefined
  const parts = TokenReader.of(list.slice(1, -1)).listItems().map(withoutOrder)
  if (!reader.takes('WHERE')) return { parts, where: null }
  const from = reader.position
  while (!reader.isAtEnd) reader.skip()
  return { parts, where: reader.textFrom(from) }
}
