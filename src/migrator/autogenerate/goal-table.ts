import { constraintText } from '../operations/describe.js'
import { mentions } from '../operations/sql-names.js'
import { isSame } from '../schema/equal.js'
import { nameText } from '../schema/qualified-name.js'
import type { Column, ForeignKeyConstraint, PrimaryKey, Table } from '../schema/schema.js'
import { type CompareContext, ofTable } from './context.js'
import { goalColumn } from './goal-column.js'
import { goalIndexes } from './goal-indexes.js'
import { goalChecks, goalForeignKeys, goalPrimaryKey } from './goal-keys.js'
import { isMadeForGoneKey, saidIndexes, withImpliedIndexes, withoutKeys } from './implied-indexes.js'
import { partColumns, primaryKeyServes, type Standing, servesKey, standsOn, uniqueOver } from './standing.js'
import { columnOf } from './table-changes.js'

/** What of other tables decides about a table. */
export interface Surroundings {
  /** Its columns as they are to be. */
  readonly columns: readonly Column[]
  /** Whether a key can lead there: the table will be there, or is none of ours. */
  isReachable(key: ForeignKeyConstraint): boolean
}

/**
 * The columns of a table as they are to be, before the primary key has its say.
 *
 * @param fixedColumns - Those that keys of tables refer to that are left alone.
 */
export const goalColumns = (
  actual: Table,
  wanted: Table,
  fixedColumns: ReadonlySet<string>,
  context: CompareContext,
): readonly Column[] => {
  const { settings, ignore } = context
  const model = context.model(actual)
  // Computed columns that the models have, and say nothing of, or that are not compared, remain what they are.
  const isSource = (name: string): boolean =>
    actual.columns.some((column) => {
      const other = columnOf(wanted, column.name)
      const isLeft = other !== undefined && (other.generated === null || !settings.generated)
      return isLeft && mentions(column.generated?.expression ?? '', name)
    })
  const isGone = (column: Column): boolean => {
    if (!settings.columns || columnOf(wanted, column.name) !== undefined) return false
    if (fixedColumns.has(column.name))
      ignore(ofTable(`column ${column.name}`, actual), 'a key of a table that is left alone refers to it')
    if (isSource(column.name))
      ignore(ofTable(`column ${column.name}`, actual), 'a column that is left alone is computed from it')
    return column.generated === null && !fixedColumns.has(column.name) && !isSource(column.name)
  }
  const gone = new Set(actual.columns.filter(isGone).map(({ name }) => name))
  const isStranded = ({ name, generated }: Column): boolean =>
    generated !== null &&
    !gone.has(name) &&
    columnOf(wanted, name) === undefined &&
    [...gone].some((other) => mentions(generated.expression, other))
  for (let next = actual.columns.find(isStranded); next !== undefined; next = actual.columns.find(isStranded))
    gone.add(next.name)
  for (const column of actual.columns)
    if (column.generated !== null && !gone.has(column.name) && columnOf(wanted, column.name) === undefined)
      ignore(ofTable(`column ${column.name}`, actual), 'it is computed, and no model says it')
  return [
    ...actual.columns
      .filter(({ name }) => !gone.has(name))
      .map((column) => {
        const other = columnOf(wanted, column.name)
        if (other === undefined) return column
        const goal = goalColumn(column, other, actual, model, context)
        const isPossible = !wanted.columns.some(
          ({ name }) =>
            !settings.columns &&
            columnOf(actual, name) === undefined &&
            mentions(goal.generated?.expression ?? '', name),
        )
        return isPossible ? goal : column
      }),
    ...(settings.columns ? wanted.columns.filter(({ name }) => columnOf(actual, name) === undefined) : []),
  ]
}

/** The table whose columns are numbered by the engine only where a key, or an index of the kind that will do there, begins with them. */
export const withoutAdriftNumbering = (table: Table, { traits }: CompareContext): Table => {
  const { primaryKey } = table
  const isKeyed = (name: string): boolean =>
    traits.keysMakeIndexes
      ? primaryKeyServes(table, [name]) || table.indexes.some((index) => servesKey(index, [name]))
      : primaryKey?.parts.length === 1 && partColumns(primaryKey.parts).includes(name)
  const isAdrift = ({ name, autoIncrement }: Column): boolean =>
    autoIncrement?.kind === 'autoincrement' && !isKeyed(name)
  return table.columns.some(isAdrift)
    ? {
        ...table,
        columns: table.columns.map((column) =>
          isAdrift(column) ? { ...column, autoIncrement: null } : column,
        ),
      }
    : table
}

