import type { Column } from '../../schema/schema.js'
import type { StoredColumn } from './pragmas.js'
import type { Column as ColumnText } from './sql-text/create-table.js'
import { withPlainNames } from './sql-text/plain-names.js'
import { isName, nameOf, quoteText, tokenize } from './sql-text/tokens.js'

/** Names of collations are one whatever their case; SQLite's own are printed in capitals. */
export const canonicalCollation = (name: string): string =>
  name !== 'BINARY' && /^(?:BINARY|NOCASE|RTRIM)$/iu.test(name) ? name.toUpperCase() : name

/** The collation that the columns's definition names; BINARY when none. */
export const collationOf = (column: ColumnText | undefined): string =>
  canonicalCollation(column?.constraints.findLast(({ kind }) => kind === 'collate')?.collation ?? 'BINARY')

const PLAIN_TYPE = /^[A-Z]*(?:\([0-9,]*\))?$/u

/** SQLite reads declared types whatever their case and white space. */
const canonicalType = (type: string): string =>
  PLAIN_TYPE.test(type)
    ? type
    : type
        .trim()
        .replace(/\s+/gu, ' ')
        .replace(/ ?([(),]) ?/gu, '$1')
        .toUpperCase()

const KEYWORDS = /^(?:NULL|TRUE|FALSE|CURRENT_(?:TIME|DATE|TIMESTAMP))$/iu

/** `DEFAULT word` and `DEFAULT "word"` mean the text, which in brackets, where an expression stands, they would not. */
const canonicalDefault = (text: string | null, written: string | undefined): string | null => {
  if (text === null || /^NULL$/iu.test(text)) return null
  const [token, ...more] = tokenize(text)
  const isBareName =
    isName(token) && token.kind !== 'string' && more.length === 0 && !written?.startsWith('(')
  if (!isBareName) return text
  if (token.kind === 'word' && KEYWORDS.test(text)) return text.toUpperCase()
  return quoteText(nameOf(token))
}

/** Whether the text of its table has to tell what the pragma does not: an expression, or whether a default that is a name has brackets. */
export const needsText = ({ defaultText, hidden }: StoredColumn): boolean =>
  hidden === 2 || hidden === 3 || (defaultText !== null && !PLAIN_DEFAULT.test(defaultText))

const PLAIN_DEFAULT = /^(?:[-+']|[0-9.]|(?:NULL|TRUE|FALSE|CURRENT_(?:TIME|DATE|TIMESTAMP))$)/u

/**
 * What the pragma and the text say of a column, as a value.
 *
 * @param names - Of all columns of the table.
 */
export const columnOf = (
  stored: StoredColumn,
  text: ColumnText | undefined,
  names: readonly string[],
): Column => {
  const find = (kind: string) => text?.constraints.findLast((constraint) => constraint.kind === kind)
  const generated = stored.hidden === 2 || stored.hidden === 3
  const collation = collationOf(text)
  return {
    name: stored.name,
    type: canonicalType(stored.type),
    enumType: null,
    nullable: stored.notNull === 0,
    default: generated ? null : canonicalDefault(stored.defaultText, find('default')?.expression),
    autoIncrement: null,
    collation: collation === 'BINARY' ? null : collation,
    comment: null,
    generated: generated
      ? {
          expression: withPlainNames(find('generated')?.expression ?? '', names),
          stored: stored.hidden === 3,
        }
      : null,
    onUpdate: null,
    isHidden: stored.hidden === 1,
  }
}
