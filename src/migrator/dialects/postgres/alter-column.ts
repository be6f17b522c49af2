import type { TableConstraint } from '../../operations/operation.js'
import { listed } from '../../operations/sql-words.js'
import { isSame } from '../../schema/equal.js'
import type {
  AutoIncrement,
  Column,
  Index,
  QualifiedName,
  SequenceOptions,
  Table,
} from '../../schema/schema.js'
import {
  addConstraintSql,
  alterSequenceSql,
  alterTable,
  columnSql,
  columnTarget,
  commentSql,
  counting,
  createIndexSql,
  identityClause,
  indexTarget,
  nameOf,
  ownedSequence,
  quoted,
  serialColumnSql,
  text,
} from './ddl.js'
import { conversion } from './recast.js'

const LARGEST: Readonly<Record<string, string>> = {
  smallint: '32767',
  integer: '2147483647',
  bigint: '9223372036854775807',
}

/** How the sequence of a column of this type counts when nothing is said. */
const usualCounting = (type: string): SequenceOptions => ({
  start: '1',
  increment: '1',
  minimum: '1',
  maximum: LARGEST[type] ?? '9223372036854775807',
  cache: '1',
  cycle: false,
})

/** Statements that change a column and keep its rows. */
export const changeColumnSql = (table: Table, before: Column, after: Column): readonly string[] => {
  // Computed otherwise, or no longer computed and not stored: only another column can be that.
  if (
    !isSame(before.generated, after.generated) &&
    !(after.generated === null && before.generated?.stored === true)
  )
    return replacedColumnSql(table, before, after)
  const alter = (what: string): string => `${alterTable(table)} ALTER COLUMN ${quoted(after.name)} ${what}`
  const isRetyped = before.type !== after.type || before.collation !== after.collation
  const hadDefault = before.default !== null && (isRetyped || before.default !== after.default)
  const sequence = numberingSql(table, before, after)
  return [
    ...(before.generated !== null && after.generated === null ? [alter('DROP EXPRESSION')] : []),
    // A default that does not fit the other type would refuse it.
    ...(hadDefault ? [alter('DROP DEFAULT')] : []),
    ...sequence.first,
    ...(isRetyped ? [alter(retyping(before, after))] : []),
    ...(before.nullable && !after.nullable ? [alter('SET NOT NULL')] : []),
    ...sequence.behind,
    ...(!before.nullable && after.nullable ? [alter('DROP NOT NULL')] : []),
    ...(after.default !== null && (hadDefault || before.default === null)
      ? [alter(`SET DEFAULT ${after.default}`)]
      : []),
    ...(before.comment === after.comment ? [] : [commentSql(columnTarget(table, after.name), after.comment)]),
  ]
}

const retyping = (before: Column, after: Column): string => {
  const collated = after.collation === null ? '' : ` COLLATE ${after.collation}`
  if (after.generated !== null) return `TYPE ${after.type}${collated}`
  return `TYPE ${after.type}${collated} USING ${conversion(before, after)}`
}

interface Numbering {
  /** Before the type changes. */
  readonly first: readonly string[]
  /** When the column is required. */
  readonly behind: readonly string[]
}

const numberingSql = (table: QualifiedName, before: Column, after: Column): Numbering => {
  const [was, is] = [before.autoIncrement, after.autoIncrement]
  const alter = (what: string): string => `${alterTable(table)} ALTER COLUMN ${quoted(after.name)} ${what}`
  const isSerial = (one: AutoIncrement | null): boolean => one?.kind === 'serial'
  if (was !== null && is !== null && isSerial(was) === isSerial(is)) {
    const turned =
      was.kind === is.kind
        ? []
        : [alter(`SET GENERATED ${is.kind === 'identity always' ? 'ALWAYS' : 'BY DEFAULT'}`)]
    // The sequence of an identity follows its column's type; it counts as said afterwards.
    const isRetyped = before.type !== after.type
    const ofType = isSerial(is) && isRetyped ? [alterSequenceSql(table, after.name, `AS ${after.type}`)] : []
    const counted =
      isSame(was.sequence, is.sequence) && (was.sequence === null || !isRetyped)
        ? []
        : [alterSequenceSql(table, after.name, counting(is.sequence ?? usualCounting(after.type)))]
    return { first: [], behind: [...turned, ...ofType, ...counted] }
  }
  const first = was === null ? [] : isSerial(was) ? [...dropSerial(table, before)] : [alter('DROP IDENTITY')]
  if (is === null) return { first, behind: [] }
  const made = isSerial(is) ? addSerial(table, after, is) : [alter(`ADD ${identityClause(after)}`)]
  // The next number is behind those of the rows.
  const next =
    is.sequence === null
      ? [
          `SELECT setval(${ownedSequence(table, after.name)}, coalesce(max(${quoted(after.name)}), 0) + 1, false) FROM ${nameOf(table)}`,
        ]
      : []
  return { first, behind: [...made, ...next] }
}

