/**
 * Whether a default, as the server prints it, is NULL: that is kept, with a cast, on types that have a length only, and says
 * nothing that no default does not say.
 */
export const isNullDefault = (expression: string | null): boolean =>
  expression !== null && /^NULL::[\w .,"()[\]]+$/u.test(expression)
