import { derivedName } from '../../operations/names.js'
import type { Table } from '../../schema/schema.js'
import type { Wanted } from './attribute.js'
import { type ColumnDefinition, plainColumn, printDefinition } from './column-definition.js'
import { isSameKey, keysOn, printKey, wantedKey } from './foreign-key.js'
import type { Misfit } from './misfits.js'
import { NAME_LIMIT } from './name-limit.js'
import { isSameName, quoteName, quoteNames, quoteTable, type TableRef } from './sql.js'
import { refuse } from './statements.js'

/** The table and the column as they are. */
export interface Found {
  readonly table: Table
  /** As it is spelled. */
  readonly name: string
  readonly before: ColumnDefinition
}

/** `MODIFY COLUMN` with the whole definition. */
export const modify = (name: string, definition: ColumnDefinition, position = ''): string =>
  `MODIFY COLUMN ${quoteName(name)} ${printDefinition(definition)}${position}`

/** What the first statement does, and what has to wait for a second. */
export interface Clauses {
  readonly first: readonly string[]
  readonly second: readonly string[]
}

export const columnClauses = (
  { table, name, before }: Found,
  after: ColumnDefinition,
  position: string,
): Clauses => {
  if (printDefinition(before) === printDefinition(after) && position === '') return { first: [], second: [] }
  const isVirtual = ({ generated }: ColumnDefinition): boolean => generated !== null && !generated.stored
  if (isVirtual(before) === isVirtual(after)) return { first: [modify(name, after, position)], second: [] }
  // The server does not change a column into one that it does not store, nor back. Its values are computed anew.
  const index = table.columns.findIndex((column) => column.name === name)
  const previous = table.columns[index - 1]
  const place = position || (previous === undefined ? ' FIRST' : ` AFTER ${quoteName(previous.name)}`)
  const checks = table.checks.filter(
    ({ name: check, column, expression }) =>
      check !== null && column === null && expression.includes(quoteName(name)),
  )
  const isMadePlain = after.generated === null
  const made: ColumnDefinition = isMadePlain
    ? {
        ...plainColumn(after.type),
        generated: { expression: before.generated?.expression ?? '', stored: true },
      }
    : after
  return {
    first: [
      ...checks.map(({ name: check }) => `DROP CONSTRAINT ${quoteName(check ?? '')}`),
      `DROP COLUMN ${quoteName(name)}`,
      `ADD COLUMN ${quoteName(name)} ${printDefinition(made)}${place}`,
      ...checks.map(
        ({ name: check, expression }) => `ADD CONSTRAINT ${quoteName(check ?? '')} CHECK (${expression})`,
      ),
    ],
    // Then its values are stored, and stay when it is no longer computed.
    second: isMadePlain ? [modify(name, after)] : [],
  }
}

export const uniqueClauses = (
  { table, name }: Found,
  { unique }: Wanted,
  column: string,
): readonly string[] => {
  if (unique === undefined) return []
  const isOn = (parts: Table['indexes'][number]['parts']): boolean => {
    const [part] = parts
    return part?.kind === 'column' && isSameName(part.column, name)
  }
  const own = table.indexes.filter((index) => isOn(index.parts) && index.parts.length === 1)
  const uniques = own.filter((index) => index.unique && index.parts[0]?.prefixLength === null)
  if (unique === false) {
    if (uniques.length === 0) return []
    const isNeeded = table.foreignKeys.some(({ columns: [first = ''] }) => isSameName(first, name))
    const hasOther = table.indexes.some((index) => !uniques.includes(index) && isOn(index.parts))
    return [
      ...uniques.map((index) => `DROP INDEX ${quoteName(index.name)}`),
      // A foreign key of the column needs one.
      ...(isNeeded && !hasOther ? [`ADD INDEX (${quoteName(name)})`] : []),
    ]
  }
  if (typeof unique === 'string')
    return uniques.some((index) => isSameName(index.name, unique))
      ? []
      : [`ADD UNIQUE INDEX ${quoteName(unique)} (${quoteName(column)})`]
  return uniques.length > 0 ? [] : [`ADD UNIQUE INDEX (${quoteName(name)})`]
}

export const primaryKeyClauses = (
  { table, name }: Found,
  { primaryKey }: Wanted,
  { ref, what }: { readonly ref: TableRef; readonly what: string },
): readonly string[] => {
  if (primaryKey === undefined) return []
  const key = table.primaryKey?.parts.map(({ column }) => column) ?? []
  const isPart = key.some((column) => isSameName(column, name))
  if (isPart === primaryKey) return []
  if (primaryKey && key.length > 0)
    throw refuse(what, ref.name, `there is a primary key already (${key.join(', ')}). Remove that first`)
  if (!primaryKey && key.length > 1)
    throw refuse(
      what,
      ref.name,
      `"${name}" is part of the primary key (${key.join(', ')}). Remove the key and add it anew`,
    )
  return primaryKey ? [`ADD PRIMARY KEY (${quoteNames([name])})`] : ['DROP PRIMARY KEY']
}

/** Marks a key that is on its way to its name: the server does not drop a key and add one of its name in one statement. */
const MARK = '~sm2kit'

export const keyClauses = (
  { table, name }: Found,
  wanted: Wanted,
  ref: TableRef,
): Clauses & { readonly misfits: readonly Misfit[] } => {
  const nothing = { first: [], second: [], misfits: [] }
  const formers = keysOn(table, name)
  const drops = formers.map((key) => `DROP FOREIGN KEY ${quoteName(key.name ?? '')}`)
  if (wanted.references === null) return { ...nothing, first: drops }
  const [former] = formers
  const key = wantedKey(name, wanted, former)
  if (key === undefined || (former !== undefined && formers.length === 1 && isSameKey(key, former)))
    return nothing
  const final = former?.name ?? derivedName('added key', ref.name, [name], NAME_LIMIT)
  const made = former === undefined ? final : markedName(final)
  const parent = `(SELECT 1 FROM ${quoteTable(key.target)} AS sm2kit_p WHERE sm2kit_p.${quoteName(key.targetColumns[0] ?? '')} = `
  const misfits: readonly Misfit[] =
    wanted.references === undefined
      ? []
      : [
          {
            condition: `${quoteName(name)} IS NOT NULL AND NOT EXISTS ${parent}${quoteTable(ref)}.${quoteName(name)})`,
            why: `a value that no row of "${key.target.name}" has`,
          },
        ]
  return {
    first: [...drops, `ADD ${printKey({ ...key, name: made })}`],
    second: made.endsWith(MARK)
      ? [`DROP FOREIGN KEY ${quoteName(made)}`, `ADD ${printKey({ ...key, name: final })}`]
      : [],
    misfits,
  }
}

const markedName = (name: string): string =>
  name.length + MARK.length <= NAME_LIMIT.length
    ? `${name}${MARK}`
    : derivedName('changed key', name, [], NAME_LIMIT)

export const renameBack = ({ table, name }: Found): readonly string[] =>
  keysOn(table, name)
    .filter((key) => key.name?.endsWith(MARK) === true)
    .flatMap((key) => [
      `DROP FOREIGN KEY ${quoteName(key.name ?? '')}`,
      `ADD ${printKey({ ...key, name: key.name?.slice(0, -MARK.length) })}`,
    ])
