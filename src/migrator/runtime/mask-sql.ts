const COMMENT = String.raw`--[^\n]*|/\*[\s\S]*?\*/`
/** Backslashes that escape only where an E is before the text. */
const STANDARD = String.raw`\bE'(?:\\[\s\S]|''|[^'\\])*'|'(?:''|[^'])*'|\$(?<tag>\w*)\$[\s\S]*?\$\k<tag>\$`
const STANDARD_NAME = String.raw`"(?:""|[^"])*"|\x60(?:\x60\x60|[^\x60])*\x60`
const BACKSLASH = String.raw`'(?:\\[\s\S]|''|[^'\\])*'|"(?:\\[\s\S]|""|[^"\\])*"`
const BACKSLASH_NAME = String.raw`\x60(?:\x60\x60|[^\x60])*\x60`
/** What looks like a number and is none: names, places of values. */
const WORD = String.raw`[\p{L}_$][\p{L}\p{N}_$]*`
const NUMBER = String.raw`0[xX][0-9a-fA-F]+|\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?`

const partsOf = (comment: string, text: string, name: string): RegExp =>
  new RegExp(`(?<comment>${comment})|(?<text>${text})|(?<name>${name}|${WORD})|(?<number>${NUMBER})`, 'gu')

const standard = partsOf(COMMENT, STANDARD, STANDARD_NAME)
const backslash = partsOf(String.raw`${COMMENT}|#[^\n]*`, BACKSLASH, BACKSLASH_NAME)

/** Statements whose numbers are values. */
const OF_ROWS: ReadonlySet<string> = new Set([
  'INSERT',
  'REPLACE',
  'UPDATE',
  'DELETE',
  'MERGE',
  'SELECT',
  'CALL',
  'VALUES',
])
/** Statements that write rows. */
const WRITING: ReadonlySet<string> = new Set(['INSERT', 'REPLACE', 'UPDATE', 'DELETE', 'MERGE'])

const OBJECT =
  /^(CREATE|ALTER|DROP|RENAME|COMMENT|TRUNCATE)\s+(?:[A-Z]+\s+)*?(TABLE|INDEX|VIEW|TRIGGER|FUNCTION|PROCEDURE|TYPE|SEQUENCE|SCHEMA|DATABASE|EXTENSION|DOMAIN|POLICY|COLUMN|ROLE|USER)\b/u

/** A statement as it may be told: what it is, and its text without values. */
export interface MaskedStatement {
  /** `CREATE TABLE`, `ALTER TABLE`, `INSERT`, `SELECT`; its first word where there is no better one. */
  readonly kind: string
  /** One line, without comments; each text is `?`, and each number in a statement about rows. */
  readonly sql: string
  /** Whether it writes rows. */
  readonly writesRows: boolean
}

/**
 * A statement without the values in it.
 *
 * @param hasBackslashes - Whether a backslash escapes in texts, and these may stand in double quotes.
 */
export const maskSql = (sql: string, hasBackslashes: boolean): MaskedStatement => {
  const parts = hasBackslashes ? backslash : standard
  const withoutTexts = sql.replace(parts, (part, ...rest) => {
    const { comment, text } = rest.at(-1) as Record<string, string | undefined>
    return comment !== undefined ? ' ' : text !== undefined ? '?' : part
  })
  const kind = kindOf(withoutTexts.replace(/\s+/gu, ' ').trim())
  const masked = OF_ROWS.has(kind)
    ? withoutTexts.replace(parts, (part, ...rest) =>
        (rest.at(-1) as Record<string, string | undefined>)['number'] === undefined ? part : '?',
      )
    : withoutTexts
  return { kind, sql: masked.replace(/\s+/gu, ' ').trim(), writesRows: WRITING.has(kind) }
}

const kindOf = (sql: string): string => {
  const upper = sql.toUpperCase()
  const [first = ''] = /^[A-Z]+/u.exec(upper.replace(/^[(\s]+/u, '')) ?? []
  if (first === 'WITH') return /\b(?:INSERT|UPDATE|DELETE|MERGE)\b/u.exec(upper)?.[0] ?? 'SELECT'
  const object = OBJECT.exec(upper)
  return object === null ? first : `${object[1]} ${object[2]}`
}
