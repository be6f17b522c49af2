/** A piece of a statement. */
export interface SqlToken {
  readonly kind: 'word' | 'name' | 'text' | 'number' | 'symbol'
  /** A word in capitals; a name and a text without their quotes; otherwise as it stands. */
  readonly value: string
  /** As it stands. */
  readonly source: string
  /** Where it stands in the statement. */
  readonly at: number
}

// MySQL runs what stands in `/*! … */` and MariaDB what stands in `/*M! … */`: only the marks are left out.
const PIECES =
  /(?<skip>\s+|--[^\n]*|\/\*(?![M!])[\s\S]*?\*\/|\/\*M?!\d*|\*\/)|(?<dollar>\$(?<tag>\w*)\$[\s\S]*?\$\k<tag>\$)|(?<text>[EN]?'(?:''|\\[\s\S]|[^'\\])*')|(?<name>"(?:""|[^"])*"|`(?:``|[^`])*`|\[[^\]]*\])|(?<word>[\p{L}_][\p{L}\p{N}_$]*)|(?<number>\d+(?:\.\d+)?)|(?<symbol>::|[\s\S])/giu

/** The pieces of a statement of any engine, without white space and comments. */
export const tokensOfSql = (sql: string): readonly SqlToken[] => {
  const tokens: SqlToken[] = []
  for (const { 0: source, index: at, groups = {} } of sql.matchAll(PIECES)) {
    if (groups['skip'] !== undefined) continue
    if (groups['name'] !== undefined) tokens.push({ kind: 'name', value: bare(source), source, at })
    else if (groups['word'] !== undefined)
      tokens.push({ kind: 'word', value: source.toUpperCase(), source, at })
    else if (groups['number'] !== undefined) tokens.push({ kind: 'number', value: source, source, at })
    else if (groups['symbol'] !== undefined) tokens.push({ kind: 'symbol', value: source, source, at })
    else tokens.push({ kind: 'text', value: source, source, at })
  }
  return tokens
}

const bare = (source: string): string => {
  const mark = source.at(-1) ?? ''
  return source.slice(1, -1).replaceAll(mark + mark, mark)
}
