import { textsIn } from './sql.js'

/** A type as far as it says which values fit. */
export interface ColumnType {
  readonly kind:
    | 'text'
    | 'bytes'
    | 'integer'
    | 'decimal'
    | 'float'
    | 'date'
    | 'enum'
    | 'set'
    | 'json'
    | 'other'
  /** In small letters, without synonyms: `int`, `varchar`. */
  readonly name: string
  /** Characters, bytes, digits, or digits behind the point of a second. */
  readonly length: number | undefined
  /** Digits behind the point. */
  readonly scale: number
  readonly isUnsigned: boolean
  /** Of an enum or a set. */
  readonly values: readonly string[]
  /** What it says of its characters by itself; `collation` of Sequelize's BINARY is unknown. */
  readonly charset: string | undefined
  readonly hasOwnCollation: boolean
}

const SYNONYMS: Readonly<Record<string, string>> = {
  ...{ integer: 'int', int4: 'int', int8: 'bigint', int2: 'smallint', int1: 'tinyint', int3: 'mediumint' },
  ...{ middleint: 'mediumint', bool: 'tinyint', boolean: 'tinyint', dec: 'decimal', numeric: 'decimal' },
  ...{ fixed: 'decimal', number: 'decimal', real: 'double', 'double precision': 'double', float8: 'double' },
  ...{ float4: 'float', character: 'char', 'character varying': 'varchar', 'char varying': 'varchar' },
  ...{ nchar: 'char', 'national char': 'char', nvarchar: 'varchar', 'national varchar': 'varchar' },
  ...{ varchar2: 'varchar', 'long varchar': 'mediumtext', long: 'mediumtext', clob: 'longtext' },
}

const KINDS: Readonly<Record<string, ColumnType['kind']>> = {
  ...{ char: 'text', varchar: 'text', tinytext: 'text', text: 'text', mediumtext: 'text', longtext: 'text' },
  ...{ binary: 'bytes', varbinary: 'bytes', tinyblob: 'bytes', blob: 'bytes', mediumblob: 'bytes' },
  ...{ longblob: 'bytes', tinyint: 'integer', smallint: 'integer', mediumint: 'integer', int: 'integer' },
  ...{ bigint: 'integer', decimal: 'decimal', float: 'float', double: 'float', date: 'date' },
  ...{
    datetime: 'date',
    timestamp: 'date',
    time: 'date',
    year: 'date',
    enum: 'enum',
    set: 'set',
    json: 'json',
  },
}

const TYPE =
  /^\s*([a-z0-9]+(?:\s+(?:varying|precision|varchar|char))?)\s*(?:\(((?:'(?:''|\\[\s\S]|[^'\\])*'|[^')])*)\))?([\s\S]*)$/iu

/** Reads a type, as an author or the server writes it. */
export const parseType = (sql: string): ColumnType => {
  const [, word = '', inside = '', rest = ''] = TYPE.exec(sql) ?? []
  const spelled = word.toLowerCase().replace(/\s+/gu, ' ')
  const name = SYNONYMS[spelled] ?? spelled
  const kind = KINDS[name] ?? 'other'
  const [length, scale] = inside.split(',').map(Number)
  const isList = kind === 'enum' || kind === 'set'
  return {
    kind,
    name,
    length: isList || inside === '' || length === undefined || Number.isNaN(length) ? undefined : length,
    scale: isList || scale === undefined || Number.isNaN(scale) ? 0 : scale,
    isUnsigned: /\b(?:unsigned|zerofill)\b/iu.test(rest),
    values: isList ? textsIn(inside) : [],
    charset: /\b(?:character\s+set|charset)\s*=?\s*'?(\w+)/iu.exec(rest)?.[1]?.toLowerCase(),
    hasOwnCollation: /\b(?:character\s+set|charset|collate|binary|ascii|unicode|byte)\b/iu.test(rest),
  }
}

/** Whether two texts say the same type: the width with which an integer is shown says nothing. */
export const isSameType = (one: string, other: string): boolean => {
  const [a, b] = [parseType(one), parseType(other)].map((type) =>
    JSON.stringify(
      type.kind === 'integer' && type.name !== 'tinyint' ? { ...type, length: undefined } : type,
    ),
  )
  return a === b
}

/** Whether values of the type are texts that have a collation. */
export const hasCollation = ({ kind }: ColumnType): boolean =>
  kind === 'text' || kind === 'enum' || kind === 'set'
