import { columnSql } from './column-sql.js'
import { nameOf } from './names.js'
import type { Room } from './room.js'
import { callText } from './statements.js'
import { refuseVirtual } from './virtual-columns.js'

/** `op.addColumn`: the enum type, the column with its checks, the comment. */
export const addColumn = async (
  room: Room,
  given: unknown,
  column: string,
  attribute: unknown,
  options?: unknown,
): Promise<void> => {
  const { names, queryInterface, orphans } = room
  const statements = room.statements(options)
  const table = nameOf(given)
  const sql = columnSql({ queryInterface, names, table }, column, attribute)
  const { before, definition, constraints, after, isPrimaryKey, enumType } = sql
  const actions = [
    `ADD COLUMN ${definition}`,
    ...(isPrimaryKey ? [`ADD PRIMARY KEY (${names.id(column)})`] : []),
    ...constraints.map((clause) => `ADD ${clause}`),
  ]
  await refuseVirtual(statements, `op.addColumn of "${column}" to "${table.name}"`, [attribute])
  await orphans.makeRoomFor(statements, enumType === undefined ? [] : [enumType])
  for (const statement of before) await statements.run(statement)
  await statements.run(`ALTER TABLE ${names.full(table)} ${actions.join(', ')}`)
  for (const statement of after) await statements.run(statement)
  if (before.length > 0) await room.typesChanged()
}

/** `op.removeColumn`: its enum type goes at the end of the step, where nothing else uses it. */
export const removeColumn = async (
  room: Room,
  given: unknown,
  column: string,
  options?: unknown,
): Promise<void> => {
  const { names, orphans } = room
  const statements = room.statements(options)
  const table = nameOf(given)
  const drop = `ALTER TABLE ${names.full(table)} DROP COLUMN ${names.id(column)}`
  await orphans.dropWith(statements, callText('removeColumn', table, column), drop, table, column)
}

/** `op.renameColumn`. */
export const renameColumn = async (
  room: Room,
  given: unknown,
  before: string,
  after: string,
  options?: unknown,
): Promise<void> => {
  const { names } = room
  const table = names.full(nameOf(given))
  await room
    .statements(options)
    .run(`ALTER TABLE ${table} RENAME COLUMN ${names.id(before)} TO ${names.id(after)}`)
}
