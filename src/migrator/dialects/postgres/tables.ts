import type { TableConstraints } from '../../operations/op.js'
import { checkClause, columnSql, fieldOf, foreignKeyClause } from './column-sql.js'
import { type Named, nameOf, sqlText } from './names.js'
import type { Room } from './room.js'
import { callText } from './statements.js'
import { refuseVirtual } from './virtual-columns.js'

type Options = Readonly<Record<string, unknown>> & TableConstraints

/** `op.createTable`: the enum types, the table with its constraints, the comments. As Sequelize's, it leaves alone a table that is there. */
export const createTable = async (
  room: Room,
  given: unknown,
  attributes: Readonly<Record<string, unknown>>,
  options: Options = {},
): Promise<void> => {
  const { names, queryInterface, orphans } = room
  const statements = room.statements(options)
  const table = nameOf(given, options['schema'])
  const context = { queryInterface, names, table }
  const columns = Object.entries(attributes).map(([key, attribute]) => {
    const name = fieldOf(key, attribute)
    return { name, ...columnSql(context, name, attribute) }
  })
  const key = columns.filter(({ isPrimaryKey }) => isPrimaryKey).map(({ name }) => name)
  const uniqueKeys = (options['uniqueKeys'] ?? {}) as Readonly<
    Record<string, { readonly fields: readonly string[]; readonly customIndex?: boolean }>
  >
  const clauses = [
    ...columns.map(({ definition }) => definition),
    ...Object.values(uniqueKeys)
      .filter(({ customIndex }) => customIndex !== false)
      .map(({ fields }) => `UNIQUE (${names.ids(fields)})`),
    ...(key.length === 0 ? [] : [`PRIMARY KEY (${names.ids(key)})`]),
    ...columns.flatMap(({ constraints }) => constraints),
    ...(options.checks ?? []).map((check) => checkClause(names, check)),
    ...(options.foreignKeys ?? []).map((foreignKey) => foreignKeyClause(names, foreignKey)),
  ]
  await refuseVirtual(statements, `op.createTable of "${table.name}"`, Object.values(attributes))
  await orphans.makeRoomFor(
    statements,
    columns.flatMap(({ enumType }) => (enumType === undefined ? [] : [enumType])),
  )
  for (const { before } of columns) for (const sql of before) await statements.run(sql)
  await statements.run(`CREATE TABLE IF NOT EXISTS ${names.full(table)} (${clauses.join(', ')})`)
  const { comment } = options
  if (typeof comment === 'string' && comment !== '') await statements.run(tableComment(room, table, comment))
  for (const { after } of columns) for (const sql of after) await statements.run(sql)
  if (columns.some(({ before }) => before.length > 0)) await room.typesChanged()
}

const tableComment = ({ names }: Room, table: Named, comment: string | null | undefined): string =>
  `COMMENT ON TABLE ${names.full(table)} IS ${comment ? sqlText(comment) : 'NULL'}`

/** `op.changeTable`. */
export const changeTable = async (
  room: Room,
  given: unknown,
  change: { readonly comment?: string | null },
): Promise<void> => {
  if (change.comment === undefined) return
  await room.statements(undefined).run(tableComment(room, nameOf(given), change.comment))
}

/** `op.dropTable`: the enum types that nothing else uses go at the end of the step. */
export const dropTable = async (room: Room, given: unknown, options: Options = {}): Promise<void> => {
  const { names, orphans } = room
  const statements = room.statements(options)
  const table = nameOf(given, options['schema'])
  const cascade = options['cascade'] === true || options['force'] === true ? ' CASCADE' : ''
  const drop = `DROP TABLE IF EXISTS ${names.full(table)}${cascade}`
  await orphans.dropWith(statements, callText('dropTable', table, options), drop, table)
}

/** `op.renameTable`: within its schema, or into another one. */
export const renameTable = async (
  room: Room,
  before: unknown,
  after: unknown,
  options?: unknown,
): Promise<void> => {
  const { names } = room
  const statements = room.statements(options)
  let from = nameOf(before)
  const to = nameOf(after)
  if (to.schema !== undefined && to.schema !== from.schema) {
    await statements.run(`ALTER TABLE ${names.full(from)} SET SCHEMA ${names.id(to.schema)}`)
    from = { schema: to.schema, name: from.name }
  }
  if (to.name !== from.name)
    await statements.run(`ALTER TABLE ${names.full(from)} RENAME TO ${names.id(to.name)}`)
}
