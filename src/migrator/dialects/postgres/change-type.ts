import { MigratorError } from '../../errors.js'
import type { ColumnChangeCall } from './column-change.js'
import { collationSql, createEnumStatement } from './column-sql.js'
import { type ColumnType, isSameType } from './column-type.js'
import { blindCast, conversionOf, hasCollation } from './conversion.js'
import { refuseMisfits } from './misfits.js'
import { sqlText } from './names.js'
import { isNullDefault } from './null-default.js'
import { offline, refuse } from './statements.js'

/** Statements and actions of ALTER TABLE that change a type. */
export interface TypeChange {
  readonly before: readonly string[]
  readonly actions: readonly string[]
  readonly after: readonly string[]
}

const NOTHING: TypeChange = { before: [], actions: [], after: [] }

/** Whether a default is one value, whatever the moment and the session. */
const CONSTANT =
  /^\(?-?(?:E?'(?:[^']|'')*'|\d+(?:\.\d+)?(?:e[-+]?\d+)?|true|false|NULL)\)?(?:::[\w\s".()[\],]+)*$/iu

const hasSameValues = (one: readonly string[], other: readonly string[]): boolean =>
  JSON.stringify(one) === JSON.stringify(other)

/**
 * The values that the column's enum type is to have, where it is to have others and the column keeps the type. Who shares
 * the type with others gets one of its own instead.
 */
export const newEnumValues = async ({
  room,
  statements,
  type,
  facts,
  attribute,
  table,
  column,
}: ColumnChangeCall): Promise<readonly string[] | undefined> => {
  const values = type?.enumType?.values
  if (values === undefined || facts?.enum == null || attribute['using'] !== undefined) return undefined
  if (facts.isArray !== (type?.dimensions ?? 0) > 0 || hasSameValues(facts.enum.values, values))
    return undefined
  const [own] = await room.orphans.usedOnlyBy(statements, table, column)
  return own === undefined ? undefined : values
}

/** The type of a column becomes another one, its values and its default along. */
export const typeChange = async (call: ColumnChangeCall): Promise<TypeChange> => {
  const { room, what, column, attribute, type, facts } = call
  const { names } = room
  const id = names.id(column)
  const collation = attribute['collation'] as string | null | undefined
  const autoSerial = type !== undefined && /^(?:big|small)?serial[248]?$/iu.test(type.sql.trim())
  if (autoSerial) throw refuse(what, 'serial is no type: name the integer type, and `autoIncrement: true`')
  if (type === undefined && collation === undefined) return NOTHING
  if (facts === undefined) {
    if (type === undefined) throw offline(what, 'the type of the column')
    const cast = attribute['using'] === undefined ? blindCast(type)?.(id) : String(attribute['using'])
    const collate = collation ? ` COLLATE ${collationSql(names, collation)}` : ''
    const using = cast === undefined ? '' : ` USING ${cast}`
    const actions = [`ALTER COLUMN ${id} TYPE ${type.sql}${collate}${using}`]
    return { before: createEnumStatement(names, type), actions, after: [] }
  }

  const sameEnum =
    type?.enumType !== undefined &&
    facts.enum !== null &&
    facts.isArray === type.dimensions > 0 &&
    hasSameValues(facts.enum.values, type.enumType.values)
  const sameType = type === undefined || sameEnum || isSameType(facts.type, type.sql)
  const wanted = collation === undefined ? facts.collation : collation
  const sameCollation =
    collation === undefined ||
    collation === facts.collation ||
    (collation !== null && collationSql(names, collation) === facts.collation)
  if (sameType && sameCollation && attribute['using'] === undefined) return NOTHING
  if (facts.holders.length > 0)
    throw refuse(
      what,
      `PostgreSQL does not change the type of a column that is used by ${facts.holders.join(', ')}. Nothing of it was done. Drop that before, and make it again after`,
    )
  const to: ColumnType = sameType ? { sql: facts.type, dimensions: facts.isArray ? 1 : 0 } : type
  const using = await usingOf(call, to, sameType)
  const collate = wanted && hasCollation(to.sql) ? ` COLLATE ${kept(call, wanted)}` : ''
  const usingSql = using === undefined || facts.generated !== null ? '' : ` USING ${using(id)}`
  const alter = `ALTER COLUMN ${id} TYPE ${to.sql}${collate}${usingSql}`
  const isCounter = facts.sequence !== null && facts.identity === null
  const after =
    isCounter && /^(?:smallint|integer|bigint)$/iu.test(facts.sequence?.type ?? '') && isInteger(to.sql)
      ? [`ALTER SEQUENCE ${facts.sequence?.sql} AS ${to.sql}`]
      : []
  const before = sameType ? [] : createEnumStatement(names, to)
  if (sameType || isCounter || facts.default === null) return { before, actions: [alter], after }
  const byDefault = await defaultAlong(call, to, using)
  const actions = [
    `ALTER COLUMN ${id} DROP DEFAULT`,
    alter,
    ...(byDefault === undefined ? [] : [`ALTER COLUMN ${id} SET DEFAULT ${byDefault}`]),
  ]
  return { before, actions, after }
}

