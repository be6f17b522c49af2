import { hash } from '../crypto.js'
import { HEADER_NAMES, type HeaderName, type HeaderValue, type HeaderValues } from './header-names.js'

/** What of a revision file is known without running it. */
export interface QuickRead {
  readonly values: HeaderValues
  /** As `checksumOf` gives it. */
  readonly checksum: string
}

/*
 * All of this is done by regular expressions, a few for each file. A start with nothing to do reads each file once, and
 * for as little work code of our own would run unoptimized, or cost more to optimize than to run; regular expressions are
 * compiled to machine code at once.
 */

const SPACE_AND_COMMENTS = String.raw`(?:\s|//[^\n\r\u2028\u2029\0]*(?=[\n\r\u2028\u2029\0])|/\*[^*]*\*+(?:[^/*][^*]*\*+)*/)*`
// Those that are told by their first characters alone. What can go on behind a name or a number is looked at: nothing that
// is matched here is shorter than the token.
const TOKENS = [
  String.raw`[A-Za-z_$][\w$]*(?![\w$\\\u0080-\uffff])`,
  String.raw`[~,:;[\](){}]`,
  String.raw`'[^'\\\n\r]*(?:\\[^\r][^'\\\n\r]*)*'`,
  String.raw`"[^"\\\n\r]*(?:\\[^\r][^"\\\n\r]*)*"`,
  // Without line breaks of Windows, which count as LF there.
  '`[^`\\\\$\\r]*(?:(?:\\\\[^\\r]|\\$(?!\\{))[^`\\\\$\\r]*)*`',
  String.raw`(?:0|[1-9]\d*)(?![\w$.\\\u0080-\uffff])`,
  String.raw`=>|={1,3}|!={0,2}|\.\.\.|\.(?!\d)|\?\?=?|\?\.(?!\d)|\?(?![.?])|\+\+|--|[+\-^%]=?|<<?=?|>{1,3}=?|\*\*?=?|&&?=?|\|\|?=?`,
  // The end of the text, which is written behind it.
  String.raw`\0(?![^])`,
]
const TOKEN = new RegExp(`${SPACE_AND_COMMENTS}(${TOKENS.join('|')})`, 'gy')

/** Longer texts are left to the reading that knows every text. */
const MOST_CHARACTERS = 1 << 20

/**
 * The significant tokens of a plain text, each with a line break behind it.
 *
 * @returns Nothing for a text in which a token is not told by its first characters alone.
 */
const linesOf = (source: string): string | undefined => {
  if (source.length > MOST_CHARACTERS) return undefined
  // From where no token is found, what is left of the text stays as it is, and no line break is at its end.
  const lines = `${source}\0`.replace(TOKEN, '$1\n')
  return lines.endsWith('\0\n') ? lines.slice(0, -2) : undefined
}

const NAME = `(?:${HEADER_NAMES.join('|')})`
const ANY_NAME = new RegExp(String.raw`(?:^|\n)["']?${NAME}["']?\n`)
const DECLARED = String.raw`(?:exports\n\.|export\n(?:const|let|var))\n(${NAME})\n`
const FIRST_DECLARATION = new RegExp(DECLARED)
const TEXT = String.raw`(?:'[^'\\\n]*'|"[^"\\\n]*"|\x60[^\x60\\\n]*\x60)\n`
const DECLARATION = new RegExp(
  // An expression is over where nothing goes on with it, like an operator or `.slice()` would.
  String.raw`${DECLARED}=\n(null\n|${TEXT}|\[\n(?:${TEXT}(?:,\n)?)*\]\n)(?:;\n|(?=[A-Za-z_$])|$)`,
  'y',
)
const TEXTS = new RegExp(TEXT, 'g')
/** A value that is called like a part of the header: the slow reading takes it for one. */
const QUOTED_NAME = new RegExp(String.raw`(?:^|\n)["']${NAME}["']\n`)
/** What may say more of the header, or say it otherwise. */
const MORE = new RegExp(
  String.raw`(?:^|\n)(?:["']?${NAME}["']?|module|export\n(?:default|[{*=]|(?:const|let|var)\n[{[]))\n`,
)
/** In every text that has {@link MORE} and in few others, and sooner looked for: it need not begin a line. */
const HINT = new RegExp(
  String.raw`module|${HEADER_NAMES.join('|')}|export\n(?:default|[{*=]|(?:const|let|var)\n[{[])`,
)
/** What hides names where none is seen. */
const HIDING = /(?:^|\n)(?:module|export\n\*)\n/
const SPREAD = /\n\.\.\.\n/