/** What the primary key means for its columns: none takes NULL. */
const columnsWithKey = (table: Table, before: Table, wanted: Table): readonly Column[] => {
  const key = table.primaryKey
  const source = isSame(key, before.primaryKey) ? before : wanted
  return table.columns.map((column) => {
    const isIn = key !== null && partColumns(key.parts).includes(column.name)
    const nullable = isIn ? (columnOf(source, column.name)?.nullable ?? column.nullable) : column.nullable
    return { ...column, nullable }
  })
}

const goalOptions = (actual: Table, wanted: Table, context: CompareContext): Table['options'] => {
  const said = context.model(actual)?.options ?? {}
  const names = ['engine', 'collation', 'createOptions'] as const
  const differing = names.filter((name) => wanted.options[name] !== actual.options[name])
  if (Object.keys(said).length === 0 || differing.length === 0) return actual.options
  if (!context.settings.tableOptions) {
    for (const name of differing)
      context.ignore(
        `table ${nameText(actual)}`,
        `its ${name} is ${actual.options[name] ?? 'none'}, and the models say ${wanted.options[name] ?? 'none'}: "compare.tableOptions" is off`,
      )
    return actual.options
  }
  const { engine: _, collation: __, createOptions: ___, ...rest } = actual.options
  return {
    ...rest,
    ...Object.fromEntries(
      names.flatMap((name) => (wanted.options[name] === undefined ? [] : [[name, wanted.options[name]]])),
    ),
  }
}

/** What a table is to become that database and models both have: the actual one, with what differs and can be said. */
export const goalTable = (
  actual: Table,
  wanted: Table,
  surroundings: Surroundings,
  context: CompareContext,
): GoalTable => {
  const { settings, traits, ignore } = context
  const model = context.model(actual)
  const { columns, isReachable } = surroundings
  const gone = [...actual.columns, ...wanted.columns]
    .map(({ name }) => name)
    .filter((name) => !columns.some((column) => column.name === name))
  const stands = (object: Standing): boolean => !gone.some((name) => standsOn(object, name))
  // What stands on a column that is not there is neither kept nor wanted.
  const before: Table = {
    ...actual,
    indexes: actual.indexes.filter((value) => stands({ type: 'index', value })),
    uniques: actual.uniques.filter((value) => stands({ type: 'unique', value })),
    checks: actual.checks.filter((value) => stands({ type: 'check', value })),
    exclusions: actual.exclusions.filter((value) => stands({ type: 'exclusion', value })),
    foreignKeys: actual.foreignKeys.filter(
      (value) => stands({ type: 'foreign key', value }) && isReachable(value),
    ),
  }
  const said = {
    indexes: saidIndexes(wanted, model, context).filter((value) => stands({ type: 'index', value })),
    uniques: wanted.uniques.filter((value) => stands({ type: 'unique', value })),
  }
  const { indexes, uniques, leftIndexes, extraIndexes, extraUniques, replaced } = goalIndexes(
    before,
    said,
    model,
    context,
  )
  const isPossible = (key: ForeignKeyConstraint): boolean => {
    if (!stands({ type: 'foreign key', value: key })) return false
    if (isReachable(key)) return true
    ignore(
      ofTable(constraintText({ type: 'foreign key', value: key }), actual),
      'what it refers to is not there',
    )
    return false
  }
  const foreignKeys = goalForeignKeys(before, wanted.foreignKeys.filter(isPossible), model, context)
  const checks = wanted.checks.filter((value) => stands({ type: 'check', value }))
  const wantedKey = goalPrimaryKey(actual, wanted, model, context)
  const primaryKey =
    wantedKey !== null && !stands({ type: 'primary key', value: wantedKey })
      ? keyLeft(actual, stands)
      : wantedKey
  for (const { name } of before.exclusions)
    ignore(ofTable(`exclusion constraint ${name}`, actual), 'models cannot say it')
  const goal: Table = {
    ...actual,
    columns,
    primaryKey,
    uniques,
    indexes,
    foreignKeys,
    checks: goalChecks(before, checks, model, context),
    exclusions: before.exclusions,
    comment: traits.comments && settings.comments ? wanted.comment : actual.comment,
    options: goalOptions(actual, wanted, context),
  }
  const spare = extraIndexes.filter((index) => !isMadeForGoneKey(index, actual, goal))
  const all = traits.keysMakeIndexes
    ? withImpliedIndexes(actual, goal, spare, leftIndexes).filter(
        (index) => !(leftIndexes.includes(index) && isMadeForGoneKey(index, actual, goal)),
      )
    : goal.indexes
  const extra = {
    indexes: [...spare, ...replaced.indexes],
    uniques: [...extraUniques, ...replaced.uniques],
  }
  return { table: { ...goal, indexes: all }, extra }
}

