import type { Sequelize } from 'sequelize'
import type { ServerFacts, TranslatedTable } from '../../dialect-autogenerate.js'
import {
  attributeFor,
  queryGeneratorOf,
  referenceOf,
  type SyncSql,
  uniquesAfterColumns,
} from '../../operations/sync-sql.js'
import type { ModelColumn, ModelTable } from '../../schema/model-table.js'
import type { Column, ForeignKeyConstraint, KeyAction, Table } from '../../schema/schema.js'
import { syncSqlOf } from './sync-sql.js'
import { translateIndexes } from './translate-indexes.js'
import { type PrintedType, printedDefault, printedType } from './translate-type.js'

// The generator looks for these in the text of a column, also where they stand in a value.
const MISREAD = /PRIMARY KEY|REFERENCES|\p{Cc}/u

const LONGEST_NAME = 64
const LONGEST_COMMENT = 1_000

/** Collations that are printed as they are written. */
const COLLATION = /^(?:utf8mb4|latin1|ascii)_[a-z0-9_]+$/u

// RESTRICT is what is printed where nothing is said.
const ACTIONS: ReadonlySet<string> = new Set(['CASCADE', 'RESTRICT', 'SET NULL', 'NO ACTION'])

/** Whose defaults the generator leaves out. */
const WITHOUT_DEFAULT: ReadonlySet<string> = new Set(['BLOB', 'TEXT', 'GEOMETRY', 'JSON'])

/** Thrown where only the server can tell. */
class Unsure extends Error {}

const sure = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Unsure()
  return value
}

