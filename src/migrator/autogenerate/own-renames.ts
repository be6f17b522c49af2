import { isSame } from '../schema/equal.js'
import { findTable, isSameName, nameKey, nameOf } from '../schema/qualified-name.js'
import type { Column, QualifiedName, Schema } from '../schema/schema.js'
import type { Worksheet } from './worksheet.js'

/** Columns whose names differ in case alone: an engine that takes the two for one name gives it the new one in place. */
export const renameCases = (sheet: Worksheet, wanted: Schema): void => {
  for (const table of sheet.schema.tables) {
    const other = findTable(wanted, table)
    if (other === table) continue
    for (const { name } of other?.columns ?? []) {
      const columns = sheet.table(table)?.columns ?? []
      const found = columns.find((column) => column.name.toLowerCase() === name.toLowerCase())
      if (found !== undefined && found.name !== name && !columns.some((column) => column.name === name))
        sheet.add({ kind: 'renameColumn', table: nameOf(table), from: found.name, to: name })
    }
  }
}

/** The new name of each type: what all columns that are made of it want instead. */
const enumRenames = (schema: Schema, wanted: Schema): ReadonlyMap<string, QualifiedName | null> => {
  const renames = new Map<string, QualifiedName | null>()
  for (const table of schema.tables)
    for (const { name, enumType } of table.columns) {
      if (enumType === null) continue
      const to = findTable(wanted, table)?.columns.find((column) => column.name === name)?.enumType ?? null
      const known = renames.get(nameKey(enumType))
      renames.set(nameKey(enumType), known === undefined || (to !== null && isSame(known, to)) ? to : null)
    }
  return renames
}

/** Enum types of tables and columns that have got another name just now. */
const movedEnums = ({ operations, schema }: Worksheet): ReadonlySet<string> =>
  new Set(
    schema.tables.flatMap((table) =>
      table.columns
        .filter(({ name }) =>
          operations.some(
            (one) =>
              (one.kind === 'renameTable' && isSameName(one.to, table)) ||
              (one.kind === 'renameColumn' && isSameName(one.table, table) && one.to === name),
          ),
        )
        .flatMap(({ enumType }) => (enumType === null ? [] : [nameKey(enumType)])),
    ),
  )

/** The enum types of what has got another name get the name that goes with it. */
export const renameMovedEnums = (sheet: Worksheet, wanted: Schema): void => {
  const moved = movedEnums(sheet)
  if (moved.size > 0) renameEnums(sheet, wanted, (type) => moved.has(nameKey(type)))
}

/**
 * The wanted schema with enum types called as they are, where they have the same values: a column of such a type holds what its
 * model says. Not so arrays, since Sequelize casts them to the type by the name that it would have given it.
 */
export const withActualEnums = (wanted: Schema, actual: Schema): Schema => {
  const valuesOf = ({ enums }: Schema, name: QualifiedName): readonly string[] | undefined =>
    enums.find((type) => isSameName(type, name))?.values
  const called = (column: Column, there: Column | undefined): Column => {
    const [own, other] = [column.enumType, there?.enumType ?? null]
    if (own === null || other === null || there === undefined || isSameName(own, other)) return column
    if (column.type.endsWith(']') || there.type.endsWith(']')) return column
    const values = valuesOf(actual, other)
    if (values === undefined || !isSame(values, valuesOf(wanted, own))) return column
    // What other columns want of the type under its own name must be the same.
    if (!isSame(valuesOf(wanted, other) ?? values, values)) return column
    const value = column.default?.replace(
      /^('(?:[^']|'')*')::.*$/su,
      (_text, text: string) => `${text}::${there.type}`,
    )
    return { ...column, type: there.type, enumType: other, default: value ?? null }
  }
  if (wanted.enums.length === 0) return wanted
  return {
    ...wanted,
    tables: wanted.tables.map((table) => {
      const other = findTable(actual, table)
      return other === undefined || table.columns.every(({ enumType }) => enumType === null)
        ? table
        : {
            ...table,
            columns: table.columns.map((column) =>
              called(
                column,
                other.columns.find(({ name }) => name === column.name),
              ),
            ),
          }
    }),
  }
}

/**
 * Enum types that all their columns want under another name, with other values: they are the same type.
 *
 * @param isMeant - Which of them. Default: all.
 */
export const renameEnums = (
  sheet: Worksheet,
  wanted: Schema,
  isMeant: (type: QualifiedName) => boolean = () => true,
): void => {
  const has = ({ enums }: Schema, name: QualifiedName): boolean =>
    enums.some((type) => isSameName(type, name))
  for (const [key, to] of enumRenames(sheet.schema, wanted)) {
    const from = sheet.schema.enums.find((type) => nameKey(type) === key)
    if (from === undefined || to === null || !isMeant(from) || has(wanted, from) || has(sheet.schema, to))
      continue
    sheet.add({ kind: 'renameEnum', from: nameOf(from), to: nameOf(to) })
  }
}