/** The catalog spells a collation as SQL; an author need not. */
const kept = ({ room, facts }: ColumnChangeCall, collation: string): string =>
  collation === facts?.collation ? collation : collationSql(room.names, collation)

const isInteger = (sql: string): boolean =>
  ['smallint', 'integer', 'bigint'].some((type) => isSameType(type, sql))

/** USING of the author's, or of the conversion, which rows have to fit. */
const usingOf = async (
  call: ColumnChangeCall,
  to: ColumnType,
  sameType: boolean,
): Promise<((value: string) => string) | undefined> => {
  const { room, statements, what, table, column, attribute, facts } = call
  const { using } = attribute
  if (using !== undefined) return () => String(using)
  if (sameType || facts === undefined || facts.generated !== null) return undefined
  const conversion = conversionOf(facts, to)
  if (typeof conversion === 'string') throw refuse(what, conversion)
  await refuseMisfits(room, statements, { what, table, column, facts, to: to.sql, conversion })
  return conversion.using
}

/** The former default as one of the new type; undefined where it is none any more. */
const defaultAlong = async (
  { statements, what, attribute, facts }: ColumnChangeCall,
  to: ColumnType,
  using: ((value: string) => string) | undefined,
): Promise<string | undefined> => {
  const former = facts?.default ?? 'NULL'
  if (isNullDefault(former)) return undefined
  // Named anew, or made in terms of a column, which a default has not: the former one is not looked at.
  if (attribute['defaultValue'] !== undefined) return undefined
  const convert = attribute['using'] !== undefined || using === undefined ? undefined : using
  if (!CONSTANT.test(former)) return convert === undefined ? `(${former})::${to.sql}` : convert(`(${former})`)
  const isEnum = to.enumType !== undefined
  const target = isEnum ? `text${'[]'.repeat(to.dimensions)}` : to.sql
  const value = isEnum || convert === undefined ? `(${former})` : convert(`(${former})`)
  try {
    const rows = await statements.look<{ value: string | null }>(
      `SELECT (${value}::${target})::text AS value`,
    )
    const [row] = rows ?? []
    if (row === undefined) return `(${former})::${to.sql}`
    if (row.value === null) return undefined
    if (isEnum && to.dimensions === 0 && to.enumType?.values.includes(row.value) === false)
      throw new Error(`it is none of its values`)
    return sqlText(row.value)
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error)
    throw new MigratorError(
      'UNSAFE_OPERATION',
      `${what} is refused: its default ${former} does not become one of ${to.sql} (${cause}). Name the new one as \`defaultValue\`, or \`null\` for none`,
      { cause: error },
    )
  }
}
