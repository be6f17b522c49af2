/** A piece of SQLite's SQL. The texts of all tokens, one after the other, are the text that they came from. */
export interface Token {
  /** `quoted` is a name in `"`, `` ` `` or `[ ]`; a `string` in `'` is a name too where SQLite wants one. */
  readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'blob' | 'symbol' | 'space' | 'comment'
  readonly text: string
  /** Where it begins in the text. */
  readonly start: number
  /** Of a word or symbol, the same in capitals: what it is as a keyword. */
  readonly keyword?: string
}

// https://www.sqlite.org/draft/tokenreq.html: a comment, a string or a quoted name that does not end goes on to the end.
const TOKENS: readonly (readonly [kind: Token['kind'], pattern: RegExp, first: RegExp])[] = [
  ['space', /[ \t\n\f\r\ufeff]+/uy, /[ \t\n\f\r]/u],
  ['comment', /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$(?![\s\S]))/uy, /[-/]/u],
  ['blob', /[xX]'[0-9a-fA-F]*'/uy, /[xX]/u],
  ['string', /'(?:''|[^'])*(?:'|$(?![\s\S]))/uy, /'/u],
  [
    'quoted',
    /"(?:""|[^"])*(?:"|$(?![\s\S]))|`(?:``|[^`])*(?:`|$(?![\s\S]))|\[[^\]]*(?:\]|$(?![\s\S]))/uy,
    /["`[]/u,
  ],
  [
    'number',
    /0[xX][0-9a-fA-F_]+|(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9][0-9_]*)?/uy,
    /[0-9.]/u,
  ],
  ['word', /[A-Za-z_\u0080-\u{10ffff}][A-Za-z0-9_$\u0080-\u{10ffff}]*/uy, /[A-Za-z_]/u],
]

/** What a token can be by its first character, where that is one of ASCII: most are tried against one pattern, or none. */
const BY_FIRST = Array.from({ length: 128 }, (_, code) =>
  TOKENS.filter(([, , first]) => first.test(String.fromCharCode(code))),
)

/**
 * Splits a text into tokens, none left out.
 *
 * @param sql - Any text; what is no SQL comes back as symbols of one character.
 */
export const tokenize = (sql: string): readonly Token[] => {
  const tokens: Token[] = []
  for (let start = 0; start < sql.length; ) {
    const token = tokenAt(sql, start)
    tokens.push(token)
    start += token.text.length
  }
  return tokens
}

const tokenAt = (sql: string, start: number): Token => {
  for (const [kind, pattern] of BY_FIRST[sql.charCodeAt(start)] ?? TOKENS) {
    pattern.lastIndex = start
    const text = pattern.exec(sql)?.[0]
    if (text === undefined || text === '') continue
    return kind === 'word' ? { kind, text, start, keyword: keywordOf(text) } : { kind, text, start }
  }
  const text = String.fromCodePoint(sql.codePointAt(start) ?? 0)
  return { kind: 'symbol', text, start, keyword: text }
}

/** No keyword has a letter beyond ASCII, though some of these are an ASCII one in capitals. */
const keywordOf = (word: string): string => (/[\u0080-\uffff]/u.test(word) ? word : word.toUpperCase())

/** White space or a comment: between the tokens that mean something. */
export const isTrivia = (token: Token): boolean => token.kind === 'space' || token.kind === 'comment'

/** Whether the token is this keyword or symbol, whatever its case; a quoted name is no keyword. */
export const isWord = (token: Token | undefined, word: string, ...others: readonly string[]): boolean =>
  token?.keyword !== undefined && (token.keyword === word || others.includes(token.keyword))

/** Whether a name can stand here: a word, quoted or not. */
export const isName = (token: Token | undefined): token is Token =>
  token !== undefined && (token.kind === 'word' || token.kind === 'quoted' || token.kind === 'string')

/** The name that a token writes, without its quotes. */
export const nameOf = ({ kind, text }: Token): string => {
  if (kind !== 'quoted' && kind !== 'string') return text
  const quote = text[0] ?? ''
  const inner = text.slice(1, -1)
  return quote === '[' || !inner.includes(quote) ? inner : inner.replaceAll(quote + quote, quote)
}

/** A name in double quotes, as SQL. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A text as a literal of SQL. */
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** Two names are one in SQLite when they differ in the case of ASCII letters only. */
export const foldName = (name: string): string =>
  CAPITALS.test(name) ? name.replace(/[A-Z]+/gu, (letters) => letters.toLowerCase()) : name

const CAPITALS = /[A-Z]/u

/** Whether two names name the same thing. */
export const isSameName = (one: string, other: string): boolean => foldName(one) === foldName(other)

/**
 * The names that an expression may mean, folded: every word and quoted name in it, functions and keywords too. What is
 * not among them is not used by it.
 */
export const namesIn = (sql: string): ReadonlySet<string> =>
  new Set(
    tokenize(sql)
      .filter(isName)
      .map((token) => foldName(nameOf(token))),
  )
