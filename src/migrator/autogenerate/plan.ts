import type { ComparisonTraits } from '../dialect-autogenerate.js'
import type { Operation } from '../operations/operation.js'
import { printedText } from '../operations/sql-names.js'
import { isSame } from '../schema/equal.js'
import { findTable, isSameName, nameOf } from '../schema/qualified-name.js'
import type { Schema, Table } from '../schema/schema.js'
import {
  addColumns,
  addComputedColumns,
  changeColumns,
  numberRows,
  removeColumns,
  removeComputedColumns,
  stopNumbering,
} from './plan-columns.js'
import { addKeys, impliedIndexes, removeKeys } from './plan-keys.js'
import { createTables, dropTables } from './plan-tables.js'
import { standingOf, uniqueOver } from './standing.js'
import { type Standalone, type TableChanges, tableChanges } from './table-changes.js'
import { type Draft, type Worksheet, worksheet } from './worksheet.js'

/**
 * Operations that make one schema of another, exactly but for the order of columns, each in the state that those before it
 * leave; what takes them back can be run as well. What differs in nothing but its name gets it in place where the engine can do that.
 *
 * First goes what is in the way, then comes what is new, then goes what is old: rows can be moved in between.
 */
export const planChanges = (from: Schema, to: Schema, traits: ComparisonTraits): readonly Operation[] => {
  const sheet = worksheet(from, traits)
  const all = tableChanges(from, to, traits)
  const changes = all.filter(({ before, after }) => before !== after)
  for (const enumType of to.enums)
    if (!from.enums.some((type) => isSameName(type, enumType))) sheet.add({ kind: 'createEnum', enumType })
  removeKeys(sheet, from, to, all, traits)
  stopNumbering(sheet, changes, traits)
  removeStanding(sheet, changes)
  releaseNames(sheet, from, to, traits)
  removeComputedColumns(sheet, changes)
  renameStanding(sheet, changes)
  changeEnums(sheet, to)
  createTables(sheet, from, to, traits)
  addColumns(sheet, changes)
  changeColumns(sheet, changes, traits)
  changeTables(sheet, changes)
  addComputedColumns(sheet, from, changes)
  addPrimaryKeys(sheet, changes)
  addStanding(sheet, to, all, traits)
  numberRows(sheet, changes)
  addKeys(sheet, to, traits)
  removeColumns(sheet, changes)
  dropTables(sheet, to)
  for (const enumType of sheet.schema.enums)
    if (!to.enums.some((type) => isSameName(type, enumType))) sheet.add({ kind: 'dropEnum', enumType })
  return sheet.operations
}

const removeStanding = (sheet: Worksheet, changes: readonly TableChanges[]): void => {
  for (const { before, staying, renamed } of changes) {
    const table = nameOf(before)
    // As the index of a key it may be gone already.
    for (const object of standingOf(sheet.table(before) ?? before)) {
      const stays = [...staying, ...renamed.map((one) => one.from)].some((other) => isSame(other, object))
      if (stays) continue
      sheet.add(
        object.type === 'index'
          ? { kind: 'removeIndex', table, index: object.value }
          : { kind: 'removeConstraint', table, constraint: object },
      )
    }
  }
}

/** Names that are new in their schema: what bears them in a table that is dropped at the end must be away before. */
const releaseNames = (sheet: Worksheet, from: Schema, to: Schema, traits: ComparisonTraits): void => {
  // There names are the table's own, but for those of foreign keys.
  const isPerTable = traits.uniquesAreIndexes
  const namesOf = ({
    schema,
    tables,
  }: {
    schema: string | null
    tables: Schema['tables']
  }): readonly string[] =>
    tables
      .filter((table) => table.schema === schema)
      .flatMap((table) => [
        table.name,
        ...(isPerTable
          ? table.foreignKeys.map(({ name }) => name)
          : standingOf(table).map(({ value }) => value.name)),
      ])
      .filter((name) => name !== null)
  for (const table of from.tables) {
    if (findTable(to, table) !== undefined) continue
    const name = nameOf(table)
    const names = new Set(namesOf({ schema: table.schema, tables: to.tables }))
    const clashes = (other: string | null): boolean => other !== null && names.has(other)
    if (isPerTable) {
      for (const value of sheet.table(table)?.foreignKeys ?? [])
        if (clashes(value.name))
          sheet.add({ kind: 'removeConstraint', table: name, constraint: { type: 'foreign key', value } })
      continue
    }
    for (const object of standingOf(sheet.table(table) ?? table)) {
      const isKey = object.type === 'unique' || object.type === 'primary key'
      // Where a table is written anew as a whole, a constraint's name is its own.
      if (!clashes(object.value.name) || (object.type !== 'index' && !(isKey && !traits.keysMayComeFirst)))
        continue
      if (!traits.keysMayComeFirst) removeKeysTo(sheet, table, object)
      sheet.add(
        object.type === 'index'
          ? { kind: 'removeIndex', table: name, index: object.value }
          : { kind: 'removeConstraint', table: name, constraint: object },
      )
    }
  }
}