/** The sequence goes with the default that it stands behind. */
const dropSerial = (table: QualifiedName, { name }: Column): readonly string[] => {
  const body =
    `DECLARE s text := ${ownedSequence(table, name)}; BEGIN ` +
    `EXECUTE ${text(`${alterTable(table)} ALTER COLUMN ${quoted(name)} DROP DEFAULT`)}; ` +
    `EXECUTE 'DROP SEQUENCE ' || s; END`
  return [`DO ${text(body)}`]
}

const addSerial = (table: QualifiedName, column: Column, { sequence }: AutoIncrement): readonly string[] => {
  const name = nameOf({ schema: table.schema, name: sequenceName(table, column.name) })
  return [
    `CREATE SEQUENCE ${name} AS ${column.type} ${counting(sequence ?? usualCounting(column.type))} ` +
      `OWNED BY ${nameOf(table)}.${quoted(column.name)}`,
    `${alterTable(table)} ALTER COLUMN ${quoted(column.name)} SET DEFAULT nextval(${text(name)}::regclass)`,
  ]
}

/** As PostgreSQL names it: what is too long is cut, the table's name first. */
const sequenceName = (table: QualifiedName, column: string): string => {
  const limit = 63 - 5
  let [one, two] = [table.name, column]
  while (Buffer.byteLength(one) + Buffer.byteLength(two) > limit)
    if (Buffer.byteLength(one) > Buffer.byteLength(two)) one = [...one].slice(0, -1).join('')
    else two = [...two].slice(0, -1).join('')
  return `${one}_${two}_seq`
}

/** Another column in the place of one, with the keys and indexes that go with the former. */
const replacedColumnSql = (table: Table, before: Column, after: Column): readonly string[] => {
  const isMeant = (sql: string): boolean => sql.includes(before.name)
  const constraints = constraintsOf(table).filter((one) => isMeant(addConstraintSql(table, one)))
  const indexes = table.indexes.filter((one) => isMeant(createIndexSql(table, one)))
  return [
    ...constraints.map(({ value }) => `${alterTable(table)} DROP CONSTRAINT ${quoted(value.name ?? '')}`),
    ...indexes.map((index) => `DROP ${indexTarget(table, index.name)}`),
    `${alterTable(table)} DROP COLUMN ${quoted(before.name)}`,
    ...addColumnSql(table, after),
    ...constraints.map((one) => addConstraintSql(table, one)),
    ...indexes.flatMap((index) => indexSql(table, index)),
  ]
}

const constraintsOf = (table: Table): readonly TableConstraint[] => [
  ...(table.primaryKey === null ? [] : [{ type: 'primary key', value: table.primaryKey } as const]),
  ...table.uniques.map((value) => ({ type: 'unique', value }) as const),
  ...table.exclusions.map((value) => ({ type: 'exclusion', value }) as const),
  ...table.checks.map((value) => ({ type: 'check', value }) as const),
  ...table.foreignKeys.map((value) => ({ type: 'foreign key', value }) as const),
]

const indexSql = (table: QualifiedName, index: Index): readonly string[] => [
  createIndexSql(table, index),
  ...(index.comment === null ? [] : [commentSql(indexTarget(table, index.name), index.comment)]),
]

/** A new column, with all that is about it alone. */
export const addColumnSql = (table: QualifiedName, column: Column): readonly string[] => [
  `${alterTable(table)} ADD COLUMN ${columnSql(column)}`,
  ...serialColumnSql(table, column),
  ...(column.comment === null ? [] : [commentSql(columnTarget(table, column.name), column.comment)]),
]

/** Parts of `WITH` of a table that are to be set, and those that are to be as usual again. */
export const storageSql = (
  what: string,
  before: readonly string[],
  after: readonly string[],
): readonly string[] => {
  const nameOfParameter = (one: string): string => one.split('=')[0] ?? one
  const set = after.filter((one) => !before.includes(one))
  const reset = before.map(nameOfParameter).filter((name) => !after.map(nameOfParameter).includes(name))
  return [
    ...(reset.length === 0 ? [] : [`${what} ${listed('RESET', reset)}`]),
    ...(set.length === 0 ? [] : [`${what} ${listed('SET', set)}`]),
  ]
}
