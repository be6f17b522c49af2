import type { ComparisonTraits } from '../dialect-autogenerate.js'
import { isSame } from '../schema/equal.js'
import { findTable, isSameName, nameOf } from '../schema/qualified-name.js'
import type { ForeignKeyConstraint, Schema, Table } from '../schema/schema.js'
import { holds } from './held-keys.js'
import { byReference } from './order.js'
import { primaryKeyServes, servesKey, uniqueOver } from './standing.js'
import { columnOf } from './table-changes.js'
import type { Worksheet } from './worksheet.js'

/**
 * Whether a table that was there is, by now, as a key needs it. Of several equal keys all must be there: the engine could choose one
 * that has to go first on the way back.
 */
const isReady = (
  now: Table,
  after: Table,
  { targetColumns }: ForeignKeyConstraint,
  traits: ComparisonTraits,
): boolean => {
  const there = uniqueOver(now, targetColumns)
  const serves = (table: Table): boolean =>
    traits.keysMakeIndexes &&
    (primaryKeyServes(table, targetColumns) || table.indexes.some((index) => servesKey(index, targetColumns)))
  return (
    uniqueOver(after, targetColumns).every((object) => there.some((other) => isSame(other, object))) &&
    (serves(now) || !serves(after)) &&
    targetColumns.every((name) => {
      const [one, other] = [columnOf(now, name), columnOf(after, name)]
      return one !== undefined && other !== undefined && !holds(one, other, traits)
    })
  )
}

/** Makes the new tables, each after those that it refers to; keys that cannot be there yet come later. */
export const createTables = (sheet: Worksheet, from: Schema, to: Schema, traits: ComparisonTraits): void => {
  const created = to.tables.filter((table) => findTable(from, table) === undefined)
  for (const { table, broken } of byReference(created)) {
    const isLate = (key: ForeignKeyConstraint): boolean => {
      if (broken.includes(key)) return !traits.keysMayComeFirst
      const [now, after] = [sheet.table(key.target), findTable(to, key.target)]
      const isNew = created.some((other) => isSameName(other, key.target))
      return !isNew && now !== undefined && after !== undefined && !isReady(now, after, key, traits)
    }
    const foreignKeys = table.foreignKeys.filter((key) => !isLate(key))
    sheet.add({ kind: 'createTable', table: nameOf(table), definition: { ...table, foreignKeys } })
  }
}

/** Drops the old tables, each before those that it refers to; the keys of a circle go first. */
export const dropTables = (sheet: Worksheet, to: Schema): void => {
  const dropped = byReference(sheet.schema.tables.filter((table) => findTable(to, table) === undefined))
  for (const { table, broken } of dropped)
    for (const value of broken)
      sheet.add({
        kind: 'removeConstraint',
        table: nameOf(table),
        constraint: { type: 'foreign key', value },
      })
  for (const { table } of [...dropped].reverse()) {
    const definition = sheet.table(table)
    if (definition !== undefined) sheet.add({ kind: 'dropTable', table: nameOf(table), definition })
  }
}
