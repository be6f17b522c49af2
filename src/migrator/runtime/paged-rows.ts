import type { Model, ModelStatic, QueryInterface, Sequelize, TableName, WhereOptions } from 'sequelize'
import type { Dialect } from '../dialect.js'
import type { PageKey } from '../dialect-paging.js'
import type { Reader } from '../dialect-session.js'
import { MigratorError } from '../errors.js'
import type { BatchOptions } from '../operations/data-steps.js'
import { quoteTable } from '../operations/sequelize.js'
import type { Page } from './batch.js'

/** A table as the author has named it: by itself, or as a model. */
export type Source = ModelStatic<Model> | TableName

/** The parts of Sequelize that its declarations leave out. */
interface QueryGenerator {
  quoteIdentifier(name: string): string
  getWhereConditions(where: unknown, tableName?: unknown, model?: unknown, options?: object): string
}

interface SequelizeClass {
  literal(sql: string): unknown
  readonly Op: { readonly and: symbol }
}

type ModelClass = ModelStatic<Model> & { readonly scoped?: boolean; readonly _scope?: object }

export const generatorOf = (queryInterface: QueryInterface): QueryGenerator =>
  (queryInterface as unknown as { queryGenerator: QueryGenerator }).queryGenerator

export const isModel = (source: Source): source is ModelStatic<Model> => typeof source === 'function'

/** As people would say it. */
export const nameOf = (source: Source): string => {
  const table = isModel(source) ? source.getTableName() : source
  if (typeof table === 'string') return table
  const { tableName, schema } = table as { tableName: string; schema?: string }
  return schema === undefined || schema === '' ? tableName : `${schema}.${tableName}`
}

const CURSOR = 'sm2kit_cursor_'

/** The pages of a table, each one statement. */
export class PagedRows {
  #key: PageKey | undefined
  readonly #quoted: string

  constructor(
    readonly queryInterface: QueryInterface,
    readonly dialect: Dialect,
    readonly reader: Reader,
    readonly source: Source,
    readonly options: Pick<BatchOptions, 'where' | 'attributes'>,
  ) {
    this.#quoted = quoteTable(queryInterface, isModel(source) ? source.getTableName() : source)
  }

  get estimate(): number | undefined {
    return this.options.where === undefined ? this.#key?.estimate : undefined
  }

