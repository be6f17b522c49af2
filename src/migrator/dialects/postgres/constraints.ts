import { deferrableSql } from './column-sql.js'
import { type Named, type Names, nameOf } from './names.js'
import type { Room } from './room.js'
import { refuse } from './statements.js'

type Options = Readonly<Record<string, unknown>>

const SUFFIXES: Readonly<Record<string, string>> = { unique: 'uk', check: 'ck', 'primary key': 'pk' }

/** A name from the fields as Sequelize writes it. */
const madeConstraintName = (
  table: Named,
  type: string,
  fields: readonly string[],
  target?: Named,
): string => {
  const owner = `${table.schema === undefined ? '' : `${table.schema}.`}${table.name}`
  return [owner, ...fields, ...(target === undefined ? [SUFFIXES[type] ?? type] : [target.name, 'fk'])].join(
    '_',
  )
}

const textOfField = (field: unknown): string =>
  typeof field === 'string' ? field : String((field as Options)['attribute'] ?? (field as Options)['name'])

const listOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.map(String) : value === undefined ? [] : [String(value)]

/** What stands behind the name of a constraint. */
const bodyOf = (names: Names, type: string, fields: readonly string[], options: Options): string => {
  const columns = names.ids(fields)
  const { generator } = names
  switch (type) {
    case 'unique':
    case 'primary key': {
      const { usingIndex } = options
      if (type === 'unique' && typeof usingIndex === 'string')
        return `UNIQUE USING INDEX ${names.id(usingIndex)}`
      const include = listOf(options['include'])
      return [
        type === 'unique' ? 'UNIQUE' : 'PRIMARY KEY',
        ...(options['nullsNotDistinct'] === true ? ['NULLS NOT DISTINCT'] : []),
        `(${columns})`,
        ...(include.length === 0 ? [] : [`INCLUDE (${names.ids(include)})`]),
      ].join(' ')
    }
    case 'check': {
      const { expression, where } = options
      return `CHECK (${typeof expression === 'string' ? expression : generator.whereItemsQuery(where)})`
    }
    case 'foreign key': {
      const references = (options['references'] ?? {}) as Options
      const target = nameOf(references['table'] ?? references['model'])
      const targets = listOf(references['fields'] ?? references['field'] ?? references['key'])
      const { onUpdate, onDelete } = options
      return [
        `FOREIGN KEY (${columns}) REFERENCES ${names.full(target)} (${names.ids(targets)})`,
        ...(onUpdate ? [`ON UPDATE ${String(onUpdate).toUpperCase()}`] : []),
        ...(onDelete ? [`ON DELETE ${String(onDelete).toUpperCase()}`] : []),
      ].join(' ')
    }
    default:
      throw refuse('op.addConstraint', `PostgreSQL has no constraint of type ${JSON.stringify(type)}`)
  }
}

/** `op.addConstraint`, with NOT VALID. */
export const addConstraint = async (room: Room, given: unknown, options: Options): Promise<void> => {
  const { names } = room
  const table = nameOf(given)
  const type = String(options['type']).toLowerCase()
  const fields = ((options['fields'] ?? []) as readonly unknown[]).map(textOfField)
  const references = options['references'] as Options | undefined
  const target = type === 'foreign key' ? nameOf(references?.['table'] ?? references?.['model']) : undefined
  const { name = madeConstraintName(table, type, fields, target), deferrable, notValid } = options
  const sql = [
    `ALTER TABLE ${names.full(table)} ADD CONSTRAINT ${names.id(String(name))}`,
    bodyOf(names, type, fields, options),
    ...(deferrable && type !== 'check' ? [deferrableSql(names, deferrable)] : []),
    ...(notValid === true ? ['NOT VALID'] : []),
  ].join(' ')
  await room.statements(options).run(sql)
}

/** Statements on a constraint by its name. */
const onConstraint =
  (action: (names: Names, name: string, other: string) => string) =>
  async (room: Room, given: unknown, name: string, other?: unknown): Promise<void> => {
    const { names } = room
    const sql = `ALTER TABLE ${names.full(nameOf(given))} ${action(names, names.id(name), String(other))}`
    await room.statements(typeof other === 'object' ? other : undefined).run(sql)
  }

/** `op.removeConstraint`. */
export const removeConstraint = onConstraint((_names, name) => `DROP CONSTRAINT ${name}`)

/** `op.validateConstraint`. */
export const validateConstraint = onConstraint((_names, name) => `VALIDATE CONSTRAINT ${name}`)

/** `op.renameConstraint`. */
export const renameConstraint = onConstraint(
  (names, name, to) => `RENAME CONSTRAINT ${name} TO ${names.id(to)}`,
)
