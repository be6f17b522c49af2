import type { QueryInterface } from 'sequelize'
import { splitConstraints } from '../../operations/constraints.js'
import type { Generated } from '../../schema/schema.js'
import { type Column, type CreateTable, readColumn } from './sql-text/create-table.js'
import { primaryKeyOf, withPiece, withType } from './sql-text/edit.js'
import { quoteName } from './sql-text/tokens.js'

/** The parts of Sequelize 6's generator that its declarations leave out. */
interface Generator {
  attributesToSQL(attributes: object, options: object): Readonly<Record<string, string>>
  getConstraintSnippet(table: string, options: object): string
  replaceBooleanDefaults(sql: string): string
}

const generatorOf = (queryInterface: QueryInterface): Generator =>
  (queryInterface as unknown as { queryGenerator: Generator }).queryGenerator

/** The name of a table as SQLite has it: a schema of Sequelize's is a part of it. */
export const tableNameOf = (table: unknown): string => {
  if (typeof table === 'string') return table
  const { tableName, schema, delimiter } = table as Readonly<Record<string, string | undefined>>
  return `${schema ? `${schema}${delimiter || '.'}` : ''}${tableName}`
}

/** An attribute as a revision writes it: a type, or options. */
export const optionsOf = (attribute: unknown): Readonly<Record<string, unknown>> => {
  const isType =
    typeof attribute === 'string' ||
    typeof attribute === 'function' ||
    typeof (attribute as { toSql?: unknown } | null)?.toSql === 'function'
  return isType ? { type: attribute } : (attribute as Readonly<Record<string, unknown>>)
}

/** The definition of a column in SQLite's words, as Sequelize writes it, with its checks. */
export const columnSql = (queryInterface: QueryInterface, name: string, attribute: unknown): string => {
  const generator = generatorOf(queryInterface)
  const { rest, clauses } = splitConstraints<object>(queryInterface, optionsOf(attribute))
  const { sequelize } = queryInterface as unknown as { sequelize: { normalizeAttribute(a: object): object } }
  // A type is needed to write anything at all; who asks for no type does not read this one.
  const { field: _field, ...whole } = sequelize.normalizeAttribute({ type: 'BLOB', ...rest }) as {
    field?: unknown
  }
  const written = generator.attributesToSQL({ [name]: whole }, { context: 'addColumn' })[name] ?? ''
  // Sequelize takes backticks out of a name.
  const quoted = name.includes('`') ? quoteName(name) : queryInterface.quoteIdentifier(name, true)
  return [generator.replaceBooleanDefaults(`${quoted} ${written}`), ...extraPieces(rest), ...clauses].join(
    ' ',
  )
}

/** What Sequelize's attributes cannot say, as SQL. */
export const extraPieces = (attribute: unknown): readonly string[] => {
  const { collation, generated } = optionsOf(attribute) as {
    readonly collation?: unknown
    readonly generated?: Generated | null
  }
  return [
    ...(typeof collation === 'string' ? [`COLLATE ${collation}`] : []),
    ...(generated === undefined || generated === null
      ? []
      : [`GENERATED ALWAYS AS (${generated.expression}) ${generated.stored ? 'STORED' : 'VIRTUAL'}`]),
  ]
}

