import type { Revision } from 'sm2kit/migrator'

/** One revision, `words`, that sends these statements without a transaction. */
export const statementsRevision = (statements: readonly string[]): Revision => ({
  revision: 'words',
  downRevision: null,
  transaction: false,
  up: async ({ context: op }) => {
    for (const statement of statements) await op.sequelize.query(statement)
  },
})
