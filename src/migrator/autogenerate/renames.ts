import { MigratorError } from '../errors.js'
import { findTable, isSameName, nameOf, nameText } from '../schema/qualified-name.js'
import type { EnumType, QualifiedName, Schema, Table } from '../schema/schema.js'
import type { Worksheet } from './worksheet.js'

/** Former name to new name: `users` to `people`, `users.name` to `users.full_name` or `full_name`, `enum_x.old` to `new`. */
export type Renames = Readonly<Record<string, string>>

type Rename =
  | { readonly kind: 'table'; readonly key: string; readonly from: QualifiedName; readonly to: QualifiedName }
  | {
      readonly kind: 'column'
      readonly key: string
      readonly table: QualifiedName
      readonly from: string
      readonly to: string
    }
  | {
      readonly kind: 'enum value'
      readonly key: string
      readonly type: QualifiedName
      readonly from: string
      readonly to: string
    }

const refuse = (key: string, why: string): MigratorError =>
  new MigratorError('INVALID_OPTION', `"renames": ${why} Nothing was compared.`, {
    subject: `renames.${key}`,
  })

/** Every way to read a text as the name of an owner, a dot, and a name: names may have dots in them. */
const splits = (text: string): readonly (readonly [owner: string, name: string])[] =>
  [...text.matchAll(/\./gu)].map(({ index }) => [text.slice(0, index), text.slice(index + 1)])

const owning = <Owner extends QualifiedName>(owners: readonly Owner[], text: string): Owner | undefined =>
  owners.find((owner) => nameText(owner) === text)

/** The name as a table's, in the schema of another one when it names none. */
const tableNamed = (text: string, { schema }: QualifiedName, wanted: Schema): QualifiedName => {
  const known = wanted.tables.find((table) => nameText(table) === text)
  return known === undefined ? { schema, name: text } : nameOf(known)
}

/** Without the owner, when it is in front of the name. */
const withoutOwner = (text: string, owners: readonly QualifiedName[]): string => {
  const found = owners.find(
    (owner) => text.startsWith(`${nameText(owner)}.`) || text.startsWith(`${owner.name}.`),
  )
  if (found === undefined) return text
  return text.startsWith(`${nameText(found)}.`)
    ? text.slice(nameText(found).length + 1)
    : text.slice(found.name.length + 1)
}

interface Sides {
  readonly actual: Schema
  readonly wanted: Schema
}

const readTable = (key: string, value: string, { actual, wanted }: Sides): Rename | undefined => {
  const table = owning(actual.tables, key)
  if (table === undefined) return undefined
  const to = tableNamed(value, table, wanted)
  if (findTable(wanted, to) === undefined)
    throw refuse(key, `the models have no table "${value}" that "${key}" could become.`)
  return { kind: 'table', key, from: nameOf(table), to }
}

const readColumn = (
  key: string,
  value: string,
  { actual, wanted }: Sides,
  tables: readonly Rename[],
): Rename | undefined => {
  // A table that gets another name itself may be called by either.
  const laterName = (table: Table): QualifiedName => {
    const rename = tables.find((one) => one.kind === 'table' && isSameName(one.from, table))
    return rename?.kind === 'table' ? rename.to : nameOf(table)
  }
  for (const [owner, name] of splits(key)) {
    const table =
      owning(actual.tables, owner) ?? actual.tables.find((one) => nameText(laterName(one)) === owner)
    if (table?.columns.some((column) => column.name === name) !== true) continue
    const later = laterName(table)
    const other = findTable(wanted, later)
    // A column's own name may have a dot in it.
    const isColumn = (text: string): boolean => other?.columns.some((column) => column.name === text) === true
    const to = isColumn(value) ? value : withoutOwner(value, [table, later])
    if (!isColumn(to))
      throw refuse(
        key,
        `the models have no column "${to}" in "${nameText(later)}" that "${key}" could become.`,
      )
    return { kind: 'column', key, table: later, from: name, to }
  }
  return undefined
}

const readValue = (key: string, value: string, { actual, wanted }: Sides): Rename | undefined => {
  for (const [owner, name] of splits(key)) {
    const type = owning(actual.enums, owner)
    if (type?.values.includes(name) !== true) continue
    const values =
      wanted.enums.find((other) => isSameName(other, type))?.values ??
      wanted.enums.flatMap((other) => other.values)
    const to = values.includes(value) ? value : withoutOwner(value, [type])
    if (!values.includes(to))
      throw refuse(key, `the models have no value "${to}" that "${key}" could become.`)
    return { kind: 'enum value', key, type: nameOf(type), from: name, to }
  }
  return undefined
}

