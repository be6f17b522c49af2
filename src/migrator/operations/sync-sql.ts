import type { Sequelize } from 'sequelize'
import type { ModelColumn, ModelIndex, ModelTable, ModelUnique } from '../schema/model-table.js'
import type { QualifiedName } from '../schema/schema.js'

/** A table's name as Sequelize's generators take it. */
export type SequelizeTable =
  | string
  | { readonly tableName: string; readonly schema: string; readonly delimiter: '.' }

/**
 * A name with a dot in it for an engine without schemas: as a text, the generator of indexes would take the part before the
 * dot for a database.
 */
export const wholeName = (name: string): SequelizeTable => ({ tableName: name, schema: '', delimiter: '.' })

type Attribute = Readonly<Record<string, unknown>>

/** The parts of Sequelize's query generators that `Model.sync` uses; they are not declared. */
export interface QueryGenerator {
  attributesToSQL(attributes: Record<string, Attribute>, options: object): Record<string, string>
  createTableQuery(table: SequelizeTable, columns: Record<string, string>, options: object): string
  addIndexQuery(table: SequelizeTable, options: object): string
  quoteTable(table: SequelizeTable): string
  quoteIdentifier(name: string): string
  /** @param attribute - Whose type the value has. */
  escape(value: unknown, attribute?: Attribute): string
}

/** The query generator of an instance. It sends nothing. */
export const queryGeneratorOf = (sequelize: Sequelize): QueryGenerator =>
  (sequelize.getQueryInterface() as unknown as { readonly queryGenerator: QueryGenerator }).queryGenerator

/** How the texts of a table are to differ from what `Model.sync` would send. */
export interface SyncSql {
  readonly sequelize: Sequelize
  /** What the generator is told that the table is called. */
  readonly tableName: SequelizeTable
  /** What a table that a key refers to is called. */
  referenceName(target: QualifiedName): SequelizeTable
  /** Whether a column's key is written into the table; the others are added later. */
  hasKey(column: ModelColumn): boolean
  /** A column's text with what Sequelize cannot say: a collation, how it is generated. */
  completed(text: string, column: ModelColumn): string
}

/** What a column refers to. */
export const referenceOf = ({
  attribute,
}: ModelColumn): (QualifiedName & { readonly key: string }) | undefined => {
  const references = attribute['references'] as
    | { readonly model: SequelizeTable; readonly key: string }
    | undefined
  if (references === undefined) return undefined
  const { model, key } = references
  return typeof model === 'string'
    ? { schema: null, name: model, key }
    : { schema: model.schema, name: model.tableName, key }
}

/** Whether a unique constraint stands in its column's definition. */
const isInline = (unique: ModelUnique, columns: ReadonlyMap<string, ModelColumn>): boolean =>
  !unique.isNamed &&
  unique.columns.length === 1 &&
  columns.get(unique.columns[0] ?? '')?.attribute['unique'] === true

/** The unique constraints that are written after the columns, in order. */
export const uniquesAfterColumns = (table: ModelTable): readonly ModelUnique[] => {
  if (table.uniques.length === 0) return []
  const columns = new Map(table.columns.map((column) => [column.name, column]))
  return table.uniques.filter((unique) => !isInline(unique, columns))
}

/** An attribute of this engine's types, as the generator is to see it. */
export const attributeFor = (
  { sequelize, referenceName, hasKey, tableName }: SyncSql,
  column: ModelColumn,
): Attribute => {
  // Sequelize writes into what it is given.
  const attribute: Record<string, unknown> = { ...column.attribute, Model: { getTableName: () => tableName } }
  if (column.generated !== undefined) delete attribute['defaultValue']
  const target = referenceOf(column)
  if (target === undefined || !hasKey(column)) delete attribute['references']
  else
    attribute['references'] = {
      ...(attribute['references'] as object),
      model: referenceName(target),
    }
  return (sequelize as unknown as { normalizeAttribute(attribute: Attribute): Attribute }).normalizeAttribute(
    attribute,
  )
}

/** What stands behind the names of columns, by these, in order. */
const columnTexts = (columns: readonly ModelColumn[], how: SyncSql): Record<string, string> => {
  const attributes = Object.fromEntries(columns.map((column) => [column.name, attributeFor(how, column)]))
  return queryGeneratorOf(how.sequelize).attributesToSQL(attributes, {
    table: how.tableName,
    context: 'createTable',
  })
}

/** What stands behind the name of a column, without what {@link SyncSql.completed} adds. */
export const columnTextOf = (column: ModelColumn, how: SyncSql): string =>
  columnTexts([column], how)[column.name] ?? ''

const completedTexts = (columns: readonly ModelColumn[], how: SyncSql): Record<string, string> => {
  const texts = columnTexts(columns, how)
  for (const column of columns) texts[column.name] = how.completed(texts[column.name] ?? '', column)
  return texts
}

/**
 * The statement with which `Model.sync` makes a table.
 *
 * @param columns - What stands behind the name of each, by these, in order; completed.
 */
export const createTableSql = (
  table: ModelTable,
  how: SyncSql,
  columns: Record<string, string> = completedTexts(table.columns, how),
): string => {
  const generator = queryGeneratorOf(how.sequelize)
  const uniqueKeys = Object.fromEntries(
    uniquesAfterColumns(table).map(({ name, columns: fields }) => [
      name,
      { fields: [...fields], customIndex: true },
    ]),
  )
  return generator.createTableQuery(how.tableName, columns, {
    ...table.options,
    ...(table.comment === undefined ? {} : { comment: table.comment }),
    uniqueKeys,
  })
}

/** The statement with which `Model.sync` makes an index; never CONCURRENTLY. */
export const addIndexSql = (index: ModelIndex, { sequelize, tableName }: SyncSql): string => {
  const { concurrently: _, fields, ...options } = index.options
  return queryGeneratorOf(sequelize).addIndexQuery(tableName, {
    ...options,
    name: index.name,
    fields: (fields as readonly unknown[]).map((field) =>
      typeof field === 'object' && field !== null && Object.getPrototypeOf(field) === Object.prototype
        ? { ...field }
        : field,
    ),
  })
}

/** A key as a constraint of its table, without a name: the engine gives it the one that it would have had in the table. */
export const addKeySql = (column: ModelColumn, how: SyncSql): string => {
  const generator = queryGeneratorOf(how.sequelize)
  const textOf = (hasKey: boolean): string => {
    const { comment: _, ...attribute } = attributeFor({ ...how, hasKey: () => hasKey }, column)
    const texts = generator.attributesToSQL(
      { [column.name]: attribute },
      { table: how.tableName, context: 'createTable' },
    )
    return texts[column.name] ?? ''
  }
  // The generator writes the key last.
  const key = textOf(true).slice(textOf(false).length)
  return `ALTER TABLE ${generator.quoteTable(how.tableName)} ADD FOREIGN KEY (${generator.quoteIdentifier(column.name)})${key}`
}
