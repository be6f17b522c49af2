import { isSameName } from '../schema/qualified-name.js'
import type { Column, ForeignKeyConstraint, QualifiedName, Schema, Table } from '../schema/schema.js'
import type { Operation, TableConstraint } from './operation.js'

/**
 * The schema after an operation, as far as the calls of later operations ask for it: what an engine prints anew (the type
 * of a column whose enum type is renamed, a condition that names a renamed column) is as it was.
 */
export const applied = (schema: Schema, operation: Operation): Schema => {
  switch (operation.kind) {
    case 'createTable':
      return { ...schema, tables: [...schema.tables, operation.definition] }
    case 'dropTable':
      return { ...schema, tables: schema.tables.filter((table) => !isSameName(table, operation.table)) }
    case 'renameTable':
      return renamedTable(schema, operation.table, operation.to)
    case 'createSchema':
    case 'dropSchema':
      return schema
    case 'createEnum':
      return { ...schema, enums: [...schema.enums, operation.enumType] }
    case 'dropEnum':
      return { ...schema, enums: schema.enums.filter((one) => !isSameName(one, operation.enumType)) }
    case 'changeEnum':
      return {
        ...schema,
        enums: schema.enums.map((one) => (isSameName(one, operation.before) ? operation.after : one)),
      }
    case 'renameEnum':
      return renamedEnum(schema, operation.from, operation.to)
    default:
      return {
        ...schema,
        tables: schema.tables.map((table) =>
          isSameName(table, operation.table) ? changedTable(table, operation) : table,
        ),
      }
  }
}

const renamedTable = (schema: Schema, from: QualifiedName, to: QualifiedName): Schema => ({
  ...schema,
  tables: schema.tables.map((table) => ({
    ...table,
    ...(isSameName(table, from) ? { schema: to.schema, name: to.name } : {}),
    foreignKeys: table.foreignKeys.map((key) =>
      isSameName(key.target, from) ? { ...key, target: to } : key,
    ),
  })),
})

const renamedEnum = (schema: Schema, from: QualifiedName, to: QualifiedName): Schema => ({
  tables: schema.tables.map((table) => ({
    ...table,
    columns: table.columns.map((column) =>
      column.enumType !== null && isSameName(column.enumType, from) ? { ...column, enumType: to } : column,
    ),
  })),
  enums: schema.enums.map((one) => (isSameName(one, from) ? { ...one, ...to } : one)),
})

type OfTable = Extract<Operation, { readonly table: QualifiedName }>
type OfPart = Exclude<OfTable, { readonly kind: 'createTable' | 'dropTable' | 'renameTable' }>

const changedTable = (table: Table, operation: OfPart): Table => {
  switch (operation.kind) {
    case 'changeTable':
      return { ...table, ...operation.after }
    case 'addColumn':
      return { ...table, columns: [...table.columns, operation.column] }
    case 'changeColumn':
      return withColumn(table, operation.before.name, operation.after)
    case 'removeColumn':
      return { ...table, columns: table.columns.filter(({ name }) => name !== operation.column.name) }
    case 'renameColumn':
      return renamedColumn(table, operation.from, operation.to)
    case 'addConstraint':
      return withImplied(withConstraint(table, operation.constraint), operation.impliedIndex, true)
    case 'removeConstraint':
      return withImplied(withoutConstraint(table, operation.constraint), operation.impliedIndex, false)
    case 'renameConstraint': {
      const { type, value } = operation.constraint
      const renamed = { type, value: { ...value, name: operation.to } } as TableConstraint
      return withConstraint(withoutConstraint(table, operation.constraint), renamed)
    }
    case 'addIndex':
      return { ...table, indexes: [...table.indexes, operation.index] }
    case 'removeIndex':
      return { ...table, indexes: table.indexes.filter(({ name }) => name !== operation.index.name) }
    case 'renameIndex':
      return {
        ...table,
        indexes: table.indexes.map((index) =>
          index.name === operation.index.name ? { ...index, name: operation.to } : index,
        ),
      }
  }
}

const withColumn = (table: Table, name: string, column: Column): Table => ({
  ...table,
  columns: table.columns.map((one) => (one.name === name ? column : one)),
})

const withImplied = (table: Table, index: Table['indexes'][number] | undefined, isThere: boolean): Table => {
  if (index === undefined) return table
  const others = table.indexes.filter(({ name }) => name !== index.name)
  return { ...table, indexes: isThere ? [...others, index] : others }
}

const withConstraint = (table: Table, { type, value }: TableConstraint): Table => {
  switch (type) {
    case 'primary key':
      return { ...table, primaryKey: value }
    case 'unique':
      return { ...table, uniques: [...table.uniques, value] }
    case 'foreign key':
      return { ...table, foreignKeys: [...table.foreignKeys, value] }
    case 'check':
      return { ...table, checks: [...table.checks, value] }
    case 'exclusion':
      return { ...table, exclusions: [...table.exclusions, value] }
  }
}

const withoutConstraint = (table: Table, { type, value }: TableConstraint): Table => {
  const without = <T extends { readonly name: string | null }>(list: readonly T[]): readonly T[] => {
    const same = JSON.stringify(value)
    const at =
      value.name === null
        ? list.findIndex((one) => JSON.stringify(one) === same)
        : list.findIndex(({ name }) => name === value.name)
    return list.filter((_one, index) => index !== at)
  }
  switch (type) {
    case 'primary key':
      return { ...table, primaryKey: null }
    case 'unique':
      return { ...table, uniques: without(table.uniques) }
    case 'foreign key':
      return { ...table, foreignKeys: without(table.foreignKeys) }
    case 'check':
      return { ...table, checks: without(table.checks) }
    case 'exclusion':
      return { ...table, exclusions: without(table.exclusions) }
  }
}

const renamedColumn = (table: Table, from: string, to: string): Table => {
  const name = (column: string): string => (column === from ? to : column)
  const parts = <T extends { readonly column: string }>(list: readonly T[]): readonly T[] =>
    list.map((part) => ({ ...part, column: name(part.column) }))
  return {
    ...table,
    columns: table.columns.map((column) => ({ ...column, name: name(column.name) })),
    primaryKey:
      table.primaryKey === null ? null : { ...table.primaryKey, parts: parts(table.primaryKey.parts) },
    uniques: table.uniques.map((one) => ({
      ...one,
      parts: parts(one.parts),
      include: one.include.map(name),
    })),
    indexes: table.indexes.map((one) => ({
      ...one,
      parts: one.parts.map((part) =>
        part.kind === 'column' ? { ...part, column: name(part.column) } : part,
      ),
      include: one.include.map(name),
    })),
    foreignKeys: table.foreignKeys.map(
      (key): ForeignKeyConstraint => ({
        ...key,
        columns: key.columns.map(name),
        targetColumns: isSameName(key.target, table) ? key.targetColumns.map(name) : key.targetColumns,
      }),
    ),
    checks: table.checks.map((one) => (one.column === null ? one : { ...one, column: name(one.column) })),
  }
}
