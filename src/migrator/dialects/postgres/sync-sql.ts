import type { Sequelize } from 'sequelize'
import { addIndexSql, createTableSql, queryGeneratorOf, type SyncSql } from '../../operations/sync-sql.js'
import type { ModelColumn, ModelTable } from '../../schema/model-table.js'
import { type EnumOfSequelize, enumOf, quoteIdentifier } from './model-column-sql.js'
import type { ShadowNames } from './shadow-names.js'

/** The part of Sequelize's generator for PostgreSQL that makes enum types; undeclared. */
interface EnumGenerator {
  pgEnum(table: unknown, column: string, type: EnumOfSequelize, options: object): string
}

/** The statements that make a table of models in the shadow, as `Model.sync` makes it in its place. */
export const syncSqlOf = (
  table: ModelTable,
  sequelize: Sequelize,
  names: ShadowNames,
  hasKey: (column: ModelColumn) => boolean,
): readonly string[] => {
  const how: SyncSql = names.syncSql(table, sequelize, hasKey)
  const generator = queryGeneratorOf(sequelize) as unknown as EnumGenerator
  const enums = table.columns.flatMap((column) => {
    const type = enumOf(column)
    if (type === undefined) return []
    return [generator.pgEnum(how.tableName, column.name, type, {}).replace(/;\s*$/u, '')]
  })
  const quoted = queryGeneratorOf(sequelize).quoteTable(how.tableName)
  const checks = (table.checks ?? []).map(
    ({ name, expression }) =>
      `ALTER TABLE ${quoted} ADD ${name === undefined ? '' : `CONSTRAINT ${quoteIdentifier(name)} `}CHECK (${expression})`,
  )
  return [
    ...enums,
    createTableSql(table, how).replace(/;\s*$/u, ''),
    ...table.indexes.map((index) => addIndexSql(index, how)),
    ...checks,
  ].map((sql) => names.withEnumsInPlace(sql, table))
}
