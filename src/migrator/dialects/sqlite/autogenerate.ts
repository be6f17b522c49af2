import type { Autogeneration } from '../../dialect-autogenerate.js'
import { sqliteTranslator } from './translator.js'

/** What SQLite does for autogenerate. */
export const sqliteAutogeneration: Autogeneration = {
  traits: {
    keysMayComeFirst: true,
    keysMakeIndexes: false,
    keysHoldTypes: false,
    uniquesAreIndexes: false,
    columnsIgnoreCase: true,
    comments: false,
    restrictIsNoAction: false,
    renamesIndexes: false,
    renamesConstraints: false,
  },

  facts: async () => ({ version: null, schema: null, collation: null, tablesIgnoreCase: true }),

  translator: (sequelize) => sqliteTranslator(sequelize),

  shadow: async (request) => (await import('./shadow.js')).shadowSqlite(request),

  calls: async () => (await import('./calls.js')).calls,
}
