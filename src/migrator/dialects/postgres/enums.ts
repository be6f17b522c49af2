import { exactNameOf, type Names, sqlText } from './names.js'
import type { Room } from './room.js'
import { refuse } from './statements.js'

export const enumValuesSql = (what: string, values: readonly string[]): string => {
  const twice = values.find((value, index) => values.indexOf(value) !== index)
  if (twice !== undefined) throw refuse(what, `the value ${JSON.stringify(twice)} is given twice`)
  const long = values.find((value) => Buffer.byteLength(value) > 63)
  if (long !== undefined)
    throw refuse(what, `PostgreSQL takes values of up to 63 bytes, and ${JSON.stringify(long)} has more`)
  return values.map(sqlText).join(', ')
}

const typeName = (names: Names, given: unknown): string => names.full(exactNameOf(given))

/** `op.createEnum`. */
export const createEnum = async (room: Room, given: unknown, values: readonly string[]): Promise<void> => {
  const { names, orphans } = room
  const statements = room.statements(undefined)
  const list = enumValuesSql('op.createEnum', values)
  await orphans.makeRoomFor(statements, [{ named: exactNameOf(given), values: [] }])
  await statements.run(`CREATE TYPE ${typeName(names, given)} AS ENUM (${list})`)
  await room.typesChanged()
}

/** `op.dropEnum`; as Sequelize's, it is content when there is none. */
export const dropEnum = async (room: Room, given: unknown, options?: unknown): Promise<void> =>
  room.statements(options).run(`DROP TYPE IF EXISTS ${typeName(room.names, given)}`)

/** `op.renameEnum`: within its schema, or into another one. */
export const renameEnum = async (room: Room, before: unknown, after: unknown): Promise<void> => {
  const { names } = room
  const statements = room.statements(undefined)
  let from = exactNameOf(before)
  const to = exactNameOf(after)
  if (to.schema !== undefined && to.schema !== from.schema) {
    await statements.run(`ALTER TYPE ${names.full(from)} SET SCHEMA ${names.id(to.schema)}`)
    from = { schema: to.schema, name: from.name }
  }
  if (to.name !== from.name)
    await statements.run(`ALTER TYPE ${names.full(from)} RENAME TO ${names.id(to.name)}`)
}
