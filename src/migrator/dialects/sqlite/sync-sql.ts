import type { Sequelize } from 'sequelize'
import type { SyncSql } from '../../operations/sync-sql.js'
import { addIndexSql, createTableSql, wholeName } from '../../operations/sync-sql.js'
import type { ModelTable } from '../../schema/model-table.js'
import { quoteName } from './sql-text/tokens.js'

/** The statements that make a table of models and its indexes, as `Model.sync` sends them, with what Sequelize cannot say. */
export const syncSqlOf = (
  table: ModelTable,
  sequelize: Sequelize,
): { readonly createTable: string; readonly indexes: readonly string[] } => {
  const how: SyncSql = {
    sequelize,
    tableName: table.name.includes('.') ? wholeName(table.name) : table.name,
    referenceName: ({ name }) => name,
    // A key may refer to what comes later.
    hasKey: () => true,
    completed: (text, { collation, generated }) =>
      [
        text,
        ...(collation === undefined ? [] : [`COLLATE ${quoteName(collation)}`]),
        ...(generated === undefined
          ? []
          : [`GENERATED ALWAYS AS (${generated.expression}) ${generated.stored ? 'STORED' : 'VIRTUAL'}`]),
      ].join(' '),
  }
  const checks = (table.checks ?? []).map(
    ({ name, expression }) =>
      `, ${name === undefined ? '' : `CONSTRAINT ${quoteName(name)} `}CHECK (${expression})`,
  )
  const sql = createTableSql(table, how)
  const end = sql.lastIndexOf(')')
  return {
    createTable: `${sql.slice(0, end)}${checks.join('')}${sql.slice(end)}`,
    indexes: table.indexes.map((index) => addIndexSql(index, how)),
  }
}
