import { foldName, isTrivia, nameOf, tokenize } from './tokens.js'

// https://www.sqlite.org/lang_keywords.html. TRUE and FALSE are none, and mean the numbers where no column has the name.
const KEYWORDS: ReadonlySet<string> = new Set(
  (
    'abort action add after all alter always analyze and as asc attach autoincrement before begin between by cascade case cast ' +
    'check collate column commit conflict constraint create cross current current_date current_time current_timestamp database ' +
    'default deferrable deferred delete desc detach distinct do drop each else end escape except exclude exclusive exists explain ' +
    'fail false filter first following for foreign from full generated glob group groups having if ignore immediate in index indexed ' +
    'initially inner insert instead intersect into is isnull join key last left like limit match materialized natural no not nothing ' +
    'notnull null nulls of offset on or order others outer over partition plan pragma preceding primary query raise range recursive ' +
    'references regexp reindex release rename replace restrict returning right rollback row rows savepoint select set table temp ' +
    'temporary then ties to transaction trigger true unbounded union unique update using vacuum values view virtual when where ' +
    'window with within without'
  ).split(' '),
)

const PLAIN = /^[A-Za-z_][A-Za-z0-9_]*$/u

/**
 * An expression with the names of columns as plain words, where that means the same. RENAME COLUMN and RENAME TABLE write them
 * in quotes, so that what has got another name and its own again would be another expression.
 *
 * @param columns - Of the table: no other name is touched, and no text.
 */
export const withPlainNames = (sql: string, columns: readonly string[]): string => {
  const known = new Set(columns.map(foldName))
  const tokens = tokenize(sql)
  return tokens
    .map((token, place) => {
      if (token.kind !== 'quoted') return token.text
      const name = nameOf(token)
      const isColumn = PLAIN.test(name) && known.has(foldName(name)) && !KEYWORDS.has(foldName(name))
      const next = tokens.slice(place + 1).find((other) => !isTrivia(other))
      const [before, after] = [tokens[place - 1]?.kind, tokens[place + 1]?.kind]
      const isApart = ![before, after].some((kind) => kind === 'word' || kind === 'number' || kind === 'blob')
      // A word before a bracket is a function.
      return isColumn && isApart && after !== 'quoted' && after !== 'string' && next?.text !== '('
        ? name
        : token.text
    })
    .join('')
}
