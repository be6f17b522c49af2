/** Digits that the server shows of an integer where none were said: with a sign, and without. */
const WIDTHS: Readonly<Record<string, readonly [signed: number, unsigned: number]>> = {
  TINYINT: [4, 3],
  SMALLINT: [6, 5],
  MEDIUMINT: [9, 8],
  INTEGER: [11, 10],
  BIGINT: [20, 20],
}

const SAME: ReadonlySet<string> = new Set([
  ...['TINYTEXT', 'TEXT', 'MEDIUMTEXT', 'LONGTEXT', 'TINYBLOB', 'BLOB', 'MEDIUMBLOB', 'LONGBLOB', 'JSON'],
  ...['DATE', 'TIME', 'DATETIME', 'FLOAT', 'GEOMETRY', 'POINT', 'LINESTRING', 'POLYGON'],
])

// In characters of four bytes, of which a row has 65,535 bytes.
const LONGEST_VARCHAR = 16_000
const LONGEST_CHAR = 255

/** A column's type as the server prints it. */
export interface PrintedType {
  readonly text: string
  /** Compared byte by byte, in the character set of the table. */
  readonly isBinary: boolean
  /** Bytes of it in an index; undefined where it cannot be all in one. */
  readonly indexBytes: number | undefined
}

const INDEXABLE_BYTES = 16
const BYTES_OF_CHARACTER = 4

const plain = (text: string): PrintedType => ({ text, isBinary: false, indexBytes: INDEXABLE_BYTES })

const integer = (written: string): PrintedType | undefined => {
  const [, kind = '', length, unsigned, zerofill] =
    /^(TINYINT|SMALLINT|MEDIUMINT|INTEGER|BIGINT)(?:\((\d+)\))?( UNSIGNED)?( ZEROFILL)?$/u.exec(written) ?? []
  const widths = WIDTHS[kind]
  if (widths === undefined || Number(length ?? 1) < 1) return undefined
  // Zerofill makes it unsigned.
  const isUnsigned = unsigned !== undefined || zerofill !== undefined
  const width = length ?? widths[isUnsigned ? 1 : 0]
  const name = kind === 'INTEGER' ? 'int' : kind.toLowerCase()
  return plain(
    `${name}(${width})${isUnsigned ? ' unsigned' : ''}${zerofill === undefined ? '' : ' zerofill'}`,
  )
}

const decimal = (written: string): PrintedType | undefined => {
  const [, kind, first, second, unsigned] =
    /^(DECIMAL|FLOAT|DOUBLE PRECISION)(?:\((\d+)(?:,(\d+))?\))?( UNSIGNED)?$/u.exec(written) ?? []
  const sign = unsigned === undefined ? '' : ' unsigned'
  if (kind === 'DECIMAL') {
    const [precision, scale] = [Number(first ?? 10), Number(second ?? 0)]
    const isPossible = precision >= 1 && precision <= 65 && scale <= Math.min(precision, 38)
    return isPossible ? { ...plain(`decimal(${precision},${scale})${sign}`), indexBytes: 32 } : undefined
  }
  if (kind === undefined || (first !== undefined && second === undefined)) return undefined
  const name = kind === 'FLOAT' ? 'float' : 'double'
  return plain(`${name}${first === undefined ? '' : `(${first},${second})`}${sign}`)
}

const text = (written: string): PrintedType | undefined => {
  const [, kind, digits, binary] = /^(VARCHAR|CHAR)\((\d+)\)( BINARY)?$/u.exec(written) ?? []
  const length = Number(digits)
  if (kind === undefined || length < 1 || length > (kind === 'CHAR' ? LONGEST_CHAR : LONGEST_VARCHAR))
    return undefined
  return {
    text: `${kind.toLowerCase()}(${length})`,
    isBinary: binary !== undefined,
    indexBytes: length * BYTES_OF_CHARACTER,
  }
}

