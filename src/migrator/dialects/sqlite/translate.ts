import { plainParts } from '../../operations/model-index.js'
import type { ModelColumn, ModelIndex, ModelTable } from '../../schema/model-table.js'
import type { Table } from '../../schema/schema.js'
import type { StoredColumn, StoredIndex, StoredKey, StoredTable } from './pragmas.js'
import { tableOf } from './reflect.js'
import { canonicalCollation, collationOf } from './reflect-column.js'
import type { Constraint } from './sql-text/constraint.js'
import { type Column, type CreateTable, parseCreateTable } from './sql-text/create-table.js'
import { foldName } from './sql-text/tokens.js'
import type { SyncStatements } from './sync-sql.js'

// What SQLite keeps of a declared type is its text; that of these is known to be taken whole.
const PLAIN_TYPE = /^[A-Z]+(?: [A-Z]+)*(?:\(\d+(?:,\d+)?\))?$/iu

const KNOWN_CONSTRAINTS: ReadonlySet<string> = new Set([
  ...['primary key', 'unique', 'not null', 'default', 'collate', 'foreign key', 'check'],
])

interface NamedConstraint extends Constraint {
  readonly names: readonly string[]
}

const constraintsOf = (text: CreateTable, kind: Constraint['kind']): readonly NamedConstraint[] => {
  const found: NamedConstraint[] = []
  for (const { name, constraints } of text.columns)
    for (const one of constraints) if (one.kind === kind) found.push({ ...one, names: [name] })
  for (const one of text.constraints)
    if (one.kind === kind) found.push({ ...one, names: (one.columns ?? []).map(({ name }) => name) })
  return found
}

/** The pragma gives the text of an expression without the brackets that it stands in. */
const defaultText = (column: Column): string | null => {
  const written = column.constraints.findLast(({ kind }) => kind === 'default')?.expression
  if (written === undefined) return null
  return written.startsWith('(') ? written.slice(1, -1).trim() : written
}

const columnsOf = (text: CreateTable, key: readonly string[]): readonly StoredColumn[] =>
  text.columns.map((column) => ({
    name: column.name,
    type: column.type,
    notNull: column.constraints.some(({ kind }) => kind === 'not null') ? 1 : 0,
    defaultText: defaultText(column),
    key: key.indexOf(column.name) + 1,
    hidden: 0,
  }))

/** Indexes behind unique constraints: SQLite makes one for several that say the same, and none beside the key's own. */
const uniqueIndexes = (text: CreateTable, key: readonly string[]): readonly StoredIndex[] => {
  const columns = new Map(text.columns.map((column) => [column.name, column]))
  const keyColumn = columns.get(key[0] ?? '')
  const isRowid = key.length === 1 && /^INTEGER$/iu.test(keyColumn?.type ?? '')
  const seen = new Set(key.length > 0 && !isRowid ? [JSON.stringify(key)] : [])
  return constraintsOf(text, 'unique').flatMap(({ names }) => {
    const same = JSON.stringify(names)
    if (seen.has(same)) return []
    seen.add(same)
    const parts = names.map((name) => ({
      column: name,
      isDescending: 0 as const,
      collation: collationOf(columns.get(name)),
    }))
    return [{ name: '', unique: 1 as const, origin: 'u' as const, parts }]
  })
}

const createdIndex = (index: ModelIndex, text: CreateTable): StoredIndex | undefined => {
  const columns = new Map(text.columns.map((column) => [column.name, column]))
  const parts = plainParts(index, new Set(columns.keys()))
  if (parts === undefined || index.name.includes('.')) return undefined
  return {
    name: index.name,
    unique: index.options['unique'] === true ? 1 : 0,
    origin: 'c',
    parts: parts.map(({ name, direction, collate }) => ({
      column: name,
      isDescending: direction === 'desc' ? 1 : 0,
      collation: collate === undefined ? collationOf(columns.get(name)) : canonicalCollation(collate),
    })),
  }
}

/** The pragma numbers the keys from the last that was written. */
const keysOf = (text: CreateTable): readonly StoredKey[] =>
  constraintsOf(text, 'foreign key')
    .toReversed()
    .map(({ names, references }, id) => ({
      id,
      table: references?.table ?? '',
      from: names[0] ?? '',
      to: references?.columns[0] ?? null,
      onUpdate: references?.onUpdate ?? 'NO ACTION',
      onDelete: references?.onDelete ?? 'NO ACTION',
    }))

const isUnderstood = (text: CreateTable): boolean => {
  const folded = new Set(text.columns.map(({ name }) => foldName(name)))
  return (
    folded.size === text.columns.length &&
    text.columns.every(
      ({ type, constraints }) =>
        PLAIN_TYPE.test(type) && constraints.every(({ kind }) => KNOWN_CONSTRAINTS.has(kind)),
    ) &&
    text.constraints.every(({ kind }) => KNOWN_CONSTRAINTS.has(kind))
  )
}

const translated = (table: ModelTable, sql: SyncStatements): Table | undefined => {
  const text = parseCreateTable(sql.createTable)
  if (text === undefined || !isUnderstood(text)) return undefined
  const indexes = table.indexes.map((index) => createdIndex(index, text))
  if (indexes.includes(undefined)) return undefined
  const key = constraintsOf(text, 'primary key')[0]?.names ?? []
  const stored: StoredTable = {
    name: text.name,
    sql: sql.createTable,
    columns: columnsOf(text, key),
    indexes: [...uniqueIndexes(text, key), ...indexes.filter((index) => index !== undefined)],
    keys: keysOf(text),
  }
  const texts = new Map(table.indexes.map(({ name }, place) => [name, sql.indexes[place] ?? '']))
  return tableOf({ stored, text }, texts, () => undefined)
}

/** Sequelize takes bare data that is no date for the present moment, which is another one in the next statement. */
const isOfTheMoment = ({ attribute: { type, defaultValue } }: ModelColumn): boolean =>
  (type as { readonly key?: string }).key === 'DATE' &&
  typeof defaultValue === 'object' &&
  defaultValue !== null &&
  (Array.isArray(defaultValue) ||
    ArrayBuffer.isView(defaultValue) ||
    Object.getPrototypeOf(defaultValue) === Object.prototype)

/**
 * What SQLite would print for a table: its statements are read as if they had been stored.
 *
 * @param sql - The statements of `sync()`.
 * @returns Undefined where only SQLite can tell.
 */
export const translateSqlite = (table: ModelTable, sql: SyncStatements): Table | undefined => {
  if (table.columns.some((column) => column.generated !== undefined || isOfTheMoment(column)))
    return undefined
  return translated(table, sql)
}
