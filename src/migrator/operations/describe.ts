import { nameText } from '../schema/qualified-name.js'
import type { Column, Index } from '../schema/schema.js'
import type { ChangeColumn, ChangeEnum, Operation, TableConstraint } from './operation.js'

const list = (names: readonly string[]): string => names.join(', ')

const columnText = ({ name, type, nullable, default: value, generated }: Column): string =>
  [
    name,
    type,
    ...(nullable ? [] : ['NOT NULL']),
    ...(value === null ? [] : [`DEFAULT ${value}`]),
    ...(generated === null ? [] : [`AS (${generated.expression})`]),
  ].join(' ')

/** One line for people about a constraint: `foreign key notes_user_id (user_id) to users (id)`. */
export const constraintText = (constraint: TableConstraint): string => {
  const name = constraint.value.name === null ? '' : ` ${constraint.value.name}`
  switch (constraint.type) {
    case 'primary key':
    case 'unique':
      return `${constraint.type}${name} (${list(constraint.value.parts.map(({ column }) => column))})`
    case 'foreign key': {
      const { columns, target, targetColumns } = constraint.value
      return `foreign key${name} (${list(columns)}) to ${nameText(target)} (${list(targetColumns)})`
    }
    case 'check':
      return `check${name} (${constraint.value.expression})`
    case 'exclusion':
      return `exclusion constraint${name}`
  }
}

const indexText = ({ name, parts, unique, where }: Index): string => {
  const on = parts.map(
    (part) =>
      (part.kind === 'column' ? part.column : part.expression) + (part.direction === 'desc' ? ' DESC' : ''),
  )
  return `${unique ? 'unique index' : 'index'} ${name} (${list(on)})${where === null ? '' : ` where ${where}`}`
}

const withTo = (from: string | null, to: string | null): string => `${from ?? 'none'} to ${to ?? 'none'}`

const changesOf = ({ before, after }: ChangeColumn): string => {
  const changes: string[] = []
  if (before.type !== after.type) changes.push(`type ${withTo(before.type, after.type)}`)
  if (before.nullable !== after.nullable) changes.push(after.nullable ? 'takes NULL' : 'NOT NULL')
  if (before.default !== after.default) changes.push(`default ${withTo(before.default, after.default)}`)
  if (before.autoIncrement?.kind !== after.autoIncrement?.kind)
    changes.push(after.autoIncrement === null ? 'no autoincrement' : 'autoincrement')
  if (before.collation !== after.collation)
    changes.push(`collation ${withTo(before.collation, after.collation)}`)
  if (before.comment !== after.comment) changes.push('comment')
  if (before.generated !== null && after.generated === null) changes.push('no longer computed')
  return changes.length === 0 ? 'options' : list(changes)
}

const valuesOf = ({ before, after, renamedValues }: ChangeEnum): string => {
  const renamed = new Set(Object.values(renamedValues))
  const added = after.values.filter((value) => !before.values.includes(value) && !renamed.has(value))
  const removed = before.values.filter(
    (value) => !after.values.includes(value) && renamedValues[value] === undefined,
  )
  const parts = [
    ...Object.entries(renamedValues).map(([from, to]) => `rename ${from} to ${to}`),
    ...(added.length === 0 ? [] : [`add ${list(added)}`]),
    ...(removed.length === 0 ? [] : [`remove ${list(removed)}`]),
  ]
  return parts.length === 0 ? 'another order' : parts.join(', ')
}

/**
 * One line for people: `add column stars INTEGER NOT NULL to notes`.
 *
 * @example
 * ```ts
 * import { createMigrator, describeOperation } from 'sm2kit/migrator'
 * import { DataTypes, Sequelize } from 'sequelize'
 *
 * const sequelize = new Sequelize('sqlite::memory:', { logging: false })
 * sequelize.define('word', { text: DataTypes.STRING(80) }, { timestamps: false })
 * const differences = await createMigrator({ sequelize }).differences()
 * differences.map(describeOperation) // => ['create table words']
 * ```
 */
export const describe = (operation: Operation): string => {
  const table = 'table' in operation ? nameText(operation.table) : ''
  switch (operation.kind) {
    case 'createTable':
      return `create table ${table}`
    case 'dropTable':
      return `drop table ${table}`
    case 'renameTable':
      return `rename table ${table} to ${nameText(operation.to)}`
    case 'changeTable': {
      const { before, after } = operation
      return `change ${before.comment === after.comment ? 'options' : 'comment'} of table ${table}`
    }
    case 'addColumn':
      return `add column ${columnText(operation.column)} to ${table}`
    case 'changeColumn':
      return `change column ${operation.before.name} of ${table}: ${changesOf(operation)}`
    case 'removeColumn':
      return `remove column ${operation.column.name} from ${table}`
    case 'renameColumn':
      return `rename column ${operation.from} of ${table} to ${operation.to}`
    case 'addConstraint':
      return `add ${constraintText(operation.constraint)} to ${table}`
    case 'removeConstraint':
      return `remove ${constraintText(operation.constraint)} from ${table}`
    case 'renameConstraint':
      return `rename ${constraintText(operation.constraint)} of ${table} to ${operation.to ?? 'no name'}`
    case 'addIndex':
      return `add ${indexText(operation.index)} to ${table}`
    case 'removeIndex':
      return `remove ${indexText(operation.index)} from ${table}`
    case 'renameIndex':
      return `rename ${indexText(operation.index)} of ${table} to ${operation.to}`
    case 'createSchema':
      return `create schema ${operation.schema}`
    case 'dropSchema':
      return `drop schema ${operation.schema}`
    case 'createEnum':
      return `create enum ${nameText(operation.enumType)} (${list(operation.enumType.values)})`
    case 'dropEnum':
      return `drop enum ${nameText(operation.enumType)}`
    case 'renameEnum':
      return `rename enum ${nameText(operation.from)} to ${nameText(operation.to)}`
    case 'changeEnum':
      return `change enum ${nameText(operation.before)}: ${valuesOf(operation)}`
  }
}
