import type { Autogeneration } from '../../dialect-autogenerate.js'
import { translateMariadb } from './translate.js'

/** What MariaDB and MySQL do for autogenerate. */
export const mariadbAutogeneration: Autogeneration = {
  traits: {
    keysMayComeFirst: false,
    keysMakeIndexes: true,
    keysHoldTypes: true,
    uniquesAreIndexes: true,
    columnsIgnoreCase: true,
    comments: true,
    restrictIsNoAction: true,
    renamesIndexes: true,
    renamesConstraints: false,
  },

  async facts(reader) {
    const [row] = await reader.select<{ version: string; collation: string; tableCase: number | string }>(
      'SELECT VERSION() AS version, @@collation_database AS collation, @@lower_case_table_names AS tableCase',
    )
    return {
      version: row?.version ?? null,
      schema: null,
      collation: row?.collation ?? null,
      // 0: as on Linux. Else they are stored in small letters, or compared so.
      tablesIgnoreCase: Number(row?.tableCase ?? 0) !== 0,
    }
  },

  translator: (sequelize, facts) => ({ translate: (table) => translateMariadb(table, sequelize, facts) }),

  shadow: async (request) => (await import('./shadow.js')).shadowMariadb(request),

  calls: async () => (await import('./calls.js')).calls,
}
