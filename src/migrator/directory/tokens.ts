import jsTokens, { type Token } from 'js-tokens'
import { hash } from '../crypto.js'
import { type SourceToken, scanPlain } from './scan.js'

const INSIGNIFICANT: ReadonlySet<Token['type']> = new Set([
  'WhiteSpace',
  'LineTerminatorSequence',
  'MultiLineComment',
  'SingleLineComment',
  'HashbangComment',
])

/** The tokens of a JavaScript or TypeScript text that say something: no white space, no comments. */
export const significantTokens = (source: string): readonly SourceToken[] =>
  scanPlain(source) ?? tokensOfAny(source)

/** By js-tokens, which knows every text, with what tells a regular expression from a division. */
export const tokensOfAny = (source: string): readonly SourceToken[] => {
  const tokens: SourceToken[] = []
  for (const token of jsTokens(source)) if (!INSIGNIFICANT.has(token.type)) tokens.push(token)
  return tokens
}

/**
 * What makes an edit of a revision file: SHA-256, in hex, of its tokens.
 * White space and comments do not count, so a formatter or a corrected comment is no edit.
 */
export const checksumOf = (tokens: readonly SourceToken[]): string => {
  let text = ''
  for (const { value } of tokens) text += `${withLf(value)}\n`
  return hash('sha256', text)
}

/** JavaScript itself reads every line break inside a template as LF: a checkout with CRLF is no edit. */
const withLf = (value: string): string => (value.includes('\r') ? value.replace(/\r\n?/gu, '\n') : value)
