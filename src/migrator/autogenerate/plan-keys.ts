import type { ComparisonTraits } from '../dialect-autogenerate.js'
import { isSame } from '../schema/equal.js'
import { findTable, isSameName, nameKey, nameOf } from '../schema/qualified-name.js'
import type { ForeignKeyConstraint, Index, QualifiedName, Schema, Table } from '../schema/schema.js'
import { isHeld } from './held-keys.js'
import { isImpliedShape, primaryKeyServes, servesKey } from './standing.js'
import type { TableChanges } from './table-changes.js'
import type { Worksheet } from './worksheet.js'

/** Whether an index has the name that the engine gives to what it makes for a key without a name. */
const isNamedByColumn = (index: Index, key: ForeignKeyConstraint): boolean =>
  index.name !== key.name && index.name.replace(/_\d+$/u, '') === key.columns[0]

/**
 * Whether the engine would put another index in the place of this one: a key that comes to columns whose index the engine
 * has made itself gets an index of its own name, and the former is gone without a word.
 */
const isReplaced = (index: Index, key: ForeignKeyConstraint, after: Table | undefined): boolean =>
  isNamedByColumn(index, key) &&
  after?.foreignKeys.some(({ columns }) => isSame(columns, key.columns)) === true

/** The index that goes with a key: nothing else needs it, and it is not to stay, or would be lost when the key comes again. */
const indexOfKey = (
  table: Table,
  key: ForeignKeyConstraint,
  after: Table | undefined,
  isRenamed: (index: Index) => boolean,
): Index | undefined => {
  const others = table.foreignKeys.filter((other) => !isSame(other, key))
  const candidates = table.indexes.filter(
    (index) =>
      isImpliedShape(index, key) &&
      !isRenamed(index) &&
      (after?.indexes.every((other) => !isSame(other, index)) === true || isReplaced(index, key, after)) &&
      // With another servant the engine would not make it again on the way back.
      !primaryKeyServes(table, key.columns) &&
      table.indexes.every((other) => other === index || !servesKey(other, key.columns)) &&
      !others.some(({ columns }) => servesKey(index, columns)),
  )
  return candidates.find(({ name }) => name === key.name) ?? candidates[0]
}

/** Whether something else stands on the index too, and cannot wait for the key: a key that leads to it, or a numbered column. */
const isNeededElsewhere = (index: Index, table: Table, schema: Schema): boolean =>
  table.columns.some(
    ({ name, autoIncrement }) => autoIncrement?.kind === 'autoincrement' && servesKey(index, [name]),
  ) ||
  schema.tables.some(({ foreignKeys }) =>
    foreignKeys.some(
      ({ target, targetColumns }) => isSameName(target, table) && servesKey(index, targetColumns),
    ),
  )

/** Takes away the keys that go, and those that are in the way of what is to come. */
export const removeKeys = (
  sheet: Worksheet,
  from: Schema,
  to: Schema,
  changes: readonly TableChanges[],
  traits: ComparisonTraits,
): void => {
  const byTable = new Map(changes.map((one) => [nameKey(one.before), one]))
  const changesTo = (table: QualifiedName): TableChanges | undefined => byTable.get(nameKey(table))
  for (const table of from.tables) {
    const after = findTable(to, table)
    const own = changesTo(table)
    const isRenamed = (index: Index): boolean =>
      own?.renamed.some((one) => isSame(one.from.value, index)) === true
    for (const value of table.foreignKeys) {
      const isGone = after !== undefined && !after.foreignKeys.some((key) => isSame(key, value))
      if (!isGone && !isHeld(value, table, changesTo, after === undefined, traits)) continue
      const now = sheet.table(table)
      const found =
        traits.keysMakeIndexes && now !== undefined ? indexOfKey(now, value, after, isRenamed) : undefined
      const isFree = found !== undefined && now !== undefined && !isNeededElsewhere(found, now, sheet.schema)
      const implied = isFree ? found : undefined
      sheet.add({
        kind: 'removeConstraint',
        table: nameOf(table),
        constraint: { type: 'foreign key', value },
        ...(implied !== undefined && { impliedIndex: implied }),
      })
    }
  }
}

/** An index that the engine will make for a key. */
export interface ImpliedIndex {
  readonly table: Table
  readonly key: ForeignKeyConstraint
  readonly index: Index
}

const missingKeys = (sheet: Worksheet, after: Table): readonly ForeignKeyConstraint[] => {
  const there = sheet.table(after)?.foreignKeys ?? []
  return after.foreignKeys.filter((key) => !there.some((other) => isSame(other, key)))
}

/** The indexes that the engine makes itself when the keys that are missing are added. */
export const impliedIndexes = (
  sheet: Worksheet,
  to: Schema,
  traits: ComparisonTraits,
): readonly ImpliedIndex[] => {
  if (!traits.keysMakeIndexes) return []
  const found: ImpliedIndex[] = []
  for (const table of to.tables) {
    const there = sheet.table(table)?.indexes ?? []
    for (const key of missingKeys(sheet, table)) {
      const index = table.indexes.find(
        (one) =>
          (one.name === key.name || isNamedByColumn(one, key)) &&
          isImpliedShape(one, key) &&
          !there.some((other) => isSame(other, one)),
      )
      if (index === undefined || primaryKeyServes(table, key.columns)) continue
      const isAlone = table.indexes.every((other) => other === index || !servesKey(other, key.columns))
      if (isAlone && !isNeededElsewhere(index, table, to)) found.push({ table, key, index })
    }
  }
  return found
}

/** Adds the keys that are missing, all tables being there. */
export const addKeys = (sheet: Worksheet, to: Schema, traits: ComparisonTraits): void => {
  const implied = impliedIndexes(sheet, to, traits)
  for (const table of to.tables) {
    const indexOf = (key: ForeignKeyConstraint): Index | undefined =>
      implied.find((one) => one.table === table && one.key === key)?.index
    // What comes with one key may serve another, which would else get an index too: the longest first.
    const width = (key: ForeignKeyConstraint): number => indexOf(key)?.parts.length ?? 0
    for (const value of missingKeys(sheet, table).toSorted((one, other) => width(other) - width(one))) {
      const index = indexOf(value)
      sheet.add({
        kind: 'addConstraint',
        table: nameOf(table),
        constraint: { type: 'foreign key', value },
        ...(index !== undefined && { impliedIndex: index }),
      })
    }
  }
}
