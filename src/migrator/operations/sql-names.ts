// Texts in single quotes, names in double quotes and backticks, bare words; everything else letter by letter.
const TOKEN = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|[\p{L}_][\p{L}\p{N}_$]*|[\s\S]/gu

const BARE = /^[a-z_][a-z0-9_$]*$/u

const tokensOf = (sql: string): readonly string[] => sql.match(TOKEN) ?? []

/** The name that a token is; undefined for texts and signs. */
const nameIn = (token: string): { readonly name: string; readonly quote: '' | '"' | '`' } | undefined => {
  const [first = ''] = token
  if (first === '"' || first === '`')
    return { name: token.slice(1, -1).replaceAll(first + first, first), quote: first }
  return /^[\p{L}_]/u.test(token) ? { name: token, quote: '' } : undefined
}

const quoted = (name: string, quote: '"' | '`'): string =>
  quote + name.replaceAll(quote, quote + quote) + quote

/** A bare word stands for a name in any case: most engines fold it. */
const isNamed = (token: string, name: string): boolean => {
  const found = nameIn(token)
  if (found === undefined) return false
  return found.name === name || (found.quote === '' && found.name.toLowerCase() === name.toLowerCase())
}

/**
 * Whether an expression speaks of a column: no parser, but words outside of texts. A function of the same name counts too.
 *
 * @param sql - As the engine prints it.
 */
export const mentions = (sql: string, name: string): boolean =>
  tokensOf(sql).some((token) => isNamed(token, name))

/** The expression after a column that it speaks of has got another name. */
export const renameInSql = (sql: string, from: string, to: string): string =>
  tokensOf(sql)
    .map((token) => {
      if (!isNamed(token, from)) return token
      const quote = nameIn(token)?.quote ?? ''
      return quote === '' ? (BARE.test(to) ? to : quoted(to, '"')) : quoted(to, quote)
    })
    .join('')

const unquoted = (sql: string): string =>
  tokensOf(sql)
    .map((token) => {
      const found = nameIn(token)
      return found !== undefined && BARE.test(found.name) ? found.name : token
    })
    .join('')

/** Whether two expressions are the same text, whichever of their plain names are in quotes. */
export const isSameSql = (one: string | null, other: string | null): boolean =>
  one === other || (one !== null && other !== null && unquoted(one) === unquoted(other))

/** A name as it stands in SQL that the engine prints: in quotes where it needs them. */
export const printedName = (name: string): string => (BARE.test(name) ? name : quoted(name, '"'))

/** A text as it stands in SQL. */
export const printedText = (text: string): string => `'${text.replaceAll("'", "''")}'`
