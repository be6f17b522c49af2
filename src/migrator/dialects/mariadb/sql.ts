import type { QueryInterface } from 'sequelize'

/** A table: in a database of its own, or in the present one. */
export interface TableRef {
  /** `null`: the present database. */
  readonly schema: string | null
  readonly name: string
}

/** A name as SQL. Sequelize takes backquotes out of it instead of doubling them. */
export const quoteName = (name: string): string => `\`${name.replaceAll('`', '``')}\``

/** Names as a list of SQL. */
export const quoteNames = (names: readonly string[]): string => names.map(quoteName).join(', ')

/** A text as a literal of SQL. */
export const quoteText = (text: string): string =>
  `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll('\0', '\\0')}'`

/** What a literal of SQL, as the server prints it, stands for; undefined for anything but a text. */
export const unquoteText = (sql: string): string | undefined => {
  const inner = /^'((?:''|\\[\s\S]|[^'\\])*)'$/u.exec(sql)?.[1]
  return inner?.replace(/''|\\([\s\S])/gu, (pair, escaped: string | undefined) =>
    escaped === undefined ? pair.slice(1) : (ESCAPES[escaped] ?? escaped),
  )
}

// https://mariadb.com/kb/en/string-literals/#escape-sequences
const ESCAPES: Readonly<Record<string, string>> = {
  ...{ 0: '\0', b: '\b', n: '\n', r: '\r', t: '\t', Z: '\u001a' },
}

/** Texts that stand in a list of literals, `'a','b'`. */
export const textsIn = (list: string): readonly string[] =>
  [...list.matchAll(/'(?:''|\\[\s\S]|[^'\\])*'/gu)].map(([literal]) => unquoteText(literal) ?? '')

/** The table that an author's argument names. */
export const tableRef = (queryInterface: QueryInterface, table: unknown): TableRef => {
  if (typeof table === 'string') return { schema: null, name: table }
  const { tableName = '', schema, delimiter } = table as Readonly<Record<string, string | undefined>>
  if (!schema) return { schema: null, name: tableName }
  const { _dialect } = (queryInterface as unknown as { queryGenerator: { _dialect: SequelizeDialect } })
    .queryGenerator
  // For MySQL Sequelize makes a schema a part of the table's name.
  return _dialect.supports.schemas === true
    ? { schema, name: tableName }
    : { schema: null, name: `${schema}${delimiter || '.'}${tableName}` }
}

interface SequelizeDialect {
  readonly supports: { readonly schemas?: boolean }
}

/** The table as SQL. */
export const quoteTable = ({ schema, name }: TableRef): string =>
  schema === null ? quoteName(name) : `${quoteName(schema)}.${quoteName(name)}`

/** Names are the same whatever their case: of columns, indexes, constraints. */
export const isSameName = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase()
