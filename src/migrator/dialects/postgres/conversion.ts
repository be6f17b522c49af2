import type { ColumnFacts } from './column-facts.js'
import { type ColumnType, type TypeParts, typeParts } from './column-type.js'
import { sqlText } from './names.js'

/** How the values of a column become values of another type. */
export interface Conversion {
  /** SQL for `USING`, with the column's name in it; undefined where PostgreSQL casts by itself and loses nothing. */
  readonly using?: (value: string) => string
  /** SQL conditions that are true of a value that would be lost, changed or refused. */
  readonly misfits: readonly ((value: string) => string)[]
  /** SQL of the type that the text of a value must be readable as: asked only where the server can be. */
  readonly readableAs?: string
}

type Kind = 'text' | 'integer' | 'number' | 'boolean' | 'instant' | 'enum' | 'other'

const KINDS: Readonly<Record<string, Kind>> = {
  ...{ text: 'text', 'character varying': 'text', character: 'text', citext: 'text', name: 'text' },
  ...{ smallint: 'integer', integer: 'integer', bigint: 'integer' },
  ...{ numeric: 'number', real: 'number', 'double precision': 'number', boolean: 'boolean' },
  ...{ 'timestamp without time zone': 'instant', 'timestamp with time zone': 'instant' },
}

const BITS: Readonly<Record<string, bigint>> = { smallint: 15n, integer: 31n, bigint: 63n }

/** Whether a column of this type can have a collation of its own. */
export const hasCollation = (sql: string): boolean => KINDS[typeParts(sql).base] === 'text'

const kindOf = ({ base }: TypeParts, isEnum: boolean): Kind => (isEnum ? 'enum' : (KINDS[base] ?? 'other'))

/** The cast to a type where nothing is known of the former one: all that an explicit cast can do, but for shortening texts. */
export const blindCast = (to: ColumnType): ((value: string) => string) | undefined => {
  if (to.enumType !== undefined) return (value) => `${value}::text${'[]'.repeat(to.dimensions)}::${to.sql}`
  return hasCollation(to.sql) ? undefined : (value) => `${value}::${to.sql}`
}

/**
 * How a column gets from its type to another one, keeping what its values mean.
 *
 * @returns A text where there is no such way: why.
 */
export const conversionOf = (from: ColumnFacts, to: ColumnType): Conversion | string => {
  const [before, after] = [typeParts(from.type), typeParts(to.sql)]
  const [one, other] = [kindOf(before, from.enum !== null), kindOf(after, to.enumType !== undefined)]
  if (before.dimensions > 0 !== after.dimensions > 0 && !(other === 'text' && after.dimensions === 0))
    return `${from.type} does not become ${to.sql} by itself, one is an array and the other is not: say how with \`using\``
  const brackets = '[]'.repeat(Math.min(after.dimensions, 1))
  const cast =
    (...types: readonly string[]) =>
    (value: string): string =>
      [value, ...types.map((type) => (type === '' ? to.sql : `${type}${brackets}`))].join('::')
  const element = to.sql.replace(/(?:\s*\[\d*\])+\s*$/u, '')
  const misfits = [...misfitsOf(one, other, before, after, to)]

  if (other === 'text') return { misfits }
  if (one === 'text')
    return other === 'enum'
      ? { using: cast('text', ''), misfits }
      : { using: cast(''), misfits, readableAs: element }
  if (one === 'enum') return other === 'enum' ? { using: cast('text', ''), misfits } : { misfits }
  if (other === 'boolean' && (one === 'integer' || one === 'number'))
    return { using: brackets === '' ? (value) => `(${value} <> 0)` : cast('integer', ''), misfits }
  if (one === 'boolean' && (other === 'integer' || other === 'number'))
    return { using: cast('integer', ''), misfits }
  if (one === 'boolean' || other === 'boolean' || other === 'enum')
    return `PostgreSQL has no cast from ${from.type} to ${to.sql} that keeps what values mean: say how with \`using\``
  if (before.base !== after.base && [before.base, after.base].every((base) => /^jsonb?$/u.test(base)))
    return { using: cast(''), misfits }
  return { misfits }
}

const misfitsOf = function* (
  one: Kind,
  other: Kind,
  before: TypeParts,
  after: TypeParts,
  to: ColumnType,
): Generator<(value: string) => string> {
  const [length] = after.modifiers
  if (other === 'text' && length !== undefined && /^character/u.test(after.base)) {
    const [former = Number.POSITIVE_INFINITY] = before.modifiers
    if (one !== 'text' || former > length) yield (value) => `char_length(${value}::text) > ${length}`
  }
  if (to.enumType !== undefined && (one === 'text' || one === 'enum')) {
    const list = to.enumType.values.map(sqlText).join(', ')
    yield (value) => `${value}::text NOT IN (${list})`
  }
  const isNumber = one === 'integer' || one === 'number'
  if (isNumber && other === 'boolean') yield (value) => `${value} NOT IN (0, 1)`
  if (isNumber || one === 'boolean') yield* numberMisfits(one, before, after)
  if (one === 'text' && after.base === 'numeric' && after.modifiers.length > 0) {
    // Only of what is a number at all; the rest is not readable, and is said to be.
    const [, scale = 0] = after.modifiers
    yield (value) =>
      `CASE WHEN ${value}::text ~ '^\\s*[-+]?(\\d+\\.?\\d*|\\.\\d+)\\s*$' THEN round(${value}::numeric, ${scale}) <> ${value}::numeric ELSE false END`
  }
  if (one === 'instant' && after.base === 'date') yield (value) => `${value} <> date_trunc('day', ${value})`
  const precision = after.modifiers[0] ?? 6
  if (one === 'instant' && other === 'instant' && precision < (before.modifiers[0] ?? 6))
    yield (value) => `${value} <> ${value}::${before.base.replace('timestamp', `timestamp(${precision})`)}`
}

const numberMisfits = function* (
  one: Kind,
  before: TypeParts,
  after: TypeParts,
): Generator<(value: string) => string> {
  if (one === 'boolean') return
  const bits = BITS[after.base]
  const formerBits = BITS[before.base]
  if (bits !== undefined && (formerBits === undefined || formerBits > bits)) {
    const limit = 2n ** bits
    const fraction =
      one === 'integer' ? '' : ` OR CASE WHEN @V BETWEEN -9e18 AND 9e18 THEN @V <> trunc(@V) ELSE false END`
    const template = `(@V < ${-limit} OR @V >= ${limit}${fraction})`
    yield (value) => template.replaceAll('@V', value)
  }
  const [digits, scale = 0] = after.modifiers
  if (after.base === 'numeric' && digits !== undefined) {
    const [formerDigits, formerScale = 0] = before.modifiers
    const fits =
      before.base === 'numeric' &&
      formerDigits !== undefined &&
      formerScale <= scale &&
      formerDigits - formerScale <= digits - scale
    if (!fits)
      yield (value) =>
        `(round(${value}::numeric, ${scale}) <> ${value}::numeric OR abs(round(${value}::numeric, ${scale})) >= 1e${digits - scale})`
  }
  if (after.base === 'real' && before.base !== 'real' && before.base !== 'smallint')
    yield (value) => `${value}::real::double precision::numeric <> ${value}::numeric`
  if (after.base === 'double precision' && (before.base === 'numeric' || before.base === 'bigint'))
    yield (value) => `${value}::double precision::numeric <> ${value}::numeric`
}
