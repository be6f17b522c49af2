import type { AutoIncrement, Column } from '../../schema/schema.js'
import type { ColumnRow } from './information-schema.js'

/** What a column's reading needs to know of its surroundings. */
export interface ColumnContext {
  readonly isMariadb: boolean
  /** Of the table. */
  readonly collation: string | null
  /** Whether it has the check that MariaDB gives to a column declared as JSON. */
  readonly isJson: boolean
}

const NUMBERED: AutoIncrement = { kind: 'autoincrement', sequence: null }

const UNQUOTED_TYPES = /^(?:(?:tiny|small|medium|big)?int|decimal|float|double|bit|year)$/u

// MySQL escapes the quotes in an expression as if it stood in a text.
const unescaped = (expression: string): string => expression.replaceAll("\\'", "'")

/** MySQL prints the value of a default, and of an expression the expression; MariaDB prints SQL. */
const mysqlDefault = ({ defaultText, dataType, extra }: ColumnRow): string | null => {
  if (defaultText === null) return null
  if (/\bDEFAULT_GENERATED\b/u.test(extra)) {
    const isClock = /^(?:CURRENT_TIMESTAMP|NOW)(?:\(\d*\))?$/iu.test(defaultText)
    return isClock ? defaultText : `(${unescaped(defaultText)})`
  }
  if (UNQUOTED_TYPES.test(dataType)) return defaultText
  return `'${defaultText.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
}

const defaultOf = (row: ColumnRow, isMariadb: boolean): string | null => {
  if (!isMariadb) return mysqlDefault(row)
  // A column that takes NULL and has no default is printed as one whose default is NULL: they are the same.
  return row.defaultText === 'NULL' ? null : row.defaultText
}

/** The row of information_schema as a value. */
export const columnOf = (row: ColumnRow, { isMariadb, collation, isJson }: ColumnContext): Column => {
  const { extra } = row
  const isGenerated = /\b(?:STORED|VIRTUAL|PERSISTENT) GENERATED\b/iu.test(extra)
  const generation = row.generation ?? ''
  return {
    name: row.name,
    type: isJson ? 'json' : row.type,
    enumType: null,
    nullable: row.nullable === 'YES',
    default: isGenerated ? null : defaultOf(row, isMariadb),
    autoIncrement: /\bauto_increment\b/iu.test(extra) ? NUMBERED : null,
    collation: isJson || row.collation === collation ? null : row.collation,
    comment: row.comment === '' ? null : row.comment,
    generated: isGenerated
      ? {
          expression: isMariadb ? generation : unescaped(generation),
          stored: !/\bVIRTUAL GENERATED\b/iu.test(extra),
        }
      : null,
    onUpdate: /\bon update (\w+(?:\(\d*\))?)/iu.exec(extra)?.[1] ?? null,
    isHidden: /\bINVISIBLE\b/iu.test(extra),
  }
}
