import { constraintText } from '../operations/describe.js'
import { printedText } from '../operations/sql-names.js'
import { isSame } from '../schema/equal.js'
import { findByName, findTable, isSameName, nameKey, nameText } from '../schema/qualified-name.js'
import type { EnumType, ForeignKeyConstraint, QualifiedName, Schema, Table } from '../schema/schema.js'
import { type CompareContext, ofTable } from './context.js'
import { withFittingTypes } from './fitting-types.js'
import { freeNames } from './free-names.js'
import { newName } from './goal-names.js'
import { canBeReferred, goalColumns, goalTable, settledTable, withoutAdriftNumbering } from './goal-table.js'
import { withoutKeys } from './implied-indexes.js'
import { belongsToOtherTool } from './other-tools.js'
import { indexColumns, partColumns } from './standing.js'
import { columnOf } from './table-changes.js'

/** Why a table that no model names is left alone; undefined when it is to be dropped. */
const reasonToKeep = (
  table: Table,
  schemas: ReadonlySet<string | null>,
  { settings }: CompareContext,
): string | undefined => {
  if (!settings.tables) return 'no model names it, and "compare.tables" is off'
  if (belongsToOtherTool(table.name)) return 'it belongs to another tool'
  if (!schemas.has(table.schema)) return 'no model lives in its schema'
  if (settings.extraTables === 'keep') return 'no model names it'
  if (table.options.partitionBy !== undefined) return 'models cannot say that it is partitioned'
  if (table.options.inherits !== undefined) return 'models cannot say what it inherits from'
  return undefined
}

/** The tables of the database that remain without a model. */
const keptTables = (
  actual: Schema,
  wanted: Schema,
  schemas: ReadonlySet<string | null>,
  context: CompareContext,
): readonly Table[] => {
  const isOurs = (table: Table): boolean =>
    context.include({ kind: 'table', schema: table.schema, name: table.name })
  const kept = new Set<Table>(actual.tables.filter((table) => !isOurs(table)))
  const keep = (table: Table, why: string): void => {
    kept.add(table)
    context.ignore(`table ${nameText(table)}`, why)
  }
  const extra = actual.tables.filter((table) => isOurs(table) && findTable(wanted, table) === undefined)
  for (const table of extra) {
    const why = reasonToKeep(table, schemas, context)
    if (why !== undefined) keep(table, why)
    else if (
      wanted.tables.some(({ foreignKeys }) => foreignKeys.some(({ target }) => isSameName(target, table)))
    )
      keep(table, 'a key of the models refers to it')
  }
  const isNeeded = (table: Table): boolean =>
    !kept.has(table) &&
    [...kept].some(
      ({ foreignKeys, options }) =>
        foreignKeys.some(({ target }) => isSameName(target, table)) ||
        options.inherits?.some((parent) => isSameName(parent, table)),
    )
  for (let next = extra.find(isNeeded); next !== undefined; next = extra.find(isNeeded))
    keep(next, 'a table that is left alone refers to it')
  return [...kept]
}

const named = (table: Table, context: CompareContext): Table => {
  const model = context.model(table)
  const what = (kind: 'unique' | 'index' | 'check' | 'foreign key' | 'primary key') => ({
    kind,
    table,
    model,
    context,
  })
  return {
    ...table,
    primaryKey: table.primaryKey && {
      ...table.primaryKey,
      name: newName(what('primary key'), table.primaryKey.name, partColumns(table.primaryKey.parts)),
    },
    uniques: table.uniques.map((one) => ({
      ...one,
      name: newName(what('unique'), one.name, partColumns(one.parts)),
    })),
    indexes: table.indexes.map((one) => ({
      ...one,
      name: newName(what('index'), one.name, indexColumns(one)) ?? one.name,
    })),
    foreignKeys: table.foreignKeys.map((one) => ({
      ...one,
      name: newName(what('foreign key'), one.name, one.columns),
    })),
    checks: table.checks.map((one) => ({ ...one, name: newName(what('check'), one.name, []) })),
  }
}

const goalEnums = (
  actual: Schema,
  wanted: Schema,
  tables: readonly Table[],
  { settings }: CompareContext,
): readonly EnumType[] => {
  const isUsedIn = (all: readonly Table[], type: QualifiedName): boolean =>
    all.some(({ columns }) => columns.some(({ enumType }) => enumType !== null && isSameName(enumType, type)))
  const find = (schema: Schema, type: QualifiedName): EnumType | undefined =>
    schema.enums.find((other) => isSameName(other, type))
  const kept = actual.enums.filter(
    (type) =>
      !settings.enums ||
      find(wanted, type) !== undefined ||
      isUsedIn(tables, type) ||
      // What no table has used may have another purpose.
      !isUsedIn(actual.tables, type),
  )
  const added = wanted.enums.filter((type) => find(actual, type) === undefined && isUsedIn(tables, type))
  // Values that are defaults of columns that are left alone, or new, whatever is compared.
  const needed = (type: EnumType): readonly string[] => {
    const known = [...type.values, ...(find(wanted, type)?.values ?? [])]
    const defaults = tables.flatMap(({ columns }) =>
      columns.flatMap(({ enumType, default: value }) =>
        enumType !== null && value !== null && isSameName(enumType, type) ? [value] : [],
      ),
    )
    return known.filter((value) => defaults.some((text) => text.startsWith(`${printedText(value)}::`)))
  }
  const withValues = (type: EnumType): EnumType => {
    const values = (settings.enums ? find(wanted, type)?.values : undefined) ?? type.values
    return { ...type, values: [...new Set([...values, ...needed(type)])] }
  }
  return [...kept.map(withValues), ...added]
}

