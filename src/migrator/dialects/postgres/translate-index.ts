import { plainParts } from '../../operations/model-index.js'
import type { ModelIndex } from '../../schema/model-table.js'
import type { Column, Index } from '../../schema/schema.js'
import { printedName } from './keywords.js'

const KNOWN_OPTIONS: ReadonlySet<string> = new Set([
  ...['fields', 'name', 'type', 'parser', 'unique', 'using', 'where', 'concurrently', 'msg'],
])

/** Whether the method knows an order. */
const METHODS: Readonly<Record<string, boolean>> = { btree: true, gin: false, hash: false }

const comparedText = (name: string, type: string, value: string): string | undefined => {
  if (value.includes('\\')) return undefined
  const literal = `'${value.replaceAll("'", "''")}'::text`
  if (type === 'text') return `(${name} = ${literal})`
  return /^character varying\(\d+\)$/u.test(type) ? `((${name})::text = ${literal})` : undefined
}

/** A condition on one column as PostgreSQL prints it. */
const condition = ({ name: column, type, enumType }: Column, value: unknown): string | undefined => {
  const name = printedName(column)
  if (value === null) return `(${name} IS NULL)`
  if (enumType !== null) return undefined
  if (typeof value === 'boolean') return type === 'boolean' ? `(${name} = ${value})` : undefined
  if (typeof value === 'string') return comparedText(name, type, value)
  if (typeof value === 'number') {
    const isPlain = Number.isInteger(value) && value >= 0 && value <= 2_147_483_647
    return isPlain && /^(?:small|big)?int(?:eger)?$/u.test(type) ? `(${name} = ${value})` : undefined
  }
  if (typeof value !== 'object') return undefined
  const keys = Reflect.ownKeys(value)
  const [operator] = keys
  // The host's own `Op.ne`; symbols of that name are registered for all.
  const isNotNull =
    keys.length === 1 && operator === Symbol.for('ne') && Reflect.get(value, operator) === null
  return isNotNull ? `(${name} IS NOT NULL)` : undefined
}

const whereOf = (where: unknown, columns: readonly Column[]): string | null | undefined => {
  if (where === undefined || where === null) return null
  if (typeof where !== 'object' || Object.getPrototypeOf(where) !== Object.prototype) return undefined
  const keys = Reflect.ownKeys(where)
  const column = columns.find(({ name }) => name === keys[0])
  if (keys.length !== 1 || column === undefined) return undefined
  return condition(column, Reflect.get(where, column.name))
}

/** An index as PostgreSQL prints it; undefined for one that is not known here. */
export const translateIndex = (index: ModelIndex, columns: readonly Column[]): Index | undefined => {
  const { using, where, unique } = index.options
  if (Object.keys(index.options).some((key) => !KNOWN_OPTIONS.has(key))) return undefined
  const method = typeof using === 'string' && using !== '' ? using.toLowerCase() : 'btree'
  const isOrdered = Object.hasOwn(METHODS, method) ? METHODS[method] : undefined
  const parts = plainParts(index, new Set(columns.map(({ name }) => name)))
  const printed = whereOf(where, columns)
  if (isOrdered === undefined || parts === undefined || printed === undefined) return undefined
  if (parts.some(({ collate, direction }) => collate !== undefined || (direction === 'desc' && !isOrdered)))
    return undefined
  if (index.name.includes('.') || index.name.includes('->')) return undefined
  return {
    name: index.name,
    parts: parts.map(({ name, direction }) => ({
      kind: 'column',
      column: name,
      direction,
      nulls: isOrdered ? (direction === 'desc' ? 'first' : 'last') : null,
      collation: null,
      operatorClass: null,
      prefixLength: null,
    })),
    unique: unique === true,
    nullsDistinct: true,
    where: printed,
    method,
    include: [],
    storage: [],
    comment: null,
    isUsed: true,
  }
}
