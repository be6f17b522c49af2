import type { Model, ModelStatic, Sequelize } from 'sequelize'
import { invalidModel } from './invalid-model.js'

/** A model of Sequelize 6 as `Model.sync` reads it; its declarations leave most of that out. */
export interface SequelizeModel {
  readonly name: string
  readonly tableName: string
  readonly sequelize: Sequelize
  readonly options: Readonly<Record<string, unknown>>
  /** By name; VIRTUAL ones are not among them. */
  readonly tableAttributes: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** By name, VIRTUAL ones too. */
  readonly rawAttributes: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly uniqueKeys: Readonly<Record<string, UniqueKey>>
  readonly _indexes: readonly Readonly<Record<string, unknown>>[]
  getTableName(): TableName
}

/** A unique constraint as Sequelize keeps it. */
export interface UniqueKey {
  readonly fields: readonly string[]
  /** False: it stands in the column's definition. */
  readonly customIndex?: boolean
}

/** The name of a table as Sequelize has it. */
export type TableName =
  | string
  | { readonly tableName: string; readonly schema?: string | null; readonly delimiter?: string }

/** Models as people have them: a list, or by name; `sequelize.models`, or what a `models/index.js` exports. */
export type ModelsInput =
  | readonly ModelStatic<Model>[]
  | Readonly<Record<string, ModelStatic<Model> | Sequelize | typeof Sequelize>>

const isSequelize = (value: unknown): boolean =>
  typeof (value as { getQueryInterface?: unknown } | null)?.getQueryInterface === 'function' ||
  typeof (value as { prototype?: { getQueryInterface?: unknown } } | null)?.prototype?.getQueryInterface ===
    'function'

/**
 * The models of an input, each once. `models/index.js` of sequelize-cli exports the instance and its class beside the
 * models: these are passed over.
 *
 * @throws MigratorError `INVALID_MODEL` for what is no model, or one that was not initialised.
 */
export const modelsIn = (models: ModelsInput): readonly SequelizeModel[] => {
  const found = new Set<SequelizeModel>()
  const entries: readonly (readonly [string, unknown])[] = Object.entries(models)
  for (const [name, model] of entries) {
    if (isSequelize(model)) continue
    const given = model as Partial<SequelizeModel> | null | undefined
    if (typeof given !== 'function') throw invalidModel([name], 'it is not a model of Sequelize')
    const label = Array.isArray(models) ? String((given as { name?: unknown }).name) : name
    if (typeof (given as SequelizeModel).getTableName !== 'function')
      throw invalidModel([label], 'it is not a model of Sequelize')
    if ((given as Partial<SequelizeModel>).rawAttributes === undefined)
      throw invalidModel([label], 'it was never initialised: call its `init`, or `sequelize.addModels`')
    found.add(given as SequelizeModel)
  }
  return [...found]
}

/** Whether tables of this instance live in schemas; elsewhere Sequelize makes the schema a part of the table's name. */
export const hasSchemas = (sequelize: Sequelize): boolean =>
  (sequelize as unknown as { dialect: { supports: { schemas?: boolean } } }).dialect.supports.schemas === true

/** The schema and the name that a table of Sequelize's has in the database. */
export const qualifiedName = (
  table: TableName,
  sequelize: Sequelize,
): { readonly schema: string | null; readonly name: string } => {
  if (typeof table === 'string') return { schema: null, name: table }
  const { tableName, schema, delimiter } = table
  if (schema === undefined || schema === null || schema === '') return { schema: null, name: tableName }
  if (hasSchemas(sequelize)) return { schema, name: tableName }
  return { schema: null, name: `${schema}${delimiter || '.'}${tableName}` }
}
