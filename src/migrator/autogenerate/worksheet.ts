import type { ComparisonTraits } from '../dialect-autogenerate.js'
import { applyOperation } from '../operations/apply.js'
import type { Operation } from '../operations/operation.js'
import { findTable } from '../schema/qualified-name.js'
import type { QualifiedName, Schema, Table } from '../schema/schema.js'

type WithoutHazards<One> = One extends Operation ? Omit<One, 'hazards'> : never

/** An operation of which nothing is known to be dangerous yet. */
export type Draft = WithoutHazards<Operation>

/** The operations so far, and what the schema is after them. */
export interface Worksheet {
  readonly operations: readonly Operation[]
  /** After the operations so far. */
  readonly schema: Schema
  /** As it is by now, or undefined. */
  table(name: QualifiedName): Table | undefined
  /** @throws ImpossibleOperation when it cannot be run now. */
  add(draft: Draft): void
}

/** An empty list of operations for a schema. */
export const worksheet = (from: Schema, traits: ComparisonTraits): Worksheet => {
  const operations: Operation[] = []
  let schema = from
  return {
    operations,
    get schema() {
      return schema
    },
    table: (name) => findTable(schema, name),
    add: (draft) => {
      const operation: Operation = { ...draft, hazards: [] }
      schema = applyOperation(schema, operation, traits)
      operations.push(operation)
    },
  }
}

/** A table in two schemas. */
export interface Pair {
  readonly before: Table
  readonly after: Table
}

/** The tables that two schemas both have. */
export const pairsOf = (from: Schema, to: Schema): readonly Pair[] =>
  from.tables.flatMap((before) => {
    const after = findTable(to, before)
    return after === undefined ? [] : [{ before, after }]
  })
