import type {
  CheckConstraint,
  Deferrable,
  ForeignKeyConstraint,
  Index,
  KeyAction,
  KeyPart,
  PrimaryKey,
  UniqueConstraint,
} from '../../schema/schema.js'
import { parseCreateIndex } from './index-text.js'
import type { StoredIndex, StoredKey, StoredTable } from './pragmas.js'
import { canonicalCollation, collationOf } from './reflect-column.js'
import type { Constraint, KeyColumn, Reference } from './sql-text/constraint.js'
import type { Column as ColumnText, CreateTable } from './sql-text/create-table.js'
import { withPlainNames } from './sql-text/plain-names.js'
import { foldName, isSameName } from './sql-text/tokens.js'

/** A table as it is stored. */
export interface TableParts {
  readonly stored: StoredTable
  /** Its text in parts; undefined where that was not understood, or says nothing that the pragmas do not. */
  readonly text: CreateTable | undefined
  /** Whether the text numbers rows by AUTOINCREMENT, where that is known without its parts. */
  readonly isNumbered?: boolean
}

/** A constraint of one kind, with the columns that it names or in whose definition it stands. */
interface WrittenKey extends Constraint {
  readonly keyColumns: readonly KeyColumn[]
}

/** All of a kind in the order in which they were written: those of columns, then those of the table. */
const written = (text: CreateTable | undefined, kind: Constraint['kind']): readonly WrittenKey[] => {
  if (text === undefined) return []
  const found: WrittenKey[] = []
  for (const { name, constraints } of text.columns)
    for (const one of constraints) {
      if (one.kind !== kind) continue
      const { order } = one
      found.push({ ...one, keyColumns: [order === undefined ? { name } : { name, order }] })
    }
  for (const one of text.constraints)
    if (one.kind === kind) found.push({ ...one, keyColumns: one.columns ?? [] })
  return found
}

/** An expression of the table as it is printed. */
const printed = ({ stored }: TableParts, sql: string): string =>
  withPlainNames(
    sql,
    stored.columns.map(({ name }) => name),
  )

const columnText = ({ text }: TableParts, name: string): ColumnText | undefined =>
  text?.columns.find((column) => isSameName(column.name, name))

/** `null` where the part of the index compares as its column does. */
const partCollation = (parts: TableParts, column: string, collation: string | undefined): string | null => {
  if (parts.text === undefined && collation === 'BINARY') return null
  const own = collationOf(columnText(parts, column))
  const given = collation === undefined ? own : canonicalCollation(collation)
  return foldName(given) === foldName(own) ? null : given
}

const keyPart = (
  parts: TableParts,
  column: string,
  collation: string | undefined,
  isDescending: boolean,
): KeyPart => ({
  column,
  direction: isDescending ? 'desc' : 'asc',
  collation: partCollation(parts, column, collation),
  prefixLength: null,
})

/** The primary key; the pragma has its columns in order, the text what else there is to say. */
export const primaryKeyOf = (parts: TableParts): PrimaryKey | null => {
  const columns = parts.stored.columns.filter(({ key }) => key > 0).sort((a, b) => a.key - b.key)
  if (columns.length === 0) return null
  const [key] = written(parts.text, 'primary key')
  return {
    name: key?.name ?? null,
    parts: columns.map(({ name }) => {
      const said = key?.keyColumns.find((column) => isSameName(column.name, name))
      return keyPart(parts, name, said?.collation, said?.order === 'DESC')
    }),
    include: [],
    deferrable: null,
    onConflict: key?.onConflict ?? null,
  }
}

/** Whether the rows of the key are numbered by AUTOINCREMENT. */
export const isAutoincrement = ({ text }: TableParts): boolean =>
  written(text, 'primary key').some((key) => key.isAutoincrement === true)

const isOn = (key: WrittenKey, index: StoredIndex): boolean =>
  key.keyColumns.length === index.parts.length &&
  key.keyColumns.every(
    ({ name, collation }, place) =>
      isSameName(name, index.parts[place]?.column ?? '') &&
      (collation === undefined || isSameName(collation, index.parts[place]?.collation ?? '')),
  )

