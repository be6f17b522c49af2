import { canonicalSchema } from '../schema/canonical.js'
import { isSame } from '../schema/equal.js'
import { findTable, isSameName, nameOf, nameText } from '../schema/qualified-name.js'
import type { Column, Index, QualifiedName, Schema, Table } from '../schema/schema.js'
import { constraintText, describe } from './describe.js'
import type { AddColumn, Operation, TableConstraint } from './operation.js'
import { changeEnumIn, renameColumnIn, renameEnumIn, renameTableIn } from './rename-in-schema.js'

/** An operation that does not fit the schema that it is to change: a mistake of whoever made the list. */
export class ImpossibleOperation extends Error {
  override readonly name = 'ImpossibleOperation'

  constructor(
    readonly operation: Operation,
    why: string,
  ) {
    super(`Cannot ${describe(operation)}: ${why}`)
  }
}

/** What engines do by themselves when an operation is run. */
export interface ApplyTraits {
  /** Keys that the engine has named after the table get another name with it (MariaDB, MySQL). */
  readonly keysMakeIndexes: boolean
}

const isSameTable = (one: Table, other: Table): boolean =>
  isSame(canonicalSchema({ tables: [one], enums: [] }), canonicalSchema({ tables: [other], enums: [] }))

const LISTS = {
  unique: 'uniques',
  'foreign key': 'foreignKeys',
  check: 'checks',
  exclusion: 'exclusions',
} as const

const without = <Value>(values: readonly Value[], value: unknown): readonly Value[] => {
  const at = values.findIndex((one) => isSame(one, value))
  return at === -1 ? values : values.toSpliced(at, 1)
}

const withConstraint = (table: Table, constraint: TableConstraint): Table => {
  if (constraint.type === 'primary key') return { ...table, primaryKey: constraint.value }
  const list = LISTS[constraint.type]
  return { ...table, [list]: [...table[list], constraint.value] }
}

const withoutConstraint = (table: Table, constraint: TableConstraint): Table => {
  if (constraint.type === 'primary key')
    return isSame(table.primaryKey, constraint.value) ? { ...table, primaryKey: null } : table
  const list = LISTS[constraint.type]
  const left = without<unknown>(table[list], constraint.value)
  return left === table[list] ? table : { ...table, [list]: left }
}

const placed = (columns: readonly Column[], column: Column, after: AddColumn['after']): readonly Column[] => {
  const at =
    after === undefined
      ? columns.length
      : after === null
        ? 0
        : columns.findIndex(({ name }) => name === after) + 1
  return columns.toSpliced(at, 0, column)
}

/**
 * The schema after an operation, as the engine would print it.
 *
 * @throws ImpossibleOperation when something is missing or there already, or is not what the operation says.
 */
