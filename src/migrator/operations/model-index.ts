import type { ModelIndex } from '../schema/model-table.js'

/** A part of an index that is a column and nothing unusual. */
export interface PlainPart {
  readonly name: string
  readonly direction: 'asc' | 'desc'
  readonly collate: string | undefined
  /** Characters that count. */
  readonly length: number | undefined
}

const PART_OPTIONS: ReadonlySet<string> = new Set(['name', 'order', 'collate', 'length'])

const partOf = (field: unknown): PlainPart | undefined => {
  if (typeof field === 'string')
    return { name: field, direction: 'asc', collate: undefined, length: undefined }
  if (typeof field !== 'object' || field === null) return undefined
  const { name, order, collate, length } = field as Readonly<Record<string, unknown>>
  const direction =
    order === undefined || order === null || order === ''
      ? 'asc'
      : ({ asc: 'asc', desc: 'desc' } as const)[String(order).toLowerCase()]
  if (Object.keys(field).some((key) => !PART_OPTIONS.has(key))) return undefined
  if (typeof name !== 'string' || direction === undefined) return undefined
  return {
    name,
    direction,
    collate: typeof collate === 'string' && collate !== '' ? collate : undefined,
    length: typeof length === 'number' ? length : undefined,
  }
}

/** The parts of an index that has columns of its table and no expressions; undefined for any other. */
export const plainParts = (
  index: ModelIndex,
  columns: ReadonlySet<string>,
): readonly PlainPart[] | undefined => {
  const parts = (index.options['fields'] as readonly unknown[]).map(partOf)
  const plain = parts.filter((part) => part !== undefined && columns.has(part.name))
  return plain.length === parts.length ? plain.filter((part) => part !== undefined) : undefined
}
