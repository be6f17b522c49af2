import type { Sequelize, TableName } from 'sequelize'
import { MigratorError } from '../errors.js'
import type { QualifiedName, Schema } from '../schema/schema.js'
import { applied } from './applied.js'
import { type OpCall, opCall, ResultOf } from './op-call.js'
import type { AddColumn, Operation } from './operation.js'

/** Where the making of calls stands. */
export interface CallPosition<Kind extends Operation = Operation> {
  /** The operation that is to be made. */
  readonly operation: Kind
  /** It, and those behind it. */
  readonly rest: readonly Operation[]
  /** The schema that the operation meets. */
  readonly state: Schema
}

/** Calls that make one operation, or several in a row. */
export interface MadeCalls {
  readonly calls: readonly OpCall[]
  /** Operations that they make. Default: 1. */
  readonly count?: number
  /** The calls have what their operations may break already. */
  readonly isCommented?: boolean
  /** Calls that must be the first of the step. */
  readonly first?: readonly OpCall[]
}

/**
 * The calls of operations, in order. What the operations may break stands as comments above their calls.
 *
 * @param make - The calls of the operation at a position.
 */
export const callsOf = (
  operations: readonly Operation[],
  before: Schema,
  make: (position: CallPosition) => MadeCalls,
): readonly OpCall[] => {
  const first: OpCall[] = []
  const calls: OpCall[] = []
  let comment: readonly string[] = []
  let state = before
  for (let index = 0; index < operations.length; ) {
    const rest = operations.slice(index)
    const [operation] = rest
    if (operation === undefined) break
    const made = make({ operation, rest, state })
    const done = rest.slice(0, made.count ?? 1)
    if (made.isCommented !== true) comment = [...comment, ...done.flatMap(hazardLines)]
    first.push(...(made.first ?? []))
    for (const one of made.calls) {
      calls.push(comment.length === 0 ? one : withComment(one, comment))
      comment = []
    }
    state = done.reduce(applied, state)
    index += done.length
  }
  return [...first, ...calls]
}

/** What an operation may break, a line each. */
export const hazardLines = ({ hazards }: Operation): readonly string[] =>
  hazards.map(({ rule, message }) => `hazard ${rule}: ${message}`)

const withComment = (one: OpCall, comment: readonly string[]): OpCall => ({
  ...one,
  comment: [...comment, ...(one.comment ?? [])],
})

/** The table as a method of `op` takes it: its name, with its schema where that is not the usual one. */
export const tableArgument = ({ schema, name }: QualifiedName): TableName =>
  schema === null ? name : { tableName: name, schema }

/** A change that the engine has no statement for. */
export const notChangeable = (what: string): MigratorError =>
  new MigratorError(
    'NOT_RENDERABLE',
    `Source cannot be written for ${what}: only a new table can have it. Nothing was written.`,
    { subject: what },
  )

/** SQL as a value, of the host's own copy of Sequelize. */
export const literal = (sequelize: Sequelize, sql: string): unknown =>
  (sequelize.constructor as typeof Sequelize).literal(sql)

/** An attribute of Sequelize's, as a value: only what is said. */
export type Attribute = Readonly<Record<string, unknown>>

/** In the order in which people write them. */
const ORDER = [
  ...[
    'type',
    'collation',
    'generated',
    'using',
    'primaryKey',
    'autoIncrement',
    'autoIncrementIdentity',
    'allowNull',
  ],
  ...['unique', 'defaultValue', 'onUpdateSql', 'references', 'onDelete', 'onUpdate', 'comment'],
  ...['first', 'after'],
]

/** What is said of a column, in the order in which people say it. */
export const inOrder = (attribute: Attribute): Attribute =>
  Object.fromEntries(
    Object.entries(attribute).sort(([one], [other]) => ORDER.indexOf(one) - ORDER.indexOf(other)),
  )

/** Where a column is put that comes back, for engines that can put it anywhere: behind the one that stood in front of it. */
export const placeOf = ({ after }: Pick<AddColumn, 'after'>): Attribute =>
  after === undefined ? {} : after === null ? { first: true } : { after }

/** Attributes of a table. */
export const allInOrder = (attributes: Readonly<Record<string, Attribute>>): Attribute =>
  Object.fromEntries(Object.entries(attributes).map(([name, attribute]) => [name, inOrder(attribute)]))

/** Without those entries that say nothing. */
export const said = (attribute: Attribute): Attribute =>
  Object.fromEntries(Object.entries(attribute).filter(([, value]) => value !== undefined))

/**
 * A required column without a default on a table with rows: added with NULL, given the value that the author chooses, then
 * required. The author is asked before anything else is done, or sees what was chosen.
 *
 * @param add - The call that adds the column with NULL.
 */
export const fillingCalls = (
  { table, column, fillWith }: AddColumn,
  add: readonly OpCall[],
  rest: readonly Operation[],
): MadeCalls => {
  // How many are still to come tells them from each other.
  const later = rest.filter((one) => one.kind === 'addColumn' && one.needsFill === true).slice(1)
  const result = constantName(column.name, later.filter((one) => sameConstant(one, column.name)).length)
  const target = tableArgument(table)
  return {
    first: [
      {
        ...opCall('valueFor', table.name, column.name, fillWith),
        result,
        isSync: true,
        ...(fillWith === undefined
          ? {}
          : { comment: [`what rows held in ${column.name} is lost: say what they get instead`] }),
      },
    ],
    calls: [
      ...add,
      opCall('fill', target, column.name, new ResultOf(result)),
      opCall('changeColumn', target, column.name, { allowNull: false }),
    ],
  }
}

const sameConstant = (operation: Operation, name: string): boolean =>
  operation.kind === 'addColumn' && constantName(operation.column.name, 0) === constantName(name, 0)

const constantName = (column: string, number: number): string => {
  const parts = column.match(/[A-Za-z0-9]+/gu) ?? ['value']
  const camel = parts.map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join('')
  return `new${camel}${number === 0 ? '' : `_${number + 1}`}`
}
