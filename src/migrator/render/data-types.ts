import { type Code, type CodeItem, item } from './layout.js'

/** Renders a value that is part of a data type. */
export type RenderPart = (value: unknown) => Code

type Options = Readonly<Record<string, unknown>>

/** Names of `DataTypes`, with those options that stand in order as arguments. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  STRING: ['length'],
  CHAR: ['length'],
  TEXT: ['length'],
  BLOB: ['length'],
  DATE: ['length'],
  FLOAT: ['length', 'decimals'],
  REAL: ['length', 'decimals'],
  DOUBLE: ['length', 'decimals'],
  DECIMAL: ['precision', 'scale'],
  ARRAY: ['type'],
  RANGE: ['subtype'],
  GEOMETRY: ['type', 'srid'],
  GEOGRAPHY: ['type', 'srid'],
  ENUM: ['values'],
  VIRTUAL: ['returnType', 'fields'],
  ...Object.fromEntries(
    [
      // Their types take options alone, no numbers.
      ...['NUMBER', 'TINYINT', 'SMALLINT', 'MEDIUMINT', 'INTEGER', 'BIGINT'],
      ...['ABSTRACT', 'BOOLEAN', 'TIME', 'DATEONLY', 'NOW', 'UUID', 'UUIDV1', 'UUIDV4'],
      ...['HSTORE', 'JSON', 'JSONB', 'CIDR', 'INET', 'MACADDR', 'CITEXT', 'TSVECTOR'],
    ].map((name) => [name, []]),
  ),
}

/** Options that are written behind, as in `DataTypes.INTEGER.UNSIGNED`. */
const SUFFIXES: Readonly<Record<string, string>> = {
  binary: 'BINARY',
  unsigned: 'UNSIGNED',
  zerofill: 'ZEROFILL',
}

/**
 * A data type of Sequelize's as source, such as `DataTypes.STRING(40)`: a class, or an instance, of the general types or
 * of an engine's. Told by shape: the host may have another copy of Sequelize.
 *
 * @param value - Anything.
 * @param part - Renders what is inside of it.
 * @returns Undefined for anything else, and for types that `DataTypes` has no name for.
 */
export const renderDataType = (value: unknown, part: RenderPart): Code | undefined => {
  const name = nameOf(value)
  const order = name === undefined ? undefined : ARGUMENTS[name]
  if (name === undefined || order === undefined) return undefined
  const type = `DataTypes.${name}`
  if (typeof value === 'function') return type
  const instance = value as Options
  if (name === 'ENUM') return renderEnum(type, instance, part)
  if (name === 'VIRTUAL') return renderVirtual(type, instance, part)
  const given = isRecord(instance['options']) ? instance['options'] : {}
  const isGiven = (option: string): boolean => given[option] !== undefined && given[option] !== ''
  const isOn = (option: string): boolean => given[option] === true
  const inOrder = order.slice(0, order.findLastIndex(isGiven) + 1)
  const others = Object.keys(given).filter(
    (key) => isGiven(key) && !(key in SUFFIXES) && !inOrder.includes(key),
  )
  const behind = Object.entries(SUFFIXES).flatMap(([option, suffix]) => (isOn(option) ? [`.${suffix}`] : []))
  if (others.length > 0 || !inOrder.every(isGiven)) {
    const options = Object.entries(given).filter(([key]) => isGiven(key) && !(key in SUFFIXES))
    return call(type, [item(part(Object.fromEntries(options)))], behind.join(''))
  }
  if (inOrder.length > 0)
    return call(
      type,
      inOrder.map((option) => item(part(given[option]))),
      behind.join(''),
    )
  // The types know it of an instance alone.
  return isOn('binary') ? call(type, [item(part({ binary: true }))]) : type + behind.join('')
}

const renderVirtual = (type: string, { returnType, fields }: Options, part: RenderPart): Code => {
  const given = fields !== undefined ? [returnType, fields] : returnType !== undefined ? [returnType] : []
  return given.length === 0
    ? type
    : call(
        type,
        given.map((one) => item(part(one))),
      )
}

const renderEnum = (type: string, { values }: Options, part: RenderPart): Code =>
  call(type, Array.isArray(values) ? values.map((value) => item(part(value))) : [])

const call = (type: string, items: readonly CodeItem[], behind = ''): Code => ({
  open: `${type}(`,
  items,
  close: `)${behind}`,
  isCall: true,
})

/** The member of `DataTypes`: every type carries it as its `key`, also those that an engine puts in its place. */
const nameOf = (value: unknown): string | undefined => {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined
  const { key } = value as { readonly key?: unknown }
  const shape: unknown = typeof value === 'function' ? value.prototype : value
  if (typeof key !== 'string' || !isRecord(shape) || typeof shape['toSql'] !== 'function') return undefined
  return key === 'DOUBLE PRECISION' ? 'DOUBLE' : key
}

const isRecord = (value: unknown): value is Options => typeof value === 'object' && value !== null
