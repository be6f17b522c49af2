import type { Operation, TableConstraint } from './operation.js'

const none = { hazards: [] } as const

const renamed = (constraint: TableConstraint, name: string | null): TableConstraint =>
  ({ ...constraint, value: { ...constraint.value, name } }) as TableConstraint

/**
 * The operation that takes another one back. Run after it, the schema is what it was before: exactly, since every operation
 * carries the whole of what it removes. What rows have lost does not come back.
 */
export const invert = (operation: Operation): Operation => {
  switch (operation.kind) {
    case 'createTable':
      return { ...operation, ...none, kind: 'dropTable' }
    case 'dropTable':
      return { ...operation, ...none, kind: 'createTable' }
    case 'renameTable':
      return { ...operation, ...none, table: operation.to, to: operation.table }
    case 'changeTable':
    case 'changeColumn':
      return { ...operation, ...none, before: operation.after, after: operation.before } as Operation
    case 'addColumn': {
      const { needsFill: _, fillWith: __, ...rest } = operation
      return { ...rest, ...none, kind: 'removeColumn' }
    }
    case 'removeColumn':
      return { ...operation, ...none, kind: 'addColumn' }
    case 'renameColumn':
      return { ...operation, ...none, from: operation.to, to: operation.from }
    case 'addConstraint':
      return { ...operation, ...none, kind: 'removeConstraint' }
    case 'removeConstraint':
      return { ...operation, ...none, kind: 'addConstraint' }
    case 'renameConstraint': {
      const { constraint, to } = operation
      return { ...operation, ...none, constraint: renamed(constraint, to), to: constraint.value.name }
    }
    case 'addIndex':
      return { ...operation, ...none, kind: 'removeIndex' }
    case 'removeIndex':
      return { ...operation, ...none, kind: 'addIndex' }
    case 'renameIndex': {
      const { index, to } = operation
      return { ...operation, ...none, index: { ...index, name: to }, to: index.name }
    }
    case 'createEnum':
      return { ...operation, ...none, kind: 'dropEnum' }
    case 'dropEnum':
      return { ...operation, ...none, kind: 'createEnum' }
    case 'renameEnum':
      return { ...operation, ...none, from: operation.to, to: operation.from }
    case 'createSchema':
      return { ...operation, ...none, kind: 'dropSchema' }
    case 'dropSchema':
      return { ...operation, ...none, kind: 'createSchema' }
    case 'changeEnum': {
      const { before, after, renamedValues } = operation
      const back = Object.fromEntries(Object.entries(renamedValues).map(([from, to]) => [to, from]))
      return { ...operation, ...none, before: after, after: before, renamedValues: back }
    }
  }
}

/** What takes a list of operations back: their inverses, the last one first. */
export const invertAll = (operations: readonly Operation[]): readonly Operation[] =>
  operations.map(invert).reverse()
