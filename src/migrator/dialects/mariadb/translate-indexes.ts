import { type PlainPart, plainParts } from '../../operations/model-index.js'
import type { ModelIndex, ModelTable, ModelUnique } from '../../schema/model-table.js'
import type { ForeignKeyConstraint, Index } from '../../schema/schema.js'
import type { PrintedType } from './translate-type.js'

/** What the indexes of a table come from. */
export interface IndexSources {
  readonly model: ModelTable
  /** Columns of the primary key. */
  readonly key: readonly string[]
  /** Columns that say UNIQUE in their own definitions. */
  readonly inline: readonly string[]
  readonly uniques: readonly ModelUnique[]
  readonly foreignKeys: readonly ForeignKeyConstraint[]
  readonly types: ReadonlyMap<string, PrintedType>
}

const KNOWN_OPTIONS: ReadonlySet<string> = new Set([
  ...['fields', 'name', 'type', 'parser', 'unique', 'using', 'concurrently', 'msg'],
])

/** More than that a unique constraint becomes one of hashes, and an index is cut or refused. */
const MOST_BYTES = 3_072

const whole = (name: string): PlainPart => ({
  name,
  direction: 'asc',
  collate: undefined,
  length: undefined,
})

const indexOf = (name: string, unique: boolean, parts: readonly PlainPart[]): Index => ({
  name,
  parts: parts.map((part) => ({
    kind: 'column',
    column: part.name,
    direction: part.direction,
    nulls: null,
    collation: null,
    operatorClass: null,
    prefixLength: part.length ?? null,
  })),
  unique,
  nullsDistinct: true,
  where: null,
  method: 'btree',
  include: [],
  storage: [],
  comment: null,
  isUsed: true,
})

const created = (index: ModelIndex, types: IndexSources['types']): Index | undefined => {
  const { type, using, parser, unique } = index.options
  if (Object.keys(index.options).some((key) => !KNOWN_OPTIONS.has(key))) return undefined
  if (type || parser || (using && String(using).toUpperCase() !== 'BTREE') || index.name.includes('.'))
    return undefined
  const parts = plainParts(index, new Set(types.keys()))
  // A part of a text counts in characters, which may be all of them.
  const isPlain = parts?.every(({ name, length, collate }) => {
    const [, longest] = /^(?:var)?char\((\d+)\)$/u.exec(types.get(name)?.text ?? '') ?? []
    return collate === undefined && (length === undefined || length < Number(longest ?? 0))
  })
  return parts === undefined || isPlain !== true ? undefined : indexOf(index.name, unique === true, parts)
}

const bytesOf = ({ parts }: Index, types: IndexSources['types']): number =>
  parts.reduce((sum, part) => {
    if (part.kind !== 'column') return Number.NaN
    return (
      sum +
      (part.prefixLength === null
        ? (types.get(part.column)?.indexBytes ?? Number.NaN)
        : part.prefixLength * 4)
    )
  }, 0)

/** The indexes of a table, those that its keys make too; undefined where only the server can tell. */
export const translateIndexes = (sources: IndexSources): readonly Index[] | undefined => {
  const { model, key, inline, uniques, foreignKeys, types } = sources
  const own = model.indexes.map((index) => created(index, types))
  const known = own.filter((index) => index !== undefined)
  if (known.length < own.length) return undefined
  const said = [
    ...inline.map((name) => indexOf(name, true, [whole(name)])),
    ...uniques.map(({ name, columns }) => indexOf(name, true, columns.map(whole))),
    ...known,
  ]
  // A key makes itself an index where none begins with its column, and lets go of it when one comes.
  const starts = [...said.map(({ parts }) => parts[0])]
  const implied = foreignKeys.flatMap(({ columns: [column = ''] }) => {
    const isServed =
      key[0] === column || starts.some((part) => part?.kind === 'column' && part.column === column)
    return isServed ? [] : [indexOf(column, false, [whole(column)])]
  })
  const isServedOddly = foreignKeys.some(({ columns: [column] }) =>
    starts.some(
      (part) =>
        part?.kind === 'column' &&
        part.column === column &&
        (part.direction === 'desc' || part.prefixLength !== null),
    ),
  )
  const all = [...said, ...implied]
  const names = new Set(all.map(({ name }) => name.toLowerCase()))
  const keyBytes = bytesOf(indexOf('', true, key.map(whole)), types)
  const areShort = [...all.map((index) => bytesOf(index, types)), keyBytes].every(
    (bytes) => bytes <= MOST_BYTES,
  )
  return isServedOddly || names.size < all.length || names.has('primary') || !areShort ? undefined : all
}