const keyLeft = (actual: Table, stands: (object: Standing) => boolean): PrimaryKey | null =>
  actual.primaryKey !== null && stands({ type: 'primary key', value: actual.primaryKey })
    ? actual.primaryKey
    : null

/** A table as it is to be, and what of it would be kept if something needed it. */
export interface GoalTable {
  readonly table: Table
  readonly extra: Pick<Table, 'indexes' | 'uniques'>
}

/** Whether a key can lead to columns of a table. */
export const canBeReferred = (
  table: Table,
  columns: readonly string[],
  { traits }: CompareContext,
): boolean =>
  columns.length === 0 ||
  // There it is the order of the columns that counts, and nothing has to be unique.
  (traits.keysMakeIndexes
    ? primaryKeyServes(table, columns) || table.indexes.some((index) => servesKey(index, columns))
    : uniqueOver(table, columns).length > 0)

/**
 * The table with what keys need that lead to it, since they cannot lead where nothing is unique; and with columns that fit its
 * primary key.
 *
 * @param needs - All keys that lead to it.
 */
export const settledTable = (
  actual: Table,
  wanted: Table,
  { table: goal, extra }: GoalTable,
  needs: readonly ForeignKeyConstraint[],
  context: CompareContext,
): Table => {
  const isAnyIndex = context.traits.keysMakeIndexes
  let table = goal
  const spareFor = ({ targetColumns }: ForeignKeyConstraint): Standing | undefined => {
    // What comes with a new key does not count: the key may turn out to be impossible.
    const fresh = table.foreignKeys.filter((key) => !actual.foreignKeys.some((other) => isSame(other, key)))
    if (canBeReferred(withoutKeys(table, fresh, actual, context), targetColumns, context)) return undefined
    if (!isAnyIndex) return uniqueOver({ ...actual, ...extra }, targetColumns)[0]
    const index = extra.indexes.find((one) => servesKey(one, targetColumns))
    if (index !== undefined) return { type: 'index', value: index }
    const { primaryKey } = actual
    const isKey =
      primaryKey !== null &&
      primaryKeyServes(actual, targetColumns) &&
      partColumns(primaryKey.parts).every((name) => columnOf(table, name) !== undefined)
    return isKey ? { type: 'primary key', value: primaryKey } : undefined
  }
  // What is kept for one key may take its place from what serves another.
  for (let count = 0; count <= needs.length; count++) {
    const spare = needs.map(spareFor).find((one) => one !== undefined)
    if (spare === undefined) break
    const what = spare.type === 'index' ? `index ${spare.value.name}` : constraintText(spare)
    context.ignore(ofTable(what, actual), 'a foreign key refers to it')
    if (spare.type === 'index') table = { ...table, indexes: [...table.indexes, spare.value] }
    if (spare.type === 'unique') table = { ...table, uniques: [...table.uniques, spare.value] }
    if (spare.type === 'primary key') table = { ...table, primaryKey: spare.value }
  }
  // What has served a key may have given way.
  if (isAnyIndex) table = { ...table, indexes: withImpliedIndexes(actual, table, extra.indexes, []) }
  return withoutAdriftNumbering({ ...table, columns: columnsWithKey(table, actual, wanted) }, context)
}