/** The tables without new keys that lead where nothing is unique, since something there has to be left alone. */
const withoutBaselessKeys = (
  actual: Schema,
  tables: readonly Table[],
  context: CompareContext,
): readonly Table[] => {
  let isDone = true
  const left = tables.map((table) => {
    const before = findTable(actual, table)
    const isNew = (key: ForeignKeyConstraint): boolean =>
      before?.foreignKeys.some((other) => isSame(other, key)) !== true
    const baseless = table.foreignKeys.filter((key) => {
      const target = findByName(tables, key.target)
      return target !== undefined && isNew(key) && !canBeReferred(target, key.targetColumns, context)
    })
    if (baseless.length === 0) return table
    isDone = false
    for (const value of baseless)
      context.ignore(
        ofTable(constraintText({ type: 'foreign key', value }), table),
        'what it refers to is not unique',
      )
    return withoutKeys(table, baseless, before, context)
  })
  // The index that came with one of them may have been what another one leads to.
  return isDone ? left : withoutBaselessKeys(actual, left, context)
}

/**
 * The schema as it is to be: what the models say, where they say something and the settings ask for it, and what the database has
 * where they do not. Comparing it with the models again gives itself.
 *
 * @param actual - With the renames made.
 * @param wanted - What the models want, and what is to be compared of it.
 * @param schemas - Those that models live in.
 */
export const goalSchema = (
  actual: Schema,
  wanted: Schema,
  schemas: ReadonlySet<string | null>,
  context: CompareContext,
): Schema => {
  const kept = keptTables(actual, wanted, schemas, context)
  const isKept = new Set(kept)
  const matched = actual.tables.flatMap((table) => {
    const other = isKept.has(table) ? undefined : findTable(wanted, table)
    return other === undefined ? [] : [{ table, wanted: other }]
  })
  const fresh = context.settings.tables
    ? wanted.tables
        .filter((table) => findTable(actual, table) === undefined)
        .map((table) => named(table, context))
    : []
  const fixedColumns = (table: Table): ReadonlySet<string> =>
    new Set(
      kept.flatMap(({ foreignKeys }) =>
        foreignKeys.flatMap(({ target, targetColumns }) => (isSameName(target, table) ? targetColumns : [])),
      ),
    )
  // What is the same object on both sides is as it is to be. A host's function is asked about every column all the same.
  const isSettled = (table: Table, other: Table): boolean =>
    table === other && context.compareType === undefined
  const columns = matched.map(({ table, wanted: other }) =>
    isSettled(table, other)
      ? table
      : { ...table, columns: goalColumns(table, other, fixedColumns(table), context) },
  )
  const there = [...kept, ...columns, ...fresh]
  const isReachable = ({ target, targetColumns }: ForeignKeyConstraint): boolean => {
    const table = findByName(there, target)
    // What neither side knows is none of ours.
    if (table === undefined)
      return findTable(wanted, target) === undefined && findTable(actual, target) === undefined
    return targetColumns.every((name) => columnOf(table, name) !== undefined)
  }
  const goals = matched.map(({ table, wanted: other }, at) => {
    const surroundings = { columns: columns[at]?.columns ?? [], isReachable }
    const goal =
      isSettled(table, other) && table.foreignKeys.every(isReachable)
        ? { table, extra: { indexes: [], uniques: [] } }
        : goalTable(table, other, surroundings, context)
    return { actual: table, wanted: other, goal }
  })
  const linked = fresh.map((table) =>
    withoutKeys(
      table,
      table.foreignKeys.filter((key) => !isReachable(key)),
      undefined,
      context,
    ),
  )
  for (const table of fresh)
    for (const value of table.foreignKeys)
      if (!isReachable(value))
        context.ignore(
          ofTable(constraintText({ type: 'foreign key', value }), table),
          'what it refers to is not there',
        )
  const drafts = [...kept, ...goals.map(({ goal }) => goal.table), ...linked]
  const keysByTarget = new Map<string, ForeignKeyConstraint[]>()
  for (const { foreignKeys } of drafts)
    for (const key of foreignKeys) {
      const target = nameKey(key.target)
      const others = keysByTarget.get(target)
      if (others === undefined) keysByTarget.set(target, [key])
      else others.push(key)
    }
  const keysTo = (table: Table): readonly ForeignKeyConstraint[] => keysByTarget.get(nameKey(table)) ?? []
  const tables = [
    ...kept,
    ...goals.map(({ actual: before, wanted: other, goal }) =>
      goal.table === before ? before : settledTable(before, other, goal, keysTo(before), context),
    ),
    ...linked,
  ]
  const standing = context.traits.keysMayComeFirst
    ? tables
    : withoutBaselessKeys(actual, withFittingTypes(actual, tables, context), context).map((table) =>
        // Their indexes may have gone with keys that cannot be.
        kept.includes(table) ? table : withoutAdriftNumbering(table, context),
      )
  const enums = goalEnums(actual, wanted, standing, context)
  return { tables: freeNames(actual, standing, context), enums }
}
