import type { Sequelize } from 'sequelize'
import { type Attribute, allInOrder, literal } from '../../operations/call-parts.js'
import { type OpCall, opCall, sqlCall } from '../../operations/op-call.js'
import type { TableConstraint } from '../../operations/operation.js'
import type { ForeignKeyConstraint, Index, QualifiedName, Table } from '../../schema/schema.js'
import { actionsOf, attributeOf, isImplied, isPlainKey, isPlainName } from './attributes.js'
import { addForeignKeySql, alterTable, constraintSql, createTableSql, indexSql } from './ddl.js'

/** A table with all that hangs on it. */
export const createTableCalls = (table: Table, sequelize: Sequelize): readonly OpCall[] => {
  const spoken = attributesOf(table, sequelize)
  if (spoken === undefined)
    return [
      sqlCall(createTableSql(table)),
      ...table.foreignKeys.map((key) => sqlCall(addForeignKeySql(table, key))),
    ]
  const { attributes, keys, indexes, options } = spoken
  return [
    opCall('createTable', table.name, attributes, options),
    ...indexes.map((index) => addIndexCall(table, index, sequelize)),
    ...keys.map((value) => addConstraintCall(table, { type: 'foreign key', value }, sequelize)),
  ]
}

interface Spoken {
  readonly attributes: Attribute
  readonly options: Attribute
  /** What the attributes do not say, in the order in which it is to be made. */
  readonly indexes: readonly Index[]
  readonly keys: readonly ForeignKeyConstraint[]
}

const attributesOf = (table: Table, sequelize: Sequelize): Spoken | undefined => {
  const { name, primaryKey, comment } = table
  const { engine, collation, createOptions, systemVersioned } = table.options
  const rowFormat = createOptions === undefined ? undefined : /^row_format=(\w+)$/iu.exec(createOptions)?.[1]
  const keyColumns = primaryKey?.parts.map(({ column }) => column) ?? []
  const isPlain =
    isPlainName(name) &&
    !systemVersioned &&
    (createOptions === undefined || rowFormat !== undefined) &&
    hasUsualKey(table) &&
    table.checks.every((check) => check.column === null)
  if (!isPlain) return undefined
  const attributes: Record<string, Attribute> = {}
  for (const column of table.columns) {
    const { allowNull, ...others } = attributeOf(column, collation, sequelize)
    const isKey = keyColumns.includes(column.name)
    attributes[column.name] = {
      ...others,
      ...(isKey ? { primaryKey: true } : allowNull === undefined ? {} : { allowNull }),
    }
  }
  const unique = table.indexes.filter(isColumnUnique)
  for (const index of unique) attributes[index.name] = { ...attributes[index.name], unique: true }
  const inColumns = unnamedKeys(table)
  for (const key of inColumns) {
    const [column = ''] = key.columns
    attributes[column] = {
      ...attributes[column],
      references: { model: key.target.name, key: key.targetColumns[0] },
      ...actionsOf(key),
    }
  }
  const keys = table.foreignKeys.filter((key) => !inColumns.includes(key))
  const implied = [...inColumns, ...keys].flatMap((key) => {
    const named = inColumns.includes(key) ? key.columns[0] : key.name
    return table.indexes.filter((index) => index.name === named && isImplied(index, key.columns, table))
  })
  const rest = table.indexes.filter((index) => !unique.includes(index) && !implied.includes(index))
  // An index of the name that the server gives to its own comes when another has taken that one's place.
  const isNamedAsImplied = ({ name: one }: Index): boolean =>
    inColumns.some(({ columns }) => columns[0] === one)
  return {
    attributes: allInOrder(attributes),
    indexes: [...rest.filter((one) => !isNamedAsImplied(one)), ...rest.filter(isNamedAsImplied)],
    keys,
    options: {
      ...(engine === undefined || engine === 'InnoDB' ? {} : { engine }),
      ...(collation === undefined ? {} : { charset: collation.split('_')[0], collate: collation }),
      ...(rowFormat === undefined ? {} : { rowFormat }),
      ...(comment === null ? {} : { comment }),
      ...(table.checks.length === 0
        ? {}
        : { checks: table.checks.map((check) => ({ name: check.name, expression: check.expression })) }),
    },
  }
}

