/** A type in parts, as far as engines agree on how types are printed. */
interface TypeParts {
  readonly family: 'integer' | 'decimal' | 'float' | 'text' | 'time' | 'enum' | 'other'
  readonly base: string
  readonly args: readonly string[]
  readonly isUnsigned: boolean
  readonly isList: boolean
}

const FAMILIES: readonly (readonly [TypeParts['family'], RegExp])[] = [
  ['integer', /^(?:tiny|small|medium|big)?int(?:eger|\d)?$|^(?:small|big)?serial$/u],
  ['decimal', /^(?:decimal|numeric)$/u],
  ['float', /^(?:float\d?|real|double(?: precision)?)$/u],
  ['text', /^(?:character varying|n?varchar|character|n?char|(?:tiny|medium|long)?text|citext)$/u],
  ['time', /^(?:date|datetime|timestamp|time)(?: with(?:out)? time zone)?$/u],
  ['enum', /^(?:enum|set)$/u],
]

const partsOf = (type: string): TypeParts => {
  const isList = type.endsWith('[]')
  const text = type.toLowerCase().replace(/(?:\[\])+$/u, '')
  const found = /\(((?:'(?:[^']|'')*'|[^()])*)\)/u.exec(type)
  const base = text
    .replace(/\(.*\)/u, '')
    .replace(/\b(?:unsigned|zerofill|binary)\b/gu, '')
    .replace(/\s+/gu, ' ')
    .trim()
  return {
    family: FAMILIES.find(([, pattern]) => pattern.test(base))?.[0] ?? 'other',
    base,
    args: found?.[1]?.match(/'(?:[^']|'')*'|[^,\s]+/gu) ?? [],
    isUnsigned: /\bunsigned\b/u.test(text),
    isList,
  }
}

/** Whether values of one type are values of the other, give or take their size: keys between the two work. */
export const isSameTypeFamily = (one: string, other: string): boolean => {
  const [a, b] = [partsOf(one), partsOf(other)]
  return a.isList === b.isList && a.family === b.family && (a.family !== 'other' || a.base === b.base)
}

/** Bits of an integer type. */
const INTEGER_BITS: Readonly<Record<string, number>> = {
  tinyint: 8,
  smallint: 16,
  smallserial: 16,
  int2: 16,
  mediumint: 24,
  int: 32,
  integer: 32,
  serial: 32,
  int4: 32,
  bigint: 64,
  bigserial: 64,
  int8: 64,
}

const integerRange = ({ base, isUnsigned }: TypeParts): readonly [min: number, max: number] => {
  const bits = INTEGER_BITS[base] ?? 32
  return isUnsigned ? [0, 2 ** bits] : [-(2 ** (bits - 1)), 2 ** (bits - 1)]
}

const TEXT_LENGTHS: Readonly<Record<string, number>> = {
  tinytext: 255,
  text: Number.POSITIVE_INFINITY,
  character: 1,
  char: 1,
}

const textLength = ({ base, args }: TypeParts): number => {
  const [length] = args
  return length === undefined ? (TEXT_LENGTHS[base] ?? Number.POSITIVE_INFINITY) : Number(length)
}

const decimalDigits = ({ args }: TypeParts): readonly [whole: number, fraction: number] => {
  const [precision, scale = '0'] = args
  if (precision === undefined) return [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  return [Number(precision) - Number(scale), Number(scale)]
}

const fits = (before: readonly number[], after: readonly number[]): boolean =>
  before.every((value, at) => value <= (after[at] ?? 0))

const floatBits = ({ base }: TypeParts): number =>
  base === 'real' || base === 'float' || base === 'float4' ? 24 : 53

/** Whether every value of the one type is one of the other, within a family. */
const fitsFamily = (before: TypeParts, after: TypeParts): boolean => {
  switch (after.family) {
    case 'integer': {
      const [min, max] = integerRange(before)
      const [newMin, newMax] = integerRange(after)
      return min >= newMin && max <= newMax
    }
    case 'decimal':
      return fits(decimalDigits(before), decimalDigits(after))
    case 'float':
      return floatBits(before) <= floatBits(after)
    case 'text':
      return textLength(before) <= textLength(after)
    case 'enum':
      return before.args.every((value) => after.args.includes(value))
    case 'time': {
      const [precision = '6', newPrecision = '6'] = [before.args[0], after.args[0]]
      const isDay = (type: TypeParts): boolean => type.base === 'date'
      const isClock = (type: TypeParts): boolean => /^time(?: |$)/u.test(type.base)
      return (
        isClock(before) === isClock(after) &&
        (!isDay(after) || isDay(before)) &&
        Number(precision) <= Number(newPrecision)
      )
    }
    case 'other':
      return before.base === after.base && fits(before.args.map(Number), after.args.map(Number))
  }
}

const isWholeIn = (before: TypeParts, after: TypeParts): boolean => {
  const digits = Math.floor(Math.log10(integerRange(before)[1])) + 1
  if (after.family === 'decimal') return decimalDigits(after)[0] >= digits
  return after.family === 'float' && integerRange(before)[1] <= 2 ** floatBits(after)
}

/**
 * What becomes of values when a column gets another type: `none` when all remain as they are in place, `rewrite` when all are written
 * anew and none is lost, `narrowing` when some may not fit, or nobody can tell. For an unknown type the answer is the careful one.
 *
 * @param before - As an engine prints it.
 * @param after - As an engine prints it.
 */
export const judgeTypeChange = (before: string, after: string): 'none' | 'rewrite' | 'narrowing' => {
  if (before === after) return 'none'
  const [one, other] = [partsOf(before), partsOf(after)]
  if (one.isList !== other.isList) return 'narrowing'
  if ([one, other].every(({ base }) => /^jsonb?$/u.test(base))) return 'rewrite'
  if (one.family === other.family) {
    if (!fitsFamily(one, other)) return 'narrowing'
    return one.base === other.base || one.family === 'text' ? 'none' : 'rewrite'
  }
  if (one.family === 'integer' && isWholeIn(one, other)) return 'rewrite'
  const isAnyText = other.family === 'text' && textLength(other) === Number.POSITIVE_INFINITY
  return isAnyText ? 'rewrite' : 'narrowing'
}