const nameOf = (name: string): string => {
  if (name === '' || /[`\p{C}]| $/u.test(name) || name.length > LONGEST_NAME) throw new Unsure()
  return name
}

interface TypeOfSequelize {
  readonly key?: string
  readonly values?: readonly string[]
  readonly _binary?: boolean
  toString(options: { escape(value: unknown): string }): string
}

const enumOf = (values: readonly string[]): PrintedType => {
  const isPlain = values.every(
    (value) => typeof value === 'string' && !/[\\,]|\s$|\p{C}/u.test(value) && !MISREAD.test(value),
  )
  if (!isPlain) throw new Unsure()
  const texts = values.map((value) => `'${value.replaceAll("'", "''")}'`)
  return { text: `enum(${texts.join(',')})`, isBinary: false, indexBytes: 2 }
}

class Translation {
  readonly #how: SyncSql
  readonly #collation: string

  constructor(
    readonly model: ModelTable,
    readonly sequelize: Sequelize,
    facts: ServerFacts,
  ) {
    this.#how = syncSqlOf(model, sequelize)
    const { charset, collate } = model.options
    if (charset !== undefined && collate === undefined) throw new Unsure()
    const collation = collate ?? facts.collation
    if (typeof collation !== 'string' || !COLLATION.test(collation)) throw new Unsure()
    if (charset !== undefined && !collation.startsWith(`${String(charset)}_`)) throw new Unsure()
    this.#collation = collation
  }

  #type({ attribute }: ModelColumn): PrintedType & { readonly written: string } {
    const type = attribute['type'] as TypeOfSequelize
    const values = attribute['values'] ?? type.values
    if (type.key === 'ENUM') return { ...enumOf(values as readonly string[]), written: 'ENUM' }
    const generator = queryGeneratorOf(this.sequelize)
    const written = type.toString({ escape: (value) => generator.escape(value) })
    return { ...sure(printedType(written)), written }
  }

  #default(
    column: ModelColumn,
    type: PrintedType & { readonly written: string },
  ): Pick<Column, 'default' | 'onUpdate'> {
    const { defaultValue } = attributeFor(this.#how, column)
    const isBinary = (column.attribute['type'] as TypeOfSequelize)._binary === true
    if (defaultValue === undefined || isBinary || WITHOUT_DEFAULT.has(type.written))
      return { default: null, onUpdate: null }
    const sql = String(queryGeneratorOf(this.sequelize).escape(defaultValue))
    if (MISREAD.test(sql)) throw new Unsure()
    const isOfClock = /^(?:CURRENT_TIMESTAMP|NOW\(\)) ON UPDATE (?:CURRENT_TIMESTAMP|NOW\(\))$/iu.test(sql)
    if (isOfClock && type.text === 'datetime')
      return { default: 'current_timestamp()', onUpdate: 'current_timestamp()' }
    return { default: sure(printedDefault(sql, type.text)), onUpdate: null }
  }

  #collationOf({ text, isBinary }: PrintedType): string | null {
    if (!isBinary) return null
    const bytes = `${this.#collation.split('_')[0]}_bin`
    // What has no characters has no collation.
    return bytes === this.#collation || !/^(?:var)?char/u.test(text) ? null : bytes
  }

  column(column: ModelColumn): { readonly value: Column; readonly type: PrintedType } {
    if (column.generated !== undefined || column.collation !== undefined) throw new Unsure()
    const { autoIncrement, allowNull, primaryKey, comment = '' } = column.attribute
    const type = this.#type(column)
    if (typeof comment !== 'string' || comment.length > LONGEST_COMMENT || MISREAD.test(comment))
      throw new Unsure()
    const value: Column = {
      name: nameOf(column.name),
      type: type.text,
      enumType: null,
      nullable: allowNull !== false && primaryKey !== true && autoIncrement !== true,
      ...this.#default(column, type),
      autoIncrement: autoIncrement === true ? { kind: 'autoincrement', sequence: null } : null,
      collation: this.#collationOf(type),
      comment: comment === '' ? null : comment,
      generated: null,
      isHidden: false,
    }
    if (value.autoIncrement !== null && value.default !== null) throw new Unsure()
    return { value, type }
  }

  #foreignKeys(): readonly ForeignKeyConstraint[] {
    const keys = this.model.columns.flatMap((column) => {
      const target = referenceOf(column)
      return target === undefined ? [] : [{ column, target }]
    })
    // The server numbers keys after the name of the table as its file has it.
    if (keys.length > 0 && !/^\w{1,50}$/u.test(this.model.name)) throw new Unsure()
    return keys.map(({ column, target }, place) => {
      const action = (name: 'onDelete' | 'onUpdate'): KeyAction => {
        const said = column.attribute[name]
        const written = typeof said === 'string' && said !== '' ? said.toUpperCase() : 'RESTRICT'
        return ACTIONS.has(written) ? (written as KeyAction) : sure<KeyAction>(undefined)
      }
      return {
        name: `${this.model.name}_ibfk_${place + 1}`,
        columns: [column.name],
        target: { schema: null, name: nameOf(target.name) },
        targetColumns: [nameOf(target.key)],
        match: 'simple',
        onDelete: action('onDelete'),
        onUpdate: action('onUpdate'),
        onDeleteColumns: [],
        deferrable: null,
        validated: true,
      }
    })
  }

  table(): Table {
    const { model } = this
    const { engine = 'InnoDB', rowFormat } = model.options
    const hasChecks = (model.checks ?? []).length > 0
    if (model.columns.length === 0 || hasChecks || rowFormat !== undefined) throw new Unsure()
    if (String(engine).toLowerCase() !== 'innodb') throw new Unsure()
    const columns = model.columns.map((column) => this.column(column))
    const names = new Set(columns.map(({ value }) => value.name.toLowerCase()))
    if (names.size < columns.length) throw new Unsure()
    const key = model.columns
      .filter(({ attribute }) => attribute['primaryKey'] === true)
      .map(({ name }) => name)
    const foreignKeys = this.#foreignKeys()
    const indexes = translateIndexes({
      model,
      key,
      inline: model.columns.filter(({ attribute }) => attribute['unique'] === true).map(({ name }) => name),
      uniques: uniquesAfterColumns(model),
      foreignKeys,
      types: new Map(columns.map(({ value, type }) => [value.name, type])),
    })
    return {
      schema: null,
      name: nameOf(model.name),
      columns: columns.map(({ value }) => value),
      primaryKey:
        key.length === 0
          ? null
          : {
              name: null,
              parts: key.map((column) => ({ column, direction: 'asc', collation: null, prefixLength: null })),
              include: [],
              deferrable: null,
              onConflict: null,
            },
      uniques: [],
      indexes: sure(indexes),
      foreignKeys,
      checks: [],
      exclusions: [],
      comment: model.comment ?? null,
      options: { engine: 'InnoDB', collation: this.#collation },
    }
  }
}

/** What MariaDB would print, where that is known. MySQL prints much of it otherwise, and is always asked. */
export const translateMariadb = (
  model: ModelTable,
  sequelize: Sequelize,
  facts: ServerFacts,
): TranslatedTable | undefined => {
  if (!/mariadb/iu.test(facts.version ?? '')) return undefined
  try {
    return { table: new Translation(model, sequelize, facts).table(), enums: [] }
  } catch {
    // Unsure, or a value that a type does not take: the database has to say it.
    return undefined
  }
}
