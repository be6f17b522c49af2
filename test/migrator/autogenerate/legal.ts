import {
  primaryKeyServes,
  servesKey,
  standingOf,
  standsOn,
  uniqueOver,
} from '../../../src/migrator/autogenerate/standing.js'
import type { ComparisonTraits } from '../../../src/migrator/dialect-autogenerate.js'
import { applyOperation } from '../../../src/migrator/operations/apply.js'
import { describe } from '../../../src/migrator/operations/describe.js'
import type { Operation } from '../../../src/migrator/operations/operation.js'
import { mentions, printedText } from '../../../src/migrator/operations/sql-names.js'
import { isSameTypeFamily } from '../../../src/migrator/operations/type-change.js'
import { isSame } from '../../../src/migrator/schema/equal.js'
import { findTable, isSameName, nameText } from '../../../src/migrator/schema/qualified-name.js'
import type { ForeignKeyConstraint, Schema, Table } from '../../../src/migrator/schema/schema.js'

const isServed = (table: Table, columns: readonly string[]): boolean =>
  primaryKeyServes(table, columns) || table.indexes.some((index) => servesKey(index, columns))

const duplicate = (names: readonly (string | null)[]): string | undefined => {
  const known = names.filter((name) => name !== null)
  return known.find((name, at) => known.indexOf(name) !== at)
}

function* keyFaults(
  schema: Schema,
  table: Table,
  key: ForeignKeyConstraint,
  traits: ComparisonTraits,
): Generator<string> {
  const what = `${nameText(table)}: key ${key.name} to ${nameText(key.target)}`
  const target = findTable(schema, key.target)
  if (traits.keysMayComeFirst) return
  if (target === undefined) {
    yield `${what}: no table`
    return
  }
  for (const [at, name] of key.targetColumns.entries()) {
    const [one, other] = [
      table.columns.find((column) => column.name === key.columns[at]),
      target.columns.find((column) => column.name === name),
    ]
    if (one === undefined || other === undefined) yield `${what}: no column`
    else if (!isSameTypeFamily(one.type, other.type)) yield `${what}: ${one.type} and ${other.type}`
  }
  if (traits.keysMakeIndexes) {
    if (!isServed(target, key.targetColumns)) yield `${what}: the target has no index`
    if (!isServed(table, key.columns)) yield `${what}: it has no index`
  } else if (uniqueOver(target, key.targetColumns).length === 0) yield `${what}: the target is not unique`
}

function* tableFaults(schema: Schema, table: Table, traits: ComparisonTraits): Generator<string> {
  const what = nameText(table)
  const columns = table.columns.map(({ name }) => name)
  const cased = traits.columnsIgnoreCase ? columns.map((name) => name.toLowerCase()) : columns
  if (columns.length === 0) yield `${what}: no columns`
  if (duplicate(cased) !== undefined) yield `${what}: column ${duplicate(cased)} twice`
  const constraints = [...table.uniques, ...table.foreignKeys, ...table.checks].map(({ name }) => name)
  if (duplicate(constraints) !== undefined) yield `${what}: constraint ${duplicate(constraints)} twice`
  if (duplicate(table.indexes.map(({ name }) => name))) yield `${what}: an index twice`
  const used = [
    ...(table.primaryKey?.parts ?? []).map(({ column }) => column),
    ...table.uniques.flatMap(({ parts }) => parts.map(({ column }) => column)),
    ...table.indexes.flatMap(({ parts }) =>
      parts.flatMap((part) => (part.kind === 'column' ? [part.column] : [])),
    ),
    ...table.foreignKeys.flatMap((key) => key.columns),
  ]
  for (const name of used) if (!columns.includes(name)) yield `${what}: no column ${name}`
  for (const column of table.columns) {
    const { enumType } = column
    const type = enumType && schema.enums.find((one) => isSameName(one, enumType))
    if (type === undefined) yield `${what}.${column.name}: no type`
    const value = /^'(.*)'::/u.exec(column.default ?? '')?.[1]
    if (type && value !== undefined && !type.values.includes(value))
      yield `${what}.${column.name}: default ${value} is no value`
    if (column.autoIncrement?.kind === 'autoincrement' && !isServed(table, [column.name]))
      yield `${what}.${column.name}: numbered and in no key`
    if (
      !traits.keysMayComeFirst &&
      column.nullable &&
      table.primaryKey?.parts.some((part) => part.column === column.name)
    )
      yield `${what}.${column.name}: takes NULL and is in the primary key`
    for (const name of ['id', 'x', 'y', 'z'])
      if (mentions(column.generated?.expression ?? '', name) && !columns.includes(name))
        yield `${what}.${column.name}: computed from a missing column`
  }
  for (const key of table.foreignKeys) yield* keyFaults(schema, table, key, traits)
}

/** What no engine of the kind would have. */
export const faultsOf = (schema: Schema, traits: ComparisonTraits): readonly string[] => {
  const faults = schema.tables.flatMap((table) => [...tableFaults(schema, table, traits)])
  const relations = schema.tables.flatMap((table) => [
    table.name,
    ...(traits.uniquesAreIndexes ? [] : table.indexes.map(({ name }) => name)),
    ...(traits.uniquesAreIndexes || traits.keysMayComeFirst
      ? []
      : [...table.uniques.map(({ name }) => name), table.primaryKey?.name ?? null]),
  ])
  if (duplicate(relations) !== undefined) faults.push(`${duplicate(relations)} twice in the schema`)
  const keys = schema.tables.flatMap(({ foreignKeys }) => foreignKeys.map(({ name }) => name))
  if (traits.uniquesAreIndexes && duplicate(keys) !== undefined)
    faults.push(`key ${duplicate(keys)} twice in the schema`)
  return faults
}

