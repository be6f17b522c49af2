import type { Sequelize } from 'sequelize'
import type { ShadowRequest } from '../../dialect-autogenerate.js'
import { referenceOf, type SyncSql } from '../../operations/sync-sql.js'
import type { ModelColumn, ModelTable } from '../../schema/model-table.js'
import type { QualifiedName, Schema, Table } from '../../schema/schema.js'
import { completed, quoteIdentifier } from './model-column-sql.js'

/** Where Sequelize makes the enum types of tables for which it knows no schema. */
const ENUMS_HOME = 'public'

const PLAIN = /^[a-z_][a-z0-9_$]*$/u

/** The schemas of a shadow: one for each in which the models have tables. */
export class ShadowNames {
  readonly #shadows = new Map<string | null, string>()

  /**
   * @param home - The schema that a name without one means.
   * @param prefix - A name that nobody has, of small letters and digits: it stands in what the server prints, and is
   *   replaced there.
   */
  constructor(
    readonly home: string | null,
    readonly prefix: string,
  ) {
    this.shadowOf(null)
  }

  /** The host's schema, `null` where it is the one that a name without a schema means. */
  #ownerOf(schema: string | null): string | null {
    return schema === this.home ? null : schema
  }

  /** The schema of the shadow that stands for one of the host's. */
  shadowOf(schema: string | null): string {
    const owner = this.#ownerOf(schema)
    const known = this.#shadows.get(owner)
    if (known !== undefined) return known
    const shadow = `${this.prefix}_${this.#shadows.size}`
    this.#shadows.set(owner, shadow)
    return shadow
  }

  shadows(): readonly string[] {
    return [...this.#shadows.values()]
  }

  /** Gives every schema that the request speaks of its shadow. */
  take({ tables, stubs }: ShadowRequest): void {
    for (const { schema } of stubs) this.shadowOf(schema)
    for (const table of tables) {
      this.shadowOf(table.schema)
      if (table.schema === null) this.shadowOf(ENUMS_HOME)
      for (const column of table.columns) {
        const target = referenceOf(column)
        if (target !== undefined) this.shadowOf(target.schema)
      }
    }
  }

  /** The same text for two names of one table. */
  keyOf({ schema, name }: QualifiedName): string {
    return JSON.stringify([this.#ownerOf(schema), name])
  }

  /** The columns of a table to which keys refer. */
  keysTo(table: Table, tables: readonly ModelTable[]): readonly string[] {
    const key = this.keyOf(table)
    const targets = tables.flatMap(({ columns }) =>
      columns.flatMap((column) => {
        const target = referenceOf(column)
        return target !== undefined && this.keyOf(target) === key ? [target.key] : []
      }),
    )
    return [...new Set(targets)]
  }

  #nameOf({ schema, name }: QualifiedName) {
    return { tableName: name, schema: this.shadowOf(schema), delimiter: '.' } as const
  }

  /** How the texts of a table are made for the shadow. */
  syncSql(table: ModelTable, sequelize: Sequelize, hasKey: (column: ModelColumn) => boolean): SyncSql {
    return {
      sequelize,
      tableName: this.#nameOf(table),
      referenceName: (target) => this.#nameOf(target),
      hasKey,
      completed,
    }
  }

  /** Enum types where Sequelize makes them: with a table that has a schema, else in `public`, whatever the search path is. */
  withEnumsInPlace(sql: string, table: ModelTable): string {
    if (table.schema !== null || this.home === ENUMS_HOME) return sql
    const own = quoteIdentifier(this.shadowOf(null))
    return sql.replaceAll(`${own}."enum_`, `${quoteIdentifier(this.shadowOf(ENUMS_HOME))}."enum_`)
  }

  /** What was read in the shadow, as it would be in its place; without the tables that are only referred to. */
  inPlace(schema: Schema, stubs: readonly QualifiedName[]): Schema {
    let json = JSON.stringify(schema)
    for (const [owner, shadow] of this.#shadows) {
      if (owner === null) continue
      const text = PLAIN.test(owner) ? owner : quoteIdentifier(owner)
      // As a name of its own, then in front of another name.
      json = json.replaceAll(JSON.stringify(shadow), JSON.stringify(owner))
      json = json.replaceAll(`${shadow}.`, `${JSON.stringify(text).slice(1, -1)}.`)
    }
    const { tables, enums }: Schema = JSON.parse(json)
    const hidden = new Set(stubs.map((stub) => this.keyOf(stub)))
    return { tables: tables.filter((table) => !hidden.has(this.keyOf(table))), enums }
  }
}
