import type { Token } from 'js-tokens'

/** What is looked at of a token: js-tokens' types and values. */
export interface SourceToken {
  readonly type: Token['type']
  readonly value: string
}

const OTHER = 0
const SPACE = 1
const NAME = 2
const DIGIT = 3
const QUOTE = 4
/** A punctuator by itself, whatever follows. */
const SINGLE = 5
/** The beginning of a punctuator that what follows may go on with. */
const OPERATOR = 6

const CLASSES = new Uint8Array(128)
const classify = (characters: string, kind: number): void => {
  for (const character of characters) CLASSES[character.charCodeAt(0)] = kind
}
classify('\t\v\f \n\r', SPACE)
classify('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_$', NAME)
classify('0123456789', DIGIT)
classify('\'"', QUOTE)
classify('~,:;[](){}', SINGLE)
classify('.?=!<>*+-&|^%', OPERATOR)

const classAt = (source: string, at: number): number => {
  const code = source.charCodeAt(at)
  // Behind the end, NaN.
  return code < 128 ? (CLASSES[code] as number) : OTHER
}

const LF = 10
const CR = 13
const DOLLAR = 36
const STAR = 42
const SLASH = 47
const BACKSLASH = 92
const BACKTICK = 96
const isLineEnd = (code: number): boolean => code === LF || code === CR || code === 0x2028 || code === 0x2029

/**
 * The significant tokens of a plain text, several times as fast as js-tokens gives them: a start with nothing to do
 * reads every revision file for its checksum.
 *
 * @returns What js-tokens would give, which a test holds, or nothing for a text in which a token is not told by its first
 *   characters alone: a regular expression or division, `${`, a name or number beyond the plain ones, what is not closed.
 */
export const scanPlain = (source: string): SourceToken[] | undefined => {
  const tokens: SourceToken[] = []
  const { length } = source
  let at = 0
  while (at < length) {
    const kind = classAt(source, at)
    if (kind === SPACE) {
      at += 1
      continue
    }
    const from = at
    if (kind === NAME) {
      at = endOfName(source, at)
      if (at === -1) return undefined
      tokens.push({ type: 'IdentifierName', value: source.slice(from, at) })
    } else if (kind === SINGLE) {
      at += 1
      tokens.push({ type: 'Punctuator', value: source.charAt(from) })
    } else if (kind === OPERATOR) {
      at = endOfOperator(source, at)
      if (at === -1) return undefined
      tokens.push({ type: 'Punctuator', value: source.slice(from, at) })
    } else if (kind === QUOTE) {
      at = endOfString(source, at)
      if (at === -1) return undefined
      tokens.push({ type: 'StringLiteral', value: source.slice(from, at) })
    } else if (kind === DIGIT) {
      at = endOfNumber(source, at)
      if (at === -1) return undefined
      tokens.push({ type: 'NumericLiteral', value: source.slice(from, at) })
    } else if (source.charCodeAt(at) === BACKTICK) {
      at = endOfTemplate(source, at)
      if (at === -1) return undefined
      tokens.push({ type: 'NoSubstitutionTemplate', value: source.slice(from, at) })
    } else if (source.charCodeAt(at) === SLASH) {
      at = endOfComment(source, at)
      if (at === -1) return undefined
    } else return undefined
  }
  return tokens
}

const endOfName = (source: string, from: number): number => {
  let at = from + 1
  for (let kind = classAt(source, at); kind === NAME || kind === DIGIT; kind = classAt(source, at)) at += 1
  return goesOn(source, at) ? -1 : at
}

/** Whether a name or number may go on here in a way that is not looked at. */
const goesOn = (source: string, at: number): boolean => {
  const code = source.charCodeAt(at)
  return code > 127 || code === BACKSLASH
}

const endOfNumber = (source: string, from: number): number => {
  let at = from + 1
  while (classAt(source, at) === DIGIT) at += 1
  if (classAt(source, at) === NAME || source[at] === '.' || goesOn(source, at)) return -1
  return source[from] === '0' && at > from + 1 ? -1 : at
}

const endOfString = (source: string, from: number): number => {
  const quote = source.charCodeAt(from)
  for (let at = from + 1; at < source.length; at += 1) {
    const code = source.charCodeAt(at)
    if (code === quote) return at + 1
    if (code === LF || code === CR) return -1
    if (code === BACKSLASH) {
      at += 1
      // A line that goes on after CR LF: rare enough to leave to js-tokens.
      if (source.charCodeAt(at) === CR) return -1
    }
  }
  return -1
}

const endOfTemplate = (source: string, from: number): number => {
  for (let at = from + 1; at < source.length; at += 1) {
    const code = source.charCodeAt(at)
    if (code === BACKTICK) return at + 1
    if (code === BACKSLASH) at += 1
    else if (code === DOLLAR && source[at + 1] === '{') return -1
  }
  return -1
}

const endOfComment = (source: string, from: number): number => {
  const second = source.charCodeAt(from + 1)
  if (second === STAR) {
    const end = source.indexOf('*/', from + 2)
    return end === -1 ? -1 : end + 2
  }
  if (second !== SLASH) return -1
  let at = from + 2
  while (at < source.length && !isLineEnd(source.charCodeAt(at))) at += 1
  return at
}

/** How often an operator's first character may be there; an `=` may follow it. */
const REPEATS: Readonly<Record<string, number>> = {
  '=': 2,
  '!': 1,
  '<': 2,
  '>': 3,
  '*': 2,
  '&': 2,
  '|': 2,
  '^': 1,
  '%': 1,
  '+': 1,
  '-': 1,
}

const endOfOperator = (source: string, from: number): number => {
  const first = source.charAt(from)
  const second = source.charAt(from + 1)
  if (first === '.') {
    if (second === '.' && source[from + 2] === '.') return from + 3
    return classAt(source, from + 1) === DIGIT ? -1 : from + 1
  }
  if (first === '?') {
    if (second === '.') return classAt(source, from + 2) === DIGIT ? -1 : from + 2
    if (second !== '?') return from + 1
    return source[from + 2] === '=' ? from + 3 : from + 2
  }
  if (first === '=' && second === '>') return from + 2
  if ((first === '+' || first === '-') && second === first) return from + 2
  const most = from + (REPEATS[first] as number)
  let at = from + 1
  while (at < most && source[at] === first) at += 1
  // `!=` is one of those that an `=` may follow: `!==`.
  if (first === '!' && source[at] === '=') at += 1
  return source[at] === '=' ? at + 1 : at
}
