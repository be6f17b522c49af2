import type { QueryInterface } from 'sequelize'
import { derivedName, shortName } from '../../operations/names.js'
import type { Check, ForeignKey } from '../../operations/op.js'
import { type Wanted, wantedOf } from './attribute.js'
import { type ColumnDefinition, plainColumn, printDefinition } from './column-definition.js'
import { printKey } from './foreign-key.js'
import { NAME_LIMIT } from './name-limit.js'
import { quoteName, quoteNames, quoteTable, quoteText, type TableRef, tableRef } from './sql.js'

/** A new column: its name, and what the attribute says of it. */
export interface NewColumn {
  readonly name: string
  readonly wanted: Wanted
  readonly definition: ColumnDefinition
}

/** An attribute as a new column. */
export const newColumn = (queryInterface: QueryInterface, key: string, attribute: unknown): NewColumn => {
  const wanted = wantedOf(queryInterface, attribute, true)
  const definition = { ...plainColumn(wanted.definition.type ?? ''), ...wanted.definition }
  if (definition.type === '') throw new TypeError(`the column "${key}" needs a type`)
  return { name: wanted.field ?? key, wanted, definition }
}

/** A check as SQL. */
export const printCheck = ({ name, expression }: Check): string =>
  `CONSTRAINT ${quoteName(name)} CHECK (${expression})`

/** A key of `createTable`'s `foreignKeys`. */
const printForeignKey = (queryInterface: QueryInterface, key: ForeignKey): string =>
  printKey({
    name: key.name,
    columns: key.columns,
    target: tableRef(queryInterface, key.references.table),
    targetColumns: key.references.columns,
    onDelete: key.onDelete,
    onUpdate: key.onUpdate,
  })

const referenceOf = ({ name, wanted }: NewColumn, keyName: string | undefined): string | undefined => {
  const { references, onDelete, onUpdate } = wanted
  if (references === undefined || references === null) return undefined
  const targetColumns = [references.column]
  return printKey({
    name: keyName,
    columns: [name],
    target: references.table,
    targetColumns,
    onDelete,
    onUpdate,
  })
}

/** The server's own name, the table's and `_ibfk_1`, where that is not too long. */
const keyName = (ref: TableRef, { name }: NewColumn): string | undefined =>
  ref.name.length + '_ibfk_999'.length <= NAME_LIMIT.length
    ? undefined
    : derivedName('added key', ref.name, [name], NAME_LIMIT)

type Options = Readonly<Record<string, unknown>>

interface UniqueKey {
  readonly customIndex?: boolean
  readonly fields: readonly string[]
}

/** `CREATE TABLE` as Sequelize writes it, in one statement with checks and keys of several columns. */
export const createTableSql = (
  queryInterface: QueryInterface,
  ref: TableRef,
  attributes: Options,
  options: Options,
): string => {
  const columns = Object.entries(attributes).map(([key, attribute]) =>
    newColumn(queryInterface, key, attribute),
  )
  const keys = columns.filter(({ wanted }) => wanted.primaryKey === true).map(({ name }) => name)
  const uniques = uniquesOf(ref, columns, options)
  const references =
    options['withoutForeignKeyConstraints'] === true
      ? []
      : columns.map((column) => referenceOf(column, keyName(ref, column))).filter((key) => key !== undefined)
  const { checks = [], foreignKeys = [] } = options as {
    readonly checks?: readonly Check[]
    readonly foreignKeys?: readonly ForeignKey[]
  }
  const items = [
    ...columns.map(
      ({ name, wanted, definition }) =>
        `${quoteName(name)} ${printDefinition(definition)}${wanted.unique === true ? ' UNIQUE' : ''}`,
    ),
    ...uniques.map(([name, names]) => `UNIQUE ${quoteName(name)} (${quoteNames(names)})`),
    ...(keys.length === 0 ? [] : [`PRIMARY KEY (${quoteNames(keys)})`]),
    ...references,
    ...columns.flatMap(({ wanted }) => wanted.checks).map(printCheck),
    ...checks.map(printCheck),
    ...foreignKeys.map((key) => printForeignKey(queryInterface, key)),
  ]
  return [
    `CREATE TABLE IF NOT EXISTS ${quoteTable(ref)} (${items.join(', ')})`,
    ...tableOptions(options),
  ].join(' ')
}

const tableOptions = (options: Options): readonly string[] => {
  const { engine = 'InnoDB', comment, charset, collate, initialAutoIncrement, rowFormat } = options
  return [
    `ENGINE=${String(engine)}`,
    ...(typeof comment === 'string' && comment !== '' ? [`COMMENT ${quoteText(comment)}`] : []),
    ...(charset ? [`DEFAULT CHARSET=${String(charset)}`] : []),
    ...(collate ? [`COLLATE ${String(collate)}`] : []),
    ...(initialAutoIncrement ? [`AUTO_INCREMENT=${String(initialAutoIncrement)}`] : []),
    ...(rowFormat ? [`ROW_FORMAT=${String(rowFormat)}`] : []),
  ]
}

/** Unique keys by name: those of the options, and of columns that share a name, as in a model. */
const uniquesOf = (
  { name: table }: TableRef,
  columns: readonly NewColumn[],
  { uniqueKeys }: Options,
): readonly (readonly [name: string, columns: readonly string[]])[] => {
  const found = new Map<string, readonly string[]>()
  // In a list they have no names.
  const isList = Array.isArray(uniqueKeys)
  for (const [name, key] of Object.entries((uniqueKeys ?? {}) as Readonly<Record<string, UniqueKey>>))
    if (key.customIndex !== false)
      found.set(shortName(isList ? `uniq_${table}_${key.fields.join('_')}` : name, NAME_LIMIT), key.fields)
  const own = new Map<string, string[]>()
  for (const { name, wanted } of columns)
    if (typeof wanted.unique === 'string') {
      const key = shortName(wanted.unique, NAME_LIMIT)
      own.set(key, [...(own.get(key) ?? []), name])
    }
  for (const [name, names] of own) if (!found.has(name)) found.set(name, names)
  return [...found]
}

/** `ALTER TABLE … ADD COLUMN`, with the column's constraints. */
export const addColumnSql = (ref: TableRef, column: NewColumn): string => {
  const { name, wanted, definition } = column
  const key = referenceOf(column, derivedName('added key', ref.name, [name], NAME_LIMIT))
  const words = [
    quoteName(name),
    printDefinition(definition),
    ...(wanted.unique === true ? ['UNIQUE'] : []),
    ...(wanted.primaryKey === true ? ['PRIMARY KEY'] : []),
  ]
  return [
    `ALTER TABLE ${quoteTable(ref)} ADD COLUMN ${words.join(' ')}${wanted.position}`,
    ...(typeof wanted.unique === 'string'
      ? [`ADD UNIQUE ${quoteName(shortName(wanted.unique, NAME_LIMIT))} (${quoteName(name)})`]
      : []),
    ...(key === undefined ? [] : [`ADD ${key}`]),
    ...wanted.checks.map((check) => `ADD ${printCheck(check)}`),
  ].join(', ')
}
