import type { Sequelize } from 'sequelize'
import { dialectOf } from '../dialects/registry.js'
import { MigratorError } from '../errors.js'
import { databaseError } from '../runtime/database-error.js'
import { readWithoutMaking, selectWith } from '../runtime/session.js'
import { canonicalSchema } from '../schema/canonical.js'
import { filterSchema, type IncludeFilter, includeByDefault } from '../schema/include.js'
import type { Schema } from '../schema/schema.js'
import { refuseUnknownOptions } from './target.js'

/** What {@link reflect} takes beside the instance. */
export interface ReflectOptions {
  /** Names of schemas, where the engine has them (PostgreSQL). Default: the one that a name without a schema means. */
  readonly schemas?: readonly string[]
  /** Decides about every table and enum type. Default: all but `sm2kit_revisions` and its journal. */
  readonly include?: IncludeFilter
}

/**
 * What a database looks like, as a value: tables, columns, keys, constraints, indexes, enum types.
 *
 * It takes one statement on SQLite and PostgreSQL and seven on MariaDB and MySQL, however many tables there are, and
 * changes nothing. Expressions are as the engine prints them, so compare only what the same engine has printed. Each call
 * uses a connection of the pool: what an open transaction has changed is not in it yet.
 *
 * @param sequelize - Connected, or able to connect; never closed.
 * @param options - Which schemas, and what of them.
 * @returns Plain data, in an order that depends on the names alone: the same schema gives the same value.
 * @throws {@link MigratorError} `UNKNOWN_OPTION`, `INVALID_OPTION`, `UNSUPPORTED_ENGINE`, `UNSUPPORTED_STORAGE`,
 *   `CANNOT_CONNECT` and its kin, `DATABASE_ERROR`.
 *
 * @example
 * ```ts
 * import { reflect } from 'sm2kit/migrator'
 * import { DataTypes, Sequelize } from 'sequelize'
 *
 * const sequelize = new Sequelize('sqlite::memory:', { logging: false })
 * sequelize.define('word', { text: { type: DataTypes.STRING(80), allowNull: false } }, { timestamps: false })
 * await sequelize.sync()
 * const { tables } = await reflect(sequelize)
 * tables.map(({ name }) => name) // => ['words']
 * tables[0]?.columns.map(({ name, type }) => [name, type]) // => [['id', 'INTEGER'], ['text', 'VARCHAR(80)']]
 * tables[0]?.primaryKey?.parts.map(({ column }) => column) // => ['id']
 * await reflect(sequelize, { include: ({ name }) => name !== 'words' }) // => { tables: [], enums: [] }
 * ```
 */
export const reflect = async (sequelize: Sequelize, options: ReflectOptions = {}): Promise<Schema> => {
  refuseUnknownOptions('reflect', options, ['schemas', 'include'])
  const { schemas, include = includeByDefault } = options
  const dialect = dialectOf(sequelize)
  checkSchemas(schemas, dialect.capabilities.schemas, dialect.label)
  if (typeof include !== 'function') throw invalid('include', '"include" must be a function')
  readWithoutMaking(sequelize, dialect)
  const reader = { select: <Row extends object>(sql: string) => selectWith<Row>(sequelize, sql, null) }
  const schema = await dialect.reflect(reader, schemas).catch((error: unknown) => {
    throw databaseError(error, sequelize, dialect, 0)
  })
  return canonicalSchema(filterSchema(schema, include))
}

const invalid = (subject: string, fault: string): MigratorError =>
  new MigratorError('INVALID_OPTION', `reflect(): ${fault}. Nothing was read.`, { subject })

const checkSchemas = (schemas: unknown, hasSchemas: boolean, label: string): void => {
  if (schemas === undefined) return
  const areNames = Array.isArray(schemas) && schemas.every((name) => typeof name === 'string' && name !== '')
  if (!areNames || schemas.length === 0)
    throw invalid('schemas', '"schemas" must be a list of one or more names')
  if (!hasSchemas) throw invalid('schemas', `${label} has no schemas to choose from: leave "schemas" out`)
}
