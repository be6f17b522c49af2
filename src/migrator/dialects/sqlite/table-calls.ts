import type { Sequelize } from 'sequelize'
import { type Attribute, allInOrder, literal } from '../../operations/call-parts.js'
import { type OpCall, opCall, sqlCall } from '../../operations/op-call.js'
import type { Index, Table, UniqueConstraint } from '../../schema/schema.js'
import {
  actionsOf,
  attributeOf,
  isPlainKey,
  isPlainName,
  isPlainReference,
  referenceOf,
} from './attributes.js'
import { createIndexSql, createTableSql, indexPartSql } from './ddl.js'
import { looksBoolean } from './defaults.js'

/** A table with all that hangs on it. */
export const createTableCalls = (table: Table, sequelize: Sequelize): readonly OpCall[] => {
  const spoken = attributesOf(table, sequelize)
  const { attributes, options, named } = spoken ?? { attributes: {}, options: {}, named: [] }
  return [
    spoken === undefined
      ? sqlCall(createTableSql(table))
      : opCall(
          'createTable',
          table.name,
          attributes,
          ...(Object.keys(options).length === 0 ? [] : [options]),
        ),
    ...named.map((one) =>
      opCall('addConstraint', table.name, {
        type: 'unique',
        fields: one.parts.map(({ column }) => column),
        name: one.name,
      }),
    ),
    ...table.indexes.map((index) => addIndexCall(table.name, index, sequelize)),
  ]
}

interface Spoken {
  readonly attributes: Attribute
  readonly options: Attribute
  /** Unique constraints that Sequelize's `createTable` would give no name. */
  readonly named: readonly UniqueConstraint[]
}

const attributesOf = (table: Table, sequelize: Sequelize): Spoken | undefined => {
  const keyColumns = table.primaryKey?.parts.map(({ column }) => column) ?? []
  if (!isPlainName(table.name) || Object.keys(table.options).length > 0 || !hasUsualKey(table))
    return undefined
  const attributes: Record<string, Attribute> = {}
  for (const column of table.columns) {
    const attribute = isPlainName(column.name) ? attributeOf(column, sequelize) : undefined
    if (attribute === undefined || saysKey(attribute)) return undefined
    attributes[column.name] = {
      ...attribute,
      ...(keyColumns.includes(column.name) ? { primaryKey: true } : {}),
      ...(column.autoIncrement === null ? {} : { autoIncrement: true }),
    }
  }
  const keys: Attribute[] = []
  for (const key of table.foreignKeys) {
    const [column = ''] = key.columns
    const reference = attributes[column]?.['references'] === undefined ? referenceOf(key) : undefined
    const { name, columns, target, targetColumns } = key
    if (reference !== undefined) attributes[column] = { ...attributes[column], ...reference }
    else if (name !== null && isPlainReference(key))
      keys.push({
        name,
        columns,
        references: { table: target.name, columns: targetColumns },
        ...actionsOf(key),
      })
    else return undefined
  }
  const uniqueKeys: Record<string, Attribute> = {}
  for (const one of table.uniques) {
    const fields = one.parts.map(({ column }) => column)
    const [column = '', ...others] = fields
    if (!isPlainKey(one)) return undefined
    if (one.name !== null) continue
    if (others.length > 0) uniqueKeys[[table.name, ...fields].join('_')] = { fields }
    // In a numbered or other whole number key Sequelize writes nothing but the key.
    else if (keyColumns.length === 1 && keyColumns[0] === column) return undefined
    else attributes[column] = { ...attributes[column], unique: true }
  }
  const checks: Attribute[] = []
  for (const { name, expression } of table.checks) {
    if (name === null || looksBoolean(expression)) return undefined
    checks.push({ name, expression })
  }
  return {
    attributes: allInOrder(attributes),
    options: {
      ...(Object.keys(uniqueKeys).length === 0 ? {} : { uniqueKeys }),
      ...(checks.length === 0 ? {} : { checks }),
      ...(keys.length === 0 ? {} : { foreignKeys: keys }),
    },
    named: table.uniques.filter(({ name }) => name !== null),
  }
}

/** Sequelize looks for these words in all that it has written of a column. */
const saysKey = ({ type, defaultValue }: Attribute): boolean =>
  [type, defaultValue, (defaultValue as { val?: unknown } | undefined)?.val].some(
    (text) => typeof text === 'string' && /PRIMARY KEY|AUTOINCREMENT|REFERENCES/u.test(text),
  )

/** Whether attributes can say the primary key. */
const hasUsualKey = ({ primaryKey, columns }: Table): boolean => {
  if (primaryKey === null) return true
  const names = primaryKey.parts.map(({ column }) => column)
  const order = Object.keys(Object.fromEntries(columns.map(({ name }) => [name, true])))
  const found = columns.filter(({ name }) => names.includes(name))
  if (primaryKey.name !== null || !isPlainKey(primaryKey)) return false
  if (JSON.stringify(order.filter((name) => names.includes(name))) !== JSON.stringify(names)) return false
  const [first] = found
  if (found.length > 1)
    // Sequelize makes the columns of a key required, and the word for it is looked for in the whole definition.
    return found.every(({ nullable, autoIncrement }) => !nullable && autoIncrement === null)
  // Of a whole number Sequelize writes nothing but `INTEGER PRIMARY KEY`.
  const text = [first?.type, first?.default, first?.generated?.expression, first?.collation].join(' ')
  return text.includes('INT')
    ? first?.type === 'INTEGER' &&
        first.nullable &&
        first.default === null &&
        first.collation === null &&
        first.generated === null
    : first?.autoIncrement === null
}

/** Makes an index: as Sequelize says it, or by its statement. */
export const addIndexCall = (table: string, index: Index, sequelize: Sequelize): OpCall => {
  const { name, parts, unique, where } = index
  const isPlain =
    [table, name].every(isPlainName) &&
    parts.every((part) => part.kind === 'expression' || isPlainName(part.column))
  if (!isPlain) return sqlCall(createIndexSql(table, index))
  const fields = parts.map((part) => {
    const { direction, collation } = part
    if (part.kind === 'expression') return literal(sequelize, indexPartSql(part))
    if (direction === 'asc' && collation === null) return part.column
    return {
      name: part.column,
      ...(collation === null ? {} : { collate: collation }),
      ...(direction === 'desc' ? { order: 'DESC' } : {}),
    }
  })
  return opCall('addIndex', table, fields, {
    name,
    ...(unique ? { unique } : {}),
    ...(where === null ? {} : { where: literal(sequelize, where) }),
  })
}