/** The header; nothing where it takes more to tell it. */
const headerIn = (lines: string): HeaderValues | undefined => {
  const first = FIRST_DECLARATION.exec(lines)
  if (first === null) return ANY_NAME.test(lines) ? undefined : headerWithoutNames(lines)
  let at = first.index
  // The end of a longer name.
  if (at > 0 && lines[at - 1] !== '\n') return undefined
  if (!isPlainStart(lines.slice(0, at))) return undefined
  const values: Partial<Record<HeaderName, HeaderValue>> = {}
  for (;;) {
    DECLARATION.lastIndex = at
    const found = DECLARATION.exec(lines)
    if (found === null) break
    const [text, name, literal = ''] = found
    if (QUOTED_NAME.test(literal)) return undefined
    values[name as HeaderName] = literalValue(literal)
    at += text.length
  }
  return saysMore(lines, at) ? undefined : values
}

/** The header of a text that has none of its names, where nothing hides them. */
const headerWithoutNames = (lines: string): HeaderValues | undefined => {
  // Where brackets do not match, nobody can tell what it is spread into.
  if (SPREAD.test(`\n${lines}`) && !isAtTop(lines)) return undefined
  const hiding = HIDING.exec(lines)?.[0]
  return hiding === undefined ||
    (hiding.endsWith('module\n') && !lines.includes('export\n*\n') && !SPREAD.test(lines))
    ? {}
    : undefined
}

/** Whether the text from `at` on may say more of the header, or say it otherwise. */
const saysMore = (lines: string, at: number): boolean => {
  const rest = lines.slice(at)
  return HINT.test(rest) && MORE.test(rest)
}

/** The last start that was looked at: most files of a folder begin with the same imports. */
let seen = { start: '', isPlain: true }

/** Whether what is before the header is at the top of the file, and says nothing of the header. */
const isPlainStart = (start: string): boolean => {
  if (start !== seen.start) seen = { start, isPlain: isAtTop(start) && !MORE.test(start) }
  return seen.isPlain
}

/** Whether all brackets that are opened are closed; false where that takes more to tell. */
const isAtTop = (lines: string): boolean => {
  if (/[`\\]/u.test(lines)) return false
  let depth = 0
  for (const [bracket] of lines.matchAll(/^[{}()[\]]$/gmu)) {
    depth += '{(['.includes(bracket) ? 1 : -1
    if (depth < 0) return false
  }
  return depth === 0
}

const literalValue = (literal: string): HeaderValue =>
  literal === 'null\n'
    ? null
    : literal.startsWith('[')
      ? (literal.match(TEXTS) ?? []).map((text) => text.slice(1, -2))
      : literal.slice(1, -2)

/**
 * Header and checksum of a revision file as it is usually written: a start with nothing to do reads every one of them,
 * and most of what such a start costs is this.
 *
 * @returns What {@link readHeader} and {@link checksumOf} would give, which a test holds, or nothing for a text that is beyond this.
 */
export const quickRead = (text: string): QuickRead | undefined => {
  const lines = linesOf(text)
  if (lines === undefined) return undefined
  const values = headerIn(lines)
  return values === undefined ? undefined : { values, checksum: hash('sha256', lines) }
}
