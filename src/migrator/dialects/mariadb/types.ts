import type { DataTypes, Sequelize } from 'sequelize'
import { dataTypesOf } from '../../operations/sequelize.js'

type Types = typeof DataTypes

/** Types that take nothing: what the server prints for each of Sequelize's. */
const PLAIN: Readonly<Record<string, (types: Types) => unknown>> = {
  'varchar(255)': ({ STRING }) => STRING,
  'char(255)': ({ CHAR }) => CHAR,
  text: ({ TEXT }) => TEXT,
  tinytext: ({ TEXT }) => TEXT('tiny'),
  mediumtext: ({ TEXT }) => TEXT('medium'),
  longtext: ({ TEXT }) => TEXT('long'),
  blob: ({ BLOB }) => BLOB,
  tinyblob: ({ BLOB }) => BLOB('tiny'),
  mediumblob: ({ BLOB }) => BLOB('medium'),
  longblob: ({ BLOB }) => BLOB('long'),
  'tinyint(1)': ({ BOOLEAN }) => BOOLEAN,
  'tinyint(4)': ({ TINYINT }) => TINYINT,
  'smallint(6)': ({ SMALLINT }) => SMALLINT,
  'mediumint(9)': ({ MEDIUMINT }) => MEDIUMINT,
  'int(11)': ({ INTEGER }) => INTEGER,
  'bigint(20)': ({ BIGINT }) => BIGINT,
  'tinyint(3) unsigned': ({ TINYINT }) => TINYINT.UNSIGNED,
  'smallint(5) unsigned': ({ SMALLINT }) => SMALLINT.UNSIGNED,
  'mediumint(8) unsigned': ({ MEDIUMINT }) => MEDIUMINT.UNSIGNED,
  'int(10) unsigned': ({ INTEGER }) => INTEGER.UNSIGNED,
  'bigint(20) unsigned': ({ BIGINT }) => BIGINT.UNSIGNED,
  // MySQL 8 prints no width.
  tinyint: ({ TINYINT }) => TINYINT,
  smallint: ({ SMALLINT }) => SMALLINT,
  mediumint: ({ MEDIUMINT }) => MEDIUMINT,
  int: ({ INTEGER }) => INTEGER,
  bigint: ({ BIGINT }) => BIGINT,
  float: ({ FLOAT }) => FLOAT,
  double: ({ DOUBLE }) => DOUBLE,
  'decimal(10,0)': ({ DECIMAL }) => DECIMAL,
  datetime: ({ DATE }) => DATE,
  date: ({ DATEONLY }) => DATEONLY,
  time: ({ TIME }) => TIME,
  json: (types) => types.JSON,
  geometry: ({ GEOMETRY }) => GEOMETRY,
  point: ({ GEOMETRY }) => GEOMETRY('POINT'),
  linestring: ({ GEOMETRY }) => GEOMETRY('LINESTRING'),
  polygon: ({ GEOMETRY }) => GEOMETRY('POLYGON'),
}

/** Types that take numbers. */
const MEASURED: readonly (readonly [RegExp, (types: Types, one: number, two: number) => unknown])[] = [
  [/^varchar\((\d+)\)$/u, ({ STRING }, length) => (length === 0 ? undefined : STRING(length))],
  [/^char\((\d+)\)$/u, ({ CHAR }, length) => (length === 0 ? undefined : CHAR(length))],
  [/^datetime\((\d+)\)$/u, ({ DATE }, digits) => DATE(digits)],
  // A scale of 0 is what a precision alone means, and Sequelize writes no 0.
  [/^decimal\((\d+),0\)$/u, ({ DECIMAL }, precision) => DECIMAL(precision)],
  [/^decimal\((\d+),(\d+)\)$/u, ({ DECIMAL }, precision, scale) => DECIMAL(precision, scale)],
  [/^float\((\d+),(\d+)\)$/u, ({ FLOAT }, length, decimals) => FLOAT(length, decimals)],
  [/^double\((\d+),(\d+)\)$/u, ({ DOUBLE }, length, decimals) => DOUBLE(length, decimals)],
]

/** Values of `enum('a','b')`, as the server prints it: quotes are doubled, backslashes stand as they are. */
export const enumValues = (native: string): readonly string[] | undefined => {
  if (!/^enum\((?:'(?:[^']|'')*',?)+\)$/su.test(native)) return undefined
  return [...native.slice(5, -1).matchAll(/'((?:[^']|'')*)'/gsu)].map(([, value = '']) =>
    value.replaceAll("''", "'"),
  )
}

/**
 * The data type of Sequelize's that the server prints as a type and collation.
 *
 * @param native - Of `COLUMN_TYPE`.
 * @param collation - Of the column, where it is not that of its table.
 * @param tableCollation - Of the table: a binary text has the binary collation of its character set.
 * @returns Undefined where Sequelize has none for it.
 */
export const dataTypeOf = (
  native: string,
  collation: string | null,
  tableCollation: string | undefined,
  sequelize: Sequelize,
): unknown => {
  const types = dataTypesOf(sequelize)
  if (collation !== null) {
    const isBinary = tableCollation !== undefined && collation === `${tableCollation.split('_')[0]}_bin`
    return isBinary ? binaryType(native, types) : undefined
  }
  const values = enumValues(native)
  // Sequelize quotes them with backslashes, which the server reads; spaces at the end it would take away.
  if (values !== undefined) return types.ENUM(...values)
  const plain = Object.hasOwn(PLAIN, native) ? PLAIN[native] : undefined
  if (plain !== undefined) return plain(types)
  for (const [pattern, make] of MEASURED) {
    const [, one, two] = pattern.exec(native) ?? []
    if (one !== undefined) return make(types, Number(one), Number(two))
  }
  return undefined
}

const binaryType = (native: string, types: Types): unknown => {
  if (native === 'char(36)') return types.UUID
  const [, kind, length] = /^(var)?char\((\d+)\)$/u.exec(native) ?? []
  if (length === undefined || length === '0') return undefined
  const type = kind === undefined ? types.CHAR : types.STRING
  return type(Number(length), true)
}
