import type { CallContext, CallMaker } from '../../dialect-autogenerate.js'
import { applied } from '../../operations/applied.js'
import {
  type Attribute,
  type CallPosition,
  callsOf,
  fillingCalls,
  hazardLines,
  inOrder,
  type MadeCalls,
  notChangeable,
  placeOf,
  said,
} from '../../operations/call-parts.js'
import { type OpCall, opCall, sqlCall } from '../../operations/op-call.js'
import type { AddColumn, ChangeColumn, Operation } from '../../operations/operation.js'
import { isSame } from '../../schema/equal.js'
import { findTable, isSameName } from '../../schema/qualified-name.js'
import type { ForeignKeyConstraint, QualifiedName, Schema } from '../../schema/schema.js'
import { attributeOf, collationSql, isPlainName } from './attributes.js'
import { addConstraintChange, removeConstraintChange } from './constraint-calls.js'
import { constraintSql } from './ddl.js'
import { defaultValueOf } from './defaults.js'
import { quoteName } from './sql-text/tokens.js'
import { addIndexCall, createTableCalls } from './table-calls.js'
import { dataTypeOf } from './types.js'

/** See {@link CallMaker}. */
export const calls: CallMaker = (operations, context) =>
  callsOf(operations, context.before, (position) => make(position, context))

const make = (position: CallPosition, context: CallContext): MadeCalls => {
  const { operation, rest, state } = position
  const { sequelize } = context
  if (operation.kind === 'addColumn' && operation.needsFill === true)
    return addFilled(operation, rest, sequelize)
  if (isChange(operation)) return changeTable(operation.table, position, context)
  const one = (call: OpCall): MadeCalls => ({ calls: [call] })
  switch (operation.kind) {
    case 'createTable':
      return { calls: createTableCalls(operation.definition, sequelize) }
    case 'dropTable': {
      const { table } = operation
      const drop = isPlainName(table.name)
        ? opCall('dropTable', table.name)
        : sqlCall(`DROP TABLE ${quoteName(table.name)}`)
      const changes = danglingKeys(table, state).map((value) =>
        removeConstraintChange({ type: 'foreign key', value }),
      )
      return { calls: changes.length === 0 ? [drop] : [alteration(table, changes), drop] }
    }
    case 'renameTable':
      return one(
        isPlainName(operation.table.name) && isPlainName(operation.to.name)
          ? opCall('renameTable', operation.table.name, operation.to.name)
          : sqlCall(
              `ALTER TABLE ${quoteName(operation.table.name)} RENAME TO ${quoteName(operation.to.name)}`,
            ),
      )
    case 'renameConstraint': {
      const { table, constraint, to } = operation
      if (constraint.value.name !== null && to !== null)
        return one(opCall('renameConstraint', table.name, constraint.value.name, to))
      const found = findTable(state, table)
      const isNumbered = found?.columns.some(({ autoIncrement }) => autoIncrement !== null) === true
      const renamed = { ...constraint, value: { ...constraint.value, name: to } } as typeof constraint
      const changes = [
        removeConstraintChange(constraint),
        opCall('addConstraint', {
          sql: constraintSql(renamed, constraint.type === 'primary key' && isNumbered),
        }),
      ]
      return one(alteration(table, changes))
    }
    case 'addIndex':
      return one(addIndexCall(operation.table.name, operation.index, sequelize))
    case 'removeIndex': {
      const { table, index } = operation
      return one(
        isPlainName(index.name)
          ? opCall('removeIndex', table.name, index.name)
          : sqlCall(`DROP INDEX ${quoteName(index.name)}`),
      )
    }
    case 'renameIndex':
      return one(opCall('renameIndex', operation.table.name, operation.index.name, operation.to))
    // There are no comments; the rest is said when a table is made.
    case 'changeTable':
      if (!isSame(operation.before.options, operation.after.options))
        throw notChangeable(
          `another ${Object.keys({ ...operation.before.options, ...operation.after.options }).join(' and ')} of the table "${operation.table.name}"`,
        )
      return { calls: [] }
    // There are no schemas, and no types of their own.
    case 'createSchema':
    case 'dropSchema':
    case 'createEnum':
    case 'dropEnum':
    case 'renameEnum':
    case 'changeEnum':
      return { calls: [] }
  }
}

/**
 * The keys that are in the way of a table's DROP TABLE: it deletes the rows first, and what a key to itself does with them looks
 * up the tables of all its keys, which are gone when they were dropped before.
 */
const danglingKeys = (table: QualifiedName, state: Schema): readonly ForeignKeyConstraint[] => {
  const keys = findTable(state, table)?.foreignKeys ?? []
  if (!keys.some(({ target }) => isSameName(target, table))) return []
  return keys.filter(({ target }) => findTable(state, target) === undefined)
}

const addFilled = (
  operation: AddColumn,
  rest: readonly Operation[],
  sequelize: CallContext['sequelize'],
): MadeCalls => {
  const column = { ...operation.column, nullable: true }
  const attribute = addedAttribute({ ...operation, column }, sequelize)
  const add = opCall('addColumn', operation.table.name, column.name, attribute)
  return fillingCalls(operation, [add], rest)
}

type Change = Extract<
  Operation,
  {
    readonly kind:
      | 'addColumn'
      | 'changeColumn'
      | 'removeColumn'
      | 'renameColumn'
      | 'addConstraint'
      | 'removeConstraint'
  }
>