/** Takes away the keys that may stand on something unique; they are of tables that are dropped too. */
const removeKeysTo = (sheet: Worksheet, table: Table, object: Standalone): void => {
  for (const owner of sheet.schema.tables)
    for (const value of owner.foreignKeys)
      if (
        isSameName(value.target, table) &&
        uniqueOver(table, value.targetColumns).some((other) => isSame(other, object))
      )
        sheet.add({
          kind: 'removeConstraint',
          table: nameOf(owner),
          constraint: { type: 'foreign key', value },
        })
}

const renameStanding = (sheet: Worksheet, changes: readonly TableChanges[]): void => {
  for (const { before, renamed } of changes) {
    const table = nameOf(before)
    for (const { from, to } of renamed)
      sheet.add(
        from.type === 'index'
          ? { kind: 'renameIndex', table, index: from.value, to }
          : { kind: 'renameConstraint', table, constraint: from, to },
      )
  }
}

const changeEnums = (sheet: Worksheet, to: Schema): void => {
  for (const after of to.enums) {
    const before = sheet.schema.enums.find((type) => isSameName(type, after))
    if (before === undefined || isSame(before, after)) continue
    const removed = before.values.filter((value) => !after.values.includes(value))
    const users = sheet.schema.tables.flatMap((table) =>
      table.columns
        .filter(({ enumType }) => enumType !== null && isSameName(enumType, after))
        .map((column) => ({ table: nameOf(table), column })),
    )
    // The type cannot lose a value that is a default.
    for (const { table, column } of users) {
      const wanted = findTable(to, table)?.columns.find(({ name }) => name === column.name)
      const isInTheWay = removed.some((value) => column.default?.includes(printedText(value).slice(1, -1)))
      if (isInTheWay && wanted?.default !== column.default)
        sheet.add({ kind: 'changeColumn', table, before: column, after: { ...column, default: null } })
    }
    const usedBy = users.map(({ table, column }) => ({ table, column: column.name }))
    sheet.add({ kind: 'changeEnum', before, after, renamedValues: {}, usedBy })
  }
}

const changeTables = (sheet: Worksheet, changes: readonly TableChanges[]): void => {
  for (const pair of changes) {
    const [before, after] = [pair.before, pair.after].map(({ comment, options }) => ({ comment, options }))
    if (before === undefined || after === undefined || isSame(before, after)) continue
    sheet.add({ kind: 'changeTable', table: nameOf(pair.before), before, after })
  }
}

const addPrimaryKeys = (sheet: Worksheet, changes: readonly TableChanges[]): void => {
  for (const { after } of changes) {
    const { primaryKey } = after
    if (primaryKey === null || sheet.table(after)?.primaryKey !== null) continue
    const constraint = { type: 'primary key', value: primaryKey } as const
    sheet.add({ kind: 'addConstraint', table: nameOf(after), constraint })
  }
}

const addStanding = (
  sheet: Worksheet,
  to: Schema,
  changes: readonly TableChanges[],
  traits: ComparisonTraits,
): void => {
  const implied = impliedIndexes(sheet, to, traits)
  for (const { after } of changes) {
    const now = sheet.table(after)
    if (now === after) continue
    const table = nameOf(after)
    const there = standingOf(now ?? after)
    for (const object of [...standingOf(after)].reverse()) {
      if (there.some((other) => isSame(other, object))) continue
      const isImplied = object.type === 'index' && implied.some(({ index }) => index === object.value)
      if (isImplied) continue
      const draft: Draft =
        object.type === 'index'
          ? { kind: 'addIndex', table, index: object.value }
          : { kind: 'addConstraint', table, constraint: object }
      sheet.add(draft)
    }
  }
}
