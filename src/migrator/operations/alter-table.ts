import type { QueryInterface } from 'sequelize'

/** Names of the methods of {@link TableChanges}. */
export type TableChangeKind =
  | 'addColumn'
  | 'changeColumn'
  | 'removeColumn'
  | 'renameColumn'
  | 'addConstraint'
  | 'removeConstraint'

/** A change of a table as a value: which method, and its arguments without the table. */
export interface TableChange {
  readonly kind: TableChangeKind
  readonly args: readonly unknown[]
}

const KINDS: readonly TableChangeKind[] = [
  ...([
    'addColumn',
    'changeColumn',
    'removeColumn',
    'renameColumn',
    'addConstraint',
    'removeConstraint',
  ] as const),
]

/** What `op.alterTable` collects: the changes that the author's function asks for, in order. */
export const collectChanges = async (
  describe: (table: Readonly<Record<TableChangeKind, (...args: readonly unknown[]) => void>>) => unknown,
): Promise<readonly TableChange[]> => {
  const changes: TableChange[] = []
  const methods = KINDS.map((kind) => [
    kind,
    (...args: readonly unknown[]) => void changes.push({ kind, args }),
  ])
  await describe(Object.fromEntries(methods))
  return changes
}

/** `op.alterTable` where each change has a statement of its own: one after the other. */
export const alterStepByStep =
  (queryInterface: QueryInterface) =>
  async (table: unknown, describe: Parameters<typeof collectChanges>[0]): Promise<void> => {
    const methods = queryInterface as unknown as Readonly<
      Record<TableChangeKind, (...args: readonly unknown[]) => Promise<unknown>>
    >
    for (const { kind, args } of await collectChanges(describe)) await methods[kind](table, ...args)
  }
