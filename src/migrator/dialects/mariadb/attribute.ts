import type { QueryInterface } from 'sequelize'
import type { Check } from '../../operations/op.js'
import type { Generated } from '../../schema/schema.js'
import type { ColumnDefinition } from './column-definition.js'
import { quoteName, quoteText, type TableRef, tableRef } from './sql.js'

/** The key that an attribute asks for. */
export interface WantedReference {
  readonly table: TableRef
  readonly column: string
}

/** What an attribute names, as SQL; what it does not name is absent. */
export interface Wanted {
  /** The column's name, where it is not the attribute's. */
  readonly field: string | undefined
  readonly definition: Partial<ColumnDefinition>
  /** A text is the name of the constraint. */
  readonly unique: boolean | string | undefined
  readonly primaryKey: boolean | undefined
  readonly references: WantedReference | null | undefined
  readonly onDelete: string | undefined
  readonly onUpdate: string | undefined
  readonly checks: readonly Check[]
  /** ` FIRST` or ` AFTER …`, or empty. */
  readonly position: string
}

interface Generator {
  escape(value: unknown): unknown
}

// Of these Sequelize leaves the default out, since MySQL takes none.
const NO_DEFAULT: ReadonlySet<string> = new Set(['BLOB', 'TEXT', 'GEOMETRY', 'JSON'])

/**
 * Reads an attribute as a revision writes it: a type, or options. An option that is undefined is not named.
 *
 * @param isNew - The column is to be as `Model.sync` would make it, without the defaults that Sequelize leaves out.
 */
export const wantedOf = (queryInterface: QueryInterface, attribute: unknown, isNew: boolean): Wanted => {
  const given = Object.fromEntries(
    Object.entries(optionsOf(attribute)).filter(([, value]) => value !== undefined),
  )
  const { sequelize } = queryInterface as unknown as { sequelize: { normalizeAttribute(a: object): object } }
  const options = sequelize.normalizeAttribute({ ...given }) as Readonly<Record<string, unknown>>
  const { queryGenerator } = queryInterface as unknown as { queryGenerator: Generator }
  const type = typeOf(options['type'])
  const isNumbered = options['autoIncrement']
  const isKey = options['primaryKey']
  const generated = options['generated'] as Generated | null | undefined
  const definition: Partial<ColumnDefinition> = {
    ...(type !== undefined && { type }),
    ...('allowNull' in options && { nullable: options['allowNull'] !== false }),
    ...(!(isNew && takesNoDefault(options['type'], type)) &&
      defaultOf(options['defaultValue'], queryGenerator)),
    ...('comment' in options && { comment: textOf(options['comment']) }),
    ...('collation' in options && { collation: textOf(options['collation']) }),
    ...('onUpdateSql' in options && { onUpdate: textOf(options['onUpdateSql']) }),
    ...(typeof isNumbered === 'boolean' && { isNumbered }),
    ...(isNumbered === true && { default: null }),
    ...((isNumbered === true || isKey === true) && { nullable: false }),
    ...(generated !== undefined && { generated }),
    ...(generated !== undefined &&
      generated !== null && { default: null, isNumbered: false, onUpdate: null }),
  }
  return {
    field: typeof options['field'] === 'string' ? options['field'] : undefined,
    definition,
    unique: uniqueOf(options['unique']),
    primaryKey: typeof isKey === 'boolean' ? isKey : undefined,
    references: referencesOf(queryInterface, options['references']),
    onDelete: actionOf(options['onDelete']),
    onUpdate: actionOf(options['onUpdate']),
    checks: (options['checks'] as readonly Check[] | undefined) ?? [],
    position: positionOf(options),
  }
}

/** What was asked for, in one line: the same for the same asking. */
export const askedOf = ({ definition, ...rest }: Wanted): string =>
  JSON.stringify([Object.entries(definition).sort(([a], [b]) => (a < b ? -1 : 1)), rest])

const optionsOf = (attribute: unknown): Readonly<Record<string, unknown>> => {
  const isType =
    typeof attribute === 'string' ||
    typeof attribute === 'function' ||
    typeof (attribute as { toSql?: unknown } | null)?.toSql === 'function'
  return isType ? { type: attribute } : ((attribute ?? {}) as Readonly<Record<string, unknown>>)
}

const typeOf = (type: unknown): string | undefined => {
  if (type === undefined || type === null) return undefined
  const { values } = type as { readonly values?: readonly string[] }
  // Sequelize's own way of writing a value depends on what it finds in it.
  if (Array.isArray(values)) return `ENUM(${values.map((value) => quoteText(String(value))).join(', ')})`
  return (type as { toString(options: object): string }).toString({ escape: quoteText })
}

const textOf = (value: unknown): string | null =>
  value === null || value === undefined || value === '' ? null : String(value)

const defaultOf = (value: unknown, generator: Generator): { readonly default?: string | null } => {
  if (value === undefined) return {}
  if (value === null) return { default: null }
  // Functions and what makes values in JavaScript are none of the database.
  if (typeof value === 'function' || isMadeByModels(value)) return {}
  if (typeof value === 'string') return { default: quoteText(value) }
  return { default: isPlain(value) ? quoteText(JSON.stringify(value)) : String(generator.escape(value)) }
}

const isPlain = (value: unknown): boolean =>
  Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype

const takesNoDefault = (type: unknown, sql: string | undefined): boolean =>
  typeof type !== 'string' &&
  (NO_DEFAULT.has(sql ?? '') || (type as { _binary?: boolean } | undefined)?._binary === true)

const isMadeByModels = (value: unknown): boolean =>
  ['NOW', 'UUIDV1', 'UUIDV4'].includes(String((value as { readonly key?: unknown }).key))

const uniqueOf = (unique: unknown): boolean | string | undefined => {
  if (unique === undefined) return undefined
  if (unique === null) return false
  if (typeof unique === 'object') {
    const { name, args } = unique as { readonly name?: unknown; readonly args?: unknown }
    const given = name ?? (typeof args === 'object' ? (args as { name?: unknown } | null)?.name : undefined)
    return typeof given === 'string' ? given : true
  }
  return typeof unique === 'string' ? unique : unique === true
}

const referencesOf = (
  queryInterface: QueryInterface,
  references: unknown,
): WantedReference | null | undefined => {
  if (references === undefined) return undefined
  if (references === null || references === false) return null
  if (typeof references === 'string') return { table: tableRef(queryInterface, references), column: 'id' }
  const { model, table, key, field } = references as Readonly<Record<string, unknown>>
  const target = model ?? table
  const getTableName = (target as { getTableName?: () => unknown } | undefined)?.getTableName
  const named = typeof getTableName === 'function' ? getTableName.call(target) : target
  return { table: tableRef(queryInterface, named), column: String(key ?? field ?? 'id') }
}

const actionOf = (action: unknown): string | undefined =>
  typeof action === 'string' && action !== '' ? action.toUpperCase() : undefined

const positionOf = ({ first, after }: Readonly<Record<string, unknown>>): string => {
  if (first === true) return ' FIRST'
  return typeof after === 'string' ? ` AFTER ${quoteName(after)}` : ''
}
