import type { CallContext } from '../../dialect-autogenerate.js'
import { type Attribute, allInOrder, literal, tableArgument } from '../../operations/call-parts.js'
import { type OpCall, opCall, sqlCall } from '../../operations/op-call.js'
import type { TableConstraint } from '../../operations/operation.js'
import type {
  CheckConstraint,
  EnumType,
  Index,
  IndexedExpression,
  QualifiedName,
  Schema,
  Table,
} from '../../schema/schema.js'
import {
  attributeOf,
  impliedEnum,
  isPlainKey,
  isPlainName,
  isPlainTableName,
  plainCollation,
  quotesNames,
  referenceOf,
} from './attributes.js'
import {
  addConstraintSql,
  commentSql,
  commentsSql,
  createIndexSql,
  indexPartSql,
  indexTarget,
  tableSql,
} from './ddl.js'

/** Whether Sequelize's methods can be given the table. */
export const isPlainTable = (table: QualifiedName, context: CallContext): boolean =>
  quotesNames(context) && isPlainTableName(table)

/**
 * The enum types that come with the columns of a table, as Sequelize makes them.
 *
 * @param after - The schema in which they are used.
 */
export const enumsOf = (table: Table, after: Schema): readonly EnumType[] =>
  table.columns.flatMap((column) => impliedEnum(table, column, after) ?? [])

/**
 * A table with all that hangs on it.
 *
 * @param made - The enum types that are not there yet and come with the table.
 */
export const createTableCalls = (
  table: Table,
  context: CallContext,
  made: readonly EnumType[],
): readonly OpCall[] => {
  const spoken = attributesOf(table, context, made)
  const indexes = table.indexes.flatMap((index) => addIndexCalls(table, index, context))
  if (spoken === undefined) {
    const keys = table.foreignKeys.map((value) => addConstraintSql(table, { type: 'foreign key', value }))
    return [...[...tableSql(table), ...keys, ...commentsSql(table, false)].map(sqlCall), ...indexes]
  }
  const { attributes, rest } = spoken
  const checks = table.checks.filter(isPlainCheck)
  const options = {
    ...(table.comment === null ? {} : { comment: table.comment }),
    ...(checks.length === 0 ? {} : { checks: checks.map(({ name, expression }) => ({ name, expression })) }),
  }
  return [
    opCall(
      'createTable',
      tableArgument(table),
      attributes,
      ...(Object.keys(options).length === 0 ? [] : [options]),
    ),
    ...rest.map((constraint) => addConstraintCall(table, constraint, context)),
    ...indexes,
  ]
}

const isPlainCheck = (check: CheckConstraint): boolean =>
  check.name !== null && !check.noInherit && check.validated

interface Spoken {
  readonly attributes: Attribute
  /** Constraints that the attributes do not say. */
  readonly rest: readonly TableConstraint[]
}

const attributesOf = (table: Table, context: CallContext, made: readonly EnumType[]): Spoken | undefined => {
  if (!isPlainTable(table, context) || Object.keys(table.options).length > 0) return undefined
  const key = table.primaryKey
  const isKeySaid = hasUsualKey(table)
  const rest: TableConstraint[] = []
  if (key !== null && !isKeySaid) rest.push({ type: 'primary key', value: key })
  const attributes: Record<string, Attribute> = {}
  for (const column of table.columns) {
    const enumType = made.find((one) => isPlainEnumOf(one, column.enumType))
    const attribute = attributeOf(column, context, enumType)
    if (attribute === undefined) return undefined
    const isKey = isKeySaid && key?.parts.some((part) => part.column === column.name) === true
    // A column of the key is required anyway.
    const { allowNull, ...others } = attribute
    attributes[column.name] = {
      ...others,
      ...(isKey ? { primaryKey: true } : allowNull === undefined ? {} : { allowNull }),
    }
  }
  for (const value of table.uniques) {
    const [part, ...more] = value.parts
    const isUsual =
      part !== undefined &&
      more.length === 0 &&
      value.name === `${table.name}_${part.column}_key` &&
      isPlainName(value.name) &&
      isUsualUnique(value)
    if (isUsual) attributes[part.column] = { ...attributes[part.column], unique: true }
    else rest.push({ type: 'unique', value })
  }
  for (const value of table.foreignKeys) {
    const [column = ''] = value.columns
    const reference = attributes[column]?.['references'] === undefined ? referenceOf(table, value) : undefined
    if (reference === undefined) rest.push({ type: 'foreign key', value })
    else attributes[column] = { ...attributes[column], ...reference }
  }
  rest.push(...table.exclusions.map((value) => ({ type: 'exclusion', value }) as const))
  for (const value of table.checks) if (!isPlainCheck(value)) rest.push({ type: 'check', value })
  return { attributes: allInOrder(attributes), rest }
}

const isPlainEnumOf = (one: EnumType, name: QualifiedName | null): boolean =>
  name !== null && one.schema === name.schema && one.name === name.name