  /** @throws MigratorError `NO_PRIMARY_KEY`, `NOT_TRANSACTIONAL`; an Error when there is no such table. */
  async prepare(commitsPages: boolean): Promise<PageKey> {
    const key = await this.dialect.pageKey(this.reader, { quoted: this.#quoted })
    if ('refusal' in key) {
      if (key.missing) throw new Error(`there is no table "${nameOf(this.source)}" to go through`)
      throw new MigratorError(
        'NO_PRIMARY_KEY',
        `"${nameOf(this.source)}" ${key.refusal}, so that it cannot be gone through in batches. Give it a primary key, or ` +
          'change its rows in one statement',
        { subject: nameOf(this.source) },
      )
    }
    if (commitsPages && key.outsideTransactions !== undefined) {
      throw new MigratorError(
        'NOT_TRANSACTIONAL',
        `"${nameOf(this.source)}" takes no part in transactions (${key.outsideTransactions}), so that nobody could know after ` +
          'a crash which of its rows were done. Change its engine, or change its rows in one statement',
        { subject: nameOf(this.source) },
      )
    }
    this.#key = key
    return key
  }

  async read(cursor: readonly string[] | null, size: number): Promise<Page> {
    const key = this.#key ?? (await this.prepare(false))
    const rows = isModel(this.source)
      ? await this.#instances(this.source as ModelClass, key, cursor, size)
      : await this.#plain(key, cursor, size)
    const last = rows.at(-1)
    const place = last === undefined ? null : cursorIn(last, key)
    for (const row of rows) strip(row, key)
    return { rows, cursor: place, isLast: rows.length < size }
  }

  /** Conditions for the rows behind one place and up to another, as SQL. */
  range(after: readonly string[] | null, upTo: readonly string[]): string {
    if (this.#key === undefined) throw new TypeError('a range was asked for before a page')
    const sql = this.#key.sql('')
    return after === null ? sql.upTo(upTo) : `${sql.behind(after)} AND ${sql.upTo(upTo)}`
  }

  async #plain(
    key: PageKey,
    cursor: readonly string[] | null,
    size: number,
  ): Promise<readonly Record<string, unknown>[]> {
    const generator = generatorOf(this.queryInterface)
    const { where, attributes } = this.options
    const quote = (name: string): string => generator.quoteIdentifier(name)
    const sql = key.sql('')
    const columns =
      attributes === undefined
        ? ['*']
        : [...new Set([...(key.isHidden ? [] : key.columns), ...attributes])].map(quote)
    // Under its own name: the engine would call it by another.
    const hidden = key.isHidden ? key.columns.map((name) => `${quote(name)} AS ${quote(name)}`) : []
    const cursors = sql.cursor.map((expression, place) => `${expression} AS ${CURSOR}${place}`)
    const conditions = [
      ...(where === undefined ? [] : [generator.getWhereConditions(where)]),
      ...(cursor === null ? [] : [sql.behind(cursor)]),
    ].filter((condition) => condition !== '')
    const text =
      `SELECT ${[...hidden, ...columns, ...cursors].join(', ')} FROM ${this.#quoted}` +
      `${conditions.length === 0 ? '' : ` WHERE ${conditions.map((condition) => `(${condition})`).join(' AND ')}`}` +
      ` ORDER BY ${sql.order.join(', ')} LIMIT ${size}`
    const options = { type: 'SELECT', raw: true, nest: false, plain: false }
    const rows: unknown = await this.queryInterface.sequelize.query(text, options as object)
    return rows as readonly Record<string, unknown>[]
  }

  async #instances(
    model: ModelClass,
    key: PageKey,
    cursor: readonly string[] | null,
    size: number,
  ): Promise<readonly Model[]> {
    const { literal, Op } = this.queryInterface.sequelize.constructor as unknown as SequelizeClass
    const { where, attributes } = this.options
    const sql = key.sql(`${generatorOf(this.queryInterface).quoteIdentifier(model.name)}.`)
    const cursors = sql.cursor.map((expression, place) => [literal(expression), `${CURSOR}${place}`])
    const keys = (model as unknown as { primaryKeyAttributes: readonly string[] }).primaryKeyAttributes
    const conditions = [
      ...(where === undefined ? [] : [where]),
      ...(cursor === null ? [] : [literal(sql.behind(cursor))]),
    ]
    return model.unscoped().findAll({
      attributes:
        attributes === undefined ? { include: cursors } : [...new Set([...keys, ...attributes]), ...cursors],
      where: { [Op.and]: conditions } as WhereOptions,
      order: sql.order.map(literal),
      limit: size,
      paranoid: false,
      hooks: false,
      raw: false,
    } as object)
  }
}

/** Where the values of a row are. */
const valuesOf = (row: unknown): readonly Record<string, unknown>[] => {
  const { dataValues, _previousDataValues: previous } = row as {
    dataValues?: Record<string, unknown>
    _previousDataValues?: Record<string, unknown>
  }
  return isInstance(row) && dataValues !== undefined
    ? [dataValues, ...(previous === undefined ? [] : [previous])]
    : [row as Record<string, unknown>]
}

/** Not a plain row, which may have a column of any name. */
const isInstance = (row: unknown): boolean => {
  const prototype: unknown = Object.getPrototypeOf(row)
  return prototype !== null && prototype !== Object.prototype
}

const cursorIn = (row: unknown, key: PageKey): readonly string[] =>
  key.sql('').cursor.map((_expression, place) => String(valuesOf(row)[0]?.[`${CURSOR}${place}`]))

const strip = (row: unknown, key: PageKey): void => {
  for (const values of valuesOf(row))
    for (const place of key.columns.keys()) delete values[`${CURSOR}${place}`]
}

/** @throws MigratorError `INVALID_OPTION` for a model that this step cannot go through. */
export const refuseModel = (model: ModelStatic<Model>, sequelize: Sequelize): void => {
  const { scoped, _scope } = model as ModelClass
  if (model.sequelize !== sequelize) {
    throw new MigratorError(
      'INVALID_OPTION',
      `op.batch was given the model ${model.name} of another instance of Sequelize: its rows are not those of this step`,
      { subject: model.name },
    )
  }
  if (scoped === true && Object.keys(_scope ?? {}).length > 0) {
    throw new MigratorError(
      'INVALID_OPTION',
      `op.batch was given the model ${model.name} with a scope, and hands over all rows. Say which ones by \`where\``,
      { subject: model.name },
    )
  }
}