const keysOn = (schema: Schema, table: Table, column: string): readonly string[] =>
  schema.tables.flatMap((owner) =>
    owner.foreignKeys
      .filter(
        (key) =>
          (owner === table && key.columns.includes(column)) ||
          (isSameName(key.target, table) && key.targetColumns.includes(column)),
      )
      .map((key) => `${nameText(owner)}.${key.name}`),
  )

/** What the engine would say against the operation, seen from before it. */
function* objections(
  schema: Schema,
  operation: Operation,
  traits: ComparisonTraits,
  isBack: boolean,
): Generator<string> {
  if (operation.kind === 'dropEnum') {
    if (
      schema.tables.some(({ columns }) =>
        columns.some(({ enumType }) => enumType && isSameName(enumType, operation.enumType)),
      )
    )
      yield 'the type is in use'
    return
  }
  if (operation.kind === 'changeEnum') {
    const removed = operation.before.values.filter(
      (value) => !operation.after.values.includes(value) && operation.renamedValues[value] === undefined,
    )
    for (const table of schema.tables)
      for (const column of table.columns)
        if (
          column.enumType &&
          isSameName(column.enumType, operation.before) &&
          removed.some((value) => column.default?.startsWith(printedText(value)))
        )
          yield `${column.name} has a default that goes`
    return
  }
  if (!('table' in operation)) return
  const table = findTable(schema, operation.table)
  if (table === undefined) return
  // A key in a new table leads wherever it likes there, and back it goes as it came.
  if (operation.kind === 'dropTable' && !traits.keysMayComeFirst) {
    for (const other of schema.tables)
      if (other !== table && other.foreignKeys.some(({ target }) => isSameName(target, table)))
        yield `${nameText(other)} refers to it`
  }
  if (operation.kind === 'removeColumn') {
    const { name } = operation.column
    for (const object of [
      ...standingOf(table),
      ...table.foreignKeys.map((value) => ({ type: 'foreign key' as const, value })),
    ])
      if (standsOn(object, name)) yield `${object.type} ${object.value.name} stands on it`
    for (const column of table.columns)
      if (mentions(column.generated?.expression ?? '', name)) yield `${column.name} is computed from it`
    for (const key of keysOn(schema, table, name)) yield `${key} is on it`
  }
  if (operation.kind === 'addColumn' && operation.column.autoIncrement?.kind === 'autoincrement')
    yield 'it is in no key yet'
  if (operation.kind === 'changeColumn') {
    const { before, after } = operation
    if (after.generated !== null && !isSame(before.generated, after.generated))
      yield 'it cannot be computed in place'
    const isRetyped = before.type !== after.type || before.collation !== after.collation
    if (!traits.keysMayComeFirst && isRetyped)
      for (const column of table.columns)
        if (mentions(column.generated?.expression ?? '', before.name))
          yield `${column.name} is computed from it`
    if (
      traits.keysHoldTypes &&
      (isRetyped || before.nullable !== after.nullable || !isSame(before.autoIncrement, after.autoIncrement))
    )
      for (const key of keysOn(schema, table, before.name)) yield `${key} holds its type`
  }
  const isUniqueGone =
    operation.kind === 'removeIndex' ||
    (operation.kind === 'removeConstraint' && ['unique', 'primary key'].includes(operation.constraint.type))
  // On the way back a key stands on what was there when it was made; that something remains is seen to elsewhere.
  if (isUniqueGone && !isBack && !traits.keysMakeIndexes && !traits.keysMayComeFirst) {
    const value = operation.kind === 'removeIndex' ? operation.index : operation.constraint.value
    for (const owner of schema.tables)
      for (const key of owner.foreignKeys)
        if (
          isSameName(key.target, table) &&
          uniqueOver(table, key.targetColumns).some((one) => isSame(one.value, value))
        )
          yield `${nameText(owner)}.${key.name} may stand on it`
  }
  if (operation.kind === 'renameIndex' && !traits.renamesIndexes) yield 'indexes are not renamed here'
  if (operation.kind === 'renameConstraint' && !traits.renamesConstraints)
    yield 'constraints are not renamed here'
  if (
    operation.kind === 'addConstraint' &&
    operation.constraint.type === 'foreign key' &&
    traits.keysMakeIndexes
  ) {
    const served = isServed(table, operation.constraint.value.columns)
    if (served === (operation.impliedIndex !== undefined))
      yield served ? 'it makes no index' : 'it makes an index'
  }
}

/** An index that the engine has made for a key goes by itself when another one comes that serves it. */
const vanishing = (schema: Schema, operation: Operation): readonly string[] => {
  if (operation.kind !== 'addIndex') return []
  const table = findTable(schema, operation.table)
  return (table?.foreignKeys ?? [])
    .filter((key) => servesKey(operation.index, key.columns))
    .filter((key) =>
      table?.indexes.some(
        ({ name, unique, parts }) => name === key.name && !unique && parts.length === key.columns.length,
      ),
    )
    .map((key) => `the index ${key.name} of a key vanishes`)
}

/** Runs operations as an engine of the kind would; throws where it would refuse. */
export const run = (
  from: Schema,
  operations: readonly Operation[],
  traits: ComparisonTraits,
  isBack = false,
): Schema =>
  operations.reduce((schema, operation) => {
    const faults = [
      ...objections(schema, operation, traits, isBack),
      ...(traits.keysMakeIndexes ? vanishing(schema, operation) : []),
    ]
    const after = applyOperation(schema, operation, traits)
    const all = [...faults, ...faultsOf(after, traits)]
    if (all.length > 0)
      throw new Error(
        `${describe(operation)}: ${all.join('; ')}\n${operations.map((one) => `  ${describe(one)}`).join('\n')}`,
      )
    return after
  }, from)