/** Unique constraints, each by the index that SQLite has made for it; one that says what another said has none. */
export const uniquesOf = (parts: TableParts): readonly UniqueConstraint[] => {
  const keys = written(parts.text, 'unique')
  return parts.stored.indexes
    .filter(({ origin }) => origin === 'u')
    .map((index) => {
      const key = keys.find((one) => isOn(one, index))
      return {
        name: key?.name ?? null,
        parts: index.parts.map(({ column, collation, isDescending }) =>
          keyPart(parts, column ?? '', collation, isDescending === 1),
        ),
        include: [],
        nullsDistinct: true,
        deferrable: null,
        onConflict: key?.onConflict ?? null,
      }
    })
}

/** What CREATE INDEX has made. */
export const indexesOf = (parts: TableParts, indexTexts: ReadonlyMap<string, string>): readonly Index[] =>
  parts.stored.indexes
    .filter(({ origin }) => origin === 'c')
    .map((index) => {
      const sql = indexTexts.get(index.name) ?? ''
      const isMore = index.parts.some(({ column }) => column === null) || /\bWHERE\b/i.test(sql)
      const text = isMore ? parseCreateIndex(sql) : undefined
      return {
        name: index.name,
        parts: index.parts.map(({ column, collation, isDescending }, place) => {
          const order = {
            direction: isDescending === 1 ? 'desc' : 'asc',
            nulls: null,
            operatorClass: null,
            prefixLength: null,
          } as const
          if (column !== null)
            return { kind: 'column', column, ...order, collation: partCollation(parts, column, collation) }
          const own = canonicalCollation(collation)
          const expression = printed(parts, text?.parts[place] ?? '')
          return { kind: 'expression', expression, ...order, collation: own === 'BINARY' ? null : own }
        }),
        unique: index.unique === 1,
        nullsDistinct: true,
        where: text?.where == null ? null : printed(parts, text.where),
        method: 'btree',
        include: [],
        storage: [],
        comment: null,
        isUsed: true,
      }
    })

const deferrableOf = (reference: Reference | undefined): Deferrable | null => {
  if (reference?.deferrable !== 'DEFERRABLE') return null
  return reference.initially === 'DEFERRED' ? 'deferred' : 'immediate'
}

const matchOf = (reference: Reference | undefined): ForeignKeyConstraint['match'] => {
  const match = reference?.match?.toLowerCase()
  return match === 'full' || match === 'partial' ? match : 'simple'
}

/**
 * Keys to other tables. The pragma has them in the reverse of the order in which they were written.
 *
 * @param find - A table of this database by name, whatever its case.
 */
export const foreignKeysOf = (
  { stored, text }: TableParts,
  find: (name: string) => StoredTable | undefined,
): readonly ForeignKeyConstraint[] => {
  const byId = new Map<number, StoredKey[]>()
  for (const row of stored.keys) byId.set(row.id, [...(byId.get(row.id) ?? []), row])
  const keys = written(text, 'foreign key')
  const isMatched = keys.length === byId.size
  return [...byId].map(([id, rows]) => {
    const key = isMatched ? keys[keys.length - 1 - id] : undefined
    const targetName = rows[0]?.table ?? ''
    const target = find(targetName)
    const primary = (target?.columns ?? [])
      .filter((column) => column.key > 0)
      .sort((a, b) => a.key - b.key)
      .map(({ name }) => name)
    // The pragma has them as the key was written, whatever the case of the column's own name.
    const ownName = (written: string): string =>
      target?.columns.find(({ name }) => isSameName(name, written))?.name ?? written
    const named = rows.flatMap(({ to }) => (to === null ? [] : [ownName(to)]))
    return {
      name: key?.name ?? null,
      columns: rows.map(({ from }) => from),
      target: { schema: null, name: target?.name ?? targetName },
      targetColumns: named.length === 0 ? primary : named,
      match: matchOf(key?.references),
      onDelete: (rows[0]?.onDelete ?? 'NO ACTION') as KeyAction,
      onUpdate: (rows[0]?.onUpdate ?? 'NO ACTION') as KeyAction,
      onDeleteColumns: [],
      deferrable: deferrableOf(key?.references),
      validated: true,
    }
  })
}

/** Checks of the table and of its columns, which are the same to SQLite. */
export const checksOf = (parts: TableParts): readonly CheckConstraint[] =>
  written(parts.text, 'check').map(({ name = null, expression = '' }) => ({
    name,
    expression: printed(parts, expression),
    column: null,
    noInherit: false,
    validated: true,
  }))
