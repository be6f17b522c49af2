// https://www.sqlite.org/lang_createtable.html: what these say, no pragma tells. That a column is generated, one does.
const WORDS = /\b(?:AUTOINCREMENT|CHECK|COLLATE|CONFLICT|CONSTRAINT|DEFERRABLE|DESC|MATCH|STRICT|WITHOUT)\b/gi

/** Where such a word stands and is none. */
const NO_WORDS = /'(?:''|[^'])*'|"(?:""|[^"])*"|`(?:``|[^`])*`|\[[^\]]*\]|--[^\n]*|\/\*[\s\S]*?\*\//gu

/** What only the stored text says of a table. */
export interface BeyondPragmas {
  /** The rows are numbered by AUTOINCREMENT. */
  readonly isNumbered: boolean
  /** There is more, and the text has to be split. */
  readonly isMore: boolean
}

/**
 * Looks for what only the text of a table says. To split it takes many times as long, and most tables say nothing of the kind.
 *
 * @param sql - The `sql` of `sqlite_schema`, which is never a broken one.
 */
export const beyondPragmas = (sql: string): BeyondPragmas => {
  const words = sql.search(WORDS) === -1 ? [] : (sql.replace(NO_WORDS, ' ').match(WORDS) ?? [])
  const isNumbered = words.some((word) => word.toUpperCase() === 'AUTOINCREMENT')
  return { isNumbered, isMore: words.some((word) => word.toUpperCase() !== 'AUTOINCREMENT') }
}