export const applyOperation = (schema: Schema, operation: Operation, traits?: ApplyTraits): Schema => {
  const refuse = (why: string): never => {
    throw new ImpossibleOperation(operation, why)
  }
  const enumOf = (name: QualifiedName) => schema.enums.find((type) => isSameName(type, name))
  const noEnum = (name: QualifiedName): void => {
    if (enumOf(name) !== undefined) refuse(`the type ${nameText(name)} is there already`)
  }
  const noTable = (name: QualifiedName): void => {
    if (findTable(schema, name) !== undefined) refuse(`the table ${nameText(name)} is there already`)
  }
  switch (operation.kind) {
    case 'createTable':
      noTable(operation.table)
      if (!isSameName(operation.table, operation.definition)) refuse('its definition has another name')
      return { ...schema, tables: [...schema.tables, operation.definition] }
    // What is a value here are the things in it.
    case 'createSchema':
    case 'dropSchema':
      return schema
    case 'createEnum':
      noEnum(operation.enumType)
      return { ...schema, enums: [...schema.enums, operation.enumType] }
    case 'dropEnum': {
      if (!isSame(enumOf(operation.enumType), operation.enumType)) refuse('the type is another one')
      return { ...schema, enums: without(schema.enums, operation.enumType) }
    }
    case 'renameEnum':
      if (enumOf(operation.from) === undefined) refuse('the type is missing')
      noEnum(operation.to)
      return renameEnumIn(schema, operation.from, operation.to)
    case 'changeEnum':
      if (!isSame(enumOf(operation.before), operation.before)) refuse('the type is another one')
      return changeEnumIn(schema, operation.after, operation.renamedValues)
    default:
  }
  const table = findTable(schema, operation.table)
  if (table === undefined) return refuse(`the table ${nameText(operation.table)} is missing`)
  const put = (changed: Table): Schema => ({
    ...schema,
    tables: schema.tables.map((one) => (one === table ? changed : one)),
  })
  const columnAt = (name: string): number => table.columns.findIndex((column) => column.name === name)
  const noColumn = (name: string): void => {
    if (columnAt(name) !== -1) refuse(`the column ${name} is there already`)
  }
  const noIndex = (index: Index | undefined): void => {
    if (index !== undefined && table.indexes.some(({ name }) => name === index.name))
      refuse(`an index ${index.name} is there already`)
  }
  const theIndex = (index: Index | undefined): void => {
    if (index !== undefined && !table.indexes.some((one) => isSame(one, index)))
      refuse(`the index ${index.name} is missing, or another one`)
  }
  switch (operation.kind) {
    case 'dropTable':
      if (!isSameTable(table, operation.definition)) refuse('it is another table by now')
      return { ...schema, tables: schema.tables.filter((one) => one !== table) }
    case 'renameTable':
      noTable(operation.to)
      return renameTableIn(schema, operation.table, nameOf(operation.to), traits?.keysMakeIndexes === true)
    case 'changeTable': {
      const { comment, options } = table
      if (!isSame({ comment, options }, operation.before)) refuse('it has other options')
      return put({ ...table, ...operation.after })
    }
    case 'addColumn': {
      const { column, after } = operation
      noColumn(column.name)
      if (typeof after === 'string' && columnAt(after) === -1) refuse(`the column ${after} is missing`)
      return put({ ...table, columns: placed(table.columns, column, after) })
    }
    case 'changeColumn': {
      const { before, after } = operation
      if (before.name !== after.name) refuse('it gets another name')
      if (!isSame(table.columns[columnAt(before.name)], before)) refuse('the column is another one')
      return put({ ...table, columns: table.columns.with(columnAt(before.name), after) })
    }
    case 'removeColumn': {
      const { column } = operation
      if (!isSame(table.columns[columnAt(column.name)], column)) refuse('the column is another one')
      return put({ ...table, columns: table.columns.toSpliced(columnAt(column.name), 1) })
    }
    case 'renameColumn':
      if (columnAt(operation.from) === -1) refuse('the column is missing')
      noColumn(operation.to)
      return renameColumnIn(schema, operation.table, operation.from, operation.to)
    case 'addConstraint': {
      const { constraint, impliedIndex } = operation
      if (constraint.type === 'primary key' && table.primaryKey !== null) refuse('it has one already')
      noIndex(impliedIndex)
      const indexes = impliedIndex === undefined ? table.indexes : [...table.indexes, impliedIndex]
      return put({ ...withConstraint(table, constraint), indexes })
    }
    case 'removeConstraint': {
      const { constraint, impliedIndex } = operation
      const left = withoutConstraint(table, constraint)
      if (left === table) refuse(`the ${constraintText(constraint)} is missing, or another one`)
      theIndex(impliedIndex)
      const indexes = impliedIndex === undefined ? table.indexes : without(table.indexes, impliedIndex)
      return put({ ...left, indexes })
    }
    case 'renameConstraint': {
      const { constraint, to } = operation
      const left = withoutConstraint(table, constraint)
      if (left === table) refuse('the constraint is missing, or another one')
      const value = { ...constraint.value, name: to }
      return put(withConstraint(left, { ...constraint, value } as TableConstraint))
    }
    case 'addIndex':
      noIndex(operation.index)
      return put({ ...table, indexes: [...table.indexes, operation.index] })
    case 'removeIndex':
      theIndex(operation.index)
      return put({ ...table, indexes: without(table.indexes, operation.index) })
    case 'renameIndex': {
      const { index, to } = operation
      theIndex(index)
      noIndex({ ...index, name: to })
      return put({ ...table, indexes: [...without(table.indexes, index), { ...index, name: to }] })
    }
  }
}

/** The schema after all of them, in order. */
export const applyAll = (schema: Schema, operations: readonly Operation[], traits?: ApplyTraits): Schema =>
  operations.reduce((state, operation) => applyOperation(state, operation, traits), schema)