/** Sequelize's own takes any text that begins like a truth value for one. */
export const replaceBooleanDefaults = (sql: string): string =>
  sql
    .replace(/DEFAULT (?:'false'(?!')|false\b)/gu, 'DEFAULT 0')
    .replace(/DEFAULT (?:'true'(?!')|true\b)/gu, 'DEFAULT 1')

/**
 * A column with what an attribute names changed, and the rest as it was.
 *
 * @param table - Whose column it is.
 * @param column - As it is stored.
 * @param attribute - A type, or options; an option that is undefined is not named.
 */
export const changedColumn = (
  queryInterface: QueryInterface,
  table: CreateTable,
  column: Column,
  attribute: unknown,
): Column => {
  const given = Object.fromEntries(
    Object.entries(optionsOf(attribute)).filter(([, value]) => value !== undefined),
  )
  const names = (key: string): boolean => key in given
  const former = column.constraints.find(({ kind }) => kind === 'foreign key')?.references
  const actions = names('references') ? {} : { references: formerReference(former) }
  const wantsActions = former !== undefined && (names('onDelete') || names('onUpdate'))
  const wanted = readColumn(
    columnSql(queryInterface, column.name, {
      ...given,
      ...(wantsActions ? { ...actions, ...formerActions(former), ...given } : {}),
    }),
  )
  if (wanted === undefined) return column
  const textOf = (kind: string): string | undefined =>
    wanted.constraints.find((constraint) => constraint.kind === kind)?.text
  let changed = names('type') ? withType(column, wanted.type) : column
  if (names('allowNull')) changed = withPiece(changed, 'not null', textOf('not null'))
  if (names('allowNull') && given['allowNull'] === false) changed = withPiece(changed, 'null', undefined)
  // No default and DEFAULT NULL are the same.
  if (names('defaultValue')) {
    const isNone = given['defaultValue'] === null
    changed = withPiece(changed, 'default', isNone ? undefined : textOf('default'))
  }
  if (names('unique') && !isUniqueAlready(table, column, given['unique']))
    changed = withPiece(changed, 'unique', given['unique'] === false ? undefined : 'UNIQUE')
  if (names('primaryKey') && !isKeyAlready(table, column, given['primaryKey'] === true))
    changed = withPiece(changed, 'primary key', textOf('primary key'))
  if (names('autoIncrement') && primaryKeyOf(table).includes(column.name))
    changed = withAutoincrement(changed, given['autoIncrement'] === true)
  if (names('collation')) changed = withPiece(changed, 'collate', textOf('collate'))
  if (names('generated')) changed = withPiece(changed, 'generated', textOf('generated'))
  if (names('references') || wantsActions) changed = withPiece(changed, 'foreign key', textOf('foreign key'))
  for (const { kind, text } of wanted.constraints)
    if (kind === 'check')
      changed = {
        ...changed,
        constraints: [...changed.constraints, { kind, text, before: ' ', ...expressionOf(wanted, text) }],
      }
  return changed
}

const expressionOf = (wanted: Column, text: string): { expression?: string } => {
  const expression = wanted.constraints.find((constraint) => constraint.text === text)?.expression
  return expression === undefined ? {} : { expression }
}

type Former = {
  readonly table: string
  readonly columns: readonly string[]
  readonly onDelete?: string
  readonly onUpdate?: string
}

const formerReference = (former: Former | undefined): object | undefined =>
  former === undefined ? undefined : { model: former.table, key: former.columns[0] ?? 'id' }

const formerActions = ({ onDelete, onUpdate }: Former): object => ({
  ...(onDelete === undefined ? {} : { onDelete }),
  ...(onUpdate === undefined ? {} : { onUpdate }),
})

const isUniqueAlready = (table: CreateTable, column: Column, wanted: unknown): boolean =>
  wanted !== false &&
  (column.constraints.some(({ kind }) => kind === 'unique') ||
    table.constraints.some(
      ({ kind, columns }) => kind === 'unique' && columns?.length === 1 && columns[0]?.name === column.name,
    ))

const isKeyAlready = (table: CreateTable, column: Column, wanted: boolean): boolean =>
  primaryKeyOf(table).includes(column.name) === wanted

const withAutoincrement = (column: Column, isWanted: boolean): Column => {
  const key = column.constraints.find(({ kind }) => kind === 'primary key')
  if (key === undefined || (key.isAutoincrement === true) === isWanted) return column
  const text = isWanted ? `${key.text} AUTOINCREMENT` : key.text.replace(/\s+AUTOINCREMENT\b/iu, '')
  return withPiece(column, 'primary key', text)
}

/** A constraint as `addConstraint` takes it, in SQLite's words, under Sequelize's name where none is given. */
export const constraintSql = (queryInterface: QueryInterface, table: string, options: object): string => {
  const { deferrable, ...rest } = options as { readonly deferrable?: unknown }
  const snippet = generatorOf(queryInterface).getConstraintSnippet(table, rest)
  if (deferrable === undefined || deferrable === null) return snippet
  const kind =
    typeof deferrable === 'function' ? new (deferrable as new () => { toSql(): string })() : deferrable
  return `${snippet} ${(kind as { toSql(): string }).toSql()}`
}
