import type { Sequelize } from 'sequelize'
import type { ModelColumn, ModelTable } from '../schema/model-table.js'
import { findByName, nameKey } from '../schema/qualified-name.js'
import { attributeOf, fieldOf, targetOf } from './column.js'
import { type ColumnFinder, indexedColumns, indexesOf, uniquesOf } from './indexes.js'
import { invalidModel, tableText } from './invalid-model.js'
import { mergeTables } from './merge.js'
import { type ModelsInput, modelsIn, qualifiedName, type SequelizeModel } from './sequelize-model.js'
import { readSm2kitOptions, type Sm2kitModelOptions } from './sm2kit-options.js'

const TABLE_OPTIONS = ['engine', 'charset', 'collate', 'rowFormat'] as const

/**
 * What models say of the database, as values: a table for each table that they are on. Nothing is asked of a database.
 *
 * @param models - A list, or by name: `sequelize.models`. Each once, however often it is given.
 * @param sequelize - Whose engine they are for.
 * @returns By table, in the order of the models; models with `sm2kit: { ignore: true }` are left out.
 * @throws MigratorError `INVALID_MODEL` that names the model and its attribute.
 */
export const modelTablesOf = (models: ModelsInput, sequelize: Sequelize): readonly ModelTable[] => {
  const byTable = new Map<string, ModelTable>()
  for (const model of modelsIn(models)) {
    const sm2kit = readSm2kitOptions(model.name, model.options['sm2kit'])
    if (sm2kit.ignore === true) continue
    const table = tableOf(model, sequelize, sm2kit)
    const key = nameKey(table)
    const other = byTable.get(key)
    byTable.set(key, other === undefined ? table : mergeTables(other, table))
  }
  const tables = [...byTable.values()]
  for (const table of tables) checkColumns(table)
  checkReferences(tables, sequelize)
  return tables
}

const tableOf = (model: SequelizeModel, sequelize: Sequelize, sm2kit: Sm2kitModelOptions): ModelTable => {
  const own = qualifiedName(model.getTableName(), sequelize)
  if (own.name === '') throw invalidModel([model.name], 'the name of its table is empty')
  const columns = columnsOf(model, own)
  const columnOf = columnFinder(model, columns)
  const { comment } = model.options
  return {
    schema: own.schema,
    name: own.name,
    models: [model.name],
    columns: withSm2kitOptions([...columns.values()], model, sm2kit, columnOf),
    uniques: uniquesOf(model, columnOf),
    indexes: indexesOf(model, columnOf),
    checks: sm2kit.checks,
    comment: typeof comment === 'string' && comment !== '' ? comment : undefined,
    options: tableOptionsOf(model),
  }
}

const tableOptionsOf = ({ options }: SequelizeModel): ModelTable['options'] => {
  const said: Record<string, unknown> = {}
  for (const key of TABLE_OPTIONS) {
    const value = options[key]
    if (value !== undefined && value !== null && value !== '') said[key] = value
  }
  return said
}

const columnFinder =
  ({ tableAttributes }: SequelizeModel, columns: ReadonlyMap<string, ModelColumn>): ColumnFinder =>
  (name) => {
    // A name that is both a column and another one's attribute is the column: so it is to Sequelize.
    if (columns.has(name)) return name
    return Object.hasOwn(tableAttributes, name) ? fieldOf(name, tableAttributes[name] ?? {}) : undefined
  }

/** By their names, in order. */
const columnsOf = (
  model: SequelizeModel,
  own: { readonly schema: string | null; readonly name: string },
): ReadonlyMap<string, ModelColumn> => {
  const { tableAttributes } = model
  const columns = new Map<string, ModelColumn>()
  for (const key of Object.keys(tableAttributes)) {
    const attribute = attributeOf(model, own, key, tableAttributes[key] ?? {})
    const name = attribute['field'] as string
    // Of two attributes on one column the last counts, at the first one's place: so it is to Sequelize.
    columns.set(name, { name, attribute, generated: undefined, collation: undefined })
  }
  return columns
}

/** The columns with what `sm2kit` options say of them. */
const withSm2kitOptions = (
  columns: readonly ModelColumn[],
  model: SequelizeModel,
  sm2kit: Sm2kitModelOptions,
  columnOf: ColumnFinder,
): readonly ModelColumn[] => {
  if (sm2kit.generated === undefined && sm2kit.collations === undefined) return columns
  const find = (name: string, option: string): string => {
    const column = columnOf(name)
    if (column === undefined)
      throw invalidModel(
        [model.name],
        `its option "sm2kit.${option}" names "${name}", which it does not have`,
      )
    return column
  }
  const byColumn = <T>(values: Readonly<Record<string, T>> = {}, option: string): ReadonlyMap<string, T> =>
    new Map(Object.entries(values).map(([name, value]) => [find(name, option), value]))
  const generated = byColumn(sm2kit.generated, 'generated')
  const collations = byColumn(sm2kit.collations, 'collations')
  return columns.map((column) => ({
    ...column,
    generated: generated.get(column.name),
    collation: collations.get(column.name),
  }))
}

/** Whether there is such a column, if only in other letters: case matters to some engines only, and these say it themselves. */
const hasColumn = ({ columns }: ModelTable, name: string): boolean =>
  columns.some((column) => column.name === name) ||
  columns.some((column) => column.name.toLowerCase() === name.toLowerCase())

const checkColumns = (table: ModelTable): void => {
  const refuse = (what: string, column: string): void => {
    if (!hasColumn(table, column))
      throw invalidModel(table.models, `${what} is on "${column}", which is no column of its table`)
  }
  for (const index of table.indexes)
    for (const column of indexedColumns(index)) refuse(`the index "${index.name}"`, column)
  for (const { name, columns } of table.uniques)
    for (const column of columns) refuse(`the unique constraint "${name}"`, column)
}

const checkReferences = (tables: readonly ModelTable[], sequelize: Sequelize): void => {
  for (const table of tables)
    for (const { name, attribute } of table.columns) {
      if (attribute['references'] === undefined) continue
      const target = targetOf(attribute, sequelize)
      if (target === undefined) continue
      const found = findByName(tables, target)
      if (found !== undefined && !hasColumn(found, target.key))
        throw invalidModel(
          table.models,
          `its column "${name}" refers to "${target.key}" of the table "${tableText(found)}", which has no such column`,
        )
    }
}
