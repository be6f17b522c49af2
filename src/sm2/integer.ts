import { refuse, type Sm2ErrorCode } from './sm2-error.js'

/** Whether a value is a whole number in a range that doubles hold exactly. Texts and other types are none. */
export const isInteger = (x: unknown, least: number, most: number): x is number =>
  Number.isSafeInteger(x) && (x as number) >= least && (x as number) <= most

/** Throws unless the value is a whole number in the range. */
export function checkInteger(
  code: Sm2ErrorCode,
  path: string,
  x: unknown,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): asserts x is number {
  if (!isInteger(x, least, most)) refuse(code, path, x, `an integer from ${least} to ${most}`)
}
