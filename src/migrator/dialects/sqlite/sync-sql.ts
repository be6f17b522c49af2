import type { Sequelize } from 'sequelize'
import type { SyncSql } from '../../operations/sync-sql.js'
import { columnTextOf, createTableSql, wholeName } from '../../operations/sync-sql.js'
import type { ModelColumn, ModelTable } from '../../schema/model-table.js'
import { ByShape, columnShapes } from './column-shape.js'
import { indexSqlMaker } from './index-sql.js'
import { quoteName } from './sql-text/tokens.js'

/** The statements that make a table of models and its indexes, as `Model.sync` sends them, with what Sequelize cannot say. */
export interface SyncStatements {
  readonly createTable: string
  /** In the order of the model's indexes. */
  readonly indexes: readonly string[]
}

const completed: SyncSql['completed'] = (text, { collation, generated }) => {
  if (collation === undefined && generated === undefined) return text
  return [
    text,
    ...(collation === undefined ? [] : [`COLLATE ${quoteName(collation)}`]),
    ...(generated === undefined
      ? []
      : [`GENERATED ALWAYS AS (${generated.expression}) ${generated.stored ? 'STORED' : 'VIRTUAL'}`]),
  ].join(' ')
}

/**
 * Makes the statements of the tables of one comparison. Sequelize is asked once for each shape of columns and of indexes, of which
 * even a thousand tables have few; what it says is forgotten with this function, so nothing of it outlives the models that it was asked about.
 */
export const syncSqlMaker = (sequelize: Sequelize): ((table: ModelTable) => SyncStatements) => {
  const [shapeOf, indexSql] = [columnShapes(sequelize), indexSqlMaker()]
  const texts = new ByShape<string>()
  const textOf = (column: ModelColumn, how: SyncSql): string => {
    const shape = shapeOf(column)
    return shape === undefined ? columnTextOf(column, how) : texts.get(shape, () => columnTextOf(column, how))
  }
  const made = new Map<ModelTable, SyncStatements>()
  return (table) => {
    const known = made.get(table)
    if (known !== undefined) return known
    const how: SyncSql = {
      sequelize,
      tableName: table.name.includes('.') ? wholeName(table.name) : table.name,
      referenceName: ({ name }) => name,
      // A key may refer to what comes later.
      hasKey: () => true,
      completed,
    }
    const columns: Record<string, string> = {}
    for (const column of table.columns) columns[column.name] = completed(textOf(column, how), column)
    const sql = createTableSql(table, how, columns)
    const statements = {
      createTable: withChecks(sql, table.checks),
      indexes: table.indexes.map((index) => indexSql(index, how)),
    }
    made.set(table, statements)
    return statements
  }
}

const withChecks = (sql: string, checks: ModelTable['checks'] = []): string => {
  if (checks.length === 0) return sql
  const end = sql.lastIndexOf(')')
  const texts = checks.map(
    ({ name, expression }) =>
      `, ${name === undefined ? '' : `CONSTRAINT ${quoteName(name)} `}CHECK (${expression})`,
  )
  return `${sql.slice(0, end)}${texts.join('')}${sql.slice(end)}`
}
