import type { DataTypes, Sequelize } from 'sequelize'
import { dataTypesOf } from '../../operations/sequelize.js'

type Types = typeof DataTypes

/** Types that take nothing: what PostgreSQL prints for each of Sequelize's. */
const PLAIN: Readonly<Record<string, (types: Types) => unknown>> = {
  'character varying(255)': ({ STRING }) => STRING,
  'character(255)': ({ CHAR }) => CHAR,
  text: ({ TEXT }) => TEXT,
  citext: ({ CITEXT }) => CITEXT,
  smallint: ({ SMALLINT }) => SMALLINT,
  integer: ({ INTEGER }) => INTEGER,
  bigint: ({ BIGINT }) => BIGINT,
  real: ({ REAL }) => REAL,
  'double precision': ({ DOUBLE }) => DOUBLE,
  numeric: ({ DECIMAL }) => DECIMAL,
  boolean: ({ BOOLEAN }) => BOOLEAN,
  'timestamp with time zone': ({ DATE }) => DATE,
  date: ({ DATEONLY }) => DATEONLY,
  'time without time zone': ({ TIME }) => TIME,
  uuid: ({ UUID }) => UUID,
  json: (types) => types.JSON,
  jsonb: ({ JSONB }) => JSONB,
  bytea: ({ BLOB }) => BLOB,
  inet: ({ INET }) => INET,
  cidr: ({ CIDR }) => CIDR,
  macaddr: ({ MACADDR }) => MACADDR,
  hstore: ({ HSTORE }) => HSTORE,
  tsvector: ({ TSVECTOR }) => TSVECTOR,
  int4range: ({ RANGE, INTEGER }) => RANGE(INTEGER),
  int8range: ({ RANGE, BIGINT }) => RANGE(BIGINT),
  numrange: ({ RANGE, DECIMAL }) => RANGE(DECIMAL),
  tstzrange: ({ RANGE, DATE }) => RANGE(DATE),
  daterange: ({ RANGE, DATEONLY }) => RANGE(DATEONLY),
}

/** Types that take numbers. */
const MEASURED: readonly (readonly [RegExp, (types: Types, one: number, two: number) => unknown])[] = [
  [/^character varying\((\d+)\)$/u, ({ STRING }, length) => STRING(length)],
  [/^character\((\d+)\)$/u, ({ CHAR }, length) => CHAR(length)],
  // A scale of 0 is what a precision alone means, and Sequelize writes no 0.
  [/^numeric\((\d+),0\)$/u, ({ DECIMAL }, precision) => DECIMAL(precision)],
  [/^numeric\((\d+),(\d+)\)$/u, ({ DECIMAL }, precision, scale) => DECIMAL(precision, scale)],
]

/**
 * The data type of Sequelize's that PostgreSQL prints as a type.
 *
 * @param native - As `format_type` prints it.
 * @returns The type as it is where Sequelize has none for it: it takes SQL too.
 */
export const dataTypeOf = (native: string, sequelize: Sequelize): unknown => {
  const types = dataTypesOf(sequelize)
  if (native.endsWith('[]')) {
    const inner = dataTypeOf(native.slice(0, -2), sequelize)
    return typeof inner === 'string' ? native : types.ARRAY(inner as never)
  }
  const plain = Object.hasOwn(PLAIN, native) ? PLAIN[native] : undefined
  if (plain !== undefined) return plain(types)
  for (const [pattern, make] of MEASURED) {
    const [, one, two] = pattern.exec(native) ?? []
    if (one !== undefined) return make(types, Number(one), Number(two))
  }
  return native
}
