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
import type {
  Column,
  EnumType,
  ForeignKeyConstraint,
  KeyAction,
  KeyPart,
  Table,
  UniqueConstraint,
} from '../../schema/schema.js'
import { printedName } from './keywords.js'
import { enumOf } from './model-column-sql.js'
import { translateIndex } from './translate-index.js'
import { printedDefault, printedType } from './translate-type.js'

const LONGEST_NAME = 63

/** Sequelize's names for enum types of tables without a schema are in this one. */
const ENUMS_HOME = 'public'

// The generator looks for these in the text of a column, also where they stand in a value.
const MISREAD = /PRIMARY KEY|SERIAL|COMMENT |NOT NULL|REFERENCES|ENUM\(|\)/u

const ACTIONS: ReadonlySet<string> = new Set([
  ...['CASCADE', 'RESTRICT', 'SET NULL', 'SET DEFAULT', 'NO ACTION'],
])

const DEFERRABLE: Readonly<Record<string, ForeignKeyConstraint['deferrable']>> = {
  'DEFERRABLE INITIALLY DEFERRED': 'deferred',
  'DEFERRABLE INITIALLY IMMEDIATE': 'immediate',
  'NOT DEFERRABLE': null,
}

/** Thrown where only the server can tell. */
class Unsure extends Error {}

const sure = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Unsure()
  return value
}

const nameOf = (name: string): string => {
  if (name === '' || name.includes('"') || Buffer.byteLength(name) > LONGEST_NAME) throw new Unsure()
  return name
}

const keyPart = (column: string): KeyPart => ({
  column,
  direction: 'asc',
  collation: null,
  prefixLength: null,
})

/** Translates one table. */
class Translation {
  readonly enums: EnumType[] = []
  readonly #how: SyncSql

