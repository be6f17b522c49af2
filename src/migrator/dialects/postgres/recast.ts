import type { Column } from '../../schema/schema.js'
import { quoted } from './ddl.js'

const NUMBER = /^(?:smallint|integer|bigint|real|double precision|numeric(?:\(.*\))?)$/u
const MOMENT = /^(?:date|timestamp(?:\(\d\))? with(?:out)? time zone)$/u
const TEXT = /^(?:character varying|character|text|citext)(?:\(\d+\))?$/u
const JSON_TYPE = /^jsonb?$/u

const isList = (type: string): boolean => type.endsWith('[]')

const elementOf = (type: string): string => type.replace(/(?:\[\])+$/u, '')

const baseOf = (type: string): string => type.replace(/\(.*\)/u, '')

/** Types between which PostgreSQL itself has a cast that keeps what values mean. */
const isDirect = (one: string, other: string): boolean =>
  TEXT.test(one) ||
  TEXT.test(other) ||
  baseOf(one) === baseOf(other) ||
  [NUMBER, MOMENT, JSON_TYPE].some((family) => family.test(one) && family.test(other))

/**
 * SQL of a value as one of another type. Where PostgreSQL has no cast, by way of its text: rows whose text is none of the new
 * type are refused then, and nothing else is.
 */
const cast = (value: string, from: string, to: string): string => {
  if (JSON_TYPE.test(to) && !JSON_TYPE.test(from) && !TEXT.test(from)) return `to_jsonb(${value})::${to}`
  if (JSON_TYPE.test(from) && !JSON_TYPE.test(to) && !TEXT.test(to)) return `(${value} #>> '{}')::${to}`
  if (NUMBER.test(from) && to === 'boolean') return `(${value} <> 0)`
  if (from === 'boolean' && NUMBER.test(to)) return `${value}::integer::${to}`
  return isDirect(from, to) ? `${value}::${to}` : `${value}::text::${to}`
}

/** Whether `op.changeColumn` has to be told how the values become values of the other type. */
export const needsConversion = (before: string, after: string): boolean => {
  if (isList(before) !== isList(after)) return !TEXT.test(after)
  return (
    ![before, after].some((type) => TEXT.test(type)) &&
    ![
      /^(?:smallint|integer|bigint|real|double precision|numeric(?:\(.*\))?|boolean)$/u,
      MOMENT,
      JSON_TYPE,
    ].some((family) => family.test(before) && family.test(after))
  )
}

/**
 * The former value as one of the other type; between enum types by way of their texts. A value becomes an array of it, and an
 * array of one value that value; an array of more is refused.
 */
export const conversion = (before: Column, after: Column): string => {
  const value = quoted(after.name)
  const [from, to] = [before.type, after.type]
  const isEnum = before.enumType !== null || after.enumType !== null
  if (!isList(from) && isList(to) && !JSON_TYPE.test(from)) {
    const element = isEnum ? `${value}::text::${elementOf(to)}` : cast(value, from, elementOf(to))
    return `CASE WHEN ${value} IS NULL THEN NULL ELSE ARRAY[${element}]::${to} END`
  }
  if (isList(from) && !isList(to) && !TEXT.test(to) && !JSON_TYPE.test(to)) {
    const element = isEnum ? `${value}[1]::text::${to}` : cast(`${value}[1]`, elementOf(from), to)
    return `CASE cardinality(${value}) WHEN 0 THEN NULL WHEN 1 THEN ${element} ELSE ${value}::text::${to} END`
  }
  if (isEnum) return `${value}::text${isList(from) && isList(to) ? '[]' : ''}::${to}`
  return cast(value, from, to)
}
