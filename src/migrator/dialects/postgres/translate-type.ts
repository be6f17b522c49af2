/** Types whose text, as Sequelize has it, PostgreSQL prints so. */
const NAMES: Readonly<Record<string, string>> = {
  TEXT: 'text',
  BOOLEAN: 'boolean',
  SMALLINT: 'smallint',
  INTEGER: 'integer',
  BIGINT: 'bigint',
  REAL: 'real',
  FLOAT: 'double precision',
  'DOUBLE PRECISION': 'double precision',
  DECIMAL: 'numeric',
  DATE: 'date',
  TIME: 'time without time zone',
  'TIMESTAMP WITH TIME ZONE': 'timestamp with time zone',
  BYTEA: 'bytea',
  UUID: 'uuid',
  JSON: 'json',
  JSONB: 'jsonb',
  TSVECTOR: 'tsvector',
  INET: 'inet',
  CIDR: 'cidr',
  MACADDR: 'macaddr',
  INT4RANGE: 'int4range',
  INT8RANGE: 'int8range',
  NUMRANGE: 'numrange',
  TSTZRANGE: 'tstzrange',
  DATERANGE: 'daterange',
}

const LONGEST_TEXT = 10_485_760
const MOST_DIGITS = 1_000

/** A type as PostgreSQL prints it; undefined for one that is not known here. */
export const printedType = (written: string): string | undefined => {
  if (written.endsWith('[]')) {
    const inner = printedType(written.slice(0, -2))
    return inner === undefined || inner.endsWith('[]') ? undefined : `${inner}[]`
  }
  const name = Object.hasOwn(NAMES, written.toUpperCase()) ? NAMES[written.toUpperCase()] : undefined
  if (name !== undefined) return name
  const [, kind, first, second] = /^(VARCHAR|CHAR|DECIMAL)\((\d+)(?:,(\d+))?\)$/u.exec(written) ?? []
  const [size, scale] = [Number(first), Number(second ?? 0)]
  if (kind === 'DECIMAL')
    return size >= 1 && size <= MOST_DIGITS && scale <= size ? `numeric(${size},${scale})` : undefined
  if (kind === undefined || second !== undefined || size < 1 || size > LONGEST_TEXT) return undefined
  return `${kind === 'CHAR' ? 'character' : 'character varying'}(${size})`
}

const INTEGERS: ReadonlySet<string> = new Set(['smallint', 'integer', 'bigint'])
const LARGEST_INTEGER = 2_147_483_647

/** A number as PostgreSQL prints it in a default: a negative one as a text that is cast. */
const printedNumber = (sql: string, type: string): string | undefined => {
  // Sequelize writes floating numbers as texts, which are cast to their own type.
  if (/^(?:real|double)/u.test(type) && /^'(?:0|-?[1-9]\d{0,3}|-?(?:0|[1-9]\d?)\.\d{0,2}[1-9])'$/u.test(sql))
    return `${sql}::${type}`
  if (/^-?(?:0|[1-9]\d{0,9})$/u.test(sql) && Math.abs(Number(sql)) <= LARGEST_INTEGER)
    return sql.startsWith('-') ? `'${sql}'::integer` : sql
  if (INTEGERS.has(type) || !/^-?(?:0|[1-9]\d{0,14})\.\d{1,14}$/u.test(sql)) return undefined
  return sql.startsWith('-') ? `'${sql}'::numeric` : sql
}

const CLOCK: Readonly<Record<string, string>> = { CURRENT_TIMESTAMP: 'CURRENT_TIMESTAMP', 'NOW()': 'now()' }

/** What a text has to look like for its type to print it as it is. */
const VERBATIM: Readonly<Record<string, RegExp>> = {
  date: /^(?!0000)\d{4}-\d\d-\d\d$/u,
  'time without time zone': /^(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d$/u,
  uuid: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u,
  json: /^[^'\\]*$/u,
  jsonb: /^(?:\{\}|\[\])$/u,
  text: /^[^\\]*$/u,
}

/**
 * A default as PostgreSQL prints it; undefined for one that is not known here.
 *
 * @param sql - As Sequelize writes it.
 * @param type - The column's, as PostgreSQL prints it; of an enum, its name.
 */
export const printedDefault = (sql: string, type: string, isEnum: boolean): string | undefined => {
  if (isEnum) return /^'[^\\]*'$/u.test(sql) ? `${sql}::${type}` : undefined
  if (type === 'boolean') return sql === 'true' || sql === 'false' ? sql : undefined
  if (INTEGERS.has(type) || /^(?:numeric|real$|double)/u.test(type)) return printedNumber(sql, type)
  if (type === 'timestamp with time zone') return CLOCK[sql.toUpperCase()]
  if (type === 'uuid' && /^gen_random_uuid\(\)$/iu.test(sql)) return sql.toLowerCase()
  if (!/^'.*'$/su.test(sql)) return undefined
  const text = sql.slice(1, -1)
  const [, kind, length] = /^(character varying|character)\((\d+)\)$/u.exec(type) ?? []
  if (kind !== undefined) {
    const isFitting = !text.includes('\\') && text.replaceAll("''", "'").length <= Number(length)
    return isFitting ? `${sql}::${kind === 'character' ? 'bpchar' : kind}` : undefined
  }
  return VERBATIM[type]?.test(text) === true ? `${sql}::${type}` : undefined
}
