import type { DataTypes, Sequelize } from 'sequelize'
import { dataTypesOf } from '../../operations/sequelize.js'

type Types = typeof DataTypes

/** Types that take nothing: what Sequelize declares for each of its own. ENUM is TEXT to SQLite, and says no more there. */
const PLAIN: Readonly<Record<string, (types: Types) => unknown>> = {
  'VARCHAR(255)': ({ STRING }) => STRING,
  'CHAR(255)': ({ CHAR }) => CHAR,
  TEXT: ({ TEXT }) => TEXT,
  'TINYINT(1)': ({ BOOLEAN }) => BOOLEAN,
  TINYINT: ({ TINYINT }) => TINYINT,
  SMALLINT: ({ SMALLINT }) => SMALLINT,
  MEDIUMINT: ({ MEDIUMINT }) => MEDIUMINT,
  INTEGER: ({ INTEGER }) => INTEGER,
  BIGINT: ({ BIGINT }) => BIGINT,
  FLOAT: ({ FLOAT }) => FLOAT,
  REAL: ({ REAL }) => REAL,
  'DOUBLE PRECISION': ({ DOUBLE }) => DOUBLE,
  DECIMAL: ({ DECIMAL }) => DECIMAL,
  DATETIME: ({ DATE }) => DATE,
  DATE: ({ DATEONLY }) => DATEONLY,
  TIME: ({ TIME }) => TIME,
  UUID: ({ UUID }) => UUID,
  JSON: (types) => types.JSON,
  JSONB: ({ JSONB }) => JSONB,
  BLOB: ({ BLOB }) => BLOB,
  TINYBLOB: ({ BLOB }) => BLOB('tiny'),
  MEDIUMBLOB: ({ BLOB }) => BLOB('medium'),
  LONGBLOB: ({ BLOB }) => BLOB('long'),
}

/** Types that take numbers. */
const MEASURED: readonly (readonly [RegExp, (types: Types, one: number, two: number) => unknown])[] = [
  [/^VARCHAR\((\d+)\)$/u, ({ STRING }, length) => STRING(length)],
  [/^VARCHAR BINARY\((\d+)\)$/u, ({ STRING }, length) => STRING(length, true)],
  [/^CHAR\((\d+)\)$/u, ({ CHAR }, length) => CHAR(length)],
  [/^CHAR BINARY\((\d+)\)$/u, ({ CHAR }, length) => CHAR(length, true)],
  [/^TINYINT\((\d+)\)$/u, ({ TINYINT }, length) => TINYINT({ length })],
  [/^SMALLINT\((\d+)\)$/u, ({ SMALLINT }, length) => SMALLINT({ length })],
  [/^MEDIUMINT\((\d+)\)$/u, ({ MEDIUMINT }, length) => MEDIUMINT({ length })],
  [/^INTEGER\((\d+)\)$/u, ({ INTEGER }, length) => INTEGER({ length })],
  [/^BIGINT\((\d+)\)$/u, ({ BIGINT }, length) => BIGINT({ length })],
  [/^FLOAT\((\d+)\)$/u, ({ FLOAT }, length) => FLOAT(length)],
  [/^FLOAT\((\d+),(\d+)\)$/u, ({ FLOAT }, length, decimals) => FLOAT(length, decimals)],
  [/^DECIMAL\((\d+)\)$/u, ({ DECIMAL }, precision) => DECIMAL(precision)],
  [/^DECIMAL\((\d+),([1-9]\d*)\)$/u, ({ DECIMAL }, precision, scale) => DECIMAL(precision, scale)],
]

/**
 * The data type of Sequelize's that is declared as a type.
 *
 * @param native - As it is declared, in capitals.
 * @returns The type as it is where Sequelize has none for it: it takes SQL too.
 */
export const dataTypeOf = (native: string, sequelize: Sequelize): unknown => {
  const types = dataTypesOf(sequelize)
  const plain = Object.hasOwn(PLAIN, native) ? PLAIN[native] : undefined
  if (plain !== undefined) return plain(types)
  for (const [pattern, make] of MEASURED) {
    const [, one, two] = pattern.exec(native) ?? []
    if (one !== undefined && Number(one) > 0) {
      const type = make(types, Number(one), Number(two))
      // Such as a number that Sequelize writes otherwise.
      if (declared(type, sequelize) === native) return type
    }
  }
  return native
}

/** What Sequelize declares for a type. */
const declared = (type: unknown, sequelize: Sequelize): string => {
  const { normalizeDataType } = sequelize as unknown as {
    normalizeDataType(type: unknown): { toSql(): string }
  }
  return normalizeDataType.call(sequelize, type).toSql()
}
