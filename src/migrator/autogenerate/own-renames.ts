import { isSame } from '../schema/equal.js'
import { findTable, isSameName, nameKey, nameOf } from '../schema/qualified-name.js'
import type { QualifiedName, Schema } from '../schema/schema.js'
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

/** Enum types that all their columns want under another name, as after a table has got another: they are the same type. */
export const renameEnums = (sheet: Worksheet, wanted: Schema): void => {
  const has = ({ enums }: Schema, name: QualifiedName): boolean =>
    enums.some((type) => isSameName(type, name))
  for (const [key, to] of enumRenames(sheet.schema, wanted)) {
    const from = sheet.schema.enums.find((type) => nameKey(type) === key)
    if (from === undefined || to === null || has(wanted, from) || has(sheet.schema, to)) continue
    sheet.add({ kind: 'renameEnum', from: nameOf(from), to: nameOf(to) })
  }
}
