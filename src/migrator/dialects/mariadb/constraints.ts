import type { QueryInterface } from 'sequelize'
import { derivedName } from '../../operations/names.js'
import type { Table } from '../../schema/schema.js'
import { definitionIn, printDefinition } from './column-definition.js'
import { keyParts, printKey } from './foreign-key.js'
import { NAME_LIMIT } from './name-limit.js'
import { reflectTable } from './reflect.js'
import { isSameName, quoteName, quoteNames, quoteTable, quoteText, type TableRef, tableRef } from './sql.js'
import { refuse, type Statements } from './statements.js'

type Options = Readonly<Record<string, unknown>>

interface Generator {
  handleSequelizeMethod(method: unknown): string
  whereItemsQuery(where: unknown): string
}

const generatorOf = (queryInterface: QueryInterface): Generator =>
  (queryInterface as unknown as { queryGenerator: Generator }).queryGenerator

/** A field of a constraint or an index as SQL: a name, an object that names a column, or an expression of Sequelize's. */
const fieldSql = (queryInterface: QueryInterface, field: unknown, isIndex: boolean): string => {
  if (typeof field === 'string') return quoteName(field)
  const { name, attribute, length, order } = (field ?? {}) as Options
  const column = attribute ?? name
  if (typeof column !== 'string') return generatorOf(queryInterface).handleSequelizeMethod(field)
  if (!isIndex) return quoteName(column)
  return [
    `${quoteName(column)}${length ? `(${String(length)})` : ''}`,
    ...(order ? [String(order)] : []),
  ].join(' ')
}

/** `ALTER TABLE … ADD INDEX`, from what `addIndex` takes. */
export const addIndexSql = (
  queryInterface: QueryInterface,
  ref: TableRef,
  fields: readonly unknown[],
  options: Options,
): string => {
  const { type, unique, name, using, parser, comment } = options
  const kind = typeof type === 'string' ? type.toUpperCase() : ''
  const isUnique = unique === true || kind === 'UNIQUE'
  return (
    [
      `ALTER TABLE ${quoteTable(ref)} ADD`,
      ...(isUnique ? ['UNIQUE'] : kind === '' ? [] : [kind]),
      `INDEX ${quoteName(String(name))}`,
      ...(using ? [`USING ${String(using)}`] : []),
      `(${fields.map((field) => fieldSql(queryInterface, field, true)).join(', ')})`,
      ...(parser ? [`WITH PARSER ${String(parser)}`] : []),
      ...(typeof comment === 'string' && comment !== '' ? [`COMMENT ${quoteText(comment)}`] : []),
    ].join(' ') + (options['concurrently'] === true ? ONLINE : '')
  )
}

/** Others write meanwhile, or the server refuses: https://mariadb.com/kb/en/innodb-online-ddl-overview/#lock-strategy */
export const ONLINE = ', LOCK=NONE'

/** `op.addConstraint` with `usingIndex`: a unique index is the constraint, and gets its name. */
export const takeIndex = async (
  statements: Statements,
  ref: TableRef,
  { from, to }: { readonly from: string; readonly to: string },
  what: string,
): Promise<void> => {
  const renamed = `ALTER TABLE ${quoteTable(ref)} RENAME INDEX ${quoteName(from)} TO ${quoteName(to)}`
  const sql = isSameName(from, to) ? undefined : renamed
  if (statements.isCollected) return sql === undefined ? undefined : statements.run(sql)
  await statements.ask(`op.addConstraint ${ref.name} ${to} ${from}`, async () => {
    const table = await reflectTable(statements, ref)
    if (table?.indexes.some((index) => index.unique && isSameName(index.name, from)) !== true)
      throw refuse(what, ref.name, `there is no unique index "${from}"`)
    return sql
  })
}

/** `ALTER TABLE … ADD CONSTRAINT`, from what `addConstraint` takes. */
export const addConstraintSql = (queryInterface: QueryInterface, ref: TableRef, options: Options): string => {
  const { fields, type, name, where, expression, references, onDelete, onUpdate } = options
  if (!Array.isArray(fields)) throw new TypeError('Fields must be specified through options.fields')
  if (typeof type !== 'string') throw new TypeError('Constraint type must be specified through options.type')
  const columns = fields.map((field: unknown) => fieldSql(queryInterface, field, false)).join(', ')
  const start = `ALTER TABLE ${quoteTable(ref)} ADD CONSTRAINT${name ? ` ${quoteName(String(name))}` : ''}`
  switch (type.toUpperCase()) {
    case 'UNIQUE':
      return `${start} UNIQUE (${columns})`
    case 'PRIMARY KEY':
      return `${start} PRIMARY KEY (${columns})`
    case 'CHECK': {
      const condition =
        typeof expression === 'string' ? expression : generatorOf(queryInterface).whereItemsQuery(where)
      return `${start} CHECK (${condition})`
    }
    case 'FOREIGN KEY': {
      const { table, field, fields: others } = (references ?? {}) as Options
      const targets = field === undefined ? others : [field]
      if (!table || !Array.isArray(targets))
        throw new TypeError('references object with table and field must be specified')
      return [
        `${start} FOREIGN KEY (${columns})`,
        `REFERENCES ${quoteTable(tableRef(queryInterface, table))} (${quoteNames(targets.map(String))})`,
        ...(typeof onDelete === 'string' ? [`ON DELETE ${onDelete.toUpperCase()}`] : []),
        ...(typeof onUpdate === 'string' ? [`ON UPDATE ${onUpdate.toUpperCase()}`] : []),
      ].join(' ')
    }
    default:
      throw new TypeError(`${type} is invalid.`)
  }
}

