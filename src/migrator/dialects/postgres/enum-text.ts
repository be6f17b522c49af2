import { sqlText } from './names.js'

/** Values of an enum type in the text of an expression, as PostgreSQL prints it: `'a'::mood`, `'{a,b}'::mood[]`. */
const literals = (type: string): RegExp =>
  new RegExp(
    `(E?)'((?:[^']|'')*)'::${type.replaceAll(/[$()*+.?[\\\]^{|}]/gu, '\\$&')}(\\[\\])?(?![\\w"$])`,
    'gu',
  )

const plain = (escaped: string, text: string): string => {
  const single = text.replaceAll("''", "'")
  return escaped === '' ? single : single.replaceAll('\\\\', '\\')
}

/** One element of the text of an array: bare, or in quotes. */
const ELEMENT = /"((?:[^"\\]|\\.)*)"|([^{},"]+)/gu

const elementsOf = (array: string): readonly string[] =>
  [...array.matchAll(ELEMENT)].map(([, quoted, bare = '']) => quoted?.replaceAll(/\\(.)/gu, '$1') ?? bare)

/** The values of a type that an expression has in it. */
export const valuesIn = (expression: string, type: string): readonly string[] =>
  [...expression.matchAll(literals(type))].flatMap(([, escaped = '', text = '', isArray]) =>
    isArray === undefined ? [plain(escaped, text)] : elementsOf(plain(escaped, text)),
  )

/** Whether an expression is nothing but one value of the type. */
export const isOneValue = (expression: string, type: string): boolean =>
  expression.replace(literals(type), (_all, _escaped, _text, isArray?: string) => (isArray ? ' ' : '')) === ''

const asElement = (value: string | null): string =>
  value === null ? 'NULL' : `"${value.replaceAll(/["\\]/gu, '\\$&')}"`

/** An expression with other values in the place of those for which there are some; `null` is NULL. */
export const withValues = (
  expression: string,
  type: string,
  valueFor: (value: string) => string | null | undefined,
): string =>
  expression.replace(literals(type), (all: string, escaped: string, text: string, isArray?: string) => {
    const value = plain(escaped, text)
    if (isArray === undefined) {
      const wanted = valueFor(value)
      return wanted === undefined ? all : `${wanted === null ? 'NULL' : sqlText(wanted)}::${type}`
    }
    const elements = value.replaceAll(ELEMENT, (whole: string, quoted?: string, bare = '') => {
      const wanted = valueFor(quoted?.replaceAll(/\\(.)/gu, '$1') ?? bare)
      return wanted === undefined ? whole : asElement(wanted)
    })
    return `${sqlText(elements)}::${type}[]`
  })
