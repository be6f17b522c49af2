import { MigratorError } from '../../errors.js'
import { collationSql } from './column-sql.js'
import { type Named, type Names, nameOf, sqlText } from './names.js'
import type { Room } from './room.js'

type Options = Readonly<Record<string, unknown>>

interface SequelizeUtils {
  readonly Utils: { underscore(text: string): string }
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** Where an index of a table lives: in its schema. */
const indexName = (names: Names, table: Named, name: string): string =>
  names.full(table.schema === undefined ? { name } : { schema: table.schema, name })

const fieldSql = (names: Names, field: unknown, operator: string | undefined): string => {
  if (typeof field === 'string') return `${names.id(field)}${operator === undefined ? '' : ` ${operator}`}`
  const given = field as Options
  const name = textOf(given['attribute']) ?? textOf(given['name'])
  if (name === undefined) {
    const sql = names.generator.handleSequelizeMethod(field).trim()
    // Anything but a call of a function needs parentheses; a list that somebody has written with an order has them.
    return /^\(|^[\w"$.]+\s*\([\s\S]*\)$|\)\s+(?:ASC|DESC|NULLS)\b/iu.test(sql) ||
      /^[\w"$.]+(?:\s+(?:ASC|DESC|NULLS)\b.*)?$/iu.test(sql)
      ? sql
      : `(${sql})`
  }
  const { collate, order, nulls } = given
  const own = textOf(given['operator']) ?? operator
  return [
    names.id(name),
    ...(collate ? [`COLLATE ${collationSql(names, String(collate))}`] : []),
    ...(own === undefined ? [] : [own]),
    ...(order ? [String(order)] : []),
    ...(nulls ? [`NULLS ${String(nulls).toUpperCase()}`] : []),
  ].join(' ')
}

/** The name that Sequelize gives an index without one. */
const madeIndexName = (room: Room, table: Named, fields: readonly unknown[], prefix: unknown): string => {
  const { Utils } = room.queryInterface.sequelize.constructor as unknown as SequelizeUtils
  const parts = fields.map((field) =>
    typeof field === 'string' ? field : ((field as Options)['name'] ?? (field as Options)['attribute']),
  )
  const before = (textOf(prefix) ?? table.name).replaceAll('.', '_').replaceAll(/["']/gu, '')
  return Utils.underscore(`${before}_${parts.join('_')}`)
}

const refuseInTransaction = ({ isOneTransaction }: Room, what: string): void => {
  if (!isOneTransaction) return
  throw new MigratorError(
    'NOT_TRANSACTIONAL',
    `${what}: PostgreSQL does nothing CONCURRENTLY inside a transaction, and nothing was sent. Write ` +
      '`export const transaction = false` in a revision that does this and as little else as possible, or leave `concurrently` out',
  )
}

/** `op.addIndex`, with what Sequelize 6 lacks: INCLUDE, NULLS NOT DISTINCT, NULLS FIRST, storage parameters. */
export const addIndex = async (
  room: Room,
  given: unknown,
  second: unknown,
  third?: unknown,
  fourth?: unknown,
): Promise<void> => {
  const [options, raw] = (
    Array.isArray(second) ? [{ ...(third as Options), fields: second }, fourth] : [second, third]
  ) as [Options, unknown]
  const { names } = room
  const statements = room.statements(options)
  const fields = (options['fields'] ?? []) as readonly unknown[]
  const table = nameOf(given)
  const prefix = options['prefix'] ?? raw
  const name = textOf(options['name']) ?? madeIndexName(room, table, fields, prefix)
  const isConcurrent = options['concurrently'] === true
  const { where, include, nullsNotDistinct, storage } = options
  const method = textOf(options['using']) ?? textOf(options['method'])
  const isUnique = options['unique'] === true || String(options['type']).toUpperCase() === 'UNIQUE'
  if (isConcurrent) {
    refuseInTransaction(room, `op.addIndex of "${name}" on "${table.name}"`)
    if (statements.mode === 'numbered') await dropInvalid(room, table, name, options)
  }
  const operator = textOf(options['operator'])
  const sql = [
    `CREATE${isUnique ? ' UNIQUE' : ''} INDEX${isConcurrent ? ' CONCURRENTLY' : ''} ${names.id(name)} ON ${names.full(table)}`,
    ...(method === undefined ? [] : [`USING ${method}`]),
    `(${fields.map((field) => fieldSql(names, field, operator)).join(', ')})`,
    ...(Array.isArray(include) && include.length > 0 ? [`INCLUDE (${names.ids(include)})`] : []),
    ...(nullsNotDistinct === true ? ['NULLS NOT DISTINCT'] : []),
    ...(Array.isArray(storage) && storage.length > 0 ? [`WITH (${storage.join(', ')})`] : []),
    ...(where ? [names.generator.whereQuery(where)] : []),
  ].join(' ')
  await statements.run(sql)
}

/** What a CREATE INDEX CONCURRENTLY that failed has left; dropped on every run that finds it, so it is none of the journal's. */
const dropInvalid = async (room: Room, table: Named, name: string, options: unknown): Promise<void> => {
  const { names } = room
  const statements = room.statements(options)
  const rows = await statements.look(
    `SELECT 1 AS one FROM pg_index i JOIN pg_class r ON r.oid = i.indexrelid
     WHERE i.indrelid = ${names.regclass(table)} AND r.relname = ${sqlText(names.kept(name))} AND NOT i.indisvalid`,
  )
  if (rows === undefined || rows.length === 0) return
  await statements.run(`DROP INDEX CONCURRENTLY ${indexName(names, table, name)}`, { isUnnoted: true })
}

/** `op.removeIndex`, by name or by columns. */
export const removeIndex = async (
  room: Room,
  given: unknown,
  nameOrFields: unknown,
  options?: Options | null,
): Promise<void> => {
  const { names } = room
  const statements = room.statements(options)
  const table = nameOf(given)
  const name =
    typeof nameOrFields === 'string'
      ? nameOrFields
      : madeIndexName(room, table, nameOrFields as readonly unknown[], undefined)
  const isConcurrent = options?.['concurrently'] === true
  if (isConcurrent) refuseInTransaction(room, `op.removeIndex of "${name}" on "${table.name}"`)
  await statements.run(
    `DROP INDEX${isConcurrent ? ' CONCURRENTLY' : ''} IF EXISTS ${indexName(names, table, name)}`,
    isConcurrent ? { isRepeatable: true } : undefined,
  )
}

/** `op.renameIndex`. */
export const renameIndex = async (room: Room, given: unknown, from: string, to: string): Promise<void> => {
  const { names } = room
  const index = indexName(names, nameOf(given), from)
  await room.statements(undefined).run(`ALTER INDEX ${index} RENAME TO ${names.id(to)}`)
}