/** What a name stands for in a table, and the clauses that take it away or give it another name. */
interface Named {
  readonly drop: string
  readonly renamed: (to: string) => string | undefined
}

const findNamed = (table: Table, ref: TableRef, name: string): Named | undefined => {
  const key = table.foreignKeys.find((one) => one.name !== null && isSameName(one.name, name))
  if (key !== undefined) {
    const drop = `DROP FOREIGN KEY ${quoteName(key.name ?? '')}`
    return { drop, renamed: (to) => `${drop}, ADD ${printKey(keyParts(key, to))}` }
  }
  const index = table.indexes.find((one) => one.unique && isSameName(one.name, name))
  if (index !== undefined)
    return {
      drop: `DROP INDEX ${quoteName(index.name)}`,
      renamed: (to) => `RENAME INDEX ${quoteName(index.name)} TO ${quoteName(to)}`,
    }
  const check = table.checks.find((one) => one.name !== null && isSameName(one.name, name))
  if (check !== undefined) {
    const drop = `DROP CONSTRAINT ${quoteName(check.name ?? '')}`
    return {
      drop,
      renamed: (to) => `${drop}, ADD CONSTRAINT ${quoteName(to)} CHECK (${check.expression})`,
    }
  }
  const ofColumn = table.checks.find((one) => one.column !== null && isSameName(one.column, name))
  const definition = ofColumn === undefined ? undefined : definitionIn(table, name)
  if (definition !== undefined) {
    const column = `MODIFY COLUMN ${quoteName(ofColumn?.column ?? name)} ${printDefinition({ ...definition, check: null })}`
    return {
      drop: column,
      renamed: (to) => `${column}, ADD CONSTRAINT ${quoteName(to)} CHECK (${ofColumn?.expression})`,
    }
  }
  return isNameOfKey(table, ref, name) ? { drop: 'DROP PRIMARY KEY', renamed: () => undefined } : undefined
}

/** The server calls each primary key PRIMARY, whatever name it was given. */
const isNameOfKey = (table: Table, ref: TableRef, name: string): boolean => {
  if (table.primaryKey === null) return false
  const columns = table.primaryKey.parts.map(({ column }) => column)
  return (
    isSameName(name, derivedName('primary key', ref.name, columns, NAME_LIMIT)) ||
    /^primary$|_pk$|_pkey$/iu.test(name)
  )
}

/** `op.removeConstraint`: the kind of the constraint is looked up. */
export const removeConstraint = (
  statements: Statements,
  ref: TableRef,
  name: string,
  what: string,
): Promise<void> =>
  statements.ask(`op.removeConstraint ${ref.name} ${name}`, async () => {
    const named = await lookUp(statements, ref, name, what)
    return `ALTER TABLE ${quoteTable(ref)} ${named.drop}`
  })

/** `op.renameConstraint`: an index is renamed, anything else dropped and added in one statement. */
export const renameConstraint = (
  statements: Statements,
  ref: TableRef,
  { from, to }: { readonly from: string; readonly to: string },
  what: string,
): Promise<void> =>
  statements.ask(`op.renameConstraint ${ref.name} ${from} ${to}`, async () => {
    const named = await lookUp(statements, ref, from, what)
    const clauses = named.renamed(to)
    if (clauses === undefined)
      throw refuse(what, ref.name, 'the server calls each primary key PRIMARY, and keeps no other name')
    return `ALTER TABLE ${quoteTable(ref)} ${clauses}`
  })

const lookUp = async (statements: Statements, ref: TableRef, name: string, what: string): Promise<Named> => {
  const table = await reflectTable(statements, ref)
  if (table === undefined) throw refuse(what, ref.name, `there is no table "${ref.name}"`)
  const named = findNamed(table, ref, name)
  if (named !== undefined) return named
  const isIndex = table.indexes.some((index) => isSameName(index.name, name))
  const next = isIndex ? '; there is an index of this name, which op.removeIndex removes' : ''
  throw refuse(what, ref.name, `there is no constraint "${name}"${next}`)
}

/** `op.removeColumn`: with the keys that it takes part in. */
export const removeColumn = (statements: Statements, ref: TableRef, name: string): Promise<void> =>
  statements.ask(`op.removeColumn ${ref.name} ${name}`, async () => {
    const keys = (await readKeys(statements, ref)).filter(({ columns }) =>
      columns.some((column) => isSameName(column, name)),
    )
    const clauses = [
      ...keys.map((key) => `DROP FOREIGN KEY ${quoteName(key.name ?? '')}`),
      `DROP COLUMN ${quoteName(name)}`,
    ]
    return `ALTER TABLE ${quoteTable(ref)} ${clauses.join(', ')}`
  })

/** Without a database there is nothing to read: a column with a key is then one whose key the author removes before. */
const readKeys = async (statements: Statements, ref: TableRef): Promise<Table['foreignKeys']> => {
  try {
    return (await reflectTable(statements, ref))?.foreignKeys ?? []
  } catch (error) {
    if (statements.isCollected && (error as { readonly code?: unknown }).code === 'OFFLINE_READ') return []
    throw error
  }
}
