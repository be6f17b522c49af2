import type { ServerVersion } from '../../dialect-review.js'
import { typeChange } from '../../review/common-findings.js'
import type { AlterAction, ColumnText } from '../../review/sql-statement.js'
import type { Column } from '../../schema/schema.js'

/** How InnoDB changes a table, from the fastest on. */
export type Algorithm = 'INSTANT' | 'INPLACE' | 'COPY'

/** How a change is made. */
export interface Way {
  readonly algorithm: Algorithm
  readonly rewrites: boolean
  readonly scans: boolean
  /** Nobody can write meanwhile, whatever the algorithm. */
  readonly isShared: boolean
}

const way = (algorithm: Algorithm, rewrites = algorithm === 'COPY'): Way => ({
  algorithm,
  rewrites,
  scans: rewrites,
  isShared: false,
})

const INSTANT = way('INSTANT')
/** The table is written anew beside the old one, and takes what is written meanwhile. */
const REBUILD = way('INPLACE', true)
const COPY = way('COPY')
const ORDER: readonly Algorithm[] = ['INSTANT', 'INPLACE', 'COPY']

/** A statement goes the way of the slowest of its parts. */
export const slowest = (ways: readonly Way[]): Way | undefined =>
  [...ways].sort(
    (one, other) =>
      Number(other.isShared) - Number(one.isShared) ||
      ORDER.indexOf(other.algorithm) - ORDER.indexOf(one.algorithm) ||
      Number(other.rewrites) - Number(one.rewrites),
  )[0]

/**
 * How InnoDB does a part of an ALTER TABLE.
 *
 * @param before - The column, where one is changed.
 * @see https://mariadb.com/kb/en/innodb-online-ddl-operations-with-the-instant-alter-algorithm/
 * @see https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html
 */
export const algorithmOf = (
  action: AlterAction,
  before: Column | undefined,
  dropsKey: boolean,
  { isOther }: ServerVersion,
): Way => {
  switch (action.kind) {
    case 'addColumn':
      return newColumn(action.column)
    case 'dropColumn':
      // MySQL says from which release of 8.0 on; the careful answer costs nothing.
      return isOther ? REBUILD : INSTANT
    case 'changeColumn':
      return before === undefined ? COPY : changed(before, action.column)
    case 'addConstraint':
      if (action.type === 'primary key') return REBUILD
      return action.type === 'unique' ? { ...INSTANT, algorithm: 'INPLACE', scans: true } : COPY
    case 'dropPrimaryKey':
      return dropsKey && isOther ? REBUILD : COPY
    case 'alterType':
    case 'setNotNull':
      return COPY
    case 'option':
      return action.name === 'ENGINE' || (action.name === 'ALGORITHM' && action.value === 'COPY')
        ? COPY
        : INSTANT
    case 'other':
      return /^(?:CONVERT|DEFAULT|CHARACTER|ROW_FORMAT|FORCE|PARTITION|ORDER)/iu.test(action.words)
        ? COPY
        : INSTANT
    default:
      return INSTANT
  }
}

const newColumn = (column: ColumnText): Way => {
  if (column.generated === 'stored' || column.isNumbered || column.hasReference || column.hasCheck)
    return COPY
  if (column.isPrimary) return REBUILD
  // A default that is an expression is computed for each row; the moment of the statement is one for all.
  const value = (column.default ?? '').replace(/\b(?:current_timestamp|now)\s*\(\s*\d*\s*\)/giu, '')
  if (value.includes('(') && /[a-z_]\w*\s*\(/iu.test(value)) return COPY
  return column.isUnique ? { ...INSTANT, algorithm: 'INPLACE', scans: true } : INSTANT
}

const changed = (before: Column, after: ColumnText): Way => {
  const change = typeChange(before, after.type)
  if (after.generated !== null || before.generated !== null) return COPY
  if (change !== 'none' || isLonger(before.type, after.type)) return COPY
  return before.nullable === after.notNull ? REBUILD : INSTANT
}

const LENGTH = /^(?:var)?(char|binary)\((\d+)\)/iu

/** A text that needs two bytes for its length, which had one; CHAR, whose width is the row's. */
const isLonger = (before: string, after: string): boolean => {
  const [one, other] = [LENGTH.exec(before.trim()), LENGTH.exec(after.trim())]
  if (one === null || other === null) return /text|blob/iu.test(after) && !/text|blob/iu.test(before)
  const [from, to] = [Number(one[2]), Number(other[2])]
  const isFixed = !/^var/iu.test(before.trim())
  // Four bytes a character at most.
  return from !== to && (isFixed || (from * 4 < 256 && to * 4 >= 256))
}