  constructor(
    readonly model: ModelTable,
    readonly sequelize: Sequelize,
    readonly facts: ServerFacts,
  ) {
    this.#how = {
      sequelize,
      tableName: model.name,
      referenceName: ({ name }) => name,
      hasKey: () => true,
      completed: (text) => text,
    }
  }

  #schemaOf(schema: string | null): string | null {
    return schema === this.facts.schema ? null : schema
  }

  #enumType(column: ModelColumn, values: readonly string[]): EnumType {
    const { schema, name } = this.model
    const type = {
      schema: this.#schemaOf(schema ?? ENUMS_HOME),
      name: nameOf(`enum_${name}_${column.name}`),
      values,
      comment: null,
    }
    if (values.some((value) => typeof value !== 'string' || value.includes('\\') || MISREAD.test(value)))
      throw new Unsure()
    this.enums.push(type)
    return type
  }

  #default(column: ModelColumn, type: string, isEnum: boolean): string | null {
    const attribute = attributeFor(this.#how, column)
    const { defaultValue } = attribute
    if (defaultValue === undefined) return null
    const sql = String(queryGeneratorOf(this.sequelize).escape(defaultValue, attribute))
    if (MISREAD.test(sql) && !/^(?:NOW|gen_random_uuid)\(\)$/iu.test(sql)) throw new Unsure()
    return sure(printedDefault(sql, type, isEnum))
  }

  column(column: ModelColumn): Column {
    const { attribute, name } = column
    const { autoIncrement, autoIncrementIdentity, allowNull, primaryKey, comment } = attribute
    if (column.generated !== undefined || column.collation !== undefined) throw new Unsure()
    const own = enumOf(column)
    const isList = (attribute['type'] as { readonly key?: string }).key === 'ARRAY'
    const enumType = own === undefined ? null : this.#enumType(column, own.values)
    if (enumType !== null && attribute['references'] !== undefined) throw new Unsure()
    const type =
      enumType === null
        ? sure(printedType(String(attribute['type'])))
        : `${enumType.schema === null ? '' : `${printedName(enumType.schema)}.`}${printedName(enumType.name)}${isList ? '[]' : ''}`
    if (
      autoIncrement === true &&
      (!/^(?:small|big)?int/u.test(type) || attribute['defaultValue'] !== undefined)
    )
      throw new Unsure()
    return {
      name: nameOf(name),
      type,
      enumType: enumType === null ? null : { schema: enumType.schema, name: enumType.name },
      nullable: allowNull !== false && primaryKey !== true && autoIncrement !== true,
      default: autoIncrement === true ? null : this.#default(column, type, enumType !== null),
      autoIncrement:
        autoIncrement === true
          ? { kind: autoIncrementIdentity === true ? 'identity by default' : 'serial', sequence: null }
          : null,
      collation: null,
      comment: typeof comment === 'string' && comment !== '' ? comment : null,
      generated: null,
      onUpdate: null,
      isHidden: false,
    }
  }

  #unique(columns: readonly string[]): UniqueConstraint {
    return {
      name: nameOf(`${this.model.name}_${columns.join('_')}_key`),
      parts: columns.map(keyPart),
      include: [],
      nullsDistinct: true,
      deferrable: null,
      onConflict: null,
    }
  }

  /** PostgreSQL makes one of constraints that say the same, and none beside a primary key that says it. */
  #uniques(key: readonly string[]): readonly UniqueConstraint[] {
    const inline = this.model.columns.filter(({ attribute }) => attribute['unique'] === true)
    const lists = [
      ...inline.map(({ name }) => [name]),
      ...uniquesAfterColumns(this.model).map(({ columns }) => columns),
    ]
    const seen = new Set([JSON.stringify(key)])
    return lists.flatMap((columns) => {
      const same = JSON.stringify(columns)
      if (seen.has(same)) return []
      seen.add(same)
      return [this.#unique(columns)]
    })
  }

  #foreignKey(column: ModelColumn): ForeignKeyConstraint | undefined {
    const target = referenceOf(column)
    if (target === undefined) return undefined
    const action = (name: 'onDelete' | 'onUpdate'): KeyAction => {
      const said = column.attribute[name]
      const written = typeof said === 'string' && said !== '' ? said.toUpperCase() : 'NO ACTION'
      return ACTIONS.has(written) ? (written as KeyAction) : sure<KeyAction>(undefined)
    }
    const { deferrable } = column.attribute['references'] as { readonly deferrable?: unknown }
    if (target.key.includes('.')) throw new Unsure()
    return {
      name: nameOf(`${this.model.name}_${column.name}_fkey`),
      columns: [column.name],
      target: { schema: this.#schemaOf(target.schema), name: nameOf(target.name) },
      targetColumns: [nameOf(target.key)],
      match: 'simple',
      onDelete: action('onDelete'),
      onUpdate: action('onUpdate'),
      onDeleteColumns: [],
      deferrable: deferrable === undefined ? null : sure(DEFERRABLE[String(deferrable)]),
      validated: true,
    }
  }

  table(): Table {
    const { model } = this
    if (model.columns.length === 0 || (model.checks ?? []).length > 0) throw new Unsure()
    const key = model.columns
      .filter(({ attribute }) => attribute['primaryKey'] === true)
      .map(({ name }) => name)
    const columns = model.columns.map((column) => this.column(column))
    const uniques = this.#uniques(key)
    const foreignKeys = model.columns.flatMap((column) => this.#foreignKey(column) ?? [])
    const indexes = model.indexes.map((index) => {
      nameOf(index.name)
      return sure(translateIndex(index, columns))
    })
    const primaryKey = key.length === 0 ? null : nameOf(`${model.name}_pkey`)
    const names = [primaryKey, ...[...uniques, ...foreignKeys, ...indexes].map(({ name }) => name)]
    // The server would give one of them another name.
    if (new Set(names).size < names.length) throw new Unsure()
    return {
      schema: this.#schemaOf(model.schema),
      name: nameOf(model.name),
      columns,
      primaryKey:
        primaryKey === null
          ? null
          : { name: primaryKey, parts: key.map(keyPart), include: [], deferrable: null, onConflict: null },
      uniques,
      indexes,
      foreignKeys,
      checks: [],
      exclusions: [],
      comment: model.comment ?? null,
      options: {},
    }
  }
}

/** What PostgreSQL would print, where that is known. */
export const translatePostgres = (
  model: ModelTable,
  sequelize: Sequelize,
  facts: ServerFacts,
): TranslatedTable | undefined => {
  const { options } = sequelize as unknown as { readonly options: { readonly quoteIdentifiers?: boolean } }
  if (options.quoteIdentifiers === false) return undefined
  try {
    const translation = new Translation(model, sequelize, facts)
    return { table: translation.table(), enums: translation.enums }
  } catch {
    // Unsure, or a value that a type does not take: the database has to say it.
    return undefined
  }
}
