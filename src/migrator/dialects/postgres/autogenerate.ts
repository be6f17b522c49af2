import type { Autogeneration } from '../../dialect-autogenerate.js'
import { referenceOf } from '../../operations/sync-sql.js'
import { text } from './ddl.js'
import { enumOf } from './model-column-sql.js'
import { translatePostgres } from './translate.js'

/** What PostgreSQL does for autogenerate. */
export const postgresAutogeneration: Autogeneration = {
  traits: {
    keysMayComeFirst: false,
    keysMakeIndexes: false,
    keysHoldTypes: false,
    uniquesAreIndexes: false,
    columnsIgnoreCase: false,
    comments: true,
    restrictIsNoAction: false,
    renamesIndexes: true,
    renamesConstraints: true,
  },

  async facts(reader, tables) {
    const schemas = tables.flatMap(({ schema, columns }) => [
      schema,
      ...columns.map((column) => referenceOf(column)?.schema ?? null),
    ])
    const hasEnums = tables.some(({ columns }) => columns.some((column) => enumOf(column) !== undefined))
    // Nothing depends on it then.
    if (schemas.every((schema) => schema === null) && !hasEnums)
      return { version: null, schema: null, collation: null, tablesIgnoreCase: false }
    const [row] = await reader.select<{ home: string | null }>('SELECT current_schema()::text AS home')
    return { version: null, schema: row?.home ?? null, collation: null, tablesIgnoreCase: false }
  },

  async missingSchemas(reader, schemas) {
    const rows = await reader.select<{ name: string }>(
      `SELECT nspname AS name FROM pg_catalog.pg_namespace WHERE nspname IN (${schemas.map(text).join(', ')})`,
    )
    return schemas.filter((schema) => !rows.some(({ name }) => name === schema))
  },

  translator: (sequelize, facts) => ({ translate: (table) => translatePostgres(table, sequelize, facts) }),

  shadow: async (request) => (await import('./shadow.js')).shadowPostgres(request),

  calls: async () => (await import('./calls.js')).calls,
}