/** Whether attributes can say the key: whole columns in the order of the table. */
const hasUsualKey = ({ primaryKey, columns }: Table): boolean => {
  if (primaryKey === null) return columns.every(({ autoIncrement }) => autoIncrement === null)
  const { parts } = primaryKey
  const names = parts.map(({ column }) => column)
  const order = Object.keys(Object.fromEntries(columns.map(({ name }) => [name, true])))
  const isNumberedFirst = columns.every(
    ({ name, autoIncrement }) => autoIncrement === null || names[0] === name,
  )
  return (
    isNumberedFirst &&
    parts.every(({ direction, prefixLength }) => direction === 'asc' && prefixLength === null) &&
    JSON.stringify(order.filter((name) => names.includes(name))) === JSON.stringify(names)
  )
}

/** A unique index as `unique: true` makes it. */
const isColumnUnique = ({ name, unique, parts, method, comment, isUsed }: Index): boolean => {
  const [part, ...others] = parts
  return (
    unique &&
    others.length === 0 &&
    part?.kind === 'column' &&
    part.column === name &&
    part.prefixLength === null &&
    part.direction === 'asc' &&
    method === 'btree' &&
    comment === null &&
    isUsed
  )
}

/** Of a table, so that the names of its keys have room for a number. */
const LONGEST_NUMBERED = 64 - '_ibfk_999'.length

/** Keys that the server would give the names that they have, when they stand in their columns. */
const unnamedKeys = (table: Table): readonly ForeignKeyConstraint[] => {
  // Longer ones are named by `op`, which cannot leave it to the server.
  if (table.name.length > LONGEST_NUMBERED) return []
  const found: ForeignKeyConstraint[] = []
  const order = Object.keys(Object.fromEntries(table.columns.map(({ name }) => [name, true])))
  for (const column of order) {
    const key = table.foreignKeys.find(
      (one) =>
        one.columns.length === 1 &&
        one.columns[0] === column &&
        one.name === `${table.name}_ibfk_${found.length + 1}` &&
        isPlainKey(one),
    )
    if (key !== undefined) found.push(key)
  }
  return found
}

/** Adds a constraint of the table: as Sequelize says it, or by its statement. */
export const addConstraintCall = (
  table: QualifiedName,
  constraint: TableConstraint,
  sequelize: Sequelize,
): OpCall => {
  const options = isPlainName(table.name) ? constraintOptions(constraint, sequelize) : undefined
  return options === undefined
    ? sqlCall(`${alterTable(table)} ADD ${constraintSql(constraint)}`)
    : opCall('addConstraint', table.name, options)
}

const constraintOptions = ({ type, value }: TableConstraint, sequelize: Sequelize): Attribute | undefined => {
  if (value.name !== null && !isPlainName(value.name)) return undefined
  if (type === 'check')
    return value.name === null
      ? undefined
      : { type, fields: [], name: value.name, where: literal(sequelize, value.expression) }
  if (type === 'primary key') {
    const fields = value.parts.map(({ column }) => column)
    const isPlain = value.parts.every(
      ({ direction, prefixLength }) => direction === 'asc' && prefixLength === null,
    )
    return isPlain && fields.every(isPlainName) ? { type, fields } : undefined
  }
  if (type !== 'foreign key' || !isPlainKey(value)) return undefined
  const [field, ...others] = value.targetColumns
  const references = {
    table: value.target.name,
    ...(others.length === 0 ? { field } : { fields: value.targetColumns }),
  }
  return { type, fields: value.columns, name: value.name, references, ...actionsOf(value) }
}

/** Makes an index: as Sequelize says it, or by its statement. */
export const addIndexCall = (table: QualifiedName, index: Index, sequelize: Sequelize): OpCall => {
  const { name, parts, unique, method, comment, isUsed } = index
  const kind = method === 'rtree' ? 'spatial' : method
  const isPlain =
    [table.name, name].every(isPlainName) &&
    isUsed &&
    parts.every((part) => part.kind === 'expression' || isPlainName(part.column))
  if (!isPlain) return sqlCall(`${alterTable(table)} ADD ${indexSql(index)}`)
  const fields = parts.map((part) => {
    const { direction, prefixLength } = part
    const order = direction === 'desc' ? { order: 'DESC' } : {}
    if (part.kind === 'expression')
      return literal(sequelize, `(${part.expression})${direction === 'desc' ? ' DESC' : ''}`)
    if (direction === 'asc' && prefixLength === null) return part.column
    return { name: part.column, ...(prefixLength === null ? {} : { length: prefixLength }), ...order }
  })
  return opCall('addIndex', table.name, fields, {
    name,
    ...(unique ? { unique } : {}),
    ...(kind === 'fulltext' || kind === 'spatial' ? { type: kind.toUpperCase() } : {}),
    ...(kind === 'hash' ? { using: 'HASH' } : {}),
    ...(comment === null ? {} : { comment }),
  })
}
