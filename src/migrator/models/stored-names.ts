import type { ModelColumn, ModelTable } from '../schema/model-table.js'
import type { Schema, Table } from '../schema/schema.js'
import { invalidModel, tableText } from './invalid-model.js'
import type { TableName } from './sequelize-model.js'

/** Which names an engine takes for one that differ in case alone. */
export interface CaseBlindness {
  readonly tables: boolean
  readonly indexes: boolean
}

/** ASCII letters: what all engines that are blind to case agree on. */
const folded = (name: string): string => name.replaceAll(/[A-Z]/gu, (letter) => letter.toLowerCase())

/** Gives a name the spelling that it has among these, where it is not among them as it is. */
const spellerOf = (names: readonly string[]): ((name: string) => string) => {
  const known = new Set(names)
  let byFolded: ReadonlyMap<string, string> | undefined
  return (name) => {
    if (known.has(name)) return name
    byFolded ??= new Map(names.map((other) => [folded(other), other]))
    return byFolded.get(folded(name)) ?? name
  }
}

/** The very same list where nothing of it changes. */
const mapped = <T>(values: readonly T[], change: (value: T) => T): readonly T[] => {
  const changed = values.map(change)
  return changed.every((value, at) => value === values[at]) ? values : changed
}

const checkCases = (tables: readonly ModelTable[]): void => {
  const seen = new Map<string, ModelTable>()
  for (const table of tables) {
    const key = folded(tableText(table))
    const other = seen.get(key)
    if (other !== undefined)
      throw invalidModel(
        [...other.models, ...table.models],
        `their tables "${tableText(other)}" and "${tableText(table)}" differ in case alone, and are one table to the engine: ` +
          'they must be written alike',
      )
    seen.set(key, table)
  }
}

const withTarget = (column: ModelColumn, spelled: (name: string) => string): ModelColumn => {
  const references = column.attribute['references'] as { readonly model: TableName } | undefined
  if (references === undefined) return column
  const { model } = references
  const name = typeof model === 'string' ? model : model.tableName
  const to = spelled(name)
  if (to === name) return column
  const target = typeof model === 'string' ? to : { ...model, tableName: to }
  return { ...column, attribute: { ...column.attribute, references: { ...references, model: target } } }
}

const withIndexNames = (table: ModelTable, stored: Table): ModelTable => {
  const spelled = spellerOf(stored.indexes.map(({ name }) => name))
  const respelled = <T extends { readonly name: string }>(values: readonly T[]): readonly T[] =>
    mapped(values, (value) => {
      const name = spelled(value.name)
      return name === value.name ? value : { ...value, name }
    })
  const [indexes, uniques] = [respelled(table.indexes), respelled(table.uniques)]
  return indexes === table.indexes && uniques === table.uniques ? table : { ...table, indexes, uniques }
}

/**
 * What models say, with tables, the targets of keys and indexes spelled as the database has them, where the engine takes names
 * that differ in case alone for one: so it is to the engine, and nothing has to be done about it.
 *
 * @throws MigratorError `INVALID_MODEL` for two tables that are one to the engine.
 */
export const withStoredNames = (
  tables: readonly ModelTable[],
  actual: Schema,
  blind: CaseBlindness,
): readonly ModelTable[] => {
  if (blind.tables) checkCases(tables)
  const stored = new Map(actual.tables.map((table) => [tableText(table), table]))
  const spelled = spellerOf(actual.tables.map(({ name }) => name))
  const withTableNames = (table: ModelTable): ModelTable => {
    const name = spelled(table.name)
    const columns = mapped(table.columns, (column) => withTarget(column, spelled))
    return name === table.name && columns === table.columns ? table : { ...table, name, columns }
  }
  return tables.map((table) => {
    const own = blind.tables ? withTableNames(table) : table
    const there = blind.indexes ? stored.get(tableText(own)) : undefined
    return there === undefined ? own : withIndexNames(own, there)
  })
}
