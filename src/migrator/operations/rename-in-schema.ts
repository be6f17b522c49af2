import { isSameName } from '../schema/qualified-name.js'
import type { Column, EnumType, QualifiedName, Schema, Table } from '../schema/schema.js'
import { printedName, printedText, renameInSql } from './sql-names.js'

const mapTables = (schema: Schema, change: (table: Table) => Table): Schema => ({
  ...schema,
  tables: schema.tables.map(change),
})

const mapColumns = (schema: Schema, change: (column: Column) => Column): Schema =>
  mapTables(schema, (table) => ({ ...table, columns: table.columns.map(change) }))

/**
 * A table with another name: keys that refer to it follow.
 *
 * @param isNumbered - Whether a key's name is made of the table's by the engine, which makes it again (`users_ibfk_1`).
 */
export const renameTableIn = (
  schema: Schema,
  from: QualifiedName,
  to: QualifiedName,
  isNumbered: boolean,
): Schema => {
  const follow = (name: QualifiedName): QualifiedName =>
    isSameName(name, from) ? { schema: to.schema, name: to.name } : name
  const prefix = `${from.name}_ibfk_`
  return mapTables(schema, (table) => {
    const isIt = isSameName(table, from)
    const { inherits } = table.options
    return {
      ...table,
      ...follow({ schema: table.schema, name: table.name }),
      foreignKeys: table.foreignKeys.map((key) => ({
        ...key,
        target: follow(key.target),
        name:
          isIt && isNumbered && key.name?.startsWith(prefix)
            ? `${to.name}_ibfk_${key.name.slice(prefix.length)}`
            : key.name,
      })),
      options: inherits === undefined ? table.options : { ...table.options, inherits: inherits.map(follow) },
    }
  })
}

const renameColumnOf = (table: Table, from: string, to: string): Table => {
  const name = (column: string): string => (column === from ? to : column)
  const sql = (expression: string): string => renameInSql(expression, from, to)
  const keyed = <
    Key extends { readonly parts: Table['uniques'][number]['parts']; readonly include: readonly string[] },
  >(
    key: Key,
  ): Key => ({
    ...key,
    parts: key.parts.map((part) => ({ ...part, column: name(part.column) })),
    include: key.include.map(name),
  })
  return {
    ...table,
    columns: table.columns.map((column) => ({
      ...column,
      name: name(column.name),
      generated:
        column.generated === null
          ? null
          : { ...column.generated, expression: sql(column.generated.expression) },
    })),
    primaryKey: table.primaryKey === null ? null : keyed(table.primaryKey),
    uniques: table.uniques.map(keyed),
    indexes: table.indexes.map((index) => ({
      ...index,
      include: index.include.map(name),
      where: index.where === null ? null : sql(index.where),
      parts: index.parts.map((part) =>
        part.kind === 'column'
          ? { ...part, column: name(part.column) }
          : { ...part, expression: sql(part.expression) },
      ),
    })),
    foreignKeys: table.foreignKeys.map((key) => ({
      ...key,
      columns: key.columns.map(name),
      onDeleteColumns: key.onDeleteColumns.map(name),
    })),
    checks: table.checks.map((check) => ({
      ...check,
      expression: sql(check.expression),
      column: check.column === null ? null : name(check.column),
    })),
    exclusions: table.exclusions.map((one) => ({ ...one, definition: sql(one.definition) })),
  }
}

/** A column with another name: everything that stands on it follows, keys of other tables too. */
export const renameColumnIn = (schema: Schema, owner: QualifiedName, from: string, to: string): Schema =>
  mapTables(schema, (table) => {
    const changed = isSameName(table, owner) ? renameColumnOf(table, from, to) : table
    return {
      ...changed,
      foreignKeys: changed.foreignKeys.map((key) =>
        isSameName(key.target, owner)
          ? { ...key, targetColumns: key.targetColumns.map((column) => (column === from ? to : column)) }
          : key,
      ),
    }
  })

const printedType = ({ schema, name }: QualifiedName): string =>
  schema === null ? printedName(name) : `${printedName(schema)}.${printedName(name)}`

/** An enum type with another name: the columns that are made of it follow, with their defaults. */
export const renameEnumIn = (schema: Schema, from: QualifiedName, to: QualifiedName): Schema => {
  const replaced = (text: string): string => text.replaceAll(printedType(from), () => printedType(to))
  const changed = mapColumns(schema, (column) =>
    column.enumType !== null && isSameName(column.enumType, from)
      ? {
          ...column,
          enumType: { schema: to.schema, name: to.name },
          type: replaced(column.type),
          default: column.default?.replaceAll(`::${printedType(from)}`, () => `::${printedType(to)}`) ?? null,
        }
      : column,
  )
  return {
    ...changed,
    enums: changed.enums.map((type) =>
      isSameName(type, from) ? { ...type, schema: to.schema, name: to.name } : type,
    ),
  }
}

/** An enum type with other values: expressions that speak of a renamed one follow. */
export const changeEnumIn = (
  schema: Schema,
  type: EnumType,
  renamedValues: Readonly<Record<string, string>>,
): Schema => {
  const cast = `::${printedType(type)}`
  const follow = (sql: string): string =>
    sql.replace(/'(?:[^']|'')*'::(?:"[^"]*"|[\w$.])+/gu, (text) => {
      if (!text.endsWith(cast)) return text
      const value = text.slice(1, -cast.length - 1).replaceAll("''", "'")
      return `${printedText(renamedValues[value] ?? value)}${cast}`
    })
  const renamed =
    Object.keys(renamedValues).length === 0 ? schema : mapTables(schema, (table) => followed(table, follow))
  return { ...renamed, enums: renamed.enums.map((one) => (isSameName(one, type) ? type : one)) }
}

const followed = (table: Table, follow: (sql: string) => string): Table => ({
  ...table,
  columns: table.columns.map((column) => ({
    ...column,
    default: column.default === null ? null : follow(column.default),
    generated:
      column.generated === null
        ? null
        : { ...column.generated, expression: follow(column.generated.expression) },
  })),
  indexes: table.indexes.map((index) => ({
    ...index,
    where: index.where === null ? null : follow(index.where),
  })),
  checks: table.checks.map((check) => ({ ...check, expression: follow(check.expression) })),
})