const isUsualUnique = (value: {
  readonly include: readonly string[]
  readonly nullsDistinct?: boolean
  readonly deferrable: unknown
}): boolean => value.include.length === 0 && value.nullsDistinct !== false && value.deferrable === null

/** Whether the primary key is the one that attributes say: by its name, and in the order of the columns. */
const hasUsualKey = ({ name, primaryKey, columns }: Table): boolean => {
  if (primaryKey === null) return false
  const names = primaryKey.parts.map(({ column }) => column)
  const inOrder = Object.keys(Object.fromEntries(columns.map((column) => [column.name, true]))).filter(
    (column) => names.includes(column),
  )
  return (
    primaryKey.name === `${name}_pkey` &&
    isPlainName(primaryKey.name) &&
    isUsualUnique(primaryKey) &&
    JSON.stringify(inOrder) === JSON.stringify(names)
  )
}

/** Adds a constraint: as Sequelize says it, or by its statement. */
export const addConstraintCall = (
  table: QualifiedName,
  constraint: TableConstraint,
  context: CallContext,
): OpCall => {
  const options = isPlainTable(table, context) ? constraintOptions(constraint, context) : undefined
  return options === undefined
    ? sqlCall(addConstraintSql(table, constraint))
    : opCall('addConstraint', tableArgument(table), options)
}

const constraintOptions = (
  { type, value }: TableConstraint,
  { sequelize }: CallContext,
): Attribute | undefined => {
  const { name } = value
  if (name === null || !isPlainName(name)) return undefined
  switch (type) {
    case 'primary key':
    case 'unique': {
      const fields = value.parts.map(({ column }) => column)
      return isUsualUnique(value) && fields.every(isPlainName) ? { type, fields, name } : undefined
    }
    case 'check':
      return value.noInherit
        ? undefined
        : {
            type,
            fields: [],
            name,
            where: literal(sequelize, value.expression),
            ...(value.validated ? {} : { notValid: true }),
          }
    case 'foreign key': {
      if (!isPlainKey({ ...value, validated: true })) return undefined
      const [field, ...others] = value.targetColumns
      const references = {
        table: tableArgument(value.target),
        ...(others.length === 0 ? { field } : { fields: value.targetColumns }),
      }
      return {
        ...{ type, fields: value.columns, name, references },
        onDelete: value.onDelete,
        onUpdate: value.onUpdate,
        ...(value.validated ? {} : { notValid: true }),
      }
    }
    case 'exclusion':
      return undefined
  }
}

/** Makes an index: as Sequelize says it, or by its statement. */
export const addIndexCalls = (
  table: QualifiedName,
  index: Index,
  context: CallContext,
): readonly OpCall[] => {
  const { comment } = index
  return [
    plainIndex(table, index, context) ?? sqlCall(createIndexSql(table, index)),
    ...(comment === null ? [] : [sqlCall(commentSql(indexTarget(table, index.name), comment))]),
  ]
}

const plainIndex = (table: QualifiedName, index: Index, context: CallContext): OpCall | undefined => {
  const { name, parts, unique, where, method, include, storage } = index
  const isPlain = isPlainTable(table, context) && isPlainName(name) && /^\w+$/u.test(method)
  if (!isPlain) return undefined
  const fields = parts.map((part) => {
    const { direction, nulls, collation, operatorClass } = part
    const isUsual = nulls === null || nulls === (direction === 'asc' ? 'last' : 'first')
    if (part.kind === 'expression') return literal(context.sequelize, expressionSql(part, isUsual))
    if (direction === 'asc' && isUsual && collation === null && operatorClass === null) return part.column
    return {
      name: part.column,
      ...(collation === null ? {} : { collate: plainCollation(collation) }),
      ...(operatorClass === null ? {} : { operator: operatorClass }),
      ...(direction === 'desc' ? { order: 'DESC' } : {}),
      ...(isUsual ? {} : { nulls: nulls.toUpperCase() }),
    }
  })
  return opCall('addIndex', tableArgument(table), fields, {
    name,
    ...(unique ? { unique } : {}),
    ...(index.nullsDistinct ? {} : { nullsNotDistinct: true }),
    ...(method === 'btree' ? {} : { using: method }),
    ...(include.length === 0 ? {} : { include }),
    ...(storage.length === 0 ? {} : { storage }),
    ...(where === null ? {} : { where: literal(context.sequelize, where) }),
  })
}

/** An expression with its order, where that is not the usual one. */
const expressionSql = (part: IndexedExpression, isUsual: boolean): string => {
  const { expression, direction, collation, operatorClass } = part
  const isBare = direction === 'asc' && isUsual && collation === null && operatorClass === null
  // A call of a function needs no brackets of its own.
  if (isBare && /^\w+\(.*\)$/su.test(expression)) return expression
  if (!isUsual) return indexPartSql(part)
  const start = indexPartSql({ ...part, nulls: null })
  return direction === 'desc' ? `${start} DESC` : start
}
