import { HEADER_NAMES, type HeaderName, type HeaderValue, type HeaderValues, PLACES } from './header-names.js'
import type { SourceToken } from './scan.js'

/** What can be read of a header without running the file. */
export type StaticHeader =
  | { readonly kind: 'static'; readonly values: HeaderValues }
  /** The file exports its names in a way that only running it can tell. */
  | { readonly kind: 'dynamic' }

const NAMES: ReadonlySet<string> = new Set(HEADER_NAMES)
const OPENING = new Set(['{', '(', '[', '${'])
const CLOSING = new Set(['}', ')', ']'])

/**
 * Reads `export const revision = '…'`, `exports.revision = '…'` and `module.exports = { revision: '…' }` from the text,
 * so that a start with nothing to do imports no revision file at all.
 *
 * @param tokens - As {@link significantTokens} gives them.
 * @returns Literal values, or `dynamic` where the text does not tell.
 */
export const readHeader = (tokens: readonly SourceToken[]): StaticHeader => {
  const values: Partial<Record<HeaderName, HeaderValue>> = {}
  const value = (index: number): string => tokens[index]?.value ?? ''
  let depth = 0
  // Depth of the braces of `module.exports = {`, while inside them.
  let exportsDepth = -1
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index] as SourceToken
    const text = token.value
    if (token.type === 'TemplateHead') depth += 1
    else if (token.type === 'TemplateTail') depth -= 1
    else if (token.type === 'Punctuator') {
      if (OPENING.has(text)) depth += 1
      else if (CLOSING.has(text)) {
        depth -= 1
        if (depth < exportsDepth) exportsDepth = -1
      } else if (depth === exportsDepth && isHiddenKey(tokens, index)) return { kind: 'dynamic' }
      else if (depth === 0 && text === ',' && declaresHeader(tokens, index + 1)) return { kind: 'dynamic' }
    } else if (depth === exportsDepth && isHiddenKey(tokens, index)) return { kind: 'dynamic' }
    if (token.type !== 'IdentifierName') continue

    let at = -1
    let name = ''
    if (depth === 0 && text === 'export') {
      if (['default', '{', '*', '='].includes(value(index + 1))) {
        if (value(index + 1) === '*' || mentionsHeader(tokens)) return { kind: 'dynamic' }
        continue
      }
      if (!['const', 'let', 'var'].includes(value(index + 1))) continue
      if (['{', '['].includes(value(index + 2)) && mentionsHeader(tokens)) return { kind: 'dynamic' }
      name = value(index + 2)
      at = skipAnnotation(tokens, index + 3)
    } else if (depth === 0 && text === 'exports' && value(index + 1) === '.') {
      name = value(index + 2)
      at = value(index + 3) === '=' ? index + 4 : -1
    } else if (
      depth === 0 &&
      text === 'module' &&
      value(index + 2) === 'exports' &&
      value(index + 3) === '='
    ) {
      if (value(index + 4) === '{') exportsDepth = 1
      else if (mentionsHeader(tokens)) return { kind: 'dynamic' }
      continue
    } else if (depth === exportsDepth && NAMES.has(text) && ['{', ','].includes(value(index - 1))) {
      name = text
      at = value(index + 1) === ':' ? index + 2 : -1
      if (at === -1) return { kind: 'dynamic' }
    }
    if (!NAMES.has(name)) continue
    const literal = at === -1 ? undefined : readLiteral(tokens, at)
    if (literal === undefined) return { kind: 'dynamic' }
    values[name as HeaderName] = literal
  }
  // Named somewhere else than where it was looked for, as in `Object.assign(exports, { revision: … })`.
  const isMissed = (token: SourceToken): boolean => PLACES.has(nameIn(token)) && !(nameIn(token) in values)
  return tokens.some(isMissed) ? { kind: 'dynamic' } : { kind: 'static', values }
}

/** A name, or a text that may be a quoted one. */
const nameIn = (token: SourceToken): string =>
  token.type === 'IdentifierName'
    ? token.value
    : token.type === 'StringLiteral'
      ? token.value.slice(1, -1)
      : ''

/** Whether an entry of `module.exports = {` begins here that hides its name or its value: spread, quoted key, getter. */
const isHiddenKey = (tokens: readonly SourceToken[], index: number): boolean => {
  const token = tokens[index] as SourceToken
  if (!['{', ','].includes(tokens[index - 1]?.value ?? '')) return false
  if (token.type === 'StringLiteral') return NAMES.has(nameIn(token))
  if (token.type === 'IdentifierName')
    return token.value === 'get' && NAMES.has(tokens[index + 1]?.value ?? '')
  return token.value === '...'
}

/** Whether one more variable of a declaration begins here, and is one of the header. */
const declaresHeader = (tokens: readonly SourceToken[], index: number): boolean =>
  NAMES.has(tokens[index]?.value ?? '') && ['=', ':'].includes(tokens[index + 1]?.value ?? '')

const mentionsHeader = (tokens: readonly SourceToken[]): boolean =>
  tokens.some((token) => token.type === 'IdentifierName' && NAMES.has(token.value))

/** Index behind `: type =`, or behind `=`; -1 where there is no `=`. */
const skipAnnotation = (tokens: readonly SourceToken[], from: number): number => {
  for (let index = from; index < tokens.length; index += 1) {
    const text = tokens[index]?.value
    if (text === '=') return index + 1
    if (text === ';' || text === 'export') return -1
  }
  return -1
}

/** The literal that begins at `at` and is the whole expression: a text, `null`, or an array of texts. */
const readLiteral = (tokens: readonly SourceToken[], at: number): HeaderValue | undefined => {
  const first = tokens[at]
  if (first === undefined) return undefined
  if (first.type === 'Punctuator' && first.value === '[') {
    const list: string[] = []
    let index = at + 1
    while (tokens[index] !== undefined && tokens[index]?.value !== ']') {
      const item = textOf(tokens[index] as SourceToken)
      if (item === undefined) return undefined
      list.push(item)
      index += 1
      if (tokens[index]?.value === ',') index += 1
    }
    return endsExpression(tokens, index + 1) ? list : undefined
  }
  const literal = first.value === 'null' ? null : textOf(first)
  return literal !== undefined && endsExpression(tokens, at + 1) ? literal : undefined
}

const ENDS = new Set([';', ',', '}', 'as', 'satisfies', undefined])

/** Whether an expression is over before `at`: nothing there goes on with it, like `+` or `.slice()` would. */
const endsExpression = (tokens: readonly SourceToken[], at: number): boolean => {
  const next = tokens[at]
  return ENDS.has(next?.value) || next?.type === 'IdentifierName'
}

const textOf = (token: SourceToken): string | undefined => {
  if (token.type !== 'StringLiteral' && token.type !== 'NoSubstitutionTemplate') return undefined
  const inner = token.value.slice(1, -1)
  // An escape is rare here and easy to get wrong; running the file tells.
  return inner.includes('\\') ? undefined : inner
}
