import type { Sequelize } from 'sequelize'
import { exactNameOf, type Named, type Names, sqlText } from './names.js'

/** An enum type of Sequelize's. */
export interface EnumToMake {
  readonly named: Named
  readonly values: readonly string[]
}

/** The type of a column, as an attribute names it. */
export interface ColumnType {
  /** SQL. */
  readonly sql: string
  /** Present where the type is one of Sequelize's enums, which has a type of its own, or an array of it. */
  readonly enumType?: EnumToMake
  /** How many times an array. */
  readonly dimensions: number
}

/** What an attribute says, with its options as own properties. */
export type Attribute = Readonly<Record<string, unknown>>

type TypeClass = { new (...args: never[]): unknown }

/** An attribute as a revision writes it: a type, or options. */
export const attributeOf = (sequelize: Sequelize, attribute: unknown): Attribute => {
  const isType =
    typeof attribute === 'string' ||
    typeof attribute === 'function' ||
    typeof (attribute as { toSql?: unknown } | null | undefined)?.toSql === 'function'
  const given = { ...(isType ? { type: attribute } : (attribute as object)) }
  // It makes instances of classes, and the dialect's own types of Sequelize's.
  return (sequelize as unknown as { normalizeAttribute(given: object): Attribute }).normalizeAttribute(given)
}

/**
 * The type that an attribute names.
 *
 * @param table - The enum type's name is made of it, and it lives in its schema.
 * @param column - Likewise.
 */
export const columnTypeOf = (
  sequelize: Sequelize,
  names: Names,
  attribute: Attribute,
  table: Named,
  column: string,
): ColumnType => {
  const { ENUM, ARRAY } = (sequelize.constructor as unknown as { DataTypes: Record<string, TypeClass> })
    .DataTypes as { readonly ENUM: TypeClass; readonly ARRAY: TypeClass }
  let type = attribute['type']
  let dimensions = 0
  while (type instanceof ARRAY) {
    type = (type as { readonly type?: unknown }).type
    dimensions += 1
  }
  if (!(type instanceof ENUM)) return { sql: String(attribute['type']), dimensions }
  const given = attribute['values'] ?? (type as { readonly values?: unknown }).values
  const values = Array.isArray(given) ? given.map(String) : []
  const named = exactNameOf({ tableName: `enum_${table.name}_${column}`, schema: table.schema })
  return { sql: names.full(named) + '[]'.repeat(dimensions), enumType: { named, values }, dimensions }
}

const ALIASES: Readonly<Record<string, string>> = {
  ...{
    varchar: 'character varying',
    char: 'character',
    bpchar: 'character',
    int: 'integer',
    int4: 'integer',
  },
  ...{ int8: 'bigint', int2: 'smallint', decimal: 'numeric', dec: 'numeric', float8: 'double precision' },
  ...{ float4: 'real', bool: 'boolean', timestamptz: 'timestamp with time zone', varbit: 'bit varying' },
  ...{
    timestamp: 'timestamp without time zone',
    time: 'time without time zone',
    timetz: 'time with time zone',
  },
}

/** A type in parts, in the server's own words where they are known. */
export interface TypeParts {
  /** `character varying`; a type that is not known, as it is written. */
  readonly base: string
  /** `20` of `varchar(20)`, `10` and `2` of `numeric(10, 2)`. */
  readonly modifiers: readonly number[]
  readonly dimensions: number
}

/** The {@link TypeParts} of a type as SQL. */
export const typeParts = (sql: string): TypeParts => {
  const [, whole = '', brackets = ''] = /^([\s\S]*?)((?:\s*\[\d*\])*)\s*$/u.exec(sql.trim()) ?? []
  const dimensions = brackets.split('[').length - 1
  if (whole.includes('"')) return { base: whole, modifiers: [], dimensions }
  const words = whole.toLowerCase().replaceAll(/\s+/gu, ' ').trim()
  const [, before = '', list = '', after = ''] = /^([^(]*)\(([^)]*)\)(.*)$/u.exec(words) ?? [words, words]
  const modifiers = list === '' ? [] : list.split(',').map(Number)
  const spelled = `${before.trim()}${after.trimEnd() === '' ? '' : ` ${after.trim()}`}`
  const base = ALIASES[spelled] ?? spelled
  if (base === 'float') {
    const [digits = 53] = modifiers
    return { base: digits <= 24 ? 'real' : 'double precision', modifiers: [], dimensions }
  }
  if (base === 'numeric' && modifiers.length === 1) return { base, modifiers: [...modifiers, 0], dimensions }
  if (base === 'character' && modifiers.length === 0) return { base, modifiers: [1], dimensions }
  return { base, modifiers, dimensions }
}

/** Whether two types are the same, as far as their texts tell. */
export const isSameType = (one: string, other: string): boolean =>
  JSON.stringify(typeParts(one)) === JSON.stringify(typeParts(other))

/** Makes an enum type where it is not there yet, as Sequelize does; one that is there with other values is an error. */
export const createEnumIfMissing = (names: Names, named: Named, values: readonly string[]): string => {
  const list = values.map(sqlText).join(', ')
  const type = names.full(named)
  return [
    `BEGIN CREATE TYPE ${type} AS ENUM (${list});`,
    'EXCEPTION WHEN duplicate_object THEN',
    `  IF ARRAY(SELECT enumlabel::text FROM pg_enum WHERE enumtypid = ${names.regtype(named)} ORDER BY enumsortorder)`,
    `    IS DISTINCT FROM ARRAY[${list}]::text[] THEN`,
    `    RAISE EXCEPTION ${sqlText(`the type ${type} is there already, with other values: use op.changeEnum or op.dropEnum`).replaceAll('%', '%%')} USING ERRCODE = 'duplicate_object';`,
    '  END IF; END',
  ].join('\n')
}
