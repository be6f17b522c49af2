import { createHash } from 'node:crypto'
import jsTokens, { type Token } from 'js-tokens'

const INSIGNIFICANT: ReadonlySet<Token['type']> = new Set([
  'WhiteSpace',
  'LineTerminatorSequence',
  'MultiLineComment',
  'SingleLineComment',
  'HashbangComment',
])

/** The tokens of a JavaScript or TypeScript text that say something: no white space, no comments. */
export const significantTokens = (source: string): readonly Token[] => {
  const tokens: Token[] = []
  for (const token of jsTokens(source)) if (!INSIGNIFICANT.has(token.type)) tokens.push(token)
  return tokens
}

/**
 * What makes an edit of a revision file: SHA-256, in hex, of its tokens.
 * White space and comments do not count, so a formatter or a corrected comment is no edit.
 */
export const checksumOf = (tokens: readonly Token[]): string => {
  const hash = createHash('sha256')
  // JavaScript itself reads every line break inside a template as LF: a checkout with CRLF is no edit.
  for (const token of tokens) hash.update(`${token.value.replace(/\r\n?/gu, '\n')}\n`)
  return hash.digest('hex')
}
