const TEXTS = "E?'(?:[^']|'')*'::character varying"

const CAST_LIST = new RegExp(`\\(ARRAY\\[(${TEXTS}(?:, ${TEXTS})*)\\]\\)::text\\[\\]`, 'gu')

/**
 * An expression in the form that it keeps. PostgreSQL prints `IN ('a', 'b')` on a varchar column as a list that is cast,
 * and when it is given that, as a list of casts; which is then printed as it is.
 */
export const canonicalExpression = (expression: string): string =>
  expression.replace(
    CAST_LIST,
    (_list, texts: string) => `ARRAY[${texts.replace(new RegExp(TEXTS, 'gu'), (text) => `(${text})::text`)}]`,
  )
