import { DataTypes } from 'sequelize'
import type { Op, Revision } from 'sm2kit/migrator'

export interface HeldOptions {
  readonly versionTable: string
  /** Put before the names of the tables, so that two histories can live in one database. */
  readonly prefix: string
  /** How long the held step goes on working after it was released. */
  readonly workMs?: number
}

/** Three revisions, `first`, `held` and `last`; the one in the middle stops between two statements in both directions. */
export const heldHistory = (
  { prefix }: HeldOptions,
  hold: () => Promise<void> = async () => {},
): readonly Revision[] => {
  const table = (op: Op, name: string): Promise<void> =>
    op.createTable(prefix + name, { id: { type: DataTypes.INTEGER, primaryKey: true } })
  return [
    {
      revision: `${prefix}first`,
      downRevision: null,
      up: ({ context: op }) => table(op, 'first'),
      down: ({ context: op }) => op.dropTable(`${prefix}first`),
    },
    {
      revision: `${prefix}held`,
      downRevision: `${prefix}first`,
      up: async ({ context: op }) => {
        await table(op, 'held')
        await op.bulkInsert(`${prefix}held`, [{ id: 1 }])
        await hold()
        await op.bulkInsert(`${prefix}held`, [{ id: 2 }])
      },
      down: async ({ context: op }) => {
        await op.bulkDelete(`${prefix}held`, { id: 2 })
        await hold()
        await op.dropTable(`${prefix}held`)
      },
    },
    {
      revision: `${prefix}last`,
      downRevision: `${prefix}held`,
      up: ({ context: op }) => table(op, 'last'),
      down: ({ context: op }) => op.dropTable(`${prefix}last`),
    },
  ]
}