/** Whether an operation is one that `op.alterTable` can make together with others. */
const isChange = (operation: Operation): operation is Change => {
  switch (operation.kind) {
    case 'addColumn':
      return operation.needsFill !== true
    case 'changeColumn':
    case 'removeColumn':
    case 'renameColumn':
    case 'addConstraint':
    case 'removeConstraint':
      return true
    default:
      return false
  }
}

/** All changes of a table that stand in a row: one rewriting of it. */
const changeTable = (
  table: QualifiedName,
  { rest, state }: CallPosition,
  context: CallContext,
): MadeCalls => {
  const end = rest.findIndex(
    (one, place) =>
      !isChange(one) || !isSameName(one.table, table) || isDefaultOfAdded(one, rest.slice(0, place)),
  )
  const changes = rest.slice(0, end === -1 ? rest.length : end).filter(isChange)
  const calls: OpCall[] = []
  let now = state
  for (const [place, change] of changes.entries()) {
    const made = changeCalls(change, now, changes.slice(place + 1), calls, context)
    const comment = hazardLines(change)
    calls.push(
      ...made.map((call, first) => (first === 0 && comment.length > 0 ? { ...call, comment } : call)),
    )
    now = applied(now, change)
  }
  return {
    calls: calls.length === 0 ? [] : [alteration(table, calls)],
    count: changes.length,
    isCommented: true,
  }
}

/** Whether a column that was added just before gets another default: in one rewriting, the rows that are there would have it too. */
const isDefaultOfAdded = (change: Change, made: readonly Operation[]): boolean =>
  change.kind === 'changeColumn' &&
  change.before.default !== change.after.default &&
  made.some((one) => one.kind === 'addColumn' && one.column.name === change.before.name)

/** Changes as `op` takes them: alone, or as one. */
const alteration = (table: QualifiedName, changes: readonly OpCall[]): OpCall => {
  const [change] = changes
  return change !== undefined && changes.length === 1
    ? { ...change, values: [table.name, ...change.values] }
    : { ...opCall('alterTable', table.name), block: { parameter: 't', calls: changes } }
}

const changeCalls = (
  operation: Change,
  state: Schema,
  later: readonly Change[],
  made: OpCall[],
  { sequelize }: CallContext,
): readonly OpCall[] => {
  const table = findTable(state, operation.table)
  switch (operation.kind) {
    case 'addColumn':
      return [opCall('addColumn', operation.column.name, addedAttribute(operation, sequelize))]
    case 'removeColumn':
      return [opCall('removeColumn', operation.column.name)]
    case 'renameColumn':
      return [opCall('renameColumn', operation.from, operation.to)]
    case 'changeColumn':
      return changeColumn(operation, state, later, sequelize)
    case 'removeConstraint':
      return [removeConstraintChange(operation.constraint)]
    case 'addConstraint': {
      const change = addConstraintChange(operation.constraint, table, sequelize)
      return joined(change, made) ? [] : [change]
    }
  }
}

/** What is said of a column that was added just before is said with it. */
const joined = (change: OpCall, made: OpCall[]): boolean => {
  const last = made.at(-1)
  const [name, attribute] = change.values
  if (change.method !== 'changeColumn' || last?.method !== 'addColumn' || last.values[0] !== name)
    return false
  const whole = inOrder({ ...(last.values[1] as Attribute), ...(attribute as Attribute) })
  made[made.length - 1] = { ...last, values: [name, whole] }
  return true
}

/** The attribute of a new column; what Sequelize would change is written as SQL behind the type. */
const addedAttribute = (
  operation: Pick<AddColumn, 'column' | 'after'>,
  sequelize: CallContext['sequelize'],
): Attribute => {
  const { column } = operation
  const attribute = attributeOf(column, sequelize) ?? {
    type: column.type,
    ...(column.nullable ? {} : { allowNull: false }),
    ...said({ defaultValue: defaultValueOf(column, sequelize) }),
  }
  return { ...attribute, ...placeOf(operation) }
}

const changeColumn = (
  { table, before, after }: ChangeColumn,
  state: Schema,
  later: readonly Change[],
  sequelize: CallContext['sequelize'],
): readonly OpCall[] => {
  const attribute = said({
    type: before.type === after.type ? undefined : dataTypeOf(after.type, sequelize),
    allowNull: before.nullable === after.nullable ? undefined : after.nullable,
    defaultValue: before.default === after.default ? undefined : (defaultValueOf(after, sequelize) ?? null),
    collation:
      before.collation === after.collation
        ? undefined
        : after.collation === null
          ? null
          : collationSql(after.collation),
    generated: isSame(before.generated, after.generated) ? undefined : after.generated,
  })
  const change =
    Object.keys(attribute).length === 0 ? [] : [opCall('changeColumn', after.name, inOrder(attribute))]
  const key = findTable(state, table)?.primaryKey
  const isKeyMade = later.some((one) => one.kind === 'addConstraint' && one.constraint.type === 'primary key')
  const isKeyGone = later.some(
    (one) => one.kind === 'removeConstraint' && one.constraint.type === 'primary key',
  )
  // Numbering is part of the key: a key that comes or goes in the same breath says it itself.
  if (isSame(before.autoIncrement, after.autoIncrement) || key == null || isKeyMade || isKeyGone)
    return change
  const constraint = { type: 'primary key', value: key } as const
  return [
    ...change,
    removeConstraintChange(constraint),
    opCall('addConstraint', { sql: constraintSql(constraint, after.autoIncrement !== null) }),
  ]
}