/** What is meant by each, tables first. */
const readRenames = (renames: Renames, sides: Sides): readonly Rename[] => {
  const entries = Object.entries(renames)
  const tables = entries.flatMap(([key, value]) => readTable(key, value, sides) ?? [])
  const others = entries
    .filter(([key]) => !tables.some((one) => one.key === key))
    .map(([key, value]) => {
      const found = readColumn(key, value, sides, tables) ?? readValue(key, value, sides)
      if (found === undefined)
        throw refuse(
          key,
          `the database has no table, column or enum value "${key}": it may have its new name already.`,
        )
      return found
    })
  return [...tables, ...others]
}

/** Steps of renaming, so that no name is taken when it is given: a circle goes by way of another name. */
const inOrder = <Name>(
  pairs: readonly { readonly from: Name; readonly to: Name; readonly key: string }[],
  taken: readonly Name[],
  isSame: (one: Name, other: Name) => boolean,
  spare: (name: Name) => Name,
): readonly (readonly [from: Name, to: Name])[] => {
  const steps: (readonly [Name, Name])[] = []
  let names = [...taken]
  let left = pairs.filter(({ from, to }) => !isSame(from, to))
  const step = (from: Name, to: Name): void => {
    steps.push([from, to])
    names = [...names.filter((name) => !isSame(name, from)), to]
  }
  for (const { to, key } of left) {
    const isGiven = left.some((other) => other.key !== key && isSame(other.to, to))
    const staysTaken = names.some((name) => isSame(name, to)) && !left.some(({ from }) => isSame(from, to))
    if (isGiven || staysTaken) throw refuse(key, `"${key}" cannot get its new name: it is taken.`)
  }
  while (left.length > 0) {
    const next = left.find(({ to }) => !names.some((name) => isSame(name, to)))
    if (next !== undefined) {
      step(next.from, next.to)
      left = left.filter((one) => one !== next)
      continue
    }
    const [first] = left
    if (first === undefined) break
    let other = spare(first.from)
    while (names.some((name) => isSame(name, other))) other = spare(other)
    step(first.from, other)
    left = left.map((one) => (one === first ? { ...one, from: other } : one))
  }
  return steps
}

const isSameText = (one: string, other: string): boolean => one === other

/**
 * Renames what was said to be renamed.
 *
 * @param renames - As the user wrote them.
 * @throws MigratorError `INVALID_OPTION` naming what the database, or the models, do not have.
 */
export const makeRenames = (sheet: Worksheet, renames: Renames, wanted: Schema): void => {
  const actual = sheet.schema
  const found = readRenames(renames, { actual, wanted })
  if (found.length === 0) return
  const tables = found.filter((one) => one.kind === 'table')
  const spareTable = ({ schema, name }: QualifiedName): QualifiedName => ({ schema, name: `${name}_` })
  for (const [table, to] of inOrder(tables, actual.tables.map(nameOf), isSameName, spareTable))
    sheet.add({ kind: 'renameTable', table, to })
  for (const { columns, ...table } of sheet.schema.tables) {
    const own = found.filter((one) => one.kind === 'column').filter((one) => isSameName(one.table, table))
    const names = columns.map(({ name }) => name)
    for (const [from, to] of inOrder(own, names, isSameText, (name) => `${name}_`))
      sheet.add({ kind: 'renameColumn', table: nameOf(table), from, to })
  }
  for (const type of sheet.schema.enums) {
    const own = found.filter((one) => one.kind === 'enum value').filter((one) => isSameName(one.type, type))
    const steps = inOrder(own, type.values, isSameText, (name) => `${name}_`)
    for (const [from, to] of steps) {
      const before = sheet.schema.enums.find((one) => isSameName(one, type)) ?? type
      renameValues(sheet, before, { [from]: to })
    }
  }
}

const renameValues = (
  sheet: Worksheet,
  before: EnumType,
  renamedValues: Readonly<Record<string, string>>,
): void => {
  const usedBy = sheet.schema.tables.flatMap((table) =>
    table.columns
      .filter(({ enumType }) => enumType !== null && isSameName(enumType, before))
      .map(({ name }) => ({ table: nameOf(table), column: name })),
  )
  const after = { ...before, values: before.values.map((value) => renamedValues[value] ?? value) }
  sheet.add({ kind: 'changeEnum', before, after, renamedValues, usedBy })
}