/** A type as MariaDB prints it; undefined for one that is not known here. */
export const printedType = (written: string): PrintedType | undefined => {
  if (/^DATETIME\([1-6]\)$/u.test(written)) return plain(written.toLowerCase())
  if (SAME.has(written)) {
    const isLong = /TEXT|BLOB|JSON|GEOMETRY|POINT|LINESTRING|POLYGON/u.test(written)
    return { ...plain(written.toLowerCase()), indexBytes: isLong ? undefined : INDEXABLE_BYTES }
  }
  return integer(written) ?? decimal(written) ?? text(written)
}

const clock = (sql: string, type: string): string | undefined => {
  const [, digits = ''] = /^datetime(?:\((\d)\))?$/u.exec(type) ?? []
  const [, said] = /^(?:CURRENT_TIMESTAMP|NOW)(?:\((\d*)\))?$/iu.exec(sql) ?? []
  return (said ?? '') === digits ? `current_timestamp(${digits})` : undefined
}

const padded = (sql: string, scale: number): string | undefined => {
  const [, whole, fraction = ''] = /^(-?(?:0|[1-9]\d{0,14}))(?:\.(\d{1,14}))?$/u.exec(sql) ?? []
  if (whole === undefined || fraction.length > scale || whole === '-0') return undefined
  return scale === 0 ? whole : `${whole}.${fraction.padEnd(scale, '0')}`
}

const isFitting = (digits: string, precision: number, scale: number): boolean =>
  digits.replace('-', '').split('.')[0]?.length !== undefined &&
  (digits.replace('-', '').split('.')[0] ?? '').length <= precision - scale

/**
 * A default as MariaDB prints it; undefined for one that is not known here.
 *
 * @param sql - As Sequelize writes it.
 * @param type - The column's, as MariaDB prints it.
 */
export const printedDefault = (sql: string, type: string): string | undefined => {
  if (type === 'tinyint(1)' && (sql === 'true' || sql === 'false')) return sql === 'true' ? '1' : '0'
  if (/^(?:tiny|small|medium|big)?int\(\d+\)(?: unsigned)?$/u.test(type))
    return /^(?:0|-?[1-9]\d{0,17})$/u.test(sql) ? sql : undefined
  const [, precision, scale] = /^decimal\((\d+),(\d+)\)(?: unsigned)?$/u.exec(type) ?? []
  if (precision !== undefined) {
    const printed = padded(sql, Number(scale))
    return printed !== undefined && isFitting(printed, Number(precision), Number(scale)) ? printed : undefined
  }
  if (/^(?:float|double)$/u.test(type))
    return /^-?(?:0|[1-9]\d{0,4})(?:\.[1-9])?$/u.test(sql) ? sql : undefined
  if (type.startsWith('datetime') && !sql.startsWith("'")) {
    const [, value = '', update] = /^(.+?)(?: ON UPDATE (.+))?$/iu.exec(sql) ?? []
    return update === undefined ? clock(value, type) : undefined
  }
  // A quote or a backslash is printed otherwise than it is written.
  if (!/^'[^'\\\p{C}]*'$/u.test(sql)) return undefined
  const [, length] = /^(?:var)?char\((\d+)\)$/u.exec(type) ?? []
  // CHAR drops spaces at the end.
  if (length !== undefined) return sql.length - 2 <= Number(length) && !sql.endsWith(" '") ? sql : undefined
  if (type === 'date') return /^'[1-9]\d{3}-\d\d-\d\d'$/u.test(sql) ? sql : undefined
  if (type === 'time') return /^'\d\d:[0-5]\d:[0-5]\d'$/u.test(sql) ? sql : undefined
  if (type === 'datetime') return /^'[1-9]\d{3}-\d\d-\d\d \d\d:\d\d:\d\d'$/u.test(sql) ? sql : undefined
  return type.startsWith('enum(') ? sql : undefined
}
