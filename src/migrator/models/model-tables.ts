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
  const columnOf = columnFinder(model)
  const { comment } = model.options
  return {
    ...own,
    models: [model.name],
    columns: columnsOf(model, own, sm2kit, columnOf),
    uniques: uniquesOf(model, columnOf),
    indexes: indexesOf(model, columnOf),
    checks: sm2kit.checks,
    comment: typeof comment === 'string' && comment !== '' ? comment : undefined,
    options: Object.fromEntries(
      TABLE_OPTIONS.flatMap((key) => {
        const value = model.options[key]
        return value === undefined || value === null || value === '' ? [] : [[key, value]]
      }),
    ),
  }
}

const columnFinder = ({ tableAttributes }: SequelizeModel): ColumnFinder => {
  const columns = new Set<string>()
  for (const name of Object.keys(tableAttributes)) columns.add(fieldOf(name, tableAttributes[name] ?? {}))
  return (name) => {
    // A name that is both a column and another one's attribute is the column: so it is to Sequelize.
    if (columns.has(name)) return name
    return Object.hasOwn(tableAttributes, name) ? fieldOf(name, tableAttributes[name] ?? {}) : undefined
  }
}

const columnsOf = (
  model: SequelizeModel,
  own: { readonly schema: string | null; readonly name: string },
  sm2kit: Sm2kitModelOptions,
  columnOf: ColumnFinder,
): readonly ModelColumn[] => {
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
  const columns = new Map<string, ModelColumn>()
  for (const [name, attribute] of Object.entries(model.tableAttributes)) {
    const column = fieldOf(name, attribute)
    // Of two attributes on one column the last counts, at the first one's place: so it is to Sequelize.
    columns.set(column, {
      name: column,
      attribute: attributeOf(model, own, name, attribute),
      generated: generated.get(column),
      collation: collations.get(column),
    })
  }
  return [...columns.values()]
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
