import type { Sequelize } from 'sequelize'
import { queryGeneratorOf, type SyncSql, wholeName } from '../../operations/sync-sql.js'
import type { ModelColumn, ModelTable } from '../../schema/model-table.js'

/** A name as SQL. */
export const quoteIdentifier = (name: string): string => `\`${name.replaceAll('`', '``')}\``

interface TypeOfSequelize {
  toString(options: { escape(value: unknown): string }): string
}

/** A generated column has no NOT NULL and no default here, and its collation stands before its expression. */
const completedFor =
  (sequelize: Sequelize) =>
  (text: string, { attribute, collation, generated }: ModelColumn): string => {
    if (collation === undefined && generated === undefined) return text
    const generator = queryGeneratorOf(sequelize)
    const type = (attribute['type'] as TypeOfSequelize).toString({
      escape: (value) => generator.escape(value),
    })
    const rest = text.slice(type.length)
    return [
      type,
      ...(collation === undefined ? [] : [` COLLATE ${collation}`]),
      ...(generated === undefined
        ? []
        : [` GENERATED ALWAYS AS (${generated.expression}) ${generated.stored ? 'STORED' : 'VIRTUAL'}`]),
      generated === undefined ? rest : rest.replace(/^ NOT NULL/u, ''),
    ].join('')
  }

/** How the texts of a table are made: as `Model.sync` makes them, with what Sequelize cannot say. */
export const syncSqlOf = (table: ModelTable, sequelize: Sequelize): SyncSql => ({
  sequelize,
  tableName: table.name.includes('.') ? wholeName(table.name) : table.name,
  referenceName: ({ name }) => name,
  hasKey: () => true,
  completed: completedFor(sequelize),
})
